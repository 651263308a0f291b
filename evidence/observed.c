/* Stacks are matched once each; calls and stalls then go to the join by the numbers of their places. */
#include "evidence/observed_internal.h"

#include "base/hash.h"
#include "base/module.h"
#include "base/path.h"
#include "evidence/cut.h"
#include "evidence/predict.h"
#include "runtime-check/collect/names.h"
#include "version.h"

#include <string.h>

/* ---- stacks ---- */

static uint64_t hash_text(uint64_t key, const char *text) {
  return bs_hash_mix(key, text ? bs_hash(text, strlen(text)) : 0);
}

static uint64_t hash_frame(uint64_t key, const report_frame *f, bool with_line) {
  return bs_hash_mix(hash_text(hash_text(key, f->function), f->file), with_line ? f->line : 0);
}

/* The frames from the culprit to the callback. */
static uint64_t hash_way(const observed_stack *s) {
  uint32_t first = s->culprit == OBSERVED_NONE ? 0 : s->culprit, end = s->count;
  if (s->callback != OBSERVED_NONE && s->callback >= first) end = s->callback + 1;
  uint64_t key = end - first;
  for (uint32_t i = first; i < end; i++)
    key = bs_hash_mix(hash_text(key, s->frames[i].function), s->frames[i].line);
  return key;
}

static uint64_t hash_kind(const observed_stack *s) {
  uint64_t key = s->culprit == OBSERVED_NONE ? 0 : hash_frame(1, &s->frames[s->culprit], true);
  return s->callback == OBSERVED_NONE ? key : hash_frame(key, &s->frames[s->callback], false);
}

/* The functions from the callback to the culprit, by the hashes of their names. */
static void list_functions(observing *w, const observed_stack *s, stack_facts *facts) {
  uint32_t last = s->culprit == OBSERVED_NONE ? 0 : s->culprit;
  uint32_t first = s->callback == OBSERVED_NONE ? s->count : s->callback + 1;
  facts->functions = w->functions.count;
  for (uint32_t i = first; i-- > last;) *bs_vec_push(&w->functions) = hash_text(1, s->frames[i].function);
  facts->nfunctions = w->functions.count - facts->functions;
}

stack_facts *observed_stack_facts(observing *w, uint64_t stack) {
  bool is_new;
  uint32_t index = bs_map_add(&w->stack_ids, stack, w->stacks.count, &is_new);
  if (!is_new) return &w->stacks.items[index];
  observed_stack s;
  observed_stack_of(w, stack, &s);
  stack_facts *facts = bs_vec_push(&w->stacks);
  facts->way = hash_way(&s);
  facts->kind = hash_kind(&s);
  facts->test = observed_test_of(&w->document->arena, &s);
  list_functions(w, &s, facts);
  return facts;
}

/* ---- places ---- */

/* A stack that was taken within the recorder's own wrapper, or what it calls in the C library, begins at the
 * wrapper's caller, in a call of what it wraps. */
static const char *leave_recorder(join_stack *s, const char *api) {
  uint32_t inner = 0;
  for (uint32_t i = 0; i < s->count; i++) {
    bool own = bs_module_is_preload(s->frames[i].module);
    if (!own && !bs_module_is_libc(s->frames[i].module)) break;
    if (own) inner = i + 1;
  }
  if (!inner || inner == s->count) return api;
  const char *wrapper = s->frames[inner - 1].function;
  s->frames += inner;
  s->count -= inner;
  s->running = false;
  s->callback = s->callback == JOIN_NONE || s->callback < inner ? JOIN_NONE : s->callback - inner;
  s->culprit = s->culprit == JOIN_NONE || s->culprit < inner ? JOIN_NONE : s->culprit - inner;
  return !strncmp(wrapper, "hook_", 5) ? wrapper + 5 : *wrapper ? wrapper : api;
}

static uint32_t make_place(observing *w, uint64_t stack, const char *api) {
  observed_stack of;
  observed_stack_of(w, stack, &of);
  join_stack s = {of.frames, of.count, of.callback, of.culprit, of.running};
  api = leave_recorder(&s, api);
  return join_place(w->join, &s, api, api ? hook_rule_of(api) : NULL);
}

/* The place of a stack and a call; each is matched once. */
static uint32_t place_of(observing *w, uint64_t stack, const char *api) {
  stack_facts *facts = observed_stack_facts(w, stack);
  uint32_t index = (uint32_t)(facts - w->stacks.items), place;
  if (facts->has_place && facts->last_api == api) return facts->place;
  uint64_t key = hash_text(index, api);
  if (bs_map_find(&w->places, key, &place))
    place--;
  else {
    place = make_place(w, stack, api);
    bs_map_set(&w->places, key, place + 1);
  }
  facts = &w->stacks.items[index];
  facts->has_place = true;
  facts->last_api = api;
  facts->place = place;
  return place;
}

/* ---- calls ---- */

static void note_place(observing *w, const observed_call *call, uint32_t place) {
  bool is_new;
  uint64_t key = hash_text(call->loop, call->api);
  uint32_t known = bs_map_add(&w->places_of_api, key, place + 1, &is_new);
  if (!is_new && known && !join_places_agree(w->join, known - 1, place))
    bs_map_set(&w->places_of_api, key, 0);
}

static void join_calls(observing *w, const observed_call *call) {
  durations d = {0};
  durations_add_totals(&d, call->count, call->total_ns, call->max_ns);
  for (uint32_t i = 0; i < call->nbuckets; i++) {
    const report_range *range = &call->buckets[i];
    uint64_t end = range->high_ns == UINT64_MAX ? range->low_ns : range->high_ns;
    durations_add_bucket(&d, range->low_ns, end, range->count);
  }
  const join_stack alone = {call->caller, call->ncaller, JOIN_NONE, JOIN_NONE, false};
  uint32_t place = call->stack ? place_of(w, call->stack, call->api)
                               : join_place(w->join, &alone, call->api, hook_rule_of(call->api));
  join_call(w->join, place, &d);
  if (place != JOIN_NONE) note_place(w, call, place);
  durations_fini(&d);
}

static void on_call(void *to, const observed_call *call) {
  observing *w = to;
  if (w->join) join_calls(w, call);
  observed_add_call(w, call);
}

/* ---- stalls ---- */

/* The loop of an observed number; NULL when there is no such. */
static report_loop *loop_of(const observing *w, unsigned loop) {
  for (uint32_t i = w->first_loop; i < w->document->recorded_loops.count; i++)
    if (loop && w->document->recorded_loops.items[i].id == observed_loop_number(w, loop))
      return &w->document->recorded_loops.items[i];
  return NULL;
}

/* Calls that no sample came upon are where all calls of their API on this loop are, if that is one place. */
static uint64_t add_unsampled(observing *w, const observed_stall *stall, const stall_sum *sum, uint64_t at) {
  for (uint32_t i = 0; i < sum->parts.count; i++) {
    const report_part *part = &sum->parts.items[i];
    uint32_t place = 0;
    if (part->kind != REPORT_PART_CALL || observed_has_sample_in(stall, part->api)) continue;
    if (!bs_map_find(&w->places_of_api, hash_text(stall->loop, part->api), &place) || !place) continue;
    *bs_vec_push(&w->parts) = (join_part){at, place - 1, "off-cpu"};
    at += part->ns;
  }
  return at;
}

/* Each sample has the time that it stands for; what no sample is of is nowhere. */
static void join_one(observing *w, const observed_stall *stall, const report_loop *loop,
                     const stall_sum *sum) {
  const char *library = loop ? loop->library : "own";
  uint64_t at = 0;
  w->parts.count = 0;
  for (uint32_t i = 0; i < stall->nsamples; i++) {
    const observed_sample *sample = &stall->samples[i];
    *bs_vec_push(&w->parts) = (join_part){at, place_of(w, sample->stack, sample->api), sum->kinds[i]};
    at += sum->ns[i];
  }
  if (stall->nsamples) at = add_unsampled(w, stall, sum, at);
  if (stall->nsamples && at < stall->duration_ns)
    *bs_vec_push(&w->parts) = (join_part){.at_ns = at, .place = JOIN_NONE};
  const join_stall told = {.duration_ns = stall->duration_ns,
                           .kind = stall->kind,
                           .loop = strcmp(library, "own") != 0 ? library : NULL,
                           .loop_id = loop ? loop->id : 0,
                           .parts = w->parts.items,
                           .nparts = w->parts.count,
                           .ended = stall->ended};
  join_stall_at(w->join, &told);
}

static void count_kind(observing *w, const observed_stall *stall, const stall_sum *sum) {
  uint64_t key = observed_kind_key(w, stall, sum);
  bool is_new;
  uint32_t index = bs_map_add(&w->kind_ids, key, w->kinds.count, &is_new);
  if (is_new)
    *bs_vec_push(&w->kinds) = (stall_kind){.key = key, .worst = stall->id, .worst_ns = stall->duration_ns};
  stall_kind *kind = &w->kinds.items[index];
  kind->count += 1 + stall->others;
  kind->total_ns += stall->duration_ns + stall->others_ns;
  if (stall->duration_ns <= kind->worst_ns) return;
  kind->worst = stall->id;
  kind->worst_ns = stall->duration_ns;
}

static int longer_first(const void *a, const void *b) {
  const long_stall *x = a, *y = b;
  if (x->duration_ns != y->duration_ns) return x->duration_ns > y->duration_ns ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

/* Twice as many as are wanted are kept before the shorter half goes. */
static void remember(observing *w, const observed_stall *stall) {
  if (stall->duration_ns < w->longest_least) return;
  *bs_vec_push(&w->longest) = (long_stall){stall->id, stall->start_ns, stall->duration_ns};
  if (w->longest.count < 2 * OBSERVED_LONGEST) return;
  bs_vec_sort(&w->longest, longer_first);
  w->longest.count = OBSERVED_LONGEST;
  w->longest_least = w->longest.items[OBSERVED_LONGEST - 1].duration_ns;
}

static void on_stall(void *to, const observed_stall *stall) {
  observing *w = to;
  report_document *document = w->document;
  report_loop *loop = loop_of(w, stall->loop);
  w->stalls += 1 + stall->others;
  document->all_stalls += 1 + stall->others;
  document->stalls_ns += stall->duration_ns + stall->others_ns;
  if (stall->duration_ns > document->longest_ns) document->longest_ns = stall->duration_ns;
  if (loop) loop->stalls += 1 + stall->others;
  stall_sum sum;
  observed_sum(w, stall, &sum);
  if (w->join) join_one(w, stall, loop, &sum);
  count_kind(w, stall, &sum);
  observed_sum_fini(&sum);
  remember(w, stall);
}

/* ---- which stalls are listed one by one ---- */

static int worse_first(const void *a, const void *b) {
  const stall_kind *x = a, *y = b;
  if (x->worst_ns != y->worst_ns) return x->worst_ns > y->worst_ns ? -1 : 1;
  return x->worst < y->worst ? -1 : x->worst > y->worst;
}

static int by_id(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* The longest of each kind, then the longest of all. */
static void choose(observing *w) {
  bs_map chosen = {0};
  bool is_new;
  bs_vec_sort(&w->kinds, worse_first);
  bs_vec_sort(&w->longest, longer_first);
  for (uint32_t i = 0; i < w->kinds.count && w->wanted.count < OBSERVED_LONGEST / 2; i++) {
    bs_map_add(&chosen, w->kinds.items[i].worst, 0, NULL);
    *bs_vec_push(&w->wanted) = w->kinds.items[i].worst;
  }
  for (uint32_t i = 0; i < w->longest.count && w->wanted.count < OBSERVED_LONGEST; i++) {
    bs_map_add(&chosen, w->longest.items[i].id, 0, &is_new);
    if (is_new) *bs_vec_push(&w->wanted) = w->longest.items[i].id;
  }
  bs_map_fini(&chosen);
  bs_vec_sort(&w->wanted, by_id);
}

/* ---- all of it ---- */

static void observing_fini(observing *w) {
  bs_map_fini(&w->stack_ids);
  bs_map_fini(&w->places);
  bs_map_fini(&w->places_of_api);
  bs_map_fini(&w->kind_ids);
  bs_map_fini(&w->call_ids);
  bs_vec_fini(&w->stacks);
  bs_vec_fini(&w->told);
  bs_vec_fini(&w->functions);
  bs_vec_fini(&w->parts);
  bs_vec_fini(&w->kinds);
  bs_vec_fini(&w->longest);
  bs_vec_fini(&w->wanted);
}

static void name_files(observing *w) {
  uint32_t count;
  const char **files = w->o->files(w->o->producer, &count);
  if (w->join) {
    join_name_files(w->join, files, count);
    return;
  }
  for (uint32_t i = 0; i < count; i++)
    if (*w->document->root_path) files[i] = bs_path_relative(w->document->root_path, files[i]);
}

static bool walk(observing *w, bs_error *error) {
  const observation *o = w->o;
  void *p = o->producer;
  if (!o->loops(p, observed_add_loop, w, error) || !o->calls(p, on_call, w, error) ||
      !o->stalls(p, on_stall, w, error))
    return false;
  choose(w);
  return o->again(p, w->wanted.items, w->wanted.count, observed_add_stall, w, error) &&
         o->scopes(p, observed_add_scope, w, error) && o->notes(p, observed_add_note, w, error);
}

static bool observe(join *j, const observation *o, report_document *document, bs_error *error) {
  observing w = {.join = j,
                 .o = o,
                 .document = document,
                 .first_loop = document->recorded_loops.count,
                 .first_stall = document->stalls.count,
                 .first_scope = document->scopes.count};
  document->is_recording = true;
  document->recorded_ns += o->duration_ns;
  if (o->started_ns && (!document->started_ns || o->started_ns < document->started_ns))
    document->started_ns = o->started_ns;
  if (!document->threshold_ns || o->threshold_ns < document->threshold_ns)
    document->threshold_ns = o->threshold_ns;
  if (j) join_begin(j, o->threshold_ns);
  name_files(&w);
  bool good = walk(&w, error);
  if (good) observed_finish(&w);
  observing_fini(&w);
  return good;
}

bool observed_join(join *j, const observation *o, report_document *document, bs_error *error) {
  return observe(j, o, document, error);
}

bool observed_only(const observation *o, report_document *document, bs_error *error) {
  return observe(NULL, o, document, error);
}

bool observed_alone(const observation *o, const rule_set *rules, const rule_set *all_rules,
                    report_document *document, bs_error *error) {
  join *j = join_new(document, &(join_options){.rules = rules, .all_rules = all_rules});
  bool good = observe(j, o, document, error);
  document->tool_version = BLOCKSCAN_VERSION;
  if (good) {
    join_finish(j);
    report_find_cuts(document, rules);
    report_predict(document);
  }
  join_free(j);
  return good;
}
