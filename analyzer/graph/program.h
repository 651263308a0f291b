/* The whole program: the facts of all units, linked, with every function pointer resolved.
 *
 *   link.c      gives each function, variable, field and call one id over all units
 *   link_programs.c  tells the programs of the database apart
 *   link_layout.c    ties fields that share memory
 *   programs.c  sets of programs, and what they are called
 *   solve.c     solves the value flow: which functions, addresses, descriptors and fork results reach a node
 *   calls.c     turns call sites into edges: callee, why, how sure
 *   kept_program.c  the solved program as a file that is mapped
 *   print.c     the graph as text, one edge a line
 *
 * A node stands for all objects of a record type at once (field-based), and is not split by the order of
 * statements (flow-insensitive): for call graphs of C programs as precise as expensive points-to analyses
 * (Milanova, Rountev, Ryder: Precise call graphs for C programs with function pointers, 2004).
 * Nothing here knows libclang, SQLite, rules or reports.
 */
#ifndef BLOCKSCAN_GRAPH_PROGRAM_H
#define BLOCKSCAN_GRAPH_PROGRAM_H

#include "analyzer/facts/facts.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/vec.h"

typedef uint32_t program_str;
#define PROGRAM_NONE UINT32_MAX

typedef struct program_place {
  program_str file;
  uint32_t line, column;
} program_place;

/* A set of the database's programs: equal sets have one number. */
typedef uint32_t program_set;
enum { PROGRAM_NOWHERE, PROGRAM_ANY };
typedef struct program_sets {
  BS_VEC(uint64_t) words; /* `width` of them a set */
  uint32_t width, count;
  bs_map ids, known; /* hash -> set; two sets and an operation -> set */
} program_sets;

/* What a program is for, by its name and folder. */
enum program_use { PROGRAM_PRODUCT, PROGRAM_TOOL, PROGRAM_TEST };
/* An executable: a unit with a main(). */
typedef struct program_executable {
  uint32_t unit, function;
  program_str name;
  uint8_t use; /* program_use */
} program_executable;

typedef struct program_function {
  program_str name, symbol, type;
  program_place place; /* file 0 for a function that no unit defines: it is outside the project */
  program_place declared; /* of such a function */
  uint32_t flags, nparams; /* facts_function_flag */
  uint32_t unit;           /* that first defines it */
  uint32_t first_call, ncalls; /* into `calls`, which are in the order of their callers */
  uint32_t first_store, nstores; /* into `stores`, likewise */
  program_set programs; /* that it is linked into */
  bool defined;
  bool address_taken;
} program_function;

typedef struct program_call {
  uint32_t caller, callee; /* callee: function (direct, virtual), or node (indirect; 0 unknown) */
  uint8_t kind, flags;     /* facts_call_kind, facts_call_flag */
  bool capped;             /* has more targets than were followed */
  bool makes_handle;       /* what it gives is an object of a library, no descriptor */
  program_str type;
  program_place place;
  uint32_t first_argument, narguments;
  uint32_t guard, cycle, base, result;
  program_str object; /* see facts_call */
  uint32_t first_edge, nedges;
  program_set
      programs; /* that hold this call: fewer than its caller's where a file is compiled in variants */
} program_call;

typedef struct program_argument {
  uint8_t kind, flags; /* facts_argument_kind, facts_argument_flag */
  uint32_t ref;        /* function or node */
  int64_t value;
  program_str text, record;
  uint32_t base;
} program_argument;

typedef struct program_guard {
  uint32_t outer, node, base;
  uint8_t op;
  int64_t value;
  uint32_t branch;   /* see facts_guard; told apart within a function only */
  uint32_t position; /* the first call of the function that comes after it */
  uint32_t cycle;
} program_guard;

/* See facts_store. */
typedef struct program_store {
  uint32_t function, position; /* PROGRAM_NONE at file scope; the first call of the function after it */
  uint32_t order; /* among those of its function with this position */
  uint32_t base, field;
  uint8_t op, kind;
  bool weak;
  uint32_t ref, from;
  int64_t value;
  uint32_t guard, cycle;
} program_store;

typedef struct program_integer {
  int64_t value;
  uint32_t guard; /* under which it is stored, when that asks for a parameter; else 0 */
} program_integer;

typedef struct program_cycle {
  uint32_t function, outer, turns;
  program_place place;
  uint8_t flags; /* facts_cycle_flag */
} program_cycle;

typedef struct program_node {
  uint32_t kind; /* facts_node_kind, or PROGRAM_NODE_POOL */
  uint32_t a, b;
  uint8_t holds; /* facts_holds */
} program_node;
enum { PROGRAM_NODE_POOL = FACTS_NODE_KINDS }; /* a = str: memory without a name that holds this type */

/* Of a flow, beside facts_flow_flag: it is a guess by the layout of memory. */
enum { PROGRAM_FLOW_GUESS = 1 << 7 };
/* A constraint; see facts_flow. */
typedef struct program_flow {
  uint8_t kind, flags;
  uint32_t dst, src, table;
  program_str type;
  uint32_t function;
  program_place place;
} program_flow;

/* What may reach a node: a function, the address of a node, a descriptor or a fork result made by a call. */
enum program_atom_kind {
  PROGRAM_ATOM_FUNCTION,
  PROGRAM_ATOM_ADDRESS,
  PROGRAM_ATOM_DESCRIPTOR,
  PROGRAM_ATOM_FORK
};
typedef uint32_t program_atom; /* kind in the two highest bits, id below */
static inline program_atom program_atom_make(enum program_atom_kind kind, uint32_t id) {
  return (uint32_t)kind << 30 | id;
}
static inline enum program_atom_kind program_atom_kind_of(program_atom atom) { return atom >> 30; }
static inline uint32_t program_atom_id(program_atom atom) { return atom & 0x3fffffff; }

typedef struct program_reach {
  program_atom atom;
  uint32_t via; /* the inner edge that brought it first; VIA_BASE when it was named here; see solve.h */
  uint32_t origin; /* the flow that first named it, or with the bit ORIGIN_CALL the call */
} program_reach;

typedef struct program_points {
  program_reach *items;
  uint32_t count, capacity, done;
  uint32_t *slots; /* a hash of `items` once there are many */
  uint32_t mask;
} program_points;

/* Why a callee is this function; the words of the JSON contract. */
enum program_how {
  PROGRAM_DIRECT,
  PROGRAM_FIELD,
  PROGRAM_PARAMETER,
  PROGRAM_VARIABLE,
  PROGRAM_VIRTUAL,
  PROGRAM_TYPE,
  PROGRAM_CALLBACK
};
/* How strong a step is. */
enum program_strength { PROGRAM_POSSIBLE, PROGRAM_LIKELY, PROGRAM_CERTAIN };

typedef struct program_edge {
  uint32_t call, callee;
  uint8_t how, strength;
  uint32_t candidates;       /* size of the target set */
  uint32_t because_function; /* PROGRAM_NONE at file scope */
  program_place because;     /* line 0: none */
  uint32_t through;          /* node the pointer was read from (a field when there is one), 0 none */
} program_edge;

typedef struct program_unit {
  program_str file, group;
  uint32_t errors;
  program_str first_error;
  program_set programs;
} program_unit;

typedef struct program_suppression {
  program_place place;
  uint32_t line, last; /* as of a facts_suppression */
  program_str rule, reason;
  bool used;
} program_suppression;

typedef struct program_override {
  uint32_t function, overridden;
} program_override;

typedef struct program {
  bs_intern strings;
  BS_VEC(program_unit) units;
  BS_VEC(program_function) functions;
  BS_VEC(program_call) calls;
  BS_VEC(program_store) stores; /* in the order of their functions; those at file scope come last */
  BS_VEC(program_argument) arguments;
  BS_VEC(program_guard) guards;
  BS_VEC(program_cycle) cycles;
  BS_VEC(program_node) nodes;
  BS_VEC(program_flow) flows;
  BS_VEC(program_integer) integers;
  BS_VEC(program_override) overrides;
  bs_map made; /* qualified names of classes of which objects are made */
  bool knows_objects; /* those are all; after program_build_edges */
  BS_VEC(program_suppression) suppressions;
  BS_VEC(program_edge) edges; /* in the order of their calls */
  BS_VEC(program_executable) executables;
  program_sets sets;
  bs_map other_callees; /* direct call -> its definitions in other programs: first of `others` */
  BS_VEC(uint32_t) others; /* functions; each list ends with PROGRAM_NONE */
  program_points *points;     /* one a node, after program_solve */
  bs_map node_ids, function_ids;
  bs_map flow_lists;          /* node -> first of its incoming flows, after program_build_edges */
  uint32_t *flow_next;
  uint32_t *first_in_table,
      *next_in_table; /* node of a variable -> FUNCTION flows of its initialiser, chained */
  struct solver *solver;
  void *mapped; /* the file that the tables lie in; NULL: they are on the heap. See kept_program.h */
  size_t mapped_length;
  uint32_t unresolved, capped;
  BS_VEC(char *) notes;       /* for the ledger; heap strings owned here */
} program;

/* An empty program; program_fini frees all that later phases put into it. */
void program_init(program *p);
void program_fini(program *p);
static inline const char *program_text(const program *p, program_str id) {
  return bs_intern_text(&p->strings, id);
}

/* Makes the two sets that have names; once, when it is known how many programs there are. */
void program_sets_init(program *p, uint32_t programs);
void program_sets_fini(program *p);
program_set program_set_of(program *p, uint32_t index);
bool program_set_has(const program *p, program_set s, uint32_t index);
program_set program_set_meet(program *p, program_set a, program_set b);
program_set program_set_join(program *p, program_set a, program_set b);
/* Names the executables after what the database tells, else after their files. */
void program_name_mains(program *p);

/* What a file is for, by the words of its path. */
enum program_use program_use_of_path(const char *path);

/* Links units (encoded facts are decoded one at a time). `count` byte strings; a unit that cannot be
 * decoded sets an error. */
typedef struct program_input {
  const void *bytes;
  size_t length;
  const char *name; /* for messages */
  /* the same, decoded already: its contents are taken; NULL: they are decoded from the bytes */
  facts_unit *facts;
} program_input;
bool program_link(program *p, const program_input *inputs, uint32_t count, bs_error *error);

/* What the solver must know of functions outside the project. */
enum { PROGRAM_CREATES_HANDLE = 4 };
/* A function outside the project gives its argument `descriptor` to `parameter` of its argument `callback`;
 * or, without a callback (-1), keeps it in what has this name. Without a descriptor it gives back what is
 * kept there: as its result, or (`out` from 0) where that argument points. */
typedef struct program_handed_on {
  int descriptor, callback, parameter, out;
  const char *name;
} program_handed_on;
typedef struct program_oracle {
  const void *context;
  /* The call makes a descriptor: 1 when it returns it, 2 when it stores it where the argument *out points,
   * else 0; with PROGRAM_CREATES_HANDLE when it is an object of a library instead. */
  int (*creates_descriptor)(const void *context, const char *function, int *out);
  bool (*is_fork)(const void *context, const char *function);
  /* The index-th way in which the function gives on a descriptor that it was given; false behind the last.
   * May be NULL. */
  bool (*hands_on)(const void *context, const char *function, uint32_t index, program_handed_on *out);
} program_oracle;

typedef struct program_limits {
  uint32_t max_targets; /* of one indirect call by value flow */
  uint32_t max_by_type; /* of the fallback by type; more leave the call unresolved */
} program_limits;

/* Fills `points` of a linked program, and finds the targets of its indirect calls. Once for each program. */
void program_solve(program *p, const program_oracle *oracle, const program_limits *limits);
/* Builds `edges` from the solution. */
void program_build_edges(program *p, const program_limits *limits);

/* What reaches a node; never NULL. */
const program_points *program_points_of(const program *p, uint32_t node);
/* Whether an atom is in the set, in constant time. */
bool program_points_has(const program_points *points, program_atom atom);
/* The node for kind, a, b; 0 when no unit mentions it. */
uint32_t program_find_node(const program *p, uint32_t kind, uint32_t a, uint32_t b);
/* The place where the atom that reached `node` was named (a function's name written as a value, the call
 * that made a descriptor). False when unknown. *function is PROGRAM_NONE at file scope. */
bool program_origin(const program *p, uint32_t node, program_atom atom, program_place *place,
                    uint32_t *function);
/* The flows into a node: for (f = program_first_flow(p, n); f != PROGRAM_NONE; f = p->flow_next[f]). */
uint32_t program_first_flow(const program *p, uint32_t node);

/* Whether somebody makes an object of the method's class, as far as is known. */
bool program_makes_class_of(const program *p, uint32_t function);

/* "field read_handler of struct connection", "parameter 2 of f", …; appended. */
void program_describe_node(const program *p, uint32_t node, bs_strbuf *out);

/* One edge a line: caller-file:caller TAB callee-file:callee TAB kind TAB confidence, sorted, without
 * doubles. */
void program_print(const program *p, bool external, bs_strbuf *out);

#endif
