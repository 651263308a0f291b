/* From hits to the report document: one finding a sink, with all its entry points, ranked. */
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The program and the report count these alike: they are copied as numbers. */
_Static_assert((int)REPORT_CALLBACK == (int)PROGRAM_CALLBACK && (int)REPORT_TYPE == (int)PROGRAM_TYPE,
               "report_how is program_how");
_Static_assert((int)RULE_POSSIBLE == (int)PROGRAM_POSSIBLE && (int)RULE_CERTAIN == (int)PROGRAM_CERTAIN,
               "rule_confidence is program_strength");

void filler_init(document_filler *f, const checker *c, report_document *document) {
  *f = (document_filler){.c = c, .document = document};
  f->strings = bs_calloc(c->p->strings.count + 1, sizeof *f->strings);
  f->nodes = bs_calloc(c->p->nodes.count + 1, sizeof *f->nodes);
}

void filler_fini(document_filler *f) {
  free(f->strings);
  free(f->nodes);
  bs_map_fini(&f->step_numbers);
  bs_vec_fini(&f->steps);
  bs_map_fini(&f->by_symbol);
}

static const char *keep(document_filler *f, const char *string) {
  return *string ? bs_arena_strdup(&f->document->arena, string) : "";
}

const char *filler_string(document_filler *f, program_str id) {
  const char **kept = &f->strings[id];
  if (!*kept) *kept = bs_arena_strdup(&f->document->arena, program_text(f->c->p, id));
  return *kept;
}

report_place filler_place(document_filler *f, uint32_t function, program_place place) {
  const program *p = f->c->p;
  const char *name = function == PROGRAM_NONE ? "" : filler_string(f, p->functions.items[function].name);
  return (report_place){name, filler_string(f, place.file), place.line, place.column};
}

void filler_entry(document_filler *filler, const entry_point *from, uint8_t strength, report_entry *out) {
  const program_function *f = &filler->c->p->functions.items[from->function];
  out->function = filler_string(filler, f->name);
  out->file = filler_string(filler, f->place.file);
  out->line = f->place.line;
  out->loop = keep(filler, from->loop);
  out->role = from->role;
  out->has_registered = from->has_registered;
  if (from->has_registered) out->registered = filler_place(filler, from->registered_in, from->registered);
  out->via = keep(filler, from->via);
  out->confidence = (enum rule_confidence)strength;
}

/* What a callee is reached through, for people. */
static const char *describe_through(document_filler *f, const program_edge *e) {
  if (e->how == PROGRAM_DIRECT || !e->through) return "";
  if (f->nodes[e->through]) return f->nodes[e->through];
  bs_strbuf words = BS_STRBUF_INIT;
  program_describe_node(f->c->p, e->through, &words);
  const char *result = keep(f, words.text);
  bs_strbuf_fini(&words);
  return f->nodes[e->through] = result;
}

static report_step *make_step(document_filler *f, const program_edge *e) {
  const program_call *call = &f->c->p->calls.items[e->call];
  report_step *step = report_new_step(&f->document->arena);
  step->place = filler_place(f, call->caller, call->place);
  step->how = (enum report_how)e->how;
  step->confidence = (enum rule_confidence)e->strength;
  step->has_because = e->because.line != 0;
  if (step->has_because) step->because = filler_place(f, e->because_function, e->because);
  step->candidates = e->how == PROGRAM_DIRECT ? 0 : e->candidates;
  step->through = describe_through(f, e);
  return step;
}

static void add_step(document_filler *f, const program_edge *e, report_entry *out) {
  bool is_new;
  uint32_t number = bs_map_add(&f->step_numbers, (uintptr_t)e, f->steps.count, &is_new);
  if (is_new) *bs_vec_push(&f->steps) = make_step(f, e);
  *bs_vec_push(&out->path) = f->steps.items[number];
}

void filler_path(document_filler *f, const uint32_t *edges, uint32_t nedges, report_entry *out) {
  for (uint32_t i = 0; i < nedges; i++) add_step(f, check_edge(f->c, edges[i]), out);
}

static void add_sink_step(document_filler *f, const sink *k, report_entry *out) {
  const program *p = f->c->p;
  const program_call *call = &p->calls.items[k->call];
  for (uint32_t e = call->first_edge; e < call->first_edge + call->nedges; e++)
    if (p->edges.items[e].callee == k->function) {
      add_step(f, &p->edges.items[e], out);
      return;
    }
  report_add_step(&f->document->arena, out)->place = filler_place(f, call->caller, call->place);
}

/* ---- grouping ---- */

enum { NOTE_SHARE = 16 };

static enum rule_severity level_of(const hit *h) {
  if (h->measured) return h->severity;
  return h->rule ? h->rule->severity : RULE_WARNING;
}

/* Log lines are reached from everywhere. */
uint32_t check_note_paths(uint32_t max_paths) { return max_paths / NOTE_SHARE + 1; }

static int compare_hits(const void *a, const void *b, void *context) {
  const checker *c = context;
  const hit *x = a, *y = b;
  if (x->sink != y->sink) return x->sink < y->sink ? -1 : 1;
  if (!x->suppression != !y->suppression) return x->suppression ? 1 : -1;
  if (x->ends != y->ends) return x->ends ? 1 : -1;
  if (x->once != y->once) return x->once ? 1 : -1;
  if (x->strength != y->strength) return x->strength > y->strength ? -1 : 1;
  if (x->another != y->another) return x->another ? 1 : -1;
  if (level_of(x) != level_of(y)) return level_of(x) > level_of(y) ? -1 : 1;
  bool body_x = c->entries.items[x->entry].cycle != 0, body_y = c->entries.items[y->entry].cycle != 0;
  if (x->nedges != y->nedges) return x->nedges < y->nedges ? -1 : 1;
  if (body_x != body_y) return body_x ? 1 : -1;
  if (x->entry != y->entry) return x->entry < y->entry ? -1 : 1;
  for (uint32_t i = 0; i < x->nedges; i++)
    if (x->edges[i] != y->edges[i]) return x->edges[i] < y->edges[i] ? -1 : 1;
  return 0;
}

static bool same_path(const hit *x, const hit *y) {
  return x->entry == y->entry && x->nedges == y->nedges &&
         !memcmp(x->edges, y->edges, x->nedges * sizeof *x->edges);
}

/* Whether another file defines this symbol too: several programs in one database have a main() each. */
static bool has_namesake(document_filler *filler, uint32_t function) {
  const program *p = filler->c->p;
  bs_map *by_symbol = &filler->by_symbol;
  uint32_t first;
  if (!by_symbol->count)
    for (uint32_t f = 0; f < p->functions.count; f++) {
      bool fresh;
      if (!p->functions.items[f].defined) continue;
      bs_map_add(by_symbol, p->functions.items[f].symbol, f, &fresh);
      if (!fresh) bs_map_set(by_symbol, p->functions.items[f].symbol, PROGRAM_NONE - 1);
    }
  return bs_map_find(by_symbol, p->functions.items[function].symbol, &first) && first != function;
}

/* A stable id: rule, API, the function that calls it and the number of such calls before it there; the file
 * where the function's name alone is not enough. Lines do not count. */
static void make_id(document_filler *filler, const sink *k, const char *rule_id, char id[17]) {
  const program *p = filler->c->p;
  const program_call *call = &p->calls.items[k->call];
  const program_function *f = &p->functions.items[call->caller];
  uint32_t ordinal = 0;
  for (uint32_t i = f->first_call; i < k->call; i++) {
    const program_call *other = &p->calls.items[i];
    ordinal += other->kind == call->kind && other->callee == call->callee;
  }
  bs_strbuf key = BS_STRBUF_INIT;
  bs_strbuf_addf(&key, "%s|%s|%s|%u", rule_id, k->api, program_text(p, f->symbol), ordinal);
  if (f->flags & FACTS_FUNCTION_INTERNAL || has_namesake(filler, call->caller))
    bs_strbuf_addf(&key, "|%s", program_text(p, f->place.file));
  snprintf(id, 17, "%016llx", (unsigned long long)bs_hash(key.text, key.length));
  bs_strbuf_fini(&key);
}

static const char *make_message(report_document *d, const hit *h, const sink *k) {
  if (k->system_call && h->rule)
    return bs_arena_printf(&d->arena, "syscall(%s) %s", k->system_call, h->rule->message);
  return bs_arena_printf(&d->arena, "%s() %s", k->api, h->rule ? h->rule->message : "is marked as blocking");
}

static void fill_suppression(document_filler *filler, const hit *h, report_finding *f) {
  const program_suppression *s = &filler->c->p->suppressions.items[h->suppression - 1];
  f->suppressed = (report_suppression){"comment", filler_string(filler, s->reason)};
}

/* The rule's advice for the loop; where there is none, how work moves off that loop at all. */
static const char *advice_for(const checker *c, const rule *r, const char *loop) {
  const char *advice = r ? rule_advice_for(c->rules, r, loop) : NULL;
  const loop_pack *pack = advice ? NULL : rule_set_find_pack(c->rules, loop);
  if (pack) advice = pack->offload_advice;
  return advice ? advice : "";
}

/* The longest of all ways to the call; 0 where one of them has no bound. */
static uint64_t longest_bound(const hit *hits, uint32_t count) {
  int64_t most = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (hits[i].bound == BOUND_NOT_KNOWN) return 0;
    if (hits[i].bound > most) most = hits[i].bound;
  }
  return (uint64_t)most;
}

/* What takes milliseconds is nothing to speak of when it is done once. */
static void fill_once(report_finding *f) {
  if (f->severity < RULE_ERROR) f->severity = RULE_NOTE;
  if (f->confidence > RULE_LIKELY) f->confidence = RULE_LIKELY;
  f->why = "it is come to once, the first time";
}

static void fill_finding(document_filler *filler, const hit *best, report_finding *f) {
  const checker *c = filler->c;
  const sink *k = &c->sinks.items[best->sink];
  const program_call *call = &c->p->calls.items[k->call];
  const rule *r = best->rule;
  const char *loop = c->entries.items[best->entry].loop;
  f->rule = r ? keep(filler, r->id) : "attribute.blocking";
  f->category = r ? r->category : RULE_UNKNOWN;
  f->severity = r ? r->severity : RULE_WARNING;
  f->latency = r ? r->latency : RULE_MILLISECONDS;
  if (best->measured) {
    f->severity = best->severity;
    f->latency = best->latency;
  }
  f->confidence = (enum rule_confidence)best->strength;
  f->message = make_message(filler->document, best, k);
  f->advice = keep(filler, advice_for(c, r, loop));
  f->manual = r && r->manual ? keep(filler, r->manual) : "";
  f->sink = filler_place(filler, call->caller, call->place);
  f->api = keep(filler, k->api);
  f->why = best->undecided ? undecided_describe(c, filler->document, k->call, best->undecided) : "";
  if (best->cut && !*f->why) f->why = "a condition around it has more parts than are followed";
  if (best->once) fill_once(f);
  if (best->ends) {
    f->severity = RULE_NOTE;
    f->why = "the process ends right after it";
    if (f->confidence > RULE_LIKELY) f->confidence = RULE_LIKELY; /* that it matters */
  }
  make_id(filler, k, f->rule, f->id);
  if (best->suppression) fill_suppression(filler, best, f);
}

/* A way that a comment suppresses, while the best one stays. */
static bool is_cut(const hit *h, const hit *best) { return h->suppression && !best->suppression; }

static void fill_entries(document_filler *filler, const hit *hits, uint32_t count, report_finding *f) {
  const checker *c = filler->c;
  uint32_t max = c->options.max_paths ? c->options.max_paths : UINT32_MAX, kept = 0;
  if (f->severity == RULE_NOTE && c->options.max_paths) max = check_note_paths(max);
  const hit *last = NULL;
  for (uint32_t i = 0; i < count; i++) {
    const hit *h = &hits[i];
    if ((last && same_path(last, h)) || is_cut(h, hits)) continue;
    last = h;
    report_entry *e = report_add_entry(f);
    filler_entry(filler, &c->entries.items[h->entry], h->strength, e);
    if (kept++ >= max) {
      f->paths_left_out++;
      continue;
    }
    filler_path(filler, h->edges, h->nedges, e);
    add_sink_step(filler, &c->sinks.items[h->sink], e);
  }
}

/* Who calls the sink's function, of what a callback reaches: whoever compares reports sees a new one among
 * many. */
static void fill_callers(document_filler *filler, const hit_list *found, const caller_index *back,
                         uint32_t function, report_finding *f) {
  const program *p = filler->c->p;
  uint32_t last = PROGRAM_NONE;
  if (!found->reached || f->severity == RULE_NOTE) return;
  for (uint32_t i = back->first[function]; i < back->first[function + 1]; i++) {
    const program_call *call = &p->calls.items[p->edges.items[back->edges[i]].call];
    if (call->caller == last || !found->reached[call->caller]) continue;
    last = call->caller;
    *bs_vec_push(&f->callers) = filler_place(filler, call->caller, call->place);
  }
}

/* ---- order ---- */

typedef struct ranked {
  report_finding finding;
  uint32_t order; /* of its program */
  int prominence;
} ranked;

/* Of what is equally bad and sure, that comes first which many callbacks reach in few steps: twice as many
 * callbacks are worth two steps. */
static int prominence(const report_finding *f, uint32_t callbacks) {
  int value = -(int)f->entries.items[0].path.count;
  for (; callbacks > 1; callbacks /= 2) value += 2;
  return value;
}

static int compare_spots(const report_place *x, const report_place *y) {
  int files = strcmp(x->file, y->file);
  if (files) return files;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  return x->column < y->column ? -1 : x->column > y->column;
}

static int compare_places(const report_place *x, const report_place *y) {
  int spots = compare_spots(x, y);
  return spots ? spots : strcmp(x->function, y->function);
}

static int compare_ranked(const void *a, const void *b) {
  const report_finding *x = &((const ranked *)a)->finding, *y = &((const ranked *)b)->finding;
  int px = ((const ranked *)a)->prominence, py = ((const ranked *)b)->prominence;
  bool xs = x->suppressed.by != NULL, ys = y->suppressed.by != NULL;
  if (xs != ys) return xs ? 1 : -1;
  uint32_t ox = ((const ranked *)a)->order, oy = ((const ranked *)b)->order;
  if (ox != oy) return ox < oy ? -1 : 1;
  if (x->severity != y->severity) return x->severity > y->severity ? -1 : 1;
  if (x->confidence != y->confidence) return x->confidence > y->confidence ? -1 : 1;
  if (px != py) return px > py ? -1 : 1;
  if (x->latency != y->latency) return x->latency > y->latency ? -1 : 1;
  int places = compare_places(&x->sink, &y->sink);
  return places ? places : strcmp(x->id, y->id);
}

/* Equal findings beside each other, the first in rank first. */
static int compare_equal(const void *a, const void *b) {
  const report_finding *x = &((const ranked *)a)->finding, *y = &((const ranked *)b)->finding;
  int order = compare_spots(&x->sink, &y->sink);
  if (!order) order = strcmp(x->rule, y->rule);
  if (!order) order = strcmp(x->api, y->api);
  return order ? order : compare_ranked(a, b);
}

/* Header inlines, templates and variants, whose function may have another name each, may give one place
 * twice. */
static bool same_finding(const report_finding *x, const report_finding *y) {
  return !compare_spots(&x->sink, &y->sink) && !strcmp(x->rule, y->rule) && !strcmp(x->api, y->api);
}

typedef BS_VEC(ranked) ranking;

static void remove_duplicates(ranking *all) {
  uint32_t kept = 0;
  bs_vec_sort(all, compare_equal);
  for (uint32_t i = 0; i < all->count; i++) {
    if (kept && same_finding(&all->items[kept - 1].finding, &all->items[i].finding))
      report_finding_fini(&all->items[i].finding);
    else
      all->items[kept++] = all->items[i];
  }
  all->count = kept;
}

/* How many functions the loops call for these hits; an entry point is one function. */
static uint32_t count_callbacks(const hit *hits, uint32_t count, uint32_t *counted_in, uint32_t run) {
  uint32_t callbacks = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (is_cut(&hits[i], hits)) continue;
    callbacks += counted_in[hits[i].entry] != run;
    counted_in[hits[i].entry] = run;
  }
  return callbacks;
}

static void fill_anchor(document_filler *filler, const check_changes *changes, const hit *hits,
                        uint32_t count, report_finding *f) {
  changes_spot spot;
  f->has_anchor = changes_anchor(changes, hits, count, &spot);
  if (f->has_anchor) f->anchor = filler_place(filler, spot.function, spot.place);
}

static void collect(document_filler *filler, const hit_list *found, const check_changes *changes,
                    ranking *all) {
  uint32_t *counted_in = bs_calloc(filler->c->entries.count + 1, sizeof *counted_in);
  caller_index back = {0};
  callers_find(filler->c->p, &back);
  for (uint32_t i = 0, n; i < found->hits.count; i += n) {
    const hit *first = &found->hits.items[i];
    for (n = 1; i + n < found->hits.count && first[n].sink == first->sink;) n++;
    report_finding f = {.program = "", .anchor = {"", "", 0, 0}, .moved_from = {"", "", 0, 0}};
    fill_finding(filler, first, &f);
    f.bound_ns = longest_bound(first, n);
    fill_entries(filler, first, n, &f);
    fill_callers(filler, found, &back,
                 filler->c->p->calls.items[filler->c->sinks.items[first->sink].call].caller, &f);
    if (changes) fill_anchor(filler, changes, first, n, &f);
    int rank = prominence(&f, count_callbacks(first, n, counted_in, i + 1));
    program_set programs = PROGRAM_NOWHERE;
    for (uint32_t k = 0; k < n; k++) programs = program_set_join(filler->c->p, programs, first[k].programs);
    uint32_t told = groups_program(filler->c, programs);
    if (told != PROGRAM_NONE) f.program = filler_string(filler, filler->c->p->executables.items[told].name);
    *bs_vec_push(all) = (ranked){f, groups_order(filler->c, told, f.sink.file), rank};
  }
  callers_fini(&back);
  free(counted_in);
}

void filler_findings(document_filler *filler, hit_list *found, const check_changes *changes) {
  ranking all = {0};
  if (!found->hits.count) return;
  qsort_r(found->hits.items, found->hits.count, sizeof *found->hits.items, compare_hits,
          (void *)(uintptr_t)filler->c);
  collect(filler, found, changes, &all);
  remove_duplicates(&all);
  bs_vec_sort(&all, compare_ranked);
  for (uint32_t i = 0; i < all.count; i++) *report_add_finding(filler->document) = all.items[i].finding;
  bs_vec_fini(&all);
}
