/* Nodes that hand their values round in a circle end with the same ones. Without this each of them gets each
 * value by itself: parameters through which a program passes functions on are one large circle, and n
 * functions times m parameters are what the solver would do and keep.
 *
 * Such nodes become one, a class, when values have been sent in vain so often that the search for circles is
 * paid for (after Hardekopf and Lin: The ant and the grasshopper, 2007, who start it at single edges). So a
 * program without them pays nothing, and the search costs no more than what was wasted before.
 *
 * Only edges that pass everything tie nodes together: no cast, no memory that only its type tells, no result
 * that keeps a function's own descriptors; between nodes that can hold the same. So nothing that a report
 * says of a value is lost with the edges inside a class.
 */
#include "analyzer/graph/solve.h"

#include <string.h>

enum { WORTH = 4, WORTH_LEAST = 1 << 16 };

typedef struct frame {
  uint32_t node, member, edge; /* the edge that is next; PROGRAM_NONE: of the next member */
} frame;

/* Tarjan's search for strongly connected components, without recursion. */
typedef struct finder {
  program *p;
  uint32_t *index, *low; /* 0: not seen */
  uint32_t count;
  bool *open;
  BS_VEC(uint32_t) stack;
  BS_VEC(frame) frames;
  BS_VEC(uint32_t) found; /* components of several nodes, each behind its size */
} finder;

static bool ties(const program *p, const inner_edge *e) {
  return !e->flags && p->nodes.items[e->src].holds == p->nodes.items[e->dst].holds;
}

static void begin_node(finder *f, uint32_t node) {
  f->index[node] = f->low[node] = ++f->count;
  f->open[node] = true;
  *bs_vec_push(&f->stack) = node;
  *bs_vec_push(&f->frames) = (frame){node, node, f->p->solver->first_edge[node]};
}

/* The next node that the topmost one leads to, or PROGRAM_NONE. */
static uint32_t next_node(finder *f, frame *top) {
  const solver *s = f->p->solver;
  for (;;) {
    while (top->edge == PROGRAM_NONE) {
      top->member = s->next_member[top->member];
      if (top->member == PROGRAM_NONE) return PROGRAM_NONE;
      top->edge = s->first_edge[top->member];
    }
    const inner_edge *e = &s->edges.items[top->edge];
    top->edge = e->next;
    if (ties(f->p, e)) return solver_class(s, e->dst);
  }
}

static int compare_nodes(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* The nodes above `node` on the stack are a component, and so is it. */
static void close_component(finder *f, uint32_t node) {
  uint32_t first = f->stack.count;
  do f->open[f->stack.items[--first]] = false;
  while (f->stack.items[first] != node);
  uint32_t size = f->stack.count - first;
  if (size > 1) {
    qsort(f->stack.items + first, size, sizeof *f->stack.items, compare_nodes);
    *bs_vec_push(&f->found) = size;
    for (uint32_t i = 0; i < size; i++) *bs_vec_push(&f->found) = f->stack.items[first + i];
  }
  f->stack.count = first;
}

static void search_from(finder *f, uint32_t root) {
  begin_node(f, root);
  while (f->frames.count) {
    frame *top = &f->frames.items[f->frames.count - 1];
    uint32_t node = top->node, to = next_node(f, top);
    if (to != PROGRAM_NONE) {
      if (!f->index[to])
        begin_node(f, to);
      else if (f->open[to] && f->index[to] < f->low[node])
        f->low[node] = f->index[to];
      continue;
    }
    f->frames.count--;
    if (f->frames.count) {
      uint32_t above = f->frames.items[f->frames.count - 1].node;
      if (f->low[node] < f->low[above]) f->low[above] = f->low[node];
    }
    if (f->low[node] == f->index[node]) close_component(f, node);
  }
}

/* Of a transparent node, the edge inside its class by which a report goes on to where its values came from.
 */
static void lead_out(program *p, uint32_t class) {
  solver *s = p->solver;
  BS_VEC(uint32_t) work = {0};
  for (uint32_t m = class; m != PROGRAM_NONE; m = s->next_member[m])
    if (!program_is_transparent(p, m)) *bs_vec_push(&work) = m;
  for (uint32_t i = 0; i < work.count; i++) {
    for (uint32_t e = s->first_edge[work.items[i]]; e != PROGRAM_NONE; e = s->edges.items[e].next) {
      uint32_t to = s->edges.items[e].dst;
      if (solver_class(s, to) != class || s->edges.items[e].flags || !program_is_transparent(p, to)) continue;
      if (s->way_out[to] != PROGRAM_NONE) continue;
      s->way_out[to] = e;
      *bs_vec_push(&work) = to;
    }
  }
  bs_vec_fini(&work);
}

/* What a node was before it joined a class. */
typedef struct joining {
  uint32_t node, last_member; /* a class of its own: its members are chained from `node` to that one */
  program_points points;
} joining;

/* Whether an atom came to a node from outside of the class that is being made. */
static bool is_from_outside(const solver *s, uint32_t class, const program_reach *r) {
  return r->via == VIA_BASE || solver_class(s, s->edges.items[r->via].src) != class;
}

/* The values of all nodes that join, each with the edge that brought it into the class. */
static void unite_points(program *p, uint32_t class, const joining *all, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < all[i].points.count; k++) {
      const program_reach *r = &all[i].points.items[k];
      if (is_from_outside(p->solver, class, r)) solver_add_atom(p, class, r->atom, r->via, r->origin);
    }
  p->points[class].done = p->points[class].count;
}

/* What a node did not have before it joined is new to those whom it sends to. */
static void catch_up(program *p, uint32_t class, const joining *j, uint32_t count, uint32_t max_targets) {
  solver *s = p->solver;
  for (uint32_t i = 0; i < count; i++) {
    const program_reach r = p->points[class].items[i];
    uint32_t before = solver_points_index(&j->points, r.atom);
    if (before != PROGRAM_NONE && before < j->points.done) continue;
    for (uint32_t m = j->node;; m = s->next_member[m]) {
      solver_send(p, m, i, i + 1);
      solver_visit_atom(p, m, r.atom, max_targets);
      if (m == j->last_member) break;
    }
  }
}

static void make_class(program *p, const uint32_t *nodes, uint32_t count, uint32_t max_targets) {
  solver *s = p->solver;
  uint32_t class = nodes[0];
  joining *all = bs_malloc(count * sizeof *all);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t node = nodes[i];
    all[i] = (joining){node, s->last_member[node], p->points[node]};
    p->points[node] = (program_points){0};
    s->class_of[node] = class;
    if (!i) continue;
    s->next_member[s->last_member[class]] = node;
    s->last_member[class] = s->last_member[node];
  }
  unite_points(p, class, all, count);
  uint32_t values = p->points[class].count;
  for (uint32_t i = 0; i < count; i++) catch_up(p, class, &all[i], values, max_targets);
  for (uint32_t i = 0; i < count; i++) {
    free(all[i].points.items);
    free(all[i].points.slots);
  }
  free(all);
  lead_out(p, class);
}

void solver_classes_init(solver *s, uint32_t nodes) {
  s->class_of = bs_malloc(((size_t)nodes + 1) * sizeof *s->class_of);
  s->last_member = bs_malloc(((size_t)nodes + 1) * sizeof *s->last_member);
  s->next_member = bs_malloc(((size_t)nodes + 1) * sizeof *s->next_member);
  for (uint32_t n = 0; n < nodes; n++) {
    s->class_of[n] = s->last_member[n] = n;
    s->next_member[n] = PROGRAM_NONE;
  }
  s->worth = WORTH_LEAST;
}

void solver_classes_fini(solver *s) {
  free(s->class_of);
  free(s->last_member);
  free(s->next_member);
  free(s->way_out);
}

void solver_collapse(program *p, uint32_t max_targets) {
  solver *s = p->solver;
  uint32_t nodes = p->nodes.count;
  finder f = {.p = p};
  f.index = bs_calloc((size_t)nodes + 1, sizeof *f.index);
  f.low = bs_calloc((size_t)nodes + 1, sizeof *f.low);
  f.open = bs_calloc((size_t)nodes + 1, sizeof *f.open);
  if (!s->way_out) {
    s->way_out = bs_malloc(((size_t)nodes + 1) * sizeof *s->way_out);
    memset(s->way_out, 0xff, ((size_t)nodes + 1) * sizeof *s->way_out);
  }
  for (uint32_t n = 1; n < nodes; n++)
    if (!f.index[n] && solver_class(s, n) == n) search_from(&f, n);
  for (uint32_t i = 0; i < f.found.count; i += f.found.items[i] + 1)
    make_class(p, &f.found.items[i + 1], f.found.items[i], max_targets);
  /* a search that finds nothing is not soon repeated */
  s->worth = f.found.count ? (uint64_t)WORTH * (nodes + s->edges.count) : s->worth * 4;
  s->wasted = 0;
  free(f.index);
  free(f.low);
  free(f.open);
  bs_vec_fini(&f.stack);
  bs_vec_fini(&f.frames);
  bs_vec_fini(&f.found);
}
