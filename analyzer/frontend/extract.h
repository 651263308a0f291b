/* The extractor's insides: from a libclang tree to a facts_unit.
 *
 * libclang hands out children only through a callback, one visitor object a call. So the extractor copies
 * the tree of a function or an initialiser once, in one visit, into an array in preorder (extract_tree.c),
 * and everything else walks that array. Declarations are resolved once each and cached (extract_decl.c).
 * An expression's value is an abstract value of a few kinds (extract_value.c); flows are emitted only
 * where a value is stored. Nothing here knows what blocks.
 *
 *   extract.c            the top-level walk, functions, global variables
 *   extract_tree.c       the tree as an array
 *   extract_names.c      strings, files, places, types' spellings
 *   extract_decl.c       functions, variables, fields, records: from cursors to indices
 *   extract_attribute.c  attributes
 *   extract_value.c      values
 *   extract_lvalue.c     what is named or pointed to by an expression
 *   extract_literal.c    constants, strings, spellings
 *   extract_flow.c       storing a value: the rows of the value-flow graph
 *   extract_call.c       calls and arguments
 *   extract_init.c       initialiser lists
 *   extract_stmt.c       statements
 *   extract_cycle.c      what loop statements walk over
 *   extract_layout.c     the fields of records that share memory
 *   extract_attached.c   functions that attributes name: clean-up functions, aliases
 *   extract_guard.c      conditions and what holds under them
 *   extract_cxx.c        lambdas, constructors, overloaded operators, overriding
 *   extract_coroutine.c  co_await, and coroutines that are not started yet
 *   extract_lifetime.c   destructors, and where objects end
 *   extract_construct.c  objects that the standard library makes
 *   extract_instance.c   instantiated templates
 *   extract_callable.c   C++ objects that carry functions, or can be called
 */
#ifndef BLOCKSCAN_FRONTEND_EXTRACT_H
#define BLOCKSCAN_FRONTEND_EXTRACT_H

#include "analyzer/facts/facts.h"
#include "analyzer/frontend/head_parse.h"
#include "base/map.h"

#include <clang-c/Index.h>
#include <stdbool.h>
#include <stdint.h>

enum { NO_FUNCTION = UINT32_MAX };

/* One node of the tree: its children are the nodes from its index + 1 up to `end`, hopping from end to
 * end. */
typedef struct tree_node {
  CXCursor cursor;
  uint32_t end;
  uint32_t decl; /* what it names, in `decls`, + 1; 0 not asked for yet */
  bool qualified; /* a member named with its class: Base::f() */
} tree_node;

/* What a type is to value flow. */
enum type_class {
  TYPE_OTHER, /* void, dependent, complex, vector */
  TYPE_INTEGER, /* with bool, char and enumerations */
  TYPE_FLOAT,
  TYPE_POINTER,
  TYPE_REFERENCE, /* C++ */
  TYPE_ARRAY,
  TYPE_FUNCTION,
  TYPE_RECORD,
  TYPE_CALLABLE, /* C++: a closure, std::function, a container of them: it carries functions */
};

enum decl_kind {
  DECL_OTHER,
  DECL_FUNCTION,
  DECL_BUILTIN,
  DECL_VARIABLE,
  DECL_FIELD,
  DECL_ENUMERATOR, /* also `const int name = 5` */
  DECL_RECORD
};

/* A declaration that was resolved. */
typedef struct decl_info {
  CXCursor cursor; /* as it was asked for */
  uint8_t kind; /* decl_kind */
  uint8_t type; /* type_class of a variable or field */
  bool local; /* a variable of a function */
  bool moved; /* C++: what it held was given on by std::move */
  bool zero, nonzero; /* a struct variable that was given zeros; something else */
  uint32_t index; /* function, node, or (DECL_RECORD) index into `records` */
  uint32_t escape; /* struct variable: function that got its address, +1; UINT32_MAX when several did */
  facts_str name;
  int64_t value; /* enumerator, or a constant variable */
} decl_info;

typedef struct record_field {
  uint32_t decl; /* index into `decls` */
  CXType type;
} record_field;

typedef struct record_info {
  bool is_union;
  uint32_t first_field, nfields; /* into `fields` */
} record_info;

enum value_kind {
  VALUE_NONE, /* a struct, void, a float: nothing that flows */
  VALUE_UNKNOWN,
  VALUE_NODE,
  VALUE_ADDRESS, /* of the node `ref` */
  VALUE_LOAD, /* what the node `ref` points to */
  VALUE_FUNCTION, /* ref = function */
  VALUE_INTEGER,
  VALUE_STRING,
  VALUE_MASKED, /* the node `ref` (0: unknown) without the bits of `integer` */
  VALUE_FLAGS, /* the bits of `integer`, and those of the node `ref` unless 0 */
};
typedef struct value {
  uint8_t kind; /* value_kind */
  bool cast; /* through an explicit cast */
  uint32_t ref;
  uint32_t at; /* tree node where it is written */
  int64_t integer;
  facts_str text; /* STRING */
  facts_str type, function_type; /* LOAD, when the pointee is a function pointer: see facts_flow */
} value;

/* What an expression on the left of an assignment names: where a value is stored. */
typedef struct lvalue {
  facts_node node; /* 0: nowhere */
  facts_node base; /* of a field: the variable whose object it is of; 0 not known */
  bool weak; /* one of several: an array's element */
  bool deref; /* where the node points to */
  uint8_t flags; /* facts_flow_flag */
  facts_node table;
  facts_str type, function_type; /* with deref */
} lvalue;

typedef struct predicate {
  facts_node node, base;
  uint8_t op;
  int64_t value;
} predicate;

enum { CONDITION_MAX = 64 };
typedef struct condition {
  predicate *yes, *no; /* what holds when it is true; false: in the arena */
  uint8_t nyes, nno;
  uint32_t id; /* its number in the unit; 0: there is none */
} condition;

/* A guard that becomes a row only when a call stands under it. */
typedef struct pending_guard {
  uint32_t outer; /* into `guards`; 0 none */
  predicate what;
  uint32_t branch, position, cycle; /* as in facts_guard */
  uint32_t row; /* 0 until written */
} pending_guard;

/* The function that is being walked, and where in it. */
typedef struct scope {
  uint32_t function; /* NO_FUNCTION at file scope */
  const char *name; /* of the function, or of the variable whose initialiser this is */
  uint32_t guard; /* into `guards` */
  uint32_t cycle; /* into unit->cycles */
  bool conditional; /* what is visited now is not reached on every way */
  bool left; /* some way left before */
  bool initialiser; /* of a C++ variable at file scope: it may call */
  uint32_t lambdas, temps;
} scope;

/* &v given to a call, to be looked at when all of the function is known. */
typedef struct zero_candidate {
  uint32_t argument, decl;
} zero_candidate;

/* A destructor that nobody wrote. */
typedef struct implicit_end {
  CXCursor class;
  uint32_t function;
} implicit_end;

/* An instance of a template, and the next of the same. */
typedef struct listed_instance {
  CXCursor cursor;
  uint32_t next;
} listed_instance;

typedef struct extract {
  facts_unit *unit;
  CXTranslationUnit tu;
  const char *root, *directory;
  const head_parsed *head;
  bool head_misses; /* a function by that name may be one of the head that it does not name */
  bool cxx;
  bool in_template;
  uint32_t instance; /* which body of a generic lambda is walked; 0: a function's only one */
  uint32_t instances_walked;
  bool asserted; /* the statement that was walked last is an assertion: its guard holds behind it */
  bool awaiting; /* the call that is visited next is the operand of a co_await */
  unsigned depth;
  bs_arena arena;
  BS_VEC(tree_node) tree;
  BS_VEC(uint32_t) open; /* while the tree is built */
  BS_VEC(decl_info) decls;
  BS_VEC(uint32_t) decl_slots; /* decl + 1 by the cursor's hash */
  BS_VEC(record_info) records;
  BS_VEC(record_field) fields;
  BS_VEC(pending_guard) guards;
  uint32_t conditions; /* so far in the unit */
  bool elements; /* what is initialised is an array */
  BS_VEC(facts_argument) arguments; /* of the calls that are being read, innermost last */
  BS_VEC(zero_candidate) zeros;
  BS_VEC(uint32_t)
  walked; /* variables that the loop statements around what is visited step, and what is made
             from them: declarations */
  BS_VEC(CXCursor) queue; /* functions to walk later: inline functions of system headers, local classes */
  uint32_t queue_next;
  uint32_t ends; /* calls so far that end the process */
  uint32_t ending; /* the last of them: its node */
  uint32_t returns; /* return and goto statements so far */
  uint32_t initialisers; /* the function that stands for all of them, + 1 */
  BS_VEC(CXCursor) named_functions; /* those at file scope, when a name was asked for */
  bool names_are_ready, functions_are_named;
  bs_intern function_names;
  bs_map functions_by_name;
  bs_map nodes[FACTS_NODE_KINDS], locals, flows, paths, harvested, layouts, casts;
  bs_map seen_calls; /* of generic lambdas: what one instance says is not said again by the next */
  bs_map instances; /* instances that were queued, how many of each template; lambdas by their names */
  bs_map ends_of_classes, made; /* by a hash of the class */
  bs_map field_initialisers; /* functions of default member initialisers, by the member's name */
  BS_VEC(implicit_end) implicit_ends;
  uint32_t implicit_next;
  uint32_t future_end; /* the function that std::async's futures carry, + 1 */
  uint32_t spin;       /* the function that a loop calls which only spins, + 1 */
  uint32_t is_ready;   /* FD_ISSET, + 1 */
  uint32_t member_at;  /* the node `get().member` that was read last, and what holds the struct */
  facts_node member_of;
  BS_VEC(listed_instance) listed;
  BS_VEC(CXCursor) closures; /* instances of generic lambdas */
  BS_VEC(CXCursor) merged; /* classes with members that are walked as written */
  BS_VEC(CXCursor) patterns; /* templates to walk as they are written, when no instance of them is seen */
  bs_map callables; /* canonical class type -> whether it carries functions */
  scope scope;
} extract;

/* The pointer is good until the next declaration is found. (Subscripting by a call would read the array
 * first.) */
static inline decl_info *decl_at(extract *x, uint32_t decl) { return &x->decls.items[decl]; }
static inline record_info *record_at(extract *x, uint32_t record) { return &x->records.items[record]; }

/* extract.c */
/* Fills functions, flows, calls and the rest from a parsed unit; `directory` is the one that relative
 * names in it start from, `head` what was parsed before it (zeroed: nothing).
 * False when the head may hold something that it does not name; then the facts may lack it. */
bool extract_unit(facts_unit *unit, CXTranslationUnit tu, const char *root, const char *directory,
                  const head_parsed *head);
void extract_queue(extract *x, CXCursor function);

/* extract_tree.c */
/* Replaces the tree by that of the cursor's descendants; node 0 is the cursor itself. */
void tree_build(extract *x, CXCursor cursor);
/* Adds the tree of another cursor behind it: the index of its root. Gone with the next tree_build. */
uint32_t tree_append(extract *x, CXCursor cursor);
static inline CXCursor tree_cursor(const extract *x, uint32_t n) { return x->tree.items[n].cursor; }
static inline enum CXCursorKind tree_kind(const extract *x, uint32_t n) {
  return x->tree.items[n].cursor.kind;
}
static inline uint32_t tree_end(const extract *x, uint32_t n) { return x->tree.items[n].end; }
#define TREE_EACH(x, n, child) \
  for (uint32_t child = (n) + 1; child < tree_end((x), (n)); child = tree_end((x), child))
/* The number of children. */
uint32_t tree_count(const extract *x, uint32_t n);
/* The index-th child; 0 when there is none. */
uint32_t tree_child(const extract *x, uint32_t n, uint32_t index);
/* The last child; 0 when there is none. */
uint32_t tree_last(const extract *x, uint32_t n);
/* Whether an expression is what an instance has in the place of a template's parameter: its only child. */
bool tree_is_replaced(const extract *x, uint32_t n);
/* Looks through parentheses, implicit casts, and what is in the place of a template's parameter. */
uint32_t tree_strip(const extract *x, uint32_t n);
/* The same, and through explicit casts. */
uint32_t tree_strip_casts(const extract *x, uint32_t n);

/* extract_names.c */
facts_str name_take(extract *x, CXString text); /* interns and disposes */
/* Interns a text without the path of the project's folder. */
facts_str name_relative(extract *x, const char *text, size_t length);
/* A file's path as facts hold it: relative to the project root where it is inside it. */
facts_str name_path(extract *x, CXFile file);
/* Where something stands, as facts hold it: outside of macros. */
facts_place name_place(extract *x, CXSourceLocation location);
facts_place name_place_of(extract *x, uint32_t n);
/* The outermost macro that the location is in, or 0. */
facts_str name_macro(extract *x, CXSourceLocation location);
/* A function type as facts hold it: canonical, without attributes. */
facts_str name_function_type(extract *x, CXType type);
facts_str name_type(extract *x, CXType type); /* as written, without qualifiers */
enum type_class type_classify(extract *x, CXType type);
/* What something declared with this type can hold. */
enum facts_holds type_holds(CXType type);
static inline bool type_flows(enum type_class c) {
  return c == TYPE_INTEGER || c == TYPE_POINTER || c == TYPE_REFERENCE || c == TYPE_CALLABLE;
}
/* The record key of a struct, union or class. */
facts_str name_record(extract *x, CXCursor record);
/* The record key of what a pointer, array, reference or record is about; 0 when it is no record. */
facts_str name_pointee_record(extract *x, CXType type);
/* "a::b::name" in C++, else the name. */
facts_str name_qualified(extract *x, CXCursor decl);

/* extract_decl.c */
/* The node of this kind, a and b; made when new. */
facts_node node_make(extract *x, uint32_t kind, uint32_t a, uint32_t b);
/* The same for something declared with this type. */
facts_node node_typed(extract *x, uint32_t kind, uint32_t a, uint32_t b, CXType type);
/* A new TEMP node of the function that is visited. */
facts_node node_temp(extract *x);
/* The declaration that a cursor names: index into `decls`. */
uint32_t decl_find(extract *x, CXCursor cursor);
/* That which the tree's DeclRefExpr, MemberRefExpr or MemberRef names. */
uint32_t decl_of(extract *x, uint32_t n);
/* Registers what a cursor means. */
uint32_t decl_put(extract *x, CXCursor cursor, decl_info info);
/* The record of a record type or cursor; index into `records`. */
uint32_t record_find(extract *x, CXCursor record);
/* The index of a function in the unit's table; added when new. */
uint32_t function_find(extract *x, CXCursor function);

/* extract_attribute.c */
uint32_t attribute_flags(extract *x, CXCursor function); /* of facts_function */
/* Whether a declaration has __attribute__((alias(…))). */
bool attribute_is_alias(extract *x, CXCursor function);

/* extract_value.c */
value value_of(extract *x, uint32_t n);
/* Visits an expression whose value is of no interest. */
void value_effects(extract *x, uint32_t n);
/* The node that holds the value; a new TEMP where none does. 0 for NONE. */
facts_node value_node(extract *x, value v);
value value_none(uint32_t at);
value value_unknown(uint32_t at);

/* extract_lvalue.c */
lvalue lvalue_of(extract *x, uint32_t n);
/* The variable or field `decl`, named by node n. */
lvalue lvalue_variable(extract *x, uint32_t n, uint32_t decl);
/* `*pointer`, an expression of this type. */
lvalue lvalue_deref(extract *x, value pointer, CXType type);
value lvalue_load(lvalue object, uint32_t at);
/* `get(x).member` of a struct that the call returns. */
bool lvalue_is_returned(extract *x, uint32_t n);
/* The variable whose object the field that `n` names is of: v for v.a, v.b.a, v->a; 0 when it is another's.
 */
facts_node lvalue_base(extract *x, uint32_t n);
/* Whether a member expression names a part of an object that carries functions as a whole. */
bool lvalue_is_carried(extract *x, uint32_t n);

/* extract_literal.c */
/* Whether the expression is an integer constant, or a pointer made from one. */
bool value_constant(extract *x, uint32_t n, int64_t *result);
/* The number that clang makes of an expression, of a variable's initialiser or of a member's default one. */
bool literal_evaluate(CXCursor cursor, int64_t *result);
value literal_string(extract *x, uint32_t n);
/* "c->fd" for a simple variable or field, else 0. */
facts_str value_spelling(extract *x, uint32_t n);

/* extract_flow.c */
/* Notes what happens to a variable, or to a whole object, in the order of statements. */
void flow_note(extract *x, facts_node base, enum facts_store_op op);
/* Notes that an object becomes a copy of another: of that variable (ADDRESS), or of what it points to (NODE).
 */
void flow_note_copy(extract *x, facts_node object, uint8_t kind, facts_node from);
/* The same for the struct that the field named by node n is; `from` 0: it becomes zeros. */
void flow_note_part(extract *x, uint32_t n, facts_node from);
/* Notes what the members of an object are by their default initialisers. */
void flow_note_defaults(extract *x, facts_node object, CXType type);
/* Gives a struct, or the one that a pointer points to, the value of an expression; object 0: nothing is known
 * of it. */
void flow_record(extract *x, facts_node object, uint32_t from);
void flow_emit(extract *x, lvalue to, value v);
/* Stores an expression's value, following both ways of a condition. */
void flow_expression(extract *x, uint32_t n, lvalue to);
void flow_assign(extract *x, uint32_t lhs, uint32_t rhs);
void flow_compound_assign(extract *x, uint32_t n);

/* extract_call.c */
/* What is known of a value as an argument is. */
facts_argument argument_from(extract *x, uint32_t n, value v);
value call_expression(extract *x, uint32_t n, bool wanted);
enum { CALL_ARGUMENTS_MAX = 64 };
/* The call `n` whose callee is known; `at` gives its place. */
/* `n` was walked since `ends`; when it is a call that ends the process, the calls from `first` on in the
 * same loop are marked FACTS_CALL_BEFORE_EXIT. */
void call_mark_ending(extract *x, uint32_t n, uint32_t ends, uint32_t first);
/* The class of the object that the expression is, or points to. */
facts_str call_object(extract *x, uint32_t n);
value call_finish(extract *x, uint32_t n, uint32_t at, uint32_t function, enum facts_call_kind kind,
                  const uint32_t *nodes, uint32_t count, uint8_t flags, bool wanted);
/* A function that stands for something else; `slot` keeps it, + 1. */
uint32_t function_made(extract *x, uint32_t *slot, const char *name);
/* Calls in a subtree too deep to be walked: without arguments. */
void call_flat(extract *x, uint32_t n);
/* A call without a place of its own in the tree (destructors, clean-up functions); `argument` NULL:
 * without one. */
void call_implicit(extract *x, uint32_t function, bool is_virtual, uint32_t at,
                   const facts_argument *argument);

/* The same through what a node carries: nothing when it carries nothing. */
void call_implicit_pointer(extract *x, facts_node pointer, uint32_t at);

/* extract_question.c */
/* Whether `n` is what FD_ISSET(fd, set) expands to; what it gives then. */
bool question_is_ready(extract *x, uint32_t n);
value question_value(extract *x, uint32_t n);

/* extract_init.c */
/* The initialiser `n` of something of this type; `node` holds it when it is a scalar or an array of
 * scalars. */
void init_value(extract *x, uint32_t n, CXType type, facts_node node, facts_node table);
void init_variable(extract *x, uint32_t n);
/* (T){…}: its value is the address of what it makes when it is an array, nothing when a struct. */
/* The object that a literal of a struct is. */
facts_node init_literal(extract *x, uint32_t n);
value init_compound_literal(extract *x, uint32_t n, facts_node table);

/* extract_stmt.c */
void stmt_walk(extract *x, uint32_t n);

/* extract_cycle.c */
/* The parts of a loop statement; 0 for one that is not there. */
typedef struct cycle_parts {
  uint32_t start, test, step, body;
} cycle_parts;
/* What a loop statement is (facts_cycle_flag). Adds the variables that it walks over to `walked`. */
uint8_t cycle_flags(extract *x, const cycle_parts *parts);
/* `while (!done) {}`: waits for what another thread or a signal sets. */
bool cycle_spins(extract *x, const cycle_parts *parts);
/* Whether the last thing from a label to the goto at `end` that leads back to it is `if (errno == EAGAIN)
 * goto`. */
bool cycle_jumps_again(extract *x, uint32_t label, uint32_t end);
/* Whether an expression mentions an item of the walk of a loop statement around it. */
bool cycle_about_item(extract *x, uint32_t n);

/* extract_turns.c */
/* How often the loop statement n runs at most; 0 when that cannot be told. */
uint32_t turns_of(extract *x, uint32_t n, const cycle_parts *parts);

/* extract_layout.c */
/* Notes the fields of a record in their order, once. */
void layout_note(extract *x, CXCursor record, facts_str key);
/* Notes that a pointer to one record, or an address that is counted in bytes, was cast to a pointer to
 * another. */
void layout_cast(extract *x, uint32_t operand, CXType to);

/* extract_attached.c */
/* The variable's block ends: the call of its clean-up function, when it has one. */
void cleanup_variable(extract *x, uint32_t n);
/* A declaration that is another name of a function: it calls that. */
void alias_function(extract *x, CXCursor function);
/* Adds the functions that HEAD_ATTACHED names to those at file scope. */
void attached_read_head(extract *x, CXCursor function);
void attached_fini(extract *x);

/* extract_guard.c */
/* Whether a comparison asks for the thread that runs: its answer is *v, or the opposite for `!=`. */
bool guard_compares_threads(extract *x, uint32_t lhs, uint32_t rhs, value *v);
/* Whether the way where the condition is false ended the process since `ends`, as an assertion does. */
bool guard_asserts(extract *x, const condition *c, uint32_t ends);
void guard_condition(extract *x, uint32_t n, condition *result);
/* From here on the condition is true; false. */
void guard_push(extract *x, const condition *c, bool yes);
/* From here on this holds. */
void guard_push_one(extract *x, predicate what);
uint32_t guard_row(extract *x, uint32_t guard);
/* Visits what holds only where the condition is true; false. NULL: under a condition that is not known. */
void guard_enter(extract *x, scope *saved, const condition *c, bool yes);
void guard_leave(extract *x, const scope *saved);

/* extract_cxx.c */
value cxx_lambda(extract *x, uint32_t n);
/* Handles a constructor, an overloaded operator or a call with a meaning of its own (std::move). False: an
 * ordinary call. */
bool cxx_call(extract *x, uint32_t n, bool wanted, value *result);
/* Whether somebody wrote what a constructor does. */
bool cxx_is_user_provided(CXCursor constructor);
bool cxx_is_virtual(extract *x, uint32_t member);
void cxx_overrides(extract *x, CXCursor method);
/* extract_callable.c */
/* Whether objects of a class (canonical) carry functions. */
bool callable_class(extract *x, CXType type);
/* The same for what a type is about: behind pointers and references, and pointers to functions. */
bool callable_type(extract *x, CXType type);
/* The call operators of an object of the project's classes, as a value; NONE without. */
value callable_object(extract *x, uint32_t n);
/* The call operator of a class, the function of a closure; NO_FUNCTION without. */
uint32_t callable_of_type(extract *x, CXType type);
/* What an initialiser (with lists in it) carries flows to `to`. */
void callable_fill(extract *x, uint32_t n, lvalue to);
/* Whether a function or class is declared outside the project. */
bool callable_is_outside(CXCursor declaration);
/* A member call on an object that carries functions. */
/* The member that a call gives a reference to, where its function does nothing else; 0 without. */
facts_node accessor_field(extract *x, uint32_t n);
value callable_member_call(extract *x, uint32_t n, uint32_t at, CXCursor named, value object,
                           const uint32_t *nodes, uint32_t count);
/* What a call to a function outside the project gives, when it wraps functions among its arguments; else
 * `result`. */
value callable_adapter(extract *x, uint32_t n, value result, uint32_t call, const uint32_t *nodes,
                       uint32_t count);

/* extract_duration.c */
/* Whether a type is a duration, or a point in time, of std::chrono; and how many nanoseconds the constant
 * expression `n` of such a type is, a point in time from now on. */
bool duration_is(CXType type);
bool duration_value(const extract *x, uint32_t n, int64_t *nanoseconds);

/* extract_coroutine.c */
/* The body as it is written of a function whose body is `n`. */
uint32_t coroutine_body(const extract *x, uint32_t n);
/* Whether an expression of an unnamed kind is a co_await; its value. */
bool coroutine_is_await(const extract *x, uint32_t n);
value coroutine_await(extract *x, uint32_t n);
/* A call that only makes such an awaitable: its value is the function. False: an ordinary call. */
bool coroutine_call(extract *x, uint32_t n, value *result);

/* extract_lifetime.c */
/* Calls what ends a variable, `delete p`, the value of a statement, the members and bases of a class. */
void lifetime_end_variable(extract *x, uint32_t n);
void lifetime_delete(extract *x, uint32_t n);
bool lifetime_is_temporary(extract *x, uint32_t n);
void lifetime_end_temporary(extract *x, uint32_t n, value v);
void lifetime_end_parts(extract *x, CXCursor class);
/* A member call on an object of this type, when it ends what the object held: reset(), clear(). */
void lifetime_end_held(extract *x, uint32_t n, CXCursor named, CXType type, value object);
/* An object of the class is made somewhere: its destructor may be called through a base. */
/* Of a call of a std::shared_ptr's constructor or reset(): its second argument ends what it points to. */
void lifetime_keep_deleter(extract *x, CXType type, uint32_t call);
void lifetime_note_class(extract *x, CXCursor class);

/* extract_made.c */
/* Notes the classes of which the tree makes objects; and those that a template may make, by its arguments. */
void made_in_tree(extract *x);
void made_by_template(extract *x, CXCursor function);

/* Writes the body of the next destructor that nobody wrote; false without. */
bool lifetime_walk_implicit(extract *x);
/* std::async, and what its future carries. */
bool lifetime_is_async(CXCursor function);
value lifetime_async(extract *x, uint32_t n, const uint32_t *nodes, uint32_t count);

/* extract_construct.c */
/* The constructors that a call of the standard library, whose row is `call`, makes an object with. */
void construct_by_library(extract *x, uint32_t n, uint32_t call);
/* The constructors of a class's members and bases but for the members that are written as initialised. */
void construct_parts(extract *x, CXCursor class, uint32_t at, const CXCursor *written, uint32_t count);
/* The function that stands for a default member initialiser which calls something: each constructor that does
 * not initialise the member calls it. NO_FUNCTION where there is none. */
uint32_t construct_initialiser(extract *x, CXCursor field);

/* extract_instance.c */
/* Whether an implicit instantiation is a function of its own: it has a body, and its template not too many
 * others. */
bool instance_stands_alone(extract *x, CXCursor function, CXCursor pattern);
/* Whether a class is an instance of a template of the project: its fields are its own. */
bool instance_has_fields(CXCursor class);
/* Joins the fields of instances with those of the template as written, when all has been walked. */
void instance_fields(extract *x);
/* Whether the instances that were walked say all that the template as written would. */
bool instance_replaces(extract *x, CXCursor pattern);
/* Queues the body of an implicit instantiation; false when it is none. */
bool instance_queue(extract *x, CXCursor function);
/* Whether a definition is a template's as written, to be walked only when nothing instantiates it. */
bool instance_is_pattern(CXCursor definition);
/* Lists the project's instances; then those of one template: instance_first, and `next` in x->listed from
 * there. UINT32_MAX ends it. */
void instance_list(extract *x);
uint32_t instance_first(extract *x, CXCursor pattern);
/* While an instance is walked: the call that an earlier instance made at the same place; PROGRAM's index, or
 * UINT32_MAX after noting this one under the next call's index. */
uint32_t instance_same_call(extract *x, const facts_call *call);

/* The function of a closure's call operator, or NO_FUNCTION. */
uint32_t cxx_closure(extract *x, CXCursor call_operator);

#endif
