/* Subtracts shares from stalls. Each set of findings costs a pass over its own shares, over the buckets of
 * one loop and over as many of the longest stalls as it shortens. */
#include "evidence/predict.h"

#include "base/map.h"

#include "reports/model/durations.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct predictor {
  report_document *document;
  uint32_t *first; /* by finding: its shares in `order` begin here, and end where the next one's begin */
  uint32_t *order; /* numbers of shares, by finding */
  uint32_t *longest; /* numbers of stalls, the longest first */
  bs_map index_of; /* id of a loop → its place */
  uint64_t *back_ns; /* room for each loop */
  uint64_t *held_ns, *ordinary_ns; /* by recorded loop: all its stalls; its longest iteration that is none */
  uint64_t *seen_ns; /* by recorded loop: of held_ns what samples and calls explain */
  bool *waits; /* by finding: it waits more than it computes */
  uint64_t *least_ns, *most_ns; /* by stall: what it would be without the set at hand; most: and with what the
                                   waiting ones compute */
  const uint64_t *left_ns; /* one of the two */
  BS_VEC(uint32_t) touched; /* stalls that the set has a share of */
} predictor;

static int compare_longest(const void *a, const void *b, void *document) {
  const report_held *held = ((const report_document *)document)->held.items;
  uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
  uint64_t x = held[i].duration_ns, y = held[k].duration_ns;
  return x != y ? (x > y ? -1 : 1) : (i > k) - (i < k);
}

static uint64_t end_of(const report_loop *loop, uint32_t bucket) {
  uint64_t low = loop->histogram.items[bucket].low_ns,
           high = low + low / 8 + 1; /* eight buckets for each power of two */
  return high > loop->max_ns ? loop->max_ns : high;
}

/* The last bucket that begins at or below a duration. */
static uint32_t bucket_of(const report_loop *loop, uint64_t ns) {
  uint32_t low = 0, high = loop->histogram.count;
  while (low + 1 < high) {
    uint32_t middle = (low + high) / 2;
    if (loop->histogram.items[middle].low_ns <= ns)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* The place of a loop in the document; the number of loops when it is not there. */
static uint32_t index_of_loop(const predictor *p, unsigned id) {
  uint32_t index;
  return bs_map_find(&p->index_of, id, &index) ? index : p->document->recorded_loops.count;
}

/* The longest iteration of a loop that is none of the stalls, which are counted by its buckets. */
static uint64_t longest_ordinary(const report_loop *loop, const uint64_t *stalls) {
  uint64_t longest = 0;
  for (uint32_t i = 0; i < loop->histogram.count; i++)
    if (loop->histogram.items[i].count > stalls[i]) longest = end_of(loop, i);
  return longest;
}

/* How long each loop was held in all, and its longest iteration beside that: one pass over all stalls. */
static void init_loops(predictor *p, const report_document *d) {
  const uint32_t loops = d->recorded_loops.count;
  uint32_t *first = bs_calloc(loops + 1, sizeof *first);
  for (uint32_t i = 0; i < loops; i++) {
    bs_map_add(&p->index_of, d->recorded_loops.items[i].id, i, NULL);
    first[i + 1] = first[i] + d->recorded_loops.items[i].histogram.count;
  }
  uint64_t *stalls = bs_calloc(first[loops] + 1, sizeof *stalls);
  for (uint32_t i = 0; i < d->held.count; i++) {
    const report_held *held = &d->held.items[i];
    uint32_t at = index_of_loop(p, held->loop);
    if (at == loops) continue;
    const report_loop *loop = &d->recorded_loops.items[at];
    p->held_ns[at] += held->duration_ns;
    p->seen_ns[at] += held->duration_ns - held->unseen_ns;
    if (loop->histogram.count) stalls[first[at] + bucket_of(loop, held->duration_ns)]++;
  }
  for (uint32_t i = 0; i < loops; i++)
    p->ordinary_ns[i] = longest_ordinary(&d->recorded_loops.items[i], stalls + first[i]);
  free(stalls);
  free(first);
}

/* Such a call has a twin that doesn't wait, as a rule, and what it computes then stays on the loop. What
 * computes for the most can only go to another thread. */
static bool mostly_waits(const predictor *p, uint32_t finding) {
  uint64_t ns = 0, computed_ns = 0;
  for (uint32_t i = p->first[finding]; i < p->first[finding + 1]; i++) {
    ns += p->document->shares.items[p->order[i]].ns;
    computed_ns += p->document->shares.items[p->order[i]].computed_ns;
  }
  return computed_ns < ns - computed_ns;
}

static void init(predictor *p, report_document *document) {
  uint32_t findings = document->findings.count, shares = document->shares.count,
           stalls = document->held.count;
  *p = (predictor){.document = document};
  p->first = bs_calloc(findings + 2, sizeof *p->first);
  p->order = bs_calloc(shares + 1, sizeof *p->order);
  p->longest = bs_calloc(stalls + 1, sizeof *p->longest);
  p->waits = bs_calloc(findings + 1, sizeof *p->waits);
  p->least_ns = bs_calloc(stalls + 1, sizeof *p->least_ns);
  p->most_ns = bs_calloc(stalls + 1, sizeof *p->most_ns);
  p->held_ns = bs_calloc(document->recorded_loops.count + 1, sizeof *p->held_ns);
  p->seen_ns = bs_calloc(document->recorded_loops.count + 1, sizeof *p->seen_ns);
  p->ordinary_ns = bs_calloc(document->recorded_loops.count + 1, sizeof *p->ordinary_ns);
  p->back_ns = bs_calloc(document->recorded_loops.count + 1, sizeof *p->back_ns);
  init_loops(p, document);
  for (uint32_t i = 0; i < shares; i++) p->first[document->shares.items[i].finding + 2]++;
  for (uint32_t i = 2; i < findings + 2; i++) p->first[i] += p->first[i - 1];
  for (uint32_t i = 0; i < shares; i++) p->order[p->first[document->shares.items[i].finding + 1]++] = i;
  for (uint32_t i = 0; i < stalls; i++) {
    p->longest[i] = i;
    p->least_ns[i] = p->most_ns[i] = document->held.items[i].duration_ns;
  }
  for (uint32_t i = 0; i < findings; i++) p->waits[i] = mostly_waits(p, i);
  qsort_r(p->longest, stalls, sizeof *p->longest, compare_longest, document);
}

static void fini(predictor *p) {
  free(p->first);
  free(p->order);
  free(p->longest);
  free(p->waits);
  free(p->least_ns);
  free(p->most_ns);
  free(p->held_ns);
  free(p->seen_ns);
  free(p->ordinary_ns);
  free(p->back_ns);
  bs_map_fini(&p->index_of);
  bs_vec_fini(&p->touched);
}

static void shorten(uint64_t *ns, uint64_t by) { *ns -= by < *ns ? by : *ns; }

static void take_out(predictor *p, uint32_t finding) {
  const report_document *d = p->document;
  for (uint32_t i = p->first[finding]; i < p->first[finding + 1]; i++) {
    const report_share *share = &d->shares.items[p->order[i]];
    uint64_t *least = &p->least_ns[share->stall];
    if (*least == d->held.items[share->stall].duration_ns) *bs_vec_push(&p->touched) = share->stall;
    shorten(least, share->ns);
    shorten(&p->most_ns[share->stall], p->waits[finding] ? share->ns - share->computed_ns : share->ns);
  }
}

static void put_back(predictor *p) {
  for (uint32_t i = 0; i < p->touched.count; i++) {
    uint32_t stall = p->touched.items[i];
    p->least_ns[stall] = p->most_ns[stall] = p->document->held.items[stall].duration_ns;
  }
  p->touched.count = 0;
}

/* The loop that the set gives most time back to; NULL for an empty set. */
static const report_loop *loop_of_most(const predictor *p) {
  const report_document *d = p->document;
  const uint32_t loops = d->recorded_loops.count;
  uint32_t best = loops;
  memset(p->back_ns, 0, (loops + 1) * sizeof *p->back_ns);
  for (uint32_t i = 0; i < p->touched.count; i++) {
    uint32_t stall = p->touched.items[i];
    uint64_t back = d->held.items[stall].duration_ns - p->least_ns[stall];
    p->back_ns[index_of_loop(p, d->held.items[stall].loop)] += back;
  }
  for (uint32_t l = 0; l < loops; l++)
    if (p->back_ns[l] > (best == loops ? 0 : p->back_ns[best])) best = l;
  return best == loops ? NULL : &d->recorded_loops.items[best];
}

static uint64_t part_of(uint64_t ns, uint64_t part, uint64_t whole) {
  return whole ? (uint64_t)((double)ns * (double)part / (double)whole) : 0;
}

/* Of a stall with few samples some time has none. The set has the part of it that it has of what was seen. */
static void spread_unseen(predictor *p, const report_loop *loop, uint64_t seen_ns) {
  const report_held *held = p->document->held.items;
  uint64_t least = 0, most = 0;
  for (uint32_t i = 0; i < p->touched.count; i++) {
    uint32_t stall = p->touched.items[i];
    if (held[stall].loop != loop->id) continue;
    least += held[stall].duration_ns - p->least_ns[stall];
    most += held[stall].duration_ns - p->most_ns[stall];
  }
  for (uint32_t i = 0; i < p->touched.count; i++) {
    uint32_t stall = p->touched.items[i];
    if (held[stall].loop != loop->id) continue;
    shorten(&p->least_ns[stall], part_of(held[stall].unseen_ns, least, seen_ns));
    shorten(&p->most_ns[stall], part_of(held[stall].unseen_ns, most, seen_ns));
  }
}

/* The iterations that are as they were go where they were, those of the set where they would be. */
static uint64_t p99_without(const predictor *p, const report_loop *loop) {
  const report_document *d = p->document;
  durations all = {0};
  uint64_t *gone = bs_calloc(loop->histogram.count + 1, sizeof *gone);
  for (uint32_t i = 0; i < p->touched.count; i++) {
    const report_held *held = &d->held.items[p->touched.items[i]];
    if (held->loop != loop->id || !loop->histogram.count) continue;
    gone[bucket_of(loop, held->duration_ns)]++;
    durations_add(&all, p->left_ns[p->touched.items[i]]);
  }
  for (uint32_t i = 0; i < loop->histogram.count; i++) {
    uint64_t count = loop->histogram.items[i].count;
    count -= gone[i] < count ? gone[i] : count;
    durations_add_bucket(&all, loop->histogram.items[i].low_ns, end_of(loop, i), count);
    durations_add_totals(&all, count, 0, count ? end_of(loop, i) : 0);
  }
  uint64_t p99 = durations_quantile(&all, 0.99);
  durations_fini(&all);
  free(gone);
  return p99;
}

/* The longest of what is left of the stalls; those behind one that is left as it is are no longer. */
static uint64_t longest_stall(const predictor *p, const report_loop *loop) {
  const report_document *d = p->document;
  uint64_t longest = 0;
  for (uint32_t i = 0; i < d->held.count; i++) {
    const report_held *held = &d->held.items[p->longest[i]];
    if (held->loop != loop->id) continue;
    if (longest >= held->duration_ns) break;
    if (p->left_ns[p->longest[i]] > longest) longest = p->left_ns[p->longest[i]];
  }
  return longest;
}

/* What the set takes from that: all of a stall that is none without it; and from the loop's work. */
static uint64_t given_back(const predictor *p, const report_loop *loop, bool with_rest) {
  const report_document *d = p->document;
  uint64_t back = 0;
  for (uint32_t i = 0; i < p->touched.count; i++) {
    const report_held *held = &d->held.items[p->touched.items[i]];
    uint64_t left = p->left_ns[p->touched.items[i]];
    if (held->loop == loop->id)
      back += held->duration_ns - (!with_rest || left >= d->threshold_ns ? left : 0);
  }
  return back;
}

/* A stall that hasn't ended is in no iteration. */
static uint64_t less(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }
static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

static void predict(predictor *p, report_prediction *out) {
  const report_loop *loop = loop_of_most(p);
  if (!loop) return;
  ptrdiff_t index = loop - p->document->recorded_loops.items;
  uint64_t held = p->held_ns[index], ordinary = p->ordinary_ns[index];
  spread_unseen(p, loop, p->seen_ns[index]);
  *out = (report_prediction){.loop = loop->id,
                             .was_p99_ns = loop->p99_ns,
                             .was_max_ns = loop->max_ns,
                             .was_held_ns = held,
                             .was_busy_ns = loop->busy_ns,
                             .time_ns = loop->busy_ns + loop->idle_ns};
  p->left_ns = p->least_ns;
  out->p99_ns = p99_without(p, loop);
  out->max_ns = larger(longest_stall(p, loop), ordinary);
  out->held_ns = held - given_back(p, loop, true);
  out->busy_ns = less(loop->busy_ns, given_back(p, loop, false));
  p->left_ns = p->most_ns;
  out->most_p99_ns = p99_without(p, loop);
  out->most_max_ns = larger(longest_stall(p, loop), ordinary);
  out->most_held_ns = held - given_back(p, loop, true);
  out->most_busy_ns = less(loop->busy_ns, given_back(p, loop, false));
}

static uint64_t gain(const report_cut *cut) { return cut->without.was_held_ns - cut->without.held_ns; }

static int compare_cuts(const void *a, const void *b) {
  uint64_t x = gain(a), y = gain(b);
  return (x < y) - (x > y);
}

/* Few: an insertion sort keeps those that give the same in their order. */
static void sort_cuts(report_document *document) {
  for (uint32_t i = 1; i < document->cuts.count; i++)
    for (uint32_t k = i; k && compare_cuts(&document->cuts.items[k - 1], &document->cuts.items[k]) > 0; k--) {
      report_cut moved = document->cuts.items[k];
      document->cuts.items[k] = document->cuts.items[k - 1];
      document->cuts.items[k - 1] = moved;
    }
}

void report_predict(report_document *document) {
  predictor p;
  if (!document->shares.count) return;
  init(&p, document);
  for (uint32_t i = 0; i < document->findings.count; i++) {
    take_out(&p, i);
    predict(&p, &document->findings.items[i].runtime.without);
    put_back(&p);
  }
  for (uint32_t i = 0; i < document->cuts.count; i++) {
    report_cut *cut = &document->cuts.items[i];
    for (uint32_t k = 0; k < cut->findings.count; k++) take_out(&p, cut->findings.items[k]);
    predict(&p, &cut->without);
    put_back(&p);
  }
  for (uint32_t i = 0; i < document->findings.count; i++)
    if (!document->findings.items[i].suppressed.by) take_out(&p, i);
  predict(&p, &document->without);
  sort_cuts(document);
  fini(&p);
}
