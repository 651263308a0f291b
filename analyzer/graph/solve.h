/* The solver's edges, shared by solve.c and calls.c: how a value came from node to node. */
#ifndef BLOCKSCAN_GRAPH_SOLVE_H
#define BLOCKSCAN_GRAPH_SOLVE_H

#include "analyzer/graph/program.h"

enum { VIA_BASE = UINT32_MAX };           /* the atom was named right here */
enum { ORIGIN_CALL = 0x80000000u };       /* an origin that is a call (or its argument), not a flow */

enum inner_flag {
  INNER_CAST = 1, /* through an explicit cast */
  INNER_POOL = 2, /* through memory that is known by its type only */
  INNER_RETURN = 4, /* from a function to a call of it: what it makes itself stays behind, see own_atom */
};

/* The constraint graph: one list of edges, each a value that flows from node to node, and for each node the
 * first of those that leave it; the lists are chained by `next`, by number. Why so: edges are added while
 * values flow over others (a call through a pointer that is resolved gives its target the arguments), so a
 * table that grows at its end and is never sorted is all that may move; a number stays true when the table is
 * moved, a pointer would not. Each edge exists once (edge_seen), and a node's values are only sent over an
 * edge that has not had them yet. What an edge was made for is kept in its flags, since "through a cast"
 * decides later whether a target's type may differ. */
typedef struct inner_edge {
  uint32_t src, dst;
  uint32_t next; /* of the same src; PROGRAM_NONE at the end */
  uint32_t flags;
} inner_edge;

struct solver_gift {
  uint32_t call, descriptor, parameter, next; /* argument of the call, parameter of the callback */
};

typedef struct solver {
  BS_VEC(inner_edge) edges;
  uint32_t *first_edge;  /* node -> edge */
  uint32_t *first_load, *next_load;   /* pointer node -> flow */
  uint32_t *first_store, *next_store;
  uint32_t *first_call, *next_call;   /* pointer node -> indirect call */
  bs_map edge_seen;
  uint32_t *first_param, *params; /* nodes by function: of its parameters, then of its result; 0: none */
  BS_VEC(uint32_t) work; /* a queue of nodes */
  uint32_t head;
  bool *queued;
  BS_VEC(uint32_t) targets;  /* pairs call, function: solved indirect calls in the order of solving */
  uint32_t *ntargets;        /* of a call */
  /* Of a call: the descriptor that it makes is what its function returns. Each call of such a function makes
   * a descriptor of its own, so that one wrapper of socket() does not make all sockets one. */
  bool *own_atom;
  /* Descriptors that a library gives to callbacks which are not known by name; `next` of the same node. */
  BS_VEC(struct solver_gift) gifts;
  bs_map first_gift; /* node of a callback -> gift */
  bs_map prototypes; /* type -> number; see prototypes.c */
  bs_intern prototype_words;
  /* Classes of nodes that have the same values; see cycles.c. The values are those of the class' first node;
   * edges, loads, stores and calls stay with the nodes that they were made for. */
  uint32_t *class_of, *next_member, *last_member;
  uint32_t *way_out; /* NULL: there are no classes of several nodes */
  uint64_t wasted, worth; /* values sent in vain, and how many pay for the search for classes */
} solver;

/* The node that stands for the class of a node. Once solved nothing is written: threads may ask. */
static inline uint32_t solver_class(const solver *s, uint32_t node) {
  while (s->class_of[node] != s->class_of[s->class_of[node]])
    s->class_of[node] = s->class_of[s->class_of[node]];
  return s->class_of[node];
}

/* solve.c: what cycles.c needs */
void solver_add_atom(program *p, uint32_t node, program_atom atom, uint32_t via, uint32_t origin);
/* Sends the values from..to of a node's class over the edges of the node. */
void solver_send(program *p, uint32_t node, uint32_t from, uint32_t to);
/* A value has come to a node: what is called, read or written through it. */
void solver_visit_atom(program *p, uint32_t node, program_atom atom, uint32_t max_targets);
uint32_t solver_points_index(const program_points *points, program_atom atom);

/* cycles.c */
void solver_classes_init(solver *s, uint32_t nodes);
void solver_classes_fini(solver *s);
/* Finds circles of nodes and makes each of them one class. */
void solver_collapse(program *p, uint32_t max_targets);

/* prototypes.c: whether a call through its pointer's type may mean this function. */
bool solver_fits(const program *p, const program_call *call, uint32_t function);

/* calls.c: whether a report passes over a node on its way to where a value came from. */
bool program_is_transparent(const program *p, uint32_t node);

/* The row of an atom at a node, or NULL. */
const program_reach *program_reach_of(const program *p, uint32_t node, program_atom atom);
/* All flags of the inner edges that brought the atom from where it was named. */
uint32_t program_reach_flags(const program *p, uint32_t node, program_atom atom);
void solver_free(solver *s);

#endif
