/* From a stack of the recording to the findings that it stands on: a function on it calls the finding's API,
 * where the finding says or near it. Of several such calls in a function the nearest is meant; where a
 * recording has no lines, or the source was changed beyond that, each of them. */
#include "evidence/join_internal.h"

#include "base/hash.h"
#include "evidence/join_names.h"

#include <string.h>

enum {
  SAME_STATEMENT = 3, /* lines between a call's beginning and the place that the compiler gives it */
  NEAR = 60, /* lines that a call may have moved by, while there are others like it */
};

join_name join_name_of(join *j, const char *text) {
  bool is_new;
  uint32_t index = bs_map_add(&j->names, (uintptr_t)text, j->known.count, &is_new);
  if (!is_new) return j->known.items[index];
  bs_strbuf plain = BS_STRBUF_INIT;
  join_name *name = bs_vec_push(&j->known);
  join_function_name(text, &plain);
  name->function = bs_intern_adds(&j->strings, plain.text);
  name->last = bs_intern_adds(&j->strings, join_last_name(plain.text));
  join_api_name(text, &plain);
  name->api = bs_intern_adds(&j->strings, plain.text);
  bs_strbuf_fini(&plain);
  return *name;
}

static void add_node(join_index *index, uint64_t key, join_node node) {
  node.next = UINT32_MAX;
  bs_map_find(&index->heads, key, &node.next);
  bs_map_set(&index->heads, key, index->nodes.count);
  *bs_vec_push(&index->nodes) = node;
}

/* Each caller of the sink's function once: a compiler may turn its call into a jump, and then it is on no
 * stack. */
static void index_callers(join *j, uint32_t finding, uint32_t api) {
  const report_finding *f = &j->document->findings.items[finding];
  const report_place *last = NULL;
  for (uint32_t e = 0; e < f->entries.count; e++) {
    const report_entry *entry = &f->entries.items[e];
    if (entry->path.count < 2) continue;
    const report_place *caller = &entry->path.items[entry->path.count - 2]->place;
    if (last && last->line == caller->line && !strcmp(last->function, caller->function)) continue;
    last = caller;
    join_name name = join_name_of(j, caller->function);
    add_node(&j->by_caller, bs_map_key(api, name.last),
             (join_node){finding, 0, name.function, caller->file, caller->line});
  }
}

static void index_entries(join *j, const report_finding *f) {
  for (uint32_t e = 0; e < f->entries.count; e++) {
    const report_entry *entry = &f->entries.items[e];
    for (uint32_t s = 0; s < entry->path.count; s++)
      bs_map_add(&j->reached, join_name_of(j, entry->path.items[s]->place.function).function, 0, NULL);
    uint32_t name = join_name_of(j, entry->function).function, first = UINT32_MAX, known;
    bs_map_add(&j->reached, name, 0, NULL);
    bs_map_find(&j->entry_ids, name, &first);
    for (known = first; known != UINT32_MAX; known = j->entries.items[known].next)
      if (!strcmp(j->entries.items[known].file, entry->file)) break;
    if (known != UINT32_MAX) continue;
    bs_map_set(&j->entry_ids, name, j->entries.count);
    join_entry *added = bs_vec_push(&j->entries);
    added->function = entry->function;
    added->file = entry->file;
    added->next = first;
  }
}

void join_index_findings(join *j) {
  for (uint32_t i = j->document->findings.count; i-- > 0;) {
    const report_finding *f = &j->document->findings.items[i];
    join_name function = join_name_of(j, f->sink.function), api = join_name_of(j, f->api);
    join_node node = {i, 0, function.function, f->sink.file, f->sink.line};
    add_node(&j->by_call, bs_map_key(api.api, function.last), node);
    add_node(&j->by_function, function.last, node);
    index_callers(j, i, api.api);
  }
  for (uint32_t i = 0; i < j->document->findings.count; i++)
    index_entries(j, &j->document->findings.items[i]);
}

static unsigned distance(unsigned a, unsigned b) { return a > b ? a - b : b - a; }

/* What is compared of a candidate: the better file, then the nearer line. */
typedef struct search {
  const report_frame *frame;
  uint32_t function; /* its name */
  const char *rule; /* the candidate must be of this rule; NULL any */
  bool exactly; /* the line must fit: nothing else speaks for it */
  bool alone; /* and it must be the only one there */
  int best_file;
  unsigned best_line;
  uint32_t candidates;
} search;

static bool fits(const join *j, const search *s, const join_node *node) {
  if (!join_same_name(bs_intern_text(&j->strings, s->function), bs_intern_text(&j->strings, node->function)))
    return false;
  return !s->rule || !strcmp(j->document->findings.items[node->finding].rule, s->rule);
}

static unsigned line_distance(const search *s, const join_node *node) {
  return s->frame->line ? distance(s->frame->line, node->line) : 0;
}

static void measure(const join *j, const join_index *index, uint32_t first, search *s) {
  for (uint32_t n = first; n != UINT32_MAX; n = index->nodes.items[n].next) {
    const join_node *node = &index->nodes.items[n];
    if (!fits(j, s, node)) continue;
    int file = join_same_file(s->frame->file, node->file);
    unsigned line = line_distance(s, node);
    if (file > s->best_file || (file == s->best_file && line < s->best_line)) {
      s->best_line = line;
      s->candidates = file > s->best_file ? 0 : s->candidates;
      s->best_file = file;
    }
    s->candidates += file == s->best_file;
  }
}

static uint32_t count_nearest(const join *j, const join_index *index, uint32_t first, const search *s) {
  uint32_t count = 0;
  for (uint32_t n = first; n != UINT32_MAX; n = index->nodes.items[n].next) {
    const join_node *node = &index->nodes.items[n];
    count += fits(j, s, node) && join_same_file(s->frame->file, node->file) == s->best_file &&
             line_distance(s, node) == s->best_line;
  }
  return count;
}

static enum join_match judge(const search *s) {
  bool has_line = s->frame->line != 0;
  if (has_line && s->best_line <= SAME_STATEMENT) return s->best_file ? JOIN_EXACT : JOIN_MOVED;
  if (s->candidates == 1) return has_line ? JOIN_MOVED : JOIN_EXACT;
  return has_line && s->best_line <= NEAR ? JOIN_MOVED : JOIN_AMBIGUOUS;
}

static bool has_target(const join *j, uint32_t from, uint32_t item) {
  for (uint32_t i = from; i < j->targets.count; i++)
    if (j->targets.items[i].item == item) return true;
  return false;
}

static void note_match(join *j, uint32_t finding, enum join_match match, const report_frame *frame) {
  join_item *item = &j->items[finding];
  if (item->has_match && item->match <= match) return;
  item->has_match = true;
  item->match = match;
  item->observed_line = frame->line;
}

/* Appends the candidates that fit best. */
static void take(join *j, const join_index *index, uint64_t key, search *s, bool direct, uint32_t from) {
  uint32_t first = UINT32_MAX;
  if (!bs_map_find(&index->heads, key, &first)) return;
  s->best_file = -1;
  measure(j, index, first, s);
  if (s->best_file < 0 || (s->exactly && (!s->frame->line || s->best_line > SAME_STATEMENT || !s->best_file)))
    return;
  if (s->alone && (s->best_line || count_nearest(j, index, first, s) > 1)) return;
  enum join_match match = judge(s);
  for (uint32_t n = first; n != UINT32_MAX; n = index->nodes.items[n].next) {
    const join_node *node = &index->nodes.items[n];
    if (!fits(j, s, node) || join_same_file(s->frame->file, node->file) != s->best_file) continue;
    if (match != JOIN_AMBIGUOUS && line_distance(s, node) != s->best_line) continue;
    if (has_target(j, from, node->finding)) continue;
    note_match(j, node->finding, match, s->frame);
    *bs_vec_push(&j->targets) = (join_target){node->finding, direct};
  }
}

/* Whether a library function stands where the source calls another one: that one ended in a jump to it. */
static bool may_be_jump(const join *j, const report_frame *callee) {
  if (!callee || join_is_of_project(callee) || !*callee->function) return false;
  return !j->options.rules || !rule_set_for_function(j->options.rules, callee->function);
}

/* The findings of a name: where the line fits, in a caller that stands for them, or wherever they have moved
 * to. */
static bool take_named(join *j, const report_frame *frame, uint32_t callee, bool direct, bool moved,
                       uint32_t from) {
  join_name name = join_name_of(j, frame->function);
  uint32_t before = j->targets.count;
  search s = {.frame = frame, .function = name.function, .exactly = !moved};
  take(j, &j->by_call, bs_map_key(callee, name.last), &s, direct, from);
  s.exactly = true;
  if (j->targets.count == before) take(j, &j->by_caller, bs_map_key(callee, name.last), &s, direct, from);
  return j->targets.count > before;
}

/* The finding in this very line, when there is only one. */
static bool take_place(join *j, const report_frame *frame, const char *rule_id, bool direct, uint32_t from) {
  join_name name = join_name_of(j, frame->function);
  uint32_t before = j->targets.count;
  search s = {.frame = frame, .function = name.function, .rule = rule_id, .exactly = true, .alone = !rule_id};
  take(j, &j->by_function, name.last, &s, direct, from);
  return j->targets.count > before;
}

/* The innermost frame is in a watched call: most likely in `api`, the one that the stall spent most of its
 * time in. */
static void match_innermost(join *j, const report_frame *frame, const char *api, const char *rule_id,
                            uint32_t from) {
  uint32_t callee = api && *api ? join_name_of(j, api).api : 0;
  if (callee && take_named(j, frame, callee, true, false, from)) return;
  if (rule_id && take_place(j, frame, rule_id, true, from)) return;
  if (take_place(j, frame, NULL, !callee, from)) return;
  if (callee) take_named(j, frame, callee, true, true, from);
}

/* A frame that has called `inner`; one without a name leaves the place to decide. */
static void match_caller(join *j, const report_frame *frame, const report_frame *inner, uint32_t from) {
  uint32_t callee = *inner->function ? join_name_of(j, inner->function).api : 0;
  if (callee && take_named(j, frame, callee, false, true, from)) return;
  if (!callee || may_be_jump(j, inner)) take_place(j, frame, NULL, false, from);
}

static void see_entries(join *j, const report_frame *frame) {
  uint32_t first = UINT32_MAX;
  bs_map_find(&j->entry_ids, join_name_of(j, frame->function).function, &first);
  for (uint32_t i = first; i != UINT32_MAX; i = j->entries.items[i].next)
    if (join_same_file(frame->file, j->entries.items[i].file)) j->entries.items[i].seen++;
}

uint32_t join_match_stack(join *j, const join_stack *stack, const char *api, const char *rule_id) {
  uint32_t from = j->targets.count;
  for (uint32_t i = 0; i < stack->count; i++) {
    const report_frame *frame = &stack->frames[i];
    see_entries(j, frame);
    if (!join_name_of(j, frame->function).last) continue;
    if (i)
      match_caller(j, frame, &stack->frames[i - 1], from);
    else if (!stack->running)
      match_innermost(j, frame, api, rule_id, from);
  }
  return j->targets.count - from;
}
