/* What the files of check/ share. */
#ifndef BLOCKSCAN_CHECK_INTERNAL_H
#define BLOCKSCAN_CHECK_INTERNAL_H

#include "analyzer/check/changes.h"

/* What a context knows of one parameter, or of a field of the object that it points to. */
enum bound_kind {
  BOUND_UNKNOWN,
  BOUND_INTEGER,
  BOUND_NULL,
  BOUND_FUNCTION,
  BOUND_NODE,
  BOUND_BITS,
  BOUND_ONE_OF,
  BOUND_OF_HANDLER, /* a field of an object in which this function stands; see objects.c */
  BOUND_MODE /* a field that holds a descriptor, whose mode alone is known */
};
enum { MAX_BOUND = 4 };
typedef struct bound_value {
  uint32_t kind, ref; /* FUNCTION, OF_HANDLER: function; NODE: node of the caller's argument */
  /* INTEGER; BITS: those that are surely set; NODE, MODE: the mode (RULE_FD_…) that a
   * descriptor has there, 0 when it is not known */
  int64_t value;
  uint64_t zeros; /* BITS: those that are surely not */
  bool nonzero; /* BITS */
  uint32_t count; /* ONE_OF: this many numbers */
  int64_t number[MAX_BOUND];
} bound_value;

typedef struct context_item {
  uint32_t param, field; /* field 0: the parameter itself */
  bound_value value;
} context_item;

/* Why contexts of values and not of call sites: a function that is called from a thousand places behaves in
 * two or three ways, by what is passed. Naming the ways keeps the number of states small where call strings
 * would multiply them, and lets two callers that pass the same share one. Only parameters, and fields of
 * what they point to, that decide something below are kept (eval_prepare finds them); a value that is not
 * known is left out, so that the context of most calls is the empty one, 0, and costs nothing.
 *
 * A calling context: the values of the parameters that decide what a function does (one that it calls
 * through, a guard, a descriptor or a timeout that it hands to an API). Context 0 knows nothing. */
typedef struct call_context {
  uint32_t function, count;
  const context_item *items;
  bool cut; /* there are more than it holds */
} call_context;

/* A parameter, or a field of its object, that decides something in a function or below it. */
typedef struct relevant_key {
  uint32_t param, field;
  bool by_node; /* by which function or descriptor it is as well */
  uint32_t next; /* of the same function; PROGRAM_NONE */
} relevant_key;

enum truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES };

/* A number of which some bits are known. All are: it is a constant. */
typedef struct known_bits {
  uint64_t ones, zeros;
  bool nonzero;
} known_bits;
enum { MAX_VALUES = 8 };
/* The values that something may have; more than fit are joined into one. */
typedef struct values {
  known_bits item[MAX_VALUES];
  uint32_t count;
} values;

/* Where in a function something is asked. */
typedef struct moment {
  uint32_t function, position; /* a call, or the end of the function's calls */
  uint32_t guard, cycle;
} moment;

/* What was given up at a limit, for the ledger. */
typedef struct check_limits {
  uint32_t values; /* questions of values that were too long, or had too many answers */
  uint32_t parameters; /* deciding parameters of a call that a context does not hold */
  uint32_t conditions; /* calls on a path, a condition around which is not kept whole */
  uint32_t depth; /* paths that were cut for their length */
  uint32_t states; /* entries whose search was cut */
  uint32_t ways; /* further ways to a sink that are not told */
  uint32_t split; /* entries whose targets are not told apart */
} check_limits;

typedef struct order_table order_table;
typedef struct lock_table lock_table;
typedef struct once_table once_table;

/* What the descriptors are that a call makes. */
typedef struct descriptor_state {
  uint32_t bits; /* rule_descriptor kinds */
  bool created_nonblocking, created_unknown, set_nonblocking, set_blocking;
  bool surely_nonblocking, surely_blocking; /* by a setter that means this one, not all that a field holds */
  bool
      set_elsewhere; /* by one that knows it by another name than the variable of the function that made it */
  /* Index + 1; 0 without: another descriptor that the same call may give (a wrapper of open() and pipe()),
   * and the one in the wrapper that this one begins as. */
  uint32_t next, source;
  uint32_t holder, context, inner; /* the wrapper's call; of its function and of the one that made it */
  /* of a library's object: its row, and the argument of the creating call whose mode it has, -1 without */
  const descriptor_row *row;
  int from_argument;
  uint32_t call;
} descriptor_state;

/* A call that makes a descriptor blocking or non-blocking; `next` on the same variable in the same
 * function. */
typedef struct mode_set {
  uint32_t call, next;
  bool blocking;
  bool unknown; /* the one or the other */
} mode_set;

/* A call that makes objects of a library wait or not; `taken` is the argument (of that call) whose mode they
 * take, -1 for the mode in `blocking`. */
typedef struct handle_set {
  const char *handle;
  uint32_t call;
  bool blocking;
  int taken, object; /* `object`: the argument that is set, -1 without */
} handle_set;

/* A call that says for how long others wait. */
typedef struct limit_set {
  uint32_t call;
  const descriptor_row *row;
} limit_set;

/* A call to a known blocking API. */
typedef struct sink {
  uint32_t call, function; /* the API called */
  const char *api;
  const rule *const *rules; /* NULL-terminated; NULL for one that only its attribute calls blocking */
  const char *system_call; /* "SYS_futex", when the API is syscall() and its number is known; else NULL */
} sink;

typedef struct entry_point {
  uint32_t function;
  const char *loop;
  enum rule_role role;
  bool has_registered;
  program_place registered;
  uint32_t registered_in; /* function, PROGRAM_NONE at file scope */
  const char *via;
  uint32_t cycle; /* not 0: the entry is the body of this loop statement only */
  uint8_t strength; /* program_strength */
  bool elsewhere; /* the project calls it by itself: it is searched from there */
  program_set programs;
} entry_point;

/* A way from an entry point to a sink. */
typedef struct hit {
  uint32_t sink, entry;
  const rule *rule;
  const rule_condition *undecided; /* of the rule: what was not known of the call; or NULL */
  uint8_t strength;
  uint32_t nedges;
  uint32_t *edges; /* from the entry to the function that holds the sink */
  uint32_t suppression; /* index + 1 of the comment that cuts it, 0 none */
  program_set programs;
  bool ends; /* the process ends right after it */
  bool once; /* it is come to once, the first time */
  bool another; /* not the best way of its entry: another caller of the sink's function */
  bool cut; /* a condition around it is not followed whole */
  bool measured; /* constants say how long it takes: as severe as that, whatever the rule says */
  enum rule_severity severity;
  enum rule_latency latency;
  int64_t bound; /* nanoseconds that it waits at most; BOUND_NOT_KNOWN */
} hit;

/* The bounds that a search keeps. */
enum { SEARCH_CROWD = 16 }; /* callbacks of a sink that are told when there are too many to tell all */
enum search_limit { LIMIT_DEPTH, LIMIT_STATES, LIMIT_WAYS, SEARCH_LIMITS };

/* What one search found. Zeroed when new; hit_list_fini frees it. */
typedef struct hit_list {
  BS_VEC(hit) hits;
  bs_arena arena; /* of their edges */
  bool *reached; /* functions that some entry point reaches; one for each of the program */
  uint32_t cut[SEARCH_LIMITS]; /* entries whose search the bound cut */
  uint32_t hiding[SEARCH_LIMITS]; /* those of them where a sink that was not reached may lie behind the cut */
  uint32_t crowded; /* sinks that are reached in more ways than are told */
  bool joins_contexts; /* there were more contexts than are told apart */
} hit_list;

/* What is known once entry points, loops and sinks are found. It serves any number of searches and reports,
 * and holds nothing of them but what is true for all: contexts are numbered when they are first met. */

/* A callback that is registered and whose code no unit has. */
typedef struct missing_callback {
  uint32_t function;
  program_place registered; /* line 0: not known */
} missing_callback;

/* A class of which an object lives on another thread, as a pack tells it. */
typedef struct moved_class {
  const loop_pack *pack;
  const char *name; /* `length` of it */
  size_t length;
} moved_class;

struct checker {
  program *p;
  const rule_set *rules;
  check_options options;
  bs_arena arena;
  const rule *const **function_rules; /* of a function: NULL, or its rules when it is an API */
  const pack_row *const **function_rows; /* the same for loop packs */
  BS_VEC(entry_point) entries;
  bs_map entry_ids;
  uint32_t *program_entries; /* of an executable: how many entry points it has */
  uint32_t *program_rank; /* of an executable: how many are told before it */
  program_set wanted; /* programs that are asked for */
  BS_VEC(sink) sinks;
  uint32_t *first_sink; /* of a function, into `sinks`, ordered by call; count + 1 items */
  order_table *order;
  once_table *once;
  struct object_table *objects;
  BS_VEC(relevant_key) keys;
  uint32_t *first_key; /* of a function; PROGRAM_NONE */
  check_limits limits;
  BS_VEC(call_context) contexts;
  bs_map context_ids;
  bs_map entered; /* (call, callee, context, with modes) -> the callee's context */
  bs_map bound; /* (call, object, field, context) -> into bound_values */
  BS_VEC(bound_value) bound_values;
  bs_map descriptors; /* call -> index + 0 into descriptor_states */
  BS_VEC(mode_set) mode_sets;
  lock_table *locks; /* NULL until somebody asks */
  bs_map mode_sets_of; /* (function, node, object of a field) -> first of its mode_sets */
  BS_VEC(descriptor_state) descriptor_states;
  BS_VEC(handle_set) handle_sets; /* in the order of their calls */
  BS_VEC(limit_set) limit_sets; /* likewise */
  uint32_t *parameter_of; /* of a node: the parameter that it is or only copies; 0 none */
  uint32_t system_call; /* index + 1 of syscall(), 0 without */
  BS_VEC(uint32_t) outside_calls; /* direct calls of functions outside the project, in their order */
  bool *is_system_call; /* calls: of syscall(), whose arguments stand one further to the right */
  bool *is_host; /* packs: the project is the program that its guests are for */
  bool *in_child; /* calls that only a child process makes */
  bool *node_address_taken;
  BS_VEC(uint32_t) fifos; /* calls: mkfifo() and its like */
  bool *is_handed_ready; /* nodes: the parameter of a callback in which a library hands over what is ready */
  struct assumed_descriptor {
    const program_argument *argument; /* is taken for `bits` now; or NULL */
    unsigned bits;
  } *assumed;
  uint32_t *blocking_line; /* of a function: the first line that makes a descriptor blocking, 0 none */
  bool *is_dispatch; /* calls: through which a loop dispatches */
  bool *is_loop_wait; /* calls: a loop's own wait, on the way from its cycle */
  bool *is_cut_short; /* by call: limits.conditions counts it */
  bool *is_chain; /* calls: on the way from a loop's cycle to its wait */
  bool *dispatches; /* functions that hold a dispatch */
  bool *is_turn; /* functions between a loop's cycle and its wait that dispatch: a turn, whoever calls them */
  bool *is_skipped; /* functions that are not followed: start-up by configuration, nonblocking by attribute */
  bs_map suppressed_lines; /* (file, line) -> first suppression; of blocks and files (file, 0) */
  BS_VEC(uint32_t) next_suppression;
  BS_VEC(program_edge) dispatch_edges; /* those that dispatchers' rows add; see check_edge */
  bs_map dispatched; /* call -> the first of its dispatch_edges */
  bool *leads; /* functions from which a sink can be reached */
  bool *is_closed; /* functions that no search enters: APIs, what is not followed, last words */
  BS_VEC(const char *) loop_lines;
  BS_VEC(missing_callback) missing;
  BS_VEC(moved_class) moved;
};

/* The kind of the node that an argument or a store of `kind` refers to; NONE for none, and for a function,
 * whose number is no node's. */
static inline uint32_t check_ref_kind(const program *p, uint32_t kind, uint32_t ref) {
  return ref && kind != FACTS_ARGUMENT_FUNCTION ? p->nodes.items[ref].kind : FACTS_NODE_NONE;
}

/* Whether a call stands in a loop statement, or in one inside it; cycle 0 means anywhere. */
static inline bool check_in_cycle(const program *p, uint32_t call, uint32_t cycle) {
  uint32_t at = p->calls.items[call].cycle;
  while (cycle && at && at != cycle) at = p->cycles.items[at].outer;
  return !cycle || at;
}

/* Edges are numbered through: first the program's, then those that dispatchers' rows add. */
static inline uint32_t check_edge_count(const checker *c) {
  return c->p->edges.count + c->dispatch_edges.count;
}
static inline const program_edge *check_edge(const checker *c, uint32_t edge) {
  uint32_t own = c->p->edges.count;
  return edge < own ? &c->p->edges.items[edge] : &c->dispatch_edges.items[edge - own];
}
/* The dispatch edges of a call, from *first up to the result, which is *first when it has none. */
static inline uint32_t check_dispatch_edges(const checker *c, uint32_t call, uint32_t *first) {
  uint32_t i;
  *first = 0;
  if (!bs_map_find(&c->dispatched, call, &i)) return 0;
  *first = c->p->edges.count + i;
  while (i < c->dispatch_edges.count && c->dispatch_edges.items[i].call == call) i++;
  return c->p->edges.count + i;
}

/* libraries.c */
/* Gives the functions of loop libraries that the project itself holds their rows. */
void libraries_find(checker *c);
/* Whether the project is the host that a pack's guests are for. */
bool libraries_is_host(const checker *c, const loop_pack *pack);

/* moved.c */
/* Finds the classes of objects that live on other threads. */
void moved_find(checker *c);
/* Whether a function is a method of such a class; whether an argument is an object of one. */
bool moved_is_method(const checker *c, const loop_pack *pack, uint32_t function);
bool moved_is_object(const checker *c, const loop_pack *pack, const program_argument *a);

/* eval.c */
/* Builds what the others ask for: known parameters, calls of child processes, deciding parameters,
 * descriptors. */
void eval_prepare(checker *c);
/* `made_blocking`: a function on the path made descriptors blocking before. */
enum truth eval_condition(const checker *c, uint32_t call, const rule_condition *condition, uint32_t context,
                          bool made_blocking);
/* Whether the call can be reached in this context: its guards are not known to be false, and it is not in
 * a child process. */
bool eval_reachable(const checker *c, uint32_t call, uint32_t context);
/* How sure it is that the call blocks: -1 it does not, else program_strength. `undecided`: the condition of
 * the rule that could not be told and made it no surer, or NULL. */
int eval_rule(const checker *c, uint32_t call, const rule *r, uint32_t context, bool made_blocking,
              const rule_condition **undecided);
/* The descriptor that a call reads or accepts from, by the rules of its API; NULL when it is no such call. */
const program_argument *eval_read_when_ready(const checker *c, uint32_t call);
/* Whether the call is the only one on a descriptor that a loop watches: near its callback it gets what is
 * there. */
bool eval_comes_when_ready(const checker *c, uint32_t call, const rule *r, uint32_t context);
/* Whether the program has asked select() by FD_ISSET, and this is the one read for that answer. */
bool eval_is_asked_ready(const checker *c, uint32_t call, const rule *r);
/* Whether an argument equals a number, or has all bits of one, as far as is known. */
enum truth eval_equals(const checker *c, uint32_t call, const program_argument *a, int64_t value,
                       uint32_t context);
enum truth eval_has(const checker *c, uint32_t call, const program_argument *a, int64_t bit,
                    uint32_t context);
/* Whether the bits are set on some way, such as `if (on) flags |= bit`. */
bool eval_may_set(const checker *c, uint32_t call, const program_argument *a, int64_t bit);
/* YES when all of `all` possibilities are, NO when none is. */
enum truth eval_truth_of(uint32_t yes, uint32_t all, bool unknown);
/* An argument of a call, or NULL. */
const program_argument *eval_argument(const program *p, uint32_t call, int index);
/* The context of a callee for a call made in a context; without the modes of descriptors, which are asked for
 * only on the way to a call that may block. */
uint32_t eval_enter(checker *c, uint32_t call, uint32_t callee, uint32_t context);
uint32_t eval_enter_for_values(checker *c, uint32_t call, uint32_t callee, uint32_t context);
/* The argument that a condition asks for, or NULL; those of syscall() come after the number. */
const program_argument *eval_condition_argument(const checker *c, uint32_t call,
                                                const rule_condition *condition);
/* The values of an argument at a call. */
void eval_values(const checker *c, uint32_t call, const program_argument *a, uint32_t context, values *out);
/* The value that a context gives to a field of a parameter's object (field 0: to the parameter); kind UNKNOWN
 * without. */
bound_value eval_bound_field(const checker *c, uint32_t node, uint32_t field, uint32_t context);
/* The same of a parameter itself. */
bound_value eval_bound(const checker *c, uint32_t node, uint32_t context);
/* The parameter that a node is, or only copies; 0 without. */
uint32_t eval_parameter_of(const checker *c, uint32_t node);

/* systemcalls.c */
/* The rules for syscall(SYS_fsync, …), those of the function of that name, or NULL; *name is "SYS_fsync". */
const rule *const *systemcalls_rules(const checker *c, uint32_t call, const char **name);

/* handles.c */
/* Notes a row of "handles" at a call; whether an object of a library does not wait. */
void handles_note_creation(checker *c, uint32_t call, const descriptor_row *row);
void handles_note_set(checker *c, uint32_t call, const descriptor_row *row);
enum truth handles_test(const checker *c, uint32_t call, const program_argument *a, const char *handle,
                        uint32_t context, bool made_blocking);

/* The values of a field of the struct that an argument points to; false when it is not known which struct
 * that is. */
bool eval_field(const checker *c, uint32_t call, const program_argument *a, const char *field,
                uint32_t context, values *out);

/* limits.c */
/* Notes a row of "limits" at a call. */
void limits_note(checker *c, uint32_t call, const descriptor_row *row);
/* For how many nanoseconds an earlier call lets this one wait for its object, by a family of limits; -1 when
 * that is not known. */
enum { BOUND_NOT_KNOWN = -1, MAX_LIMITS_DEEP = 3 };
int64_t limits_of(const checker *c, uint32_t call, const rule_timeout *timeout, uint32_t context, int depth);

/* bounds.c */
/* What a timeout says in nanoseconds; -1 when it is not known. `depth` counts objects that have the limit of
 * another one. */
int64_t bounds_nanoseconds(const checker *c, uint32_t call, const rule_timeout *timeout, uint32_t context,
                           int depth);
/* How severe a call is whose length constants say; false when they do not. `bound` gets the nanoseconds that
 * it waits at most, with all turns of the cycles around it; -1 when that is not known. */
bool bounds_level(const checker *c, uint32_t call, const rule *r, uint32_t context,
                  enum rule_severity *severity, enum rule_latency *latency, int64_t *bound);

/* locks.c */
/* How severe it is to wait for a mutex, by what is done elsewhere while it is held; false when nobody else is
 * seen to hold it. */
bool locks_level(checker *c, uint32_t call, const rule *r, enum rule_severity *severity,
                 enum rule_latency *latency);
void locks_free(lock_table *t);

/* once.c */
/* Finds the variables that are set once. */
void once_prepare(checker *c);
/* Whether a call is made the first time only that its function is called. */
bool once_runs(const checker *c, uint32_t call);
void once_free(once_table *o);

/* told.c */
typedef struct told_table told_table;
/* `object_of`: of each argument, order_object(). */
told_table *told_new(const checker *c, const uint32_t *object_of);
/* Whether something may be known of a field of the object that a variable is or points to, by the function
 * itself or by one that calls it: its value, or, with `mode`, the mode of a descriptor that it holds. */
bool told_may(const told_table *t, uint32_t object, uint32_t field, bool mode);
void told_free(told_table *t);

/* contexts.c */
/* Finds the parameters that decide. */
void contexts_prepare(checker *c);
/* The context in which a loop calls a function: it is handed the object that the function was put into. */
uint32_t contexts_of_handler(checker *c, uint32_t function);

/* moments.c */
/* Whether what holds under `outer` holds under `inner`. */
bool moment_is_under(const program *p, uint32_t inner, uint32_t outer);

/* texts.c */
/* How the text begins that an argument is, as far as a literal or a format says; NULL: it is not known. */
const char *texts_beginning(const checker *c, uint32_t call, const program_argument *a);
/* Whether that is all of it: a literal, or a variable that is given no other one. */
bool texts_is_whole(const program *p, const program_argument *a);

/* objects.c */
void objects_prepare(checker *c);
void objects_free(struct object_table *t);
/* Whether a handler says what the field of its object may hold. */
bool objects_tell(const checker *c, uint32_t handler, uint32_t field);
/* Whether the field of an object in which the handler stands may hold the target. */
bool objects_may_hold(const checker *c, uint32_t handler, uint32_t field, uint32_t target);

/* values.c */
enum truth truth_not(enum truth t);
void values_add(values *v, int64_t value);
void values_add_unknown(values *v);
void values_add_bits(values *v, known_bits item);
void values_add_all(values *to, const values *from);
void values_set_bits(values *v, int64_t bits);
void values_clear_bits(values *v, int64_t bits);
/* Each of the values with the bits of each of the others. */
void values_or(values *v, const values *others);
known_bits values_join(const values *v);
/* YES when all values do, NO when none can. */
enum truth values_hold(const values *v, enum facts_guard_op op, int64_t value);
enum truth values_have_all(const values *v, int64_t bits);
enum truth values_are_one_of(const values *v, const int64_t *numbers, uint32_t count);
bool values_may_have(const values *v, int64_t bits);

/* moments.c */
moment moment_of_call(const checker *c, uint32_t call);
/* Whether what holds under `outer` holds under `inner`, by what the conditions say. */
bool moment_implies(const program *p, uint32_t inner, uint32_t outer);

/* order.c, order_table.c */
order_table *order_new(checker *c);
void order_free(order_table *o);
/* A new question begins: it may look at so many stores. */
void order_ask(const checker *c);
/* A question in the middle of another one, whose answer that one can do without: it neither spends what that
 * one may read nor makes it incomplete. What order_begin_aside gives is given back at the end. */
typedef struct order_aside {
  uint32_t budget, limits;
} order_aside;
order_aside order_begin_aside(const checker *c);
void order_end_aside(const checker *c, order_aside outer);
/* Adds the values of a node at a moment; `base` is the variable whose object a field is of. */
void order_node(const checker *c, moment at, uint32_t node, uint32_t base, uint32_t context, values *out);
/* Adds the values of a field of an object: a struct variable, or what a pointer variable points to. */
void order_field(const checker *c, moment at, uint32_t object, uint32_t field, uint32_t context, values *out);
/* The same for a field that nobody stores to but with the whole object. */
void order_whole(const checker *c, moment at, uint32_t object, uint32_t context, values *out);
/* Whether anybody near speaks of this field of an object. All fields that nobody speaks of have the values
 * that PROGRAM_NONE has, as long as the context says nothing of them. */
bool order_mentions(const checker *c, uint32_t object, uint32_t field);
/* Whether anything is known of an object's field. */
bool order_is_told(const checker *c, uint32_t object, uint32_t field, uint32_t context);
/* Whether a store sets a pointer to something of which a field may be known. */
bool order_is_telling(const checker *c, uint32_t store);
/* Each field to which a function of the project stores before it returns the object that a store keeps, `c =
 * conn_new()`, until `seen` returns false. */
typedef bool order_field_seen(void *data, uint32_t field);
void order_each_made_field(const checker *c, uint32_t store, order_field_seen *seen, void *data);
/* Whether a variable is an object that functions are given, which may store to it. */
bool order_is_made_by_helpers(const checker *c, uint32_t object);
/* The stores to a local variable, or to a field of the object that it is or points to (`field`, else 0), that
 * may have been the last one before a call; 0 when that cannot be told, or when there are more. They are the
 * table's, until it is asked again. */
enum { ORDER_LAST_STORES = 16 };
uint32_t order_last_stores(const checker *c, uint32_t call, uint32_t variable, uint32_t field,
                           const uint32_t **stores);
/* The object that an argument is or points to, by its variable; 0 when it is not known. */
uint32_t order_object(const checker *c, const program_argument *a);
/* The variable that a pointer only ever points to, else itself. */
uint32_t order_canonical(const checker *c, uint32_t node);
/* Whether a guard and those around it hold. */
/* Whether a guard or one around it has more parts, or depends on more values, than are followed. */
bool order_is_cut(const checker *c, uint32_t guard, uint32_t context);
enum truth order_guards(const checker *c, uint32_t guard, uint32_t function, uint32_t context);
/* Stores to a variable, and to fields of an object, in the order of the source; PROGRAM_NONE at the end. */
uint32_t order_first_store(const checker *c, uint32_t variable);
uint32_t order_next_store(const checker *c, uint32_t store);
uint32_t order_first_field(const checker *c, uint32_t object);
uint32_t order_next_field(const checker *c, uint32_t store);
/* Calls that are given an object's address, in their order; PROGRAM_NONE at the end. */
uint32_t order_first_gift(const checker *c, uint32_t object);
uint32_t order_next_gift(const checker *c, uint32_t gift);
void order_gift(const checker *c, uint32_t gift, uint32_t *call, uint32_t *index);

/* descriptors.c */
/* What the descriptor may be that one of the rules asks for, each as bits of rule_descriptor: at most `max`
 * that differ; *asked is the argument. 0 when nothing is known. */
uint32_t descriptors_alternatives(const checker *c, uint32_t call, const rule *const *rules, uint32_t context,
                                  bool made_blocking, unsigned *bits, uint32_t max,
                                  const program_argument **asked);
/* Until the next call it is taken for one of them; NULL: for what it is. */
void descriptors_assume(const checker *c, const program_argument *asked, unsigned bits);
void descriptors_find(checker *c);
/* Whether a CREATE row is for a call in a context (0: any). */
bool descriptors_row_is_for(const checker *c, uint32_t call, const descriptor_row *row, uint32_t context);
/* Once the entry points are known: a function of the project that takes one of them together with a
 * descriptor has that descriptor watched. */
void descriptors_watch_registered(checker *c);
/* Whether a setter's row is about this call, and what it says: YES non-blocking. */
enum truth descriptors_setter_says(const checker *c, uint32_t call, const descriptor_row *row);
/* Whether what reaches the argument is one of the wanted things (rule_descriptor bits). */
enum truth descriptors_test(const checker *c, uint32_t call, const program_argument *a, unsigned wanted,
                            uint32_t context, bool made_blocking);
/* RULE_FD_BLOCKING or RULE_FD_NONBLOCKING where all descriptors that an argument may be have that mode when
 * the call is made; 0 where it is not known. */
unsigned descriptors_mode(const checker *c, uint32_t call, const program_argument *a, uint32_t context);
/* Whether the caller of this call made a descriptor blocking in a line before it. */
bool descriptors_made_blocking(const checker *c, uint32_t call);

/* names.c */
/* Whether a function has no definition in the project. */
bool check_is_outside(const program *p, uint32_t function);
/* The tag in a record's key: "conn" of "struct conn@src/conn.h", and its length. Borrows from the key. */
const char *check_record_tag(const char *key, size_t *length);
/* The name of an API that is reached through a pointer: that of the variable (Redis modules), or the struct
 * and its field ("pa_mainloop_api.time_new"); false for any other node. */
bool check_pointer_name(const program *p, uint32_t node, bs_strbuf *name);

/* entries.c */
/* Fills `entries` from the packs: calls that register, tables, fields. Own loops add theirs later. */
void entries_find(checker *c);
/* A new entry point, certain and without a registration; valid until the next one. NULL when the function is
 * one already or stands outside the project. `loop` is borrowed. */
entry_point *entries_add(checker *c, uint32_t function, const char *loop, enum rule_role role);
/* The same for the body of a loop statement; a function may hold several. */
entry_point *entries_add_body(checker *c, uint32_t function, uint32_t cycle, const char *loop);
/* Whether no `unless` of a pack's row holds for sure at a call. */
bool entries_row_applies(const checker *c, uint32_t call, const pack_row *row);

/* ownloop.c */
/* Adds the entry points of loops that no pack knows, and marks their waits and dispatches. */
void ownloop_find(checker *c);

/* suppressed.c */
/* The comment that silences `rule_id` (NULL: only one for all rules) at a place; index + 1, or 0. */
uint32_t suppressed_by(const checker *c, program_place place, const char *rule_id);
/* Whether a comment may speak of a place. */
bool suppressed_maybe(const checker *c, program_place place);

/* sinks.c */
/* Whether a function itself calls what blocks. */
static inline bool check_has_sinks(const checker *c, uint32_t function) {
  return c->first_sink[function] != c->first_sink[function + 1];
}
/* Finds the sinks, the edges that may be followed, and the places of suppression comments. */
void search_prepare(checker *c);
/* Adds to leads[] the functions from which one of those in it can be reached. */
void search_find_leading(const checker *c, bool *leads);

/* search.c */
/* Fills `found` from every entry point, and marks the comments that were used. With `changes` only ways that
 * the older program did not have are found. */
void search_all(checker *c, const check_changes *changes, hit_list *found);
void hit_list_fini(hit_list *found);
/* Calls `reached` with the best way from each entry to a function that is wanted. `leads`: the functions that
 * lead to one of them, and they themselves. Edges lead from the entry; they are gone afterwards. True when
 * more entries than these come there. */
typedef void search_reached(void *context, uint32_t entry, uint32_t function, uint8_t strength,
                            const uint32_t *edges, uint32_t nedges);
bool search_ways(checker *c, const bool *wanted, const bool *leads, search_reached *reached, void *context);

/* search_spots.c */
/* Sets reached[f] for the functions that callbacks come to by edges that may be followed, whatever the values
 * are: cheap, and more than check_reached gives. */
void search_reachable(const checker *c, bool *reached);

/* changes.c */
/* Whether the older program has no such function. */
bool changes_is_new_function(const check_changes *changes, uint32_t function);
/* What calls an entry point, as a base. */
uint32_t changes_loop(const check_changes *changes, uint32_t entry);
/* Goes over an edge: *base is the last function on the path that both programs have, or the loop. True when
 * the older program had no such edge. */
bool changes_step(const check_changes *changes, uint32_t *base, uint32_t function);
/* A place and the function that it is in. */
typedef struct changes_spot {
  program_place place;
  uint32_t function;
} changes_spot;
/* The place that is new about the hits of one sink. */
bool changes_anchor(const check_changes *changes, const hit *hits, uint32_t count, changes_spot *anchor);
/* The program that is newer, with its checker. */
checker *changes_newer(const check_changes *changes);

/* undecided.c */
/* What a condition asks of a call and is not known, a sentence in the document's arena. */
const char *undecided_describe(const checker *c, report_document *d, uint32_t call,
                               const rule_condition *condition);

/* findings.c: conversions to the report's model */
/* One document while it is filled. A string that several findings mention is copied into the document's arena
 * once: the document owns all that it says, and the next one begins with an empty filler. */
typedef struct document_filler {
  const checker *c;
  report_document *document;
  const char **strings; /* of the program, by their ids, and */
  const char **nodes; /* descriptions of nodes, as far as the document has them */
  bs_map step_numbers; /* an edge's address -> its step in `steps`: paths of a document share them */
  BS_VEC(const report_step *) steps;
  bs_map by_symbol; /* symbol -> its function, or PROGRAM_NONE - 1 for several; made when first asked for */
} document_filler;
void filler_init(document_filler *filler, const checker *c, report_document *document);
void filler_fini(document_filler *filler);
/* A string of the program as the document has it. */
const char *filler_string(document_filler *filler, program_str id);
report_place filler_place(document_filler *filler, uint32_t function, program_place place);
/* Fills an entry without its path; and the path, one step for each edge. */
void filler_entry(document_filler *filler, const entry_point *from, uint8_t strength, report_entry *out);
void filler_path(document_filler *filler, const uint32_t *edges, uint32_t nedges, report_entry *out);
/* How many paths a note keeps where other findings keep `max_paths`. */
uint32_t check_note_paths(uint32_t max_paths);
/* Adds the findings that the hits make, ranked. Sorts the hits. `changes`: those of the search, or NULL; they
 * give the findings their anchors. */
void filler_findings(document_filler *filler, hit_list *found, const check_changes *changes);

/* handed.c */
/* Adds who outside the project gets functions of it and is known to no pack, and a note that sums it up. */
void handed_report(document_filler *filler);

/* unchecked.c */
/* Notes a callback that is registered, in case that its code should be here and is not. */
void unchecked_note(checker *c, uint32_t function, program_place registered);
/* Adds the callbacks whose code is missing, and the units that no callback reaches. */
void unchecked_report(document_filler *filler);

/* callers.c */
typedef struct caller_index {
  uint32_t *first, *edges; /* of a function, into `edges`: those that lead to it */
} caller_index;
void callers_find(const program *p, caller_index *c);
void callers_fini(caller_index *c);

/* arrivals.c */
/* Adds to counts[i] how many entry points come to functions[i]; there are `count` of both. */
void arrivals_count(const checker *c, const uint32_t *functions, uint32_t count, uint32_t *counts);

/* unresolved.c */
/* Lists the calls through pointers that no known function reaches. */
void unresolved_report(document_filler *filler);

/* groups.c */
/* The program that something in these programs is told with: of the product before tools and tests;
 * PROGRAM_NONE where there is one program only, or none is known. */
uint32_t groups_program(const checker *c, program_set programs);
/* Where what such a program says stands in a report: the product first. */
uint32_t groups_order(const checker *c, uint32_t of, const char *file);
/* Counts the entry points of each program, and ranks them. */
void groups_prepare(checker *c);

#endif
