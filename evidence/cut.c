/* A greedy cover of the findings by functions.
 *
 * A function covers a finding when every known path to that finding goes through it: offload it, and the
 * finding is gone. Of all functions the one that takes the most paths with it is chosen, of several that take
 * the same the one nearest to the blocking calls; then what it covers is taken out and the choice is made
 * again. A function far above the calls (a command dispatcher) covers the most and is the least to the point,
 * since offloading it means to offload everything: so a function counts only within a few calls of what it
 * covers, and not when it, or what it calls on the way, calls several functions through one pointer. Nor does
 * the function that runs the loop. One
 * finding alone needs no cut: its own advice says what to do.
 */
#include "evidence/cut.h"

#include "base/hash.h"
#include "base/map.h"

#include <string.h>

enum {
  CUTS = 5,
  DISTANCE = 3, /* calls between a function and the blocking call's caller, in the mean over its paths */
};

/* A function on a path. */
typedef struct node {
  const report_place *place; /* of the first call in it that leads on */
  uint32_t target; /* node that it calls through a pointer, UINT32_MAX none yet */
  bool dispatches; /* it calls several through pointers */
  bool is_above; /* of one that does, or the loop itself, or without a name */
} node;

/* A function and a finding that some of its paths lead to. */
typedef struct pair {
  uint32_t node, finding;
  uint32_t paths; /* of the finding, through the function */
  uint32_t distance; /* over these paths */
  uint32_t last; /* entry that was counted last, from 1 */
} pair;

typedef struct cover {
  const report_document *document;
  BS_VEC(node) nodes; /* in the order of the document */
  BS_VEC(pair) pairs;
  bs_map node_index, pair_index;
  uint32_t *known; /* by finding: its known paths; 0 when it does not count or is covered */
} cover;

static uint32_t find_node(cover *c, const report_place *place) {
  uint64_t key = bs_hash_mix(bs_hash(place->file, strlen(place->file)),
                             bs_hash(place->function, strlen(place->function)));
  bool is_new;
  uint32_t index = bs_map_add(&c->node_index, key, c->nodes.count, &is_new);
  if (is_new)
    *bs_vec_push(&c->nodes) = (node){.place = place, .target = UINT32_MAX, .is_above = !*place->function};
  return index;
}

/* `next` is called by the step of `from`. */
static void add_call(cover *c, uint32_t from, const report_step *step, uint32_t next) {
  node *n = &c->nodes.items[from];
  if (step->how == REPORT_DIRECT || next == UINT32_MAX) return;
  if (n->target == UINT32_MAX) n->target = next;
  n->dispatches |= n->target != next;
}

/* Innermost step first, so that a recursive function is counted where it is nearest to the blocking call. */
static void add_path(cover *c, uint32_t finding, uint32_t entry, const report_entry *e) {
  uint32_t next = UINT32_MAX;
  for (uint32_t i = e->path.count; i-- > 0;) {
    uint32_t n = find_node(c, &e->path.items[i]->place);
    bool is_new;
    add_call(c, n, e->path.items[i], next);
    next = n;
    uint32_t index = bs_map_add(&c->pair_index, bs_map_key(n, finding), c->pairs.count, &is_new);
    if (is_new) *bs_vec_push(&c->pairs) = (pair){.node = n, .finding = finding};
    pair *p = &c->pairs.items[index];
    if (p->last == entry + 1) continue;
    p->last = entry + 1;
    p->paths++;
    p->distance += e->path.count - 1 - i;
  }
}

static bool counts(const report_finding *f) {
  return !f->suppressed.by && f->severity >= RULE_WARNING && f->confidence >= RULE_LIKELY;
}

static void add_finding(cover *c, uint32_t index) {
  const report_finding *f = &c->document->findings.items[index];
  if (!counts(f)) return;
  for (uint32_t i = 0; i < f->entries.count; i++) {
    if (!f->entries.items[i].path.count) continue; /* --max-paths left it out */
    c->known[index]++;
    add_path(c, index, i, &f->entries.items[i]);
  }
}

static void mark_far_above(cover *c, const report_entry *e) {
  bool above = false;
  for (uint32_t i = e->path.count; i-- > 0;) {
    node *n = &c->nodes.items[find_node(c, &e->path.items[i]->place)];
    n->is_above |= above;
    above |= n->dispatches;
    n->is_above |= !i && report_is_loop_body(e);
  }
}

static void mark_finding(cover *c, uint32_t index) {
  const report_finding *f = &c->document->findings.items[index];
  for (uint32_t i = 0; counts(f) && i < f->entries.count; i++) mark_far_above(c, &f->entries.items[i]);
}

/* What a function covers of what is not covered yet. */
typedef struct gain {
  uint32_t findings, paths, distance;
} gain;

static bool covers(const cover *c, const pair *p) { return p->paths && p->paths == c->known[p->finding]; }

static bool is_better(const gain *a, const gain *b) {
  if (a->paths != b->paths) return a->paths > b->paths;
  return a->distance < b->distance;
}

/* The function that takes the most with it, or UINT32_MAX. */
static uint32_t find_best(const cover *c) {
  gain *gains = bs_calloc(c->nodes.count + 1, sizeof *gains);
  for (uint32_t i = 0; i < c->pairs.count; i++) {
    const pair *p = &c->pairs.items[i];
    if (!covers(c, p)) continue;
    gain *g = &gains[p->node];
    g->findings++;
    g->paths += p->paths;
    g->distance += p->distance;
  }
  uint32_t best = UINT32_MAX;
  for (uint32_t i = 0; i < c->nodes.count; i++) {
    const gain *g = &gains[i];
    const node *n = &c->nodes.items[i];
    if (n->dispatches || n->is_above || g->findings < 2 || g->distance > DISTANCE * g->paths) continue;
    if (best == UINT32_MAX || is_better(g, &gains[best])) best = i;
  }
  free(gains);
  return best;
}

typedef struct loop_count {
  const char *loop;
  uint32_t findings;
} loop_count;

/* The loop that most of the cut's paths begin in; the first of them in the document decides between equals.
 */
static const char *usual_loop(const report_document *document, const report_cut *cut) {
  const char *best = "own";
  uint32_t most = 0;
  bs_map index = {0};
  BS_VEC(loop_count) counts = {0};
  for (uint32_t i = 0; i < cut->findings.count; i++) {
    const report_finding *f = &document->findings.items[cut->findings.items[i]];
    if (!f->entries.count) continue;
    const char *loop = f->entries.items[0].loop;
    bool is_new;
    uint32_t at = bs_map_add(&index, bs_hash(loop, strlen(loop)), counts.count, &is_new);
    if (is_new) *bs_vec_push(&counts) = (loop_count){loop, 0};
    counts.items[at].findings++;
  }
  for (uint32_t i = 0; i < counts.count; i++) {
    if (counts.items[i].findings <= most) continue;
    best = counts.items[i].loop;
    most = counts.items[i].findings;
  }
  bs_map_fini(&index);
  bs_vec_fini(&counts);
  return best;
}

static void describe(report_document *document, const rule_set *rules, report_cut *cut) {
  cut->advice = cut->code = "";
  cut->loop = usual_loop(document, cut);
  const loop_pack *pack = rules ? rule_set_find_pack(rules, cut->loop) : NULL;
  if (!pack) return;
  if (pack->offload_advice) cut->advice = bs_arena_strdup(&document->arena, pack->offload_advice);
  if (pack->offload_code) cut->code = bs_arena_strdup(&document->arena, pack->offload_code);
}

static int by_number(const void *a, const void *b) {
  unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
  return (x > y) - (x < y);
}

static void take(cover *c, uint32_t chosen, report_cut *cut) {
  cut->place = *c->nodes.items[chosen].place;
  for (uint32_t i = 0; i < c->pairs.count; i++) {
    const pair *p = &c->pairs.items[i];
    if (p->node != chosen || !covers(c, p)) continue;
    *bs_vec_push(&cut->findings) = p->finding;
    cut->paths += p->paths;
  }
  bs_vec_sort(&cut->findings, by_number);
  for (uint32_t i = 0; i < cut->findings.count; i++) c->known[cut->findings.items[i]] = 0;
}

void report_find_cuts(report_document *document, const rule_set *rules) {
  cover c = {.document = document};
  report_clear_cuts(document);
  c.known = bs_calloc(document->findings.count + 1, sizeof *c.known);
  for (uint32_t i = 0; i < document->findings.count; i++) add_finding(&c, i);
  for (uint32_t i = 0; i < document->findings.count; i++) mark_finding(&c, i);
  while (document->cuts.count < CUTS) {
    uint32_t chosen = find_best(&c);
    if (chosen == UINT32_MAX) break;
    report_cut *cut = bs_vec_push(&document->cuts);
    take(&c, chosen, cut);
    describe(document, rules, cut);
  }
  free(c.known);
  bs_map_fini(&c.node_index);
  bs_map_fini(&c.pair_index);
  bs_vec_fini(&c.nodes);
  bs_vec_fini(&c.pairs);
}
