/* Units whose facts are written by hand, and programs linked from them, for the tests of graph/ and check/.
 *
 * Places are in the unit's file; a function stands at line 10, 20, … in the order of their making.
 */
#ifndef UNIT_BUILDER_H
#define UNIT_BUILDER_H

#include "analyzer/graph/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline facts_str unit_str(facts_unit *u, const char *text) {
  return bs_intern_adds(&u->strings, text);
}

static inline void unit_begin(facts_unit *u, const char *file) {
  facts_unit_init(u);
  u->file = unit_str(u, file);
  u->language = unit_str(u, "c");
}

static inline uint32_t unit_function(facts_unit *u, const char *name, const char *type, uint32_t nparams,
                                     uint32_t flags) {
  facts_function *f = bs_vec_push(&u->functions);
  f->name = f->symbol = unit_str(u, name);
  f->type = unit_str(u, type);
  f->nparams = nparams;
  f->flags = flags;
  f->place = (facts_place){u->file, u->functions.count * 10, 1};
  f->end_line = f->place.line + 9;
  return u->functions.count - 1;
}

/* A function with a body that takes nothing, or integers. */
static inline uint32_t unit_defined(facts_unit *u, const char *name, uint32_t nparams) {
  return unit_function(u, name, nparams ? "void (int)" : "void (void)", nparams, FACTS_FUNCTION_DEFINED);
}

/* A function of the name that is only declared here: outside the project unless another unit defines it. */
static inline uint32_t unit_declared(facts_unit *u, const char *name) {
  facts_str symbol = unit_str(u, name);
  for (uint32_t i = 0; i < u->functions.count; i++)
    if (u->functions.items[i].symbol == symbol) return i;
  return unit_function(u, name, "int (int)", 1, 0);
}

static inline facts_node unit_node(facts_unit *u, enum facts_node_kind kind, uint32_t a, uint32_t b) {
  for (uint32_t i = 1; i < u->nodes.count; i++)
    if (u->nodes.items[i].kind == (uint32_t)kind && u->nodes.items[i].a == a && u->nodes.items[i].b == b)
      return i;
  *bs_vec_push(&u->nodes) = (facts_node_row){.kind = kind, .a = a, .b = b};
  return u->nodes.count - 1;
}

static inline facts_node unit_field(facts_unit *u, const char *record, const char *name) {
  return unit_node(u, FACTS_NODE_FIELD, unit_str(u, record), unit_str(u, name));
}

/* What a flow says of a variable's order as well. */
static inline facts_store *unit_store(facts_unit *u, facts_node variable, uint32_t in) {
  static facts_store none;
  uint32_t kind = u->nodes.items[variable].kind;
  if (in == UINT32_MAX || kind == FACTS_NODE_FIELD || kind == FACTS_NODE_RESULT || kind == FACTS_NODE_NONE)
    return &none;
  facts_store *s = bs_vec_push(&u->stores);
  s->function = in;
  s->position = u->calls.count;
  s->base = variable;
  return s;
}

static inline void unit_flow(facts_unit *u, enum facts_flow_kind kind, uint32_t dst, uint32_t src,
                             uint32_t in, uint32_t line) {
  facts_flow *f = bs_vec_push(&u->flows);
  f->kind = (uint8_t)kind;
  f->dst = dst;
  f->src = src;
  f->function = in;
  f->place = (facts_place){u->file, line, 1};
  if (kind != FACTS_FLOW_COPY) return;
  facts_store *s = unit_store(u, dst, in);
  s->kind = FACTS_ARGUMENT_NODE;
  s->ref = src;
}

/* variable = value, in `in`. */
static inline void unit_integer(facts_unit *u, facts_node variable, int64_t value, uint32_t in,
                                uint32_t line) {
  *bs_vec_push(&u->integers) = (facts_integer){value, 0};
  unit_flow(u, FACTS_FLOW_INTEGER, variable, u->integers.count - 1, in, line);
  facts_store *s = unit_store(u, variable, in);
  s->kind = FACTS_ARGUMENT_INTEGER;
  s->value = value;
}

static inline facts_node unit_local(facts_unit *u, uint32_t function, const char *name) {
  return unit_node(u, FACTS_NODE_LOCAL, function, unit_str(u, name));
}

/* A condition that holds where calls with it as their guard stand. */
static inline uint32_t unit_guard(facts_unit *u, uint32_t outer, facts_node node, enum facts_guard_op op,
                                  int64_t value) {
  *bs_vec_push(&u->guards) = (facts_guard){.outer = outer, .node = node, .op = (uint8_t)op, .value = value};
  return u->guards.count - 1;
}

/* A loop statement in a function. */
static inline uint32_t unit_cycle(facts_unit *u, uint32_t function, uint32_t line) {
  *bs_vec_push(&u->cycles) = (facts_cycle){.function = function, .place = {u->file, line, 3}};
  return u->cycles.count - 1;
}

/* A call of the kind; its arguments follow. Valid until the next call. */
static inline facts_call *unit_call(facts_unit *u, uint32_t caller, enum facts_call_kind kind,
                                    uint32_t callee, uint32_t line) {
  facts_call *c = bs_vec_push(&u->calls);
  c->caller = caller;
  c->kind = (uint8_t)kind;
  c->callee = callee;
  c->type = unit_str(u, kind == FACTS_CALL_INDIRECT ? "void (void)" : "");
  c->place = (facts_place){u->file, line, 1};
  c->first_argument = u->arguments.count;
  return c;
}

/* Adds an argument to the last call. */
static inline facts_argument *unit_argument(facts_unit *u, enum facts_argument_kind kind, uint32_t ref) {
  facts_argument *a = bs_vec_push(&u->arguments);
  a->kind = (uint8_t)kind;
  a->ref = ref;
  u->calls.items[u->calls.count - 1].narguments++;
  return a;
}

static inline void unit_integer_argument(facts_unit *u, int64_t value) {
  unit_argument(u, FACTS_ARGUMENT_INTEGER, 0)->value = value;
}

/* A direct call of a function by its name. */
static inline facts_call *unit_call_name(facts_unit *u, uint32_t caller, const char *name, uint32_t line) {
  return unit_call(u, caller, FACTS_CALL_DIRECT, unit_declared(u, name), line);
}

/* The variable that the last call's value is stored in. */
static inline void unit_result(facts_unit *u, facts_node variable) {
  facts_call *c = &u->calls.items[u->calls.count - 1];
  c->result = unit_node(u, FACTS_NODE_RESULT, u->calls.count - 1, 0);
  unit_flow(u, FACTS_FLOW_COPY, variable, c->result, c->caller, c->place.line);
}

/* Links, solves and frees the units; the program is the caller's to free. */
static inline void link_units(program *p, facts_unit *units, uint32_t count, const program_oracle *oracle) {
  enum { MAX_UNITS = 4 };
  bs_strbuf bytes[MAX_UNITS];
  program_input inputs[MAX_UNITS];
  assert_true(count <= MAX_UNITS);
  for (uint32_t i = 0; i < count; i++) {
    bytes[i] = (bs_strbuf)BS_STRBUF_INIT;
    facts_encode(&units[i], &bytes[i]);
    inputs[i] = (program_input){bytes[i].text, bytes[i].length, "unit", NULL};
    facts_unit_fini(&units[i]);
  }
  bs_error error = BS_ERROR_INIT;
  program_init(p);
  if (!program_link(p, inputs, count, &error)) fail_msg("%s", error.text.text);
  for (uint32_t i = 0; i < count; i++) bs_strbuf_fini(&bytes[i]);
  const program_limits limits = {16, 4};
  program_solve(p, oracle, &limits);
  program_build_edges(p, &limits);
}

#endif
