/* Keeps the sites of a recording, each once, and charges calls and stalls to findings. */
#include "evidence/join_internal.h"

#include "base/hash.h"

#include <string.h>

join *join_new(report_document *document, const join_options *options) {
  join *j = bs_calloc(1, sizeof *j);
  j->document = document;
  j->options = *options;
  bs_intern_init(&j->strings);
  j->nfindings = document->findings.count;
  j->items = bs_calloc(j->nfindings + 1, sizeof *j->items);
  for (uint32_t i = 0; i < j->nfindings; i++)
    document->findings.items[i].runtime = (report_runtime){.verdict = REPORT_NOT_EXERCISED};
  join_index_findings(j);
  return j;
}

static void fini_item(join_item *item) {
  durations_fini(&item->calls);
  durations_fini(&item->within);
  durations_fini(&item->held);
}

static void fini_index(join_index *index) {
  bs_map_fini(&index->heads);
  bs_vec_fini(&index->nodes);
}

void join_free(join *j) {
  if (!j) return;
  for (uint32_t i = 0; i < j->nfindings; i++) fini_item(&j->items[i]);
  for (uint32_t i = 0; i < j->sites.count; i++) fini_item(&j->sites.items[i].item);
  free(j->items);
  bs_vec_fini(&j->sites);
  bs_vec_fini(&j->targets);
  bs_vec_fini(&j->spots);
  bs_vec_fini(&j->known);
  bs_vec_fini(&j->entries);
  bs_vec_fini(&j->proposals);
  fini_index(&j->by_call);
  fini_index(&j->by_function);
  fini_index(&j->by_caller);
  bs_map_fini(&j->names);
  bs_map_fini(&j->site_ids);
  bs_map_fini(&j->entry_ids);
  bs_map_fini(&j->reached);
  bs_intern_fini(&j->strings);
  free(j);
}

void join_begin(join *j, uint64_t threshold_ns) {
  j->current_ns = threshold_ns;
  if (!j->threshold_ns || threshold_ns < j->threshold_ns) j->threshold_ns = threshold_ns;
}

/* ---- places ---- */

/* The innermost frame of the project; the recorder's own guess where no frame lies in it. */
static uint32_t find_culprit(const join_stack *stack) {
  uint32_t end = stack->callback == JOIN_NONE ? stack->count : stack->callback + 1;
  for (uint32_t i = 0; i < end; i++)
    if (join_is_of_project(&stack->frames[i])) return i;
  return stack->culprit != JOIN_NONE ? stack->culprit : 0;
}

/* The outermost callback that the scan knows, where the recorder knows none. */
static uint32_t find_callback(join *j, const join_stack *stack) {
  if (stack->callback != JOIN_NONE) return stack->callback;
  for (uint32_t i = stack->count; i-- > 0;) {
    uint32_t first;
    if (bs_map_find(&j->entry_ids, join_name_of(j, stack->frames[i].function).function, &first)) return i;
  }
  return JOIN_NONE;
}

static uint64_t site_key(join *j, const join_stack *stack, uint32_t culprit, const char *api) {
  const report_frame *f = &stack->frames[culprit];
  const char *callee = culprit ? stack->frames[culprit - 1].function : api ? api : "";
  /* What computes does so in many lines. */
  uint64_t key = bs_hash_mix(join_name_of(j, f->function).function, stack->running ? 0 : f->line);
  key = bs_hash_mix(key, join_name_of(j, callee).api);
  const char *where = f->file ? f->file : f->module;
  return bs_hash_mix(key, bs_hash(where, strlen(where)));
}

/* The same for the functions from the callback to the culprit. */
static uint64_t path_key(join *j, const join_stack *stack, uint32_t culprit, uint32_t outermost) {
  uint64_t key = bs_hash_mix(outermost - culprit, UINT64_MAX);
  for (uint32_t i = culprit; i <= outermost && i < stack->count; i++)
    key = bs_hash_mix(key, join_name_of(j, stack->frames[i].function).function);
  const report_frame *f = &stack->frames[culprit];
  const char *where = f->file ? f->file : f->module;
  return bs_hash_mix(key, bs_hash(where, strlen(where)));
}

uint32_t join_find_site(join *j, const join_stack *stack, const char *api, const char *rule_id,
                        bool is_path) {
  uint32_t culprit = find_culprit(stack), callback = find_callback(j, stack);
  bool is_new;
  uint32_t outermost = callback == JOIN_NONE ? stack->count - 1 : callback;
  if (outermost < culprit) outermost = callback = culprit;
  uint64_t key = is_path ? path_key(j, stack, culprit, outermost) : site_key(j, stack, culprit, api);
  uint32_t index = bs_map_add(&j->site_ids, key, j->sites.count, &is_new);
  if (!is_new) return index;
  join_site *site = bs_vec_push(&j->sites);
  site->number = j->nfindings + index;
  site->count = outermost + 1;
  site->frames = bs_arena_alloc(&j->document->arena, site->count * sizeof *site->frames);
  memcpy(site->frames, stack->frames, site->count * sizeof *site->frames);
  site->culprit = culprit;
  site->callback = callback;
  site->running = stack->running;
  site->is_path = is_path;
  site->api = api;
  site->rule = rule_id;
  return index;
}

/* Whether a stack ends before it comes to the project: nothing can be said of it. */
static bool is_nowhere(join *j, const join_stack *stack) {
  return stack->running && stack->culprit == JOIN_NONE && find_callback(j, stack) == JOIN_NONE &&
         !join_is_of_project(&stack->frames[find_culprit(stack)]);
}

uint32_t join_place(join *j, const join_stack *stack, const char *api, const char *rule_id) {
  join_spot spot = {j->targets.count, 0};
  if (!stack->count) return JOIN_NONE;
  spot.count = join_match_stack(j, stack, api, rule_id);
  if (!spot.count && is_nowhere(j, stack)) return JOIN_NONE;
  if (!spot.count) {
    bool computes = stack->running && join_calls_nothing(j, stack, find_culprit(stack));
    uint32_t site = join_find_site(j, stack, api, rule_id, computes);
    *bs_vec_push(&j->targets) = (join_target){j->nfindings + site, true};
    spot.count = 1;
  }
  *bs_vec_push(&j->spots) = spot;
  return j->spots.count - 1;
}

bool join_places_agree(const join *j, uint32_t a, uint32_t b) {
  if (a == b || a == JOIN_NONE || b == JOIN_NONE) return a == b;
  const join_spot *x = &j->spots.items[a], *y = &j->spots.items[b];
  bool same = x->count == y->count;
  for (uint32_t i = 0; i < x->count && same; i++)
    same = j->targets.items[x->first + i].item == j->targets.items[y->first + i].item;
  return same;
}

/* ---- calls and stalls ---- */

void join_call(join *j, uint32_t place, const durations *calls) {
  if (place == JOIN_NONE) return;
  const join_spot *spot = &j->spots.items[place];
  for (uint32_t i = spot->first; i < spot->first + spot->count; i++) {
    join_item *item = join_item_at(j, j->targets.items[i].item);
    item->exercised = true;
    durations_merge(j->targets.items[i].direct ? &item->calls : &item->within, calls);
  }
}

static bool is_waiting(const char *kind) { return !strcmp(kind, "off-cpu") || !strcmp(kind, "stopped"); }

static void add_part(join_share *share, uint64_t ns, const char *kind) {
  share->ns += ns;
  if (!is_waiting(kind)) share->computed_ns += ns;
  share->samples++;
  if (share->kind && ns <= share->longest_ns) return;
  share->kind = kind;
  share->longest_ns = ns;
}

/* What each item had of a stall: from a sample to the next one, the first from the beginning. */
static uint32_t share_out(const join *j, const join_stall *stall, join_share *shares) {
  uint32_t count = 0;
  for (uint32_t p = 0; p < stall->nparts; p++) {
    uint64_t from = p ? stall->parts[p].at_ns : 0;
    uint64_t to = p + 1 < stall->nparts ? stall->parts[p + 1].at_ns : stall->duration_ns;
    if (stall->parts[p].place == JOIN_NONE || to < from) continue;
    const join_spot *spot = &j->spots.items[stall->parts[p].place];
    for (uint32_t i = spot->first; i < spot->first + spot->count; i++) {
      uint32_t k = 0, item = j->targets.items[i].item;
      while (k < count && shares[k].item != item) k++;
      if (k == JOIN_SHARES) continue;
      if (k == count) shares[count++] = (join_share){.item = item};
      add_part(&shares[k], to - from, stall->parts[p].kind ? stall->parts[p].kind : stall->kind);
    }
  }
  return count;
}

static void note_kind(join *j, const join_share *share, const join_stall *stall) {
  if (share->item < j->nfindings) return;
  join_site *site = &j->sites.items[share->item - j->nfindings];
  const char *kind = share->kind ? share->kind : stall->kind;
  if (!site->loop) site->loop = stall->loop;
  if (!strcmp(kind, "off-cpu"))
    site->waiting++;
  else if (!strcmp(kind, "runnable"))
    site->starved++;
  else if (!strcmp(kind, "stopped"))
    site->stopped++;
  else
    site->on_cpu++;
}

/* Samples are few, and calls are counted: what was counted bounds what the samples make of it. */
static void bound_shares(join *j, join_share *shares, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const join_item *item = join_item_at(j, shares[i].item);
    bool is_counted = item->calls.count && !item->within.count;
    if (!is_counted || shares[i].ns <= item->calls.total_ns) continue;
    double part = (double)item->calls.total_ns / (double)shares[i].ns;
    shares[i].ns = item->calls.total_ns;
    shares[i].computed_ns = (uint64_t)((double)shares[i].computed_ns * part);
  }
}

/* Whether what no watched call explains was computed, at least in part. */
static bool computes(const join_stall *stall) {
  bool told = false;
  for (uint32_t i = 0; i < stall->nparts; i++) {
    const char *kind = stall->parts[i].kind;
    told |= kind != NULL;
    if (kind && strcmp(kind, "off-cpu") != 0) return true;
  }
  return !told && strcmp(stall->kind, "off-cpu") != 0;
}

static uint64_t unseen(const join_stall *stall) {
  uint64_t ns = stall->nparts ? 0 : stall->duration_ns;
  for (uint32_t p = 0; p < stall->nparts; p++) {
    uint64_t from = p ? stall->parts[p].at_ns : 0;
    uint64_t to = p + 1 < stall->nparts ? stall->parts[p + 1].at_ns : stall->duration_ns;
    if (stall->parts[p].place == JOIN_NONE && to > from) ns += to - from;
  }
  return ns;
}

/* A stall is charged to what had the greatest part in it, and to what had the threshold or more. */
void join_stall_at(join *j, const join_stall *stall) {
  join_share shares[JOIN_SHARES];
  uint32_t count = share_out(j, stall, shares), first = 0;
  j->stalls++;
  j->ns += stall->duration_ns;
  *bs_vec_push(&j->document->held) = (report_held){stall->loop_id, stall->duration_ns, unseen(stall)};
  if (!count) {
    j->stalls_without_stack++;
    return;
  }
  if (stall->ended) bound_shares(j, shares, count);
  count = join_fold_computing(j, shares, count, computes(stall));
  for (uint32_t i = 1; i < count; i++)
    if (shares[i].ns > shares[first].ns) first = i;
  for (uint32_t i = 0; i < count; i++) {
    join_item *item = join_item_at(j, shares[i].item);
    item->exercised = true;
    *bs_vec_push(&j->document->shares) =
        (report_share){j->document->held.count - 1, shares[i].item, shares[i].ns, shares[i].computed_ns};
    if (shares[i].ns < shares[first].ns && shares[i].ns < j->current_ns) continue;
    durations_add(&item->held, shares[i].ns);
    note_kind(j, &shares[i], stall);
  }
  join_item_at(j, shares[first].item)->first_of++;
}

/* ---- the end ---- */

static const char *match_remark(join *j, const report_finding *f, const join_item *item) {
  if (!item->has_match || item->match == JOIN_EXACT) return NULL;
  if (item->match == JOIN_AMBIGUOUS)
    return bs_arena_printf(&j->document->arena,
                           "%s() calls %s() in several places, and the recording does not tell which it was",
                           f->sink.function, f->api);
  return bs_arena_printf(
      &j->document->arena,
      "the recording has this call in line %u: it was made with another version of the source",
      item->observed_line);
}

/* What is known best: the calls themselves, its parts of stalls, or the calls made in it, which are less than
 * it. */
static const durations *measured(const join_item *item) {
  if (item->calls.count) return &item->calls;
  return item->held.total_ns >= item->within.total_ns ? &item->held : &item->within;
}

static uint64_t max_of(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* A call that lasted for the threshold made a stall, whether a stack was taken in it or not. */
void join_fill_runtime(const join *j, const join_item *item, report_runtime *r) {
  const durations *of = measured(item), *exact = item->calls.count ? &item->calls : &item->within;
  uint64_t long_ns = 0, longs = j->threshold_ns ? durations_over(exact, j->threshold_ns, &long_ns) : 0;
  r->calls = item->calls.count;
  r->stalls = item->held.count ? item->held.count : longs < j->stalls ? longs : max_of(j->stalls, longs != 0);
  r->total_ns = of->total_ns;
  r->max_ns = max_of(max_of(item->held.max_ns, item->within.max_ns), of->max_ns);
  const durations *typical = of == &item->within && item->held.count ? &item->held : of;
  r->p50_ns = durations_quantile(typical, 0.5);
  r->p99_ns = durations_quantile(typical, 0.99);
  r->held_ns = max_of(item->held.total_ns, long_ns);
  r->verdict = r->stalls ? REPORT_CONFIRMED : item->exercised ? REPORT_OBSERVED_FAST : REPORT_NOT_EXERCISED;
}

/* What was seen to block is certain, and no note; a comment that says otherwise is wrong. */
static void confirm(join *j, report_finding *f) {
  f->confidence = RULE_CERTAIN;
  if (f->severity == RULE_NOTE) f->severity = RULE_WARNING;
  if (!f->suppressed.by || strcmp(f->suppressed.by, "comment") != 0) return;
  f->runtime.remark =
      bs_arena_printf(&j->document->arena, "it is suppressed (\"%s\"), but it held the loop%s%s",
                      f->suppressed.reason ? f->suppressed.reason : "", f->runtime.remark ? "; " : "",
                      f->runtime.remark ? f->runtime.remark : "");
  f->suppressed = (report_suppression){0};
}

static void give_verdict(join *j, uint32_t finding) {
  report_finding *f = &j->document->findings.items[finding];
  const join_item *item = &j->items[finding];
  join_fill_runtime(j, item, &f->runtime);
  f->runtime.remark = match_remark(j, f, item);
  if (f->runtime.verdict == REPORT_CONFIRMED) confirm(j, f);
}

static void mark_seen(join *j) {
  for (uint32_t i = 0; i < j->nfindings; i++) {
    report_finding *f = &j->document->findings.items[i];
    for (uint32_t e = 0; e < f->entries.count; e++) {
      report_entry *entry = &f->entries.items[e];
      uint32_t known = UINT32_MAX;
      bs_map_find(&j->entry_ids, join_name_of(j, entry->function).function, &known);
      for (; known != UINT32_MAX; known = j->entries.items[known].next)
        if (!strcmp(j->entries.items[known].file, entry->file)) entry->seen = j->entries.items[known].seen;
    }
  }
}

typedef struct ranked {
  report_finding finding;
  uint32_t place; /* before */
} ranked;

/* Confirmed ones first, then those that only the recording knows, each by the time lost; then as they were.
 */
static int rank_class(const report_finding *f) {
  if (f->suppressed.by) return 2;
  return f->runtime.verdict == REPORT_CONFIRMED ? 0 : f->runtime.verdict == REPORT_RUNTIME_ONLY ? 1 : 2;
}

static uint64_t time_lost(const report_finding *f) {
  return f->runtime.held_ns ? f->runtime.held_ns : f->runtime.total_ns;
}

static int compare_ranked(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  int cx = rank_class(&x->finding), cy = rank_class(&y->finding);
  if (cx != cy) return cx - cy;
  uint64_t lx = time_lost(&x->finding), ly = time_lost(&y->finding);
  if (cx < 2 && lx != ly) return lx > ly ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

/* Puts the findings into their order; `moved` gets the new number of each. */
static void rank(report_document *document, uint32_t *moved) {
  BS_VEC(ranked) all = {0};
  for (uint32_t i = 0; i < document->findings.count; i++)
    *bs_vec_push(&all) = (ranked){document->findings.items[i], i};
  bs_vec_sort(&all, compare_ranked);
  for (uint32_t i = 0; i < all.count; i++) {
    document->findings.items[i] = all.items[i].finding;
    moved[all.items[i].place] = i;
  }
  bs_vec_fini(&all);
}

static void note(join *j, const char *text) { *bs_vec_push(&j->document->notes) = text; }

/* How much of the stalls is explained, and which callbacks ran. */
static void add_notes(join *j) {
  bs_arena *arena = &j->document->arena;
  uint64_t explained = 0, named = 0;
  uint32_t seen = 0, hidden = 0;
  for (uint32_t i = 0; i < j->nfindings; i++) explained += j->items[i].first_of;
  for (uint32_t i = 0; i < j->sites.count; i++) named += j->sites.items[i].item.first_of;
  for (uint32_t i = 0; i < j->entries.count; i++) seen += j->entries.items[i].seen != 0;
  for (uint32_t i = 0; i < j->document->findings.count; i++) {
    const report_finding *f = &j->document->findings.items[i];
    hidden += f->suppressed.by && f->runtime.verdict == REPORT_CONFIRMED;
  }
  note(j,
       bs_arena_printf(arena,
                       "recorded stalls: %llu; explained by findings of the scan: %llu, by places that only "
                       "the recording knows: %llu, without a stack: %llu",
                       (unsigned long long)j->stalls, (unsigned long long)explained,
                       (unsigned long long)named, (unsigned long long)j->stalls_without_stack));
  if (j->entries.count)
    note(j,
         bs_arena_printf(arena,
                         "callbacks that findings begin in: %u, seen to run: %u; one that makes no watched "
                         "call and holds nothing is not seen",
                         j->entries.count, seen));
  if (hidden)
    note(j,
         bs_arena_printf(arena, "%u suppressed by the baseline or the configuration held the loop", hidden));
}

static int compare_sites(const void *a, const void *b) {
  const join_site *x = a, *y = b;
  if (x->item.held.total_ns != y->item.held.total_ns)
    return x->item.held.total_ns > y->item.held.total_ns ? -1 : 1;
  const report_frame *f = &x->frames[x->culprit], *g = &y->frames[y->culprit];
  int order = strcmp(f->file ? f->file : "", g->file ? g->file : "");
  if (!order) order = f->line < g->line ? -1 : f->line > g->line;
  return order ? order : strcmp(f->function, g->function);
}

/* Shares so far are of items: now they are of findings. What a site had without holding the loop belongs to
 * none. */
static void name_shares(join *j, const uint32_t *finding_of, const uint32_t *moved) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < j->document->shares.count; i++) {
    report_share share = j->document->shares.items[i];
    uint32_t finding = finding_of[share.finding];
    if (finding == JOIN_NONE) continue;
    share.finding = moved[finding];
    j->document->shares.items[kept++] = share;
  }
  j->document->shares.count = kept;
}

void join_finish(join *j) {
  for (uint32_t i = 0; i < j->nfindings; i++) give_verdict(j, i);
  mark_seen(j);
  bs_vec_sort(&j->sites, compare_sites);
  uint32_t first = j->document->findings.count, items = j->nfindings + j->sites.count;
  uint32_t *finding_of = bs_calloc(items + 1, sizeof *finding_of),
           *moved = bs_calloc(items + 1, sizeof *moved);
  for (uint32_t i = 0; i < items; i++) finding_of[i] = i < j->nfindings ? i : JOIN_NONE;
  for (uint32_t i = 0; i < j->sites.count; i++) {
    if (!j->sites.items[i].item.held.count) continue;
    finding_of[j->sites.items[i].number] = j->document->findings.count;
    join_add_missed(j, &j->sites.items[i]);
  }
  join_tell_missed_apart(j->document, first);
  rank(j->document, moved);
  name_shares(j, finding_of, moved);
  free(finding_of);
  free(moved);
  add_notes(j);
}

const join_proposal *join_proposals(const join *j, uint32_t *count) {
  *count = j->proposals.count;
  return j->proposals.items;
}
