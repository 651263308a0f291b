/* Facts: what one translation unit says, before any question is asked of it.
 *
 * A unit's facts are functions, call sites, value-flow constraints, call arguments, guards, suppression
 * comments and attributes, in tables of plain numbers that refer to each other by index, and to one string
 * table. Index 0 of `strings` is "", index 0 of `nodes`, `guards` and `cycles` means "none"; `functions`,
 * `calls` and the others start at 0. Nothing here knows libclang, SQLite or other units.
 *
 * The same source and flags give the same bytes, on every machine: paths inside the project root are
 * relative to it, and no table is in the order of a hash. facts/codec.c writes and reads the bytes,
 * facts/dump.c the text form that the golden files of the tests hold.
 */
#ifndef BLOCKSCAN_FACTS_FACTS_H
#define BLOCKSCAN_FACTS_FACTS_H

#include "base/error.h"
#include "base/intern.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* Raised with every change of meaning; part of the cache key, and of the file's first bytes. */
#define FACTS_VERSION 26

/* Why tables of rows and not a tree: a program has thousands of units, and nearly all that is asked of them
 * is asked of all rows of one kind (all flows, all calls), in order. Rows of fixed size that refer to each
 * other by number are written and read as they are, cost no allocation each, and are linked by adding an
 * offset to each number. A tree of pointers would have to be walked for each of these, and again to be freed.
 */
typedef uint32_t facts_str;  /* index into the string table */
typedef uint32_t facts_node; /* index into `nodes`; 0 is "no node" */

/* A place in source. A place inside a macro is where the outermost macro is expanded. Lines and columns
 * count from 1; line 0 means unknown. */
typedef struct facts_place {
  facts_str file;
  uint32_t line, column;
} facts_place;

enum facts_function_flag {
  FACTS_FUNCTION_DEFINED = 1 << 0,     /* has a body in this unit */
  FACTS_FUNCTION_INTERNAL = 1 << 1,    /* static, or in an anonymous namespace: known by symbol and file */
  FACTS_FUNCTION_WEAK = 1 << 2,        /* __attribute__((weak)) */
  FACTS_FUNCTION_INLINE = 1 << 3, /* inline, or a C++ member defined in its class: merges with its copies */
  FACTS_FUNCTION_VARIADIC = 1 << 4, /* `...`, or without a prototype */
  FACTS_FUNCTION_NORETURN = 1 << 5, /* never returns (exit, abort, attribute) */
  FACTS_FUNCTION_SYSTEM = 1 << 6, /* declared in a system header */
  FACTS_FUNCTION_BLOCKING = 1 << 7, /* [[clang::blocking]], or annotate("blockscan::blocking") */
  FACTS_FUNCTION_NONBLOCKING = 1 << 8, /* [[clang::nonblocking]], or annotate("blockscan::nonblocking") */
  FACTS_FUNCTION_VIRTUAL = 1 << 9, /* C++ virtual member function */
  FACTS_FUNCTION_LAMBDA = 1 << 10, /* the body of a C++ lambda or a block */
  FACTS_FUNCTION_ENTRY =
      1 << 11, /* annotate("blockscan::entry"): code outside the project calls it on a loop */
};

/* A function that is defined, called or named in the unit. */
typedef struct facts_function {
  facts_str name; /* as people write it; in C++ qualified, without parameters: "net::Server::poll" */
  facts_str symbol; /* the linker's name: what external functions are linked by (C: the name; C++: mangled) */
  facts_str type; /* canonical function type: "int (struct s *, int)" */
  facts_place place; /* of the definition's name, else of the first declaration's */
  uint32_t end_line; /* of the body; 0 without one */
  uint32_t flags; /* facts_function_flag */
  uint32_t nparams;
} facts_function;

/* Nodes of the value-flow graph. Records are keyed by "tag@file" (the file that defines them), anonymous
 * ones by their typedef or, without one, "file:line:column"; so the same header gives the same key in every
 * unit and two files' private `struct state` stay apart. */
enum facts_node_kind {
  FACTS_NODE_NONE,
  FACTS_NODE_PARAM, /* a = function, b = index from 0 */
  FACTS_NODE_RETURN, /* a = function: what it returns */
  FACTS_NODE_LOCAL, /* a = function, b = str: "name" or "name#2" for the second of that name in it */
  /* a = str symbol, b = str defining file if internal (static, also in a function), else 0 */
  FACTS_NODE_GLOBAL,
  FACTS_NODE_FIELD, /* a = str record key, b = str field name */
  FACTS_NODE_RESULT, /* a = call: the value that this call returned */
  /* a = function (UINT32_MAX at file scope), b = number: an expression's value (c ? x : y) */
  FACTS_NODE_TEMP,
  FACTS_NODE_KINDS,
};
/* An array is one node: its element. A struct has none: its fields do, one for all objects of its type. */

/* What a node can hold, by its declared type: it keeps the values of the flow from wandering through
 * memory that cannot mean them (a function's address in a `struct client *`, a descriptor in a string). An
 * array holds what its elements do. */
enum facts_holds {
  FACTS_HOLDS_ANYTHING, /* void *, a type that is not known here */
  FACTS_HOLDS_FUNCTION, /* a pointer to a function */
  FACTS_HOLDS_INTEGER, /* an integer, bool or enumerator: descriptors, fork results */
  FACTS_HOLDS_POINTER, /* a pointer to pointers or numbers */
  FACTS_HOLDS_RECORD, /* a pointer to a struct or union */
  FACTS_HOLDS_TEXT, /* a pointer to characters */
  FACTS_HOLDS_KINDS,
};

typedef struct facts_node_row {
  uint32_t kind; /* facts_node_kind */
  uint32_t a, b;
  uint8_t holds; /* facts_holds */
} facts_node_row;

/* Value-flow constraints (Andersen's four, over fields by type). `dst` is always a node. */
enum facts_flow_kind {
  FACTS_FLOW_COPY, /* dst = src                        src: node */
  FACTS_FLOW_ADDRESS, /* dst = &src                       src: node (of a variable or a field) */
  FACTS_FLOW_LOAD, /* dst = *src                       src: node of the pointer */
  FACTS_FLOW_STORE, /* *dst = src                       dst: node of the pointer, src: node */
  FACTS_FLOW_FUNCTION, /* dst = function                   src: function */
  FACTS_FLOW_INTEGER, /* dst = value, |= or (CLEAR) &= ~  src: index into `integers` */
  FACTS_FLOW_STRING, /* dst = "literal"                  src: str */
  FACTS_FLOW_UNKNOWN, /* dst = an expression that is not followed (arithmetic, &= ~x …); src: 0 */
  FACTS_FLOW_KINDS,
};
enum facts_flow_flag {
  FACTS_FLOW_CAST = 1 << 0, /* through an explicit cast: the prototype filter must let it pass */
  FACTS_FLOW_OR = 1 << 1, /* a bit set into the old value: dst |= src */
  FACTS_FLOW_CLEAR = 1 << 3, /* bits taken out of the old value: dst &= ~src */
  FACTS_FLOW_INITIALISER = 1 << 2, /* part of a variable's initialiser: `table` names the variable */
};
typedef struct facts_flow {
  uint8_t kind; /* facts_flow_kind */
  uint8_t flags; /* facts_flow_flag */
  uint32_t dst, src;
  facts_node table; /* with INITIALISER: the node of the global or local variable that is initialised (so that
                        "every function in this table" can be asked); else 0 */
  /* LOAD, STORE: the pointee's type as written, when it is a function pointer ("ngx_http_handler_pt");
   * else 0. The key of the pool for memory without a name. */
  facts_str type;
  facts_str function_type; /* LOAD, STORE with `type`: its canonical function type */
  uint32_t function; /* in which function this stands; UINT32_MAX at file scope */
  facts_place place; /* of the stored value, so that a person sees where the function was handed over */
} facts_flow;

/* A constant that is stored: `if (!wait) flags |= MSG_DONTWAIT`. */
typedef struct facts_integer {
  int64_t value;
  uint32_t guard; /* under which it is stored, when that asks for a parameter of the function; else 0 */
} facts_integer;

/* What is known of an argument without leaving the call. */
enum facts_argument_kind {
  FACTS_ARGUMENT_UNKNOWN, /* an expression that is not followed */
  FACTS_ARGUMENT_INTEGER, /* value */
  FACTS_ARGUMENT_NULL, /* NULL, nullptr, or a pointer made from 0 */
  FACTS_ARGUMENT_STRING, /* text */
  FACTS_ARGUMENT_FUNCTION, /* ref = function */
  FACTS_ARGUMENT_NODE, /* ref = node whose value it has */
  FACTS_ARGUMENT_ADDRESS, /* ref = node whose address it is; 0 when that thing has none (a struct) */
  FACTS_ARGUMENT_FLAGS, /* value: bits that are surely set; ref: node that gives the others, or 0 */
  FACTS_ARGUMENT_MASKED, /* value: bits that are surely clear; ref: node that gives the others, or 0 */
  FACTS_ARGUMENT_KINDS,
};
enum facts_argument_flag {
  FACTS_ARGUMENT_CAST = 1 << 0, /* through an explicit cast */
  FACTS_ARGUMENT_ZERO_STRUCT = 1 << 1, /* ADDRESS of a local struct that is initialised or assigned only zeros
                                          ({0}, tv.tv_sec = 0): a zero timeout */
};
typedef struct facts_argument {
  uint8_t kind; /* facts_argument_kind */
  uint8_t flags; /* facts_argument_flag */
  uint32_t ref;
  int64_t value;
  /* STRING: the literal; else the source spelling of a simple variable or field ("c->fd"), or 0 */
  facts_str text;
  facts_str record; /* record key of the thing pointed to, when it is a struct or union; else 0 */
  facts_node base; /* NODE that is a field, ADDRESS of one: the variable whose object it is of; else 0 */
} facts_argument;

enum facts_call_kind {
  FACTS_CALL_DIRECT, /* callee = function */
  FACTS_CALL_INDIRECT, /* callee = node that holds the pointer (0: an expression that is not followed) */
  FACTS_CALL_VIRTUAL, /* callee = function: the static one; its overriders may be meant */
  FACTS_CALL_KINDS,
};
enum facts_call_flag {
  FACTS_CALL_CONDITIONAL = 1 << 0, /* not reached on every way through the function */
  FACTS_CALL_IMPLICIT = 1 << 1, /* not in the text: C++ constructor, destructor, conversion; a clean-up */
  FACTS_CALL_BEFORE_EXIT =
      1 << 2, /* the same block goes on to exit(), abort(), __builtin_unreachable(): last words */
  FACTS_CALL_ABOUT_ITEM = 1 << 3, /* its callee or an argument is an item of the walk of a loop statement */
};
typedef struct facts_call {
  uint32_t caller; /* function */
  uint8_t kind; /* facts_call_kind */
  uint8_t flags; /* facts_call_flag */
  uint32_t callee;
  facts_str type; /* INDIRECT: canonical function type called through */
  facts_str macro; /* name of the outermost macro whose expansion this is, or 0 */
  facts_place place;
  uint32_t first_argument, narguments; /* into `arguments`; a C++ member call's object is not counted */
  uint32_t guard; /* innermost guard, 0 without */
  uint32_t cycle; /* innermost loop statement around it, 0 without */
  facts_node base; /* INDIRECT through a field: the variable whose object it is of; else 0 */
  facts_node result; /* its RESULT node where the value is used, else 0 */
  facts_str
      object; /* C++, a member that is called of an object: the record key of the object's class; else 0 */
} facts_call;

/* A condition that holds where a call stands. `if (pid == 0)`, a case label, the rest of a block after
 * `if (pid != 0) return;` and so on. Guards nest: each has the next outer one. A condition that is no
 * comparison of a node with a constant is OTHER, so that each branch has a guard of its own. An early exit
 * through a noreturn call (exit, _exit, abort) adds no guard for what follows. */
enum facts_guard_op {
  FACTS_GUARD_EQ,
  FACTS_GUARD_NE,
  FACTS_GUARD_LT,
  FACTS_GUARD_LE,
  FACTS_GUARD_GT,
  FACTS_GUARD_GE,
  FACTS_GUARD_HAS, /* (node & value) != 0 */
  FACTS_GUARD_LACKS, /* (node & value) == 0 */
  /* node == value, or another condition kept it from being asked: `if (one || (pid = fork()) == 0)` */
  FACTS_GUARD_MAYBE_EQ,
  FACTS_GUARD_OTHER, /* a condition that is not followed; node 0 */
  FACTS_GUARD_DROPPED, /* a condition with more operands than are kept; node 0 */
  FACTS_GUARD_OPS,
};
typedef struct facts_guard {
  uint32_t outer; /* guard, 0 at the end */
  facts_node node;
  facts_node base; /* of a field: the variable whose object it is of; else 0 */
  uint8_t op; /* facts_guard_op: what is true inside; `if (x)` is NE 0, its else EQ 0 */
  int64_t value;
  /* Twice the number of the condition in the unit, plus 1 where it is true: two guards of one condition that
   * differ exclude each other. */
  uint32_t branch;
  uint32_t position; /* when it was asked: the number of the next call in the unit; see facts_store */
  uint32_t cycle; /* innermost loop statement around it, 0 without */
} facts_guard;

enum facts_cycle_flag {
  FACTS_CYCLE_WALKS = 1 << 0, /* steps a variable over the items of a table, a list, a range */
  FACTS_CYCLE_TRIES_AGAIN = 1 << 1, /* goes on when something ended with EAGAIN */
};
/* A loop statement: for, while, do. */
typedef struct facts_cycle {
  uint32_t function;
  uint32_t outer; /* cycle, 0 at the end */
  uint32_t turns; /* how often a counted `for` runs at most; 0 unknown */
  facts_place place;
  uint8_t flags; /* facts_cycle_flag */
} facts_cycle;

/* A store, in the order of a function's statements, beside the flows that know no order: to a variable, or to
 * a field of the object that a variable is or points to. The rows of one function are in the order of the
 * source. */
enum facts_store_op {
  FACTS_STORE_SET,
  FACTS_STORE_OR, /* |= */
  FACTS_STORE_CLEAR, /* &= ~ */
  FACTS_STORE_ZERO, /* the whole object: memset, = {0}; fields that are given follow */
  /* something else happens to it: ++, a copy of a whole object; of which one, `ref` says with kind ADDRESS
   * (that variable, or what a call returned) or NODE (what it points to) */
  FACTS_STORE_CHANGE,
  FACTS_STORE_OPS,
};
typedef struct facts_store {
  uint32_t function; /* UINT32_MAX at file scope: what a variable begins with */
  uint32_t position; /* the number of the first call in the unit that comes after it */
  facts_node base; /* the variable */
  facts_node field; /* of its object; 0: the variable itself, or the whole object */
  uint8_t op; /* facts_store_op */
  uint8_t kind; /* facts_argument_kind of what is stored: as `ref` and `value` there */
  bool weak; /* to one of several: an array's element */
  uint32_t ref;
  int64_t value;
  facts_node from; /* NODE or ADDRESS that is a field: the variable whose object it is of; else 0 */
  uint32_t guard, cycle; /* as of a call */
} facts_store;

/* C++: `function` overrides `overridden` (both indices into `functions`). */
typedef struct facts_override {
  uint32_t function, overridden;
} facts_override;

/* C++: a class with a base of which an object is made, by itself or as a base of another one. Its qualified
 * name without template arguments. */
typedef struct facts_class {
  facts_str name;
} facts_class;

/* An inline comment: the tool's name, a colon and `ignore[rule.id] -- reason`. It speaks of its own line
 * when code stands before it, else of the next line; `ignore-begin[…] -- reason` of all lines up to
 * `ignore-end`, `ignore-file[…] -- reason` of the file. A malformed one has `reason` 0 or `rule` 0, an end
 * without a beginning `line` 0; whoever reports says so. */
typedef struct facts_suppression {
  facts_place place; /* of the comment */
  uint32_t line; /* that it speaks of, the first one */
  facts_str rule; /* "*" for ignore[*]; 0 when it names none */
  facts_str reason; /* 0 when it gives none */
  uint32_t last; /* the last line, or one of these */
} facts_suppression;
enum {
  FACTS_LINE_ALONE = 0,
  FACTS_BLOCK_OPEN = 0x7ffffffe, /* it has no end: it speaks of nothing */
  FACTS_FILE_END = 0x7fffffff
};

/* Each file that the preprocessor read, the main file first. */
typedef struct facts_file {
  facts_str path;
  bool system;
} facts_file;

/* A field of a record, in the order of the record: what the fields of a union share is memory, and so is what
 * two structs that begin alike have in common. The rows of one record follow each other. */
typedef struct facts_layout {
  facts_str record, name, type; /* record key; the field's name and canonical type */
  bool in_union;
} facts_layout;

/* A pointer to one record that was cast to a pointer to another; `from` 0: an address that was counted in
 * bytes, `(slot *)((char *)block + offset)`. */
typedef struct facts_cast {
  facts_str from, to; /* record keys */
} facts_cast;

typedef struct facts_unit {
  bs_intern strings;
  facts_str file; /* main file */
  facts_str language; /* "c" or "c++" */
  facts_str parser; /* version of the libclang that read it: "19.1.7" */
  facts_str group; /* what the database says of the program it belongs to ("" when nothing): the folder of
                            objects in its output, "CMakeFiles/server.dir", "server.p" */
  uint32_t errors; /* diagnostics of severity error and fatal */
  facts_str first_error; /* "file:line:column: text", or 0 */
  BS_VEC(facts_file) files;
  BS_VEC(facts_function) functions;
  BS_VEC(facts_node_row) nodes;
  BS_VEC(facts_flow) flows;
  BS_VEC(facts_integer) integers;
  BS_VEC(facts_call) calls;
  BS_VEC(facts_store) stores;
  BS_VEC(facts_argument) arguments;
  BS_VEC(facts_guard) guards;
  BS_VEC(facts_cycle) cycles;
  BS_VEC(facts_override) overrides;
  BS_VEC(facts_class) classes;
  BS_VEC(facts_suppression) suppressions;
  BS_VEC(facts_layout) layouts;
  BS_VEC(facts_cast) casts;
} facts_unit;

/* An empty unit: string "", node 0, guard 0, cycle 0. */
void facts_unit_init(facts_unit *unit);
void facts_unit_fini(facts_unit *unit);
static inline const char *facts_text(const facts_unit *unit, facts_str id) {
  return bs_intern_text(&unit->strings, id);
}

/* codec.c: appends the unit's bytes: "BSFACTS", version, tables as variable-length integers, a hash at the
 * end. */
void facts_encode(const facts_unit *unit, bs_strbuf *out);
/* Reads what facts_encode wrote into an initialised, empty unit, which borrows its texts from `bytes`: they
 * must live as long as the unit. Every index is checked: after success no table refers outside another. On
 * failure sets an error that says what is wrong at which offset; `unit` is then good for facts_unit_fini
 * only. */
bool facts_decode(facts_unit *unit, const void *bytes, size_t length, bs_error *error);
/* Whether the bytes are what facts_encode of this version wrote, by head and hash: what was stored has not
 * been damaged. */
bool facts_intact(const void *bytes, size_t length);

/* dump.c: the unit as text, one fact a line, grouped by function, in the order of the source. */
void facts_dump(const facts_unit *unit, bs_strbuf *out);

#endif
