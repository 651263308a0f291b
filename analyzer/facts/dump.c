/* A unit's facts as text: one fact a line, grouped by function, names instead of indices. What the golden
 * files of the tests hold, and what a person reads who asks why an edge is there. */
#include "analyzer/facts/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Rows of one table as a list for each function, in the order of the table; the last list is that of the
 * file scope. */
typedef struct row_lists {
  uint32_t *first, *next; /* row + 1 */
} row_lists;

typedef struct dumper {
  const facts_unit *unit;
  bs_strbuf *out;
  row_lists calls, flows, stores;
} dumper;

static const char *text(const dumper *d, facts_str id) { return facts_text(d->unit, id); }

static void put_escaped(const dumper *d, facts_str id) {
  bs_strbuf_addc(d->out, '"');
  for (const char *c = text(d, id); *c; c++) {
    if (*c == '\n')
      bs_strbuf_adds(d->out, "\\n");
    else if (*c == '"' || *c == '\\')
      bs_strbuf_addf(d->out, "\\%c", *c);
    else if ((unsigned char)*c < ' ')
      bs_strbuf_addf(d->out, "\\x%02x", (unsigned char)*c);
    else
      bs_strbuf_addc(d->out, *c);
  }
  bs_strbuf_addc(d->out, '"');
}

static void put_function(const dumper *d, uint32_t function) {
  bs_strbuf_adds(
      d->out, function < d->unit->functions.count ? text(d, d->unit->functions.items[function].name) : "-");
}

/* A node; those of `function` without its name. */
static void put_node(const dumper *d, facts_node id, uint32_t function) {
  facts_node_row n = d->unit->nodes.items[id];
  static const char *const kinds[FACTS_NODE_KINDS] = {
      "none", "param:", "return:", "local:", "global:", "field:", "result:", "temp:"};
  bs_strbuf_adds(d->out, kinds[n.kind]);
  switch (n.kind) {
  case FACTS_NODE_PARAM:
  case FACTS_NODE_TEMP:
    if (n.a != function) {
      put_function(d, n.a);
      bs_strbuf_addc(d->out, '/');
    }
    bs_strbuf_addf(d->out, "%u", n.b);
    return;
  case FACTS_NODE_RETURN: put_function(d, n.a); return;
  case FACTS_NODE_LOCAL:
    if (n.a != function) {
      put_function(d, n.a);
      bs_strbuf_addc(d->out, '/');
    }
    bs_strbuf_adds(d->out, text(d, n.b));
    return;
  case FACTS_NODE_GLOBAL:
    bs_strbuf_addf(d->out, "%s%s%s", text(d, n.a), n.b ? "@" : "", text(d, n.b));
    return;
  case FACTS_NODE_FIELD: bs_strbuf_addf(d->out, "%s.%s", text(d, n.a), text(d, n.b)); return;
  case FACTS_NODE_RESULT: {
    facts_place place = d->unit->calls.items[n.a].place;
    bs_strbuf_addf(d->out, "%u:%u", place.line, place.column);
    if (d->unit->calls.items[n.a].kind == FACTS_CALL_INDIRECT) return;
    bs_strbuf_addc(d->out, ':');
    put_function(d, d->unit->calls.items[n.a].callee);
    return;
  }
  default: return;
  }
}

static void put_argument(const dumper *d, const facts_argument *a, uint32_t function) {
  if (a->flags & FACTS_ARGUMENT_CAST) bs_strbuf_adds(d->out, "cast ");
  switch (a->kind) {
  case FACTS_ARGUMENT_INTEGER: bs_strbuf_addf(d->out, "%" PRId64, a->value); break;
  case FACTS_ARGUMENT_NULL: bs_strbuf_adds(d->out, "null"); break;
  case FACTS_ARGUMENT_STRING: put_escaped(d, a->text); break;
  case FACTS_ARGUMENT_FUNCTION:
    bs_strbuf_adds(d->out, "function:");
    put_function(d, a->ref);
    break;
  case FACTS_ARGUMENT_NODE:
    put_node(d, a->ref, function);
    if (a->text) bs_strbuf_addf(d->out, " `%s`", text(d, a->text));
    break;
  case FACTS_ARGUMENT_ADDRESS:
    bs_strbuf_addc(d->out, '&');
    put_node(d, a->ref, function);
    break;
  case FACTS_ARGUMENT_FLAGS:
    bs_strbuf_addf(d->out, "flags 0x%" PRIx64, (uint64_t)a->value);
    if (!a->ref) break;
    bs_strbuf_adds(d->out, "|");
    put_node(d, a->ref, function);
    break;
  case FACTS_ARGUMENT_MASKED:
    bs_strbuf_addf(d->out, "without 0x%" PRIx64, (uint64_t)a->value);
    if (!a->ref) break;
    bs_strbuf_adds(d->out, " of ");
    put_node(d, a->ref, function);
    break;
  default: bs_strbuf_addc(d->out, '?');
  }
  if (a->record) bs_strbuf_addf(d->out, " to %s", text(d, a->record));
  if (a->flags & FACTS_ARGUMENT_ZERO_STRUCT) bs_strbuf_adds(d->out, " zero");
}

static void put_guards(const dumper *d, uint32_t guard, uint32_t function) {
  static const char *const ops[FACTS_GUARD_OPS] = {"==", "!=",  "<",     "<=",      ">",
                                                   ">=", "has", "lacks", "maybe =="};
  if (!guard) return;
  const facts_guard *g = &d->unit->guards.items[guard];
  put_guards(d, g->outer, function);
  if (g->op >= FACTS_GUARD_OTHER) return;
  bs_strbuf_adds(d->out, " guard[");
  put_node(d, g->node, function);
  bs_strbuf_addf(d->out, " %s %" PRId64 "]", ops[g->op], g->value);
}

static void put_call(const dumper *d, const facts_call *call) {
  static const char *const kinds[FACTS_CALL_KINDS] = {"direct", "indirect", "virtual"};
  const facts_unit *unit = d->unit;
  bs_strbuf_addf(d->out, "  call %u:%u %s ", call->place.line, call->place.column, kinds[call->kind]);
  if (call->kind == FACTS_CALL_INDIRECT) {
    put_node(d, call->callee, call->caller);
    bs_strbuf_addf(d->out, " as %s ", text(d, call->type));
  } else {
    put_function(d, call->callee);
  }
  bs_strbuf_addc(d->out, '(');
  for (uint32_t i = 0; i < call->narguments; i++) {
    if (i) bs_strbuf_adds(d->out, ", ");
    put_argument(d, &unit->arguments.items[call->first_argument + i], call->caller);
  }
  bs_strbuf_addc(d->out, ')');
  if (call->object) bs_strbuf_addf(d->out, " of %s", text(d, call->object));
  if (call->macro) bs_strbuf_addf(d->out, " macro %s", text(d, call->macro));
  if (call->flags & FACTS_CALL_IMPLICIT) bs_strbuf_adds(d->out, " implicit");
  if (call->flags & FACTS_CALL_CONDITIONAL) bs_strbuf_adds(d->out, " conditional");
  if (call->flags & FACTS_CALL_BEFORE_EXIT) bs_strbuf_adds(d->out, " before-exit");
  put_guards(d, call->guard, call->caller);
  if (call->cycle) bs_strbuf_addf(d->out, " cycle %u", unit->cycles.items[call->cycle].place.line);
  if (call->result) bs_strbuf_adds(d->out, " -> result");
  bs_strbuf_addc(d->out, '\n');
}

static void put_store(const dumper *d, const facts_store *s) {
  static const char *const ops[FACTS_STORE_OPS] = {"=", "|=", "&= ~", "= zeros", "changes"};
  bs_strbuf_addf(d->out, "  store before call %u: ", s->position);
  put_node(d, s->base, s->function);
  if (s->field) {
    bs_strbuf_addc(d->out, ' ');
    put_node(d, s->field, s->function);
  }
  bs_strbuf_addf(d->out, " %s%s", s->weak ? "one of them " : "", ops[s->op]);
  if (s->op <= FACTS_STORE_CLEAR || s->ref) {
    bs_strbuf_addc(d->out, ' ');
    put_argument(d, &(facts_argument){.kind = s->kind, .ref = s->ref, .value = s->value}, s->function);
  }
  put_guards(d, s->guard, s->function);
  bs_strbuf_addc(d->out, '\n');
}

static void put_source(const dumper *d, const facts_flow *flow) {
  switch (flow->kind) {
  case FACTS_FLOW_ADDRESS: bs_strbuf_addc(d->out, '&'); break;
  case FACTS_FLOW_LOAD: bs_strbuf_addc(d->out, '*'); break;
  case FACTS_FLOW_FUNCTION:
    bs_strbuf_adds(d->out, "function:");
    put_function(d, flow->src);
    return;
  case FACTS_FLOW_INTEGER:
    bs_strbuf_addf(d->out, "%" PRId64, d->unit->integers.items[flow->src].value);
    return;
  case FACTS_FLOW_STRING: put_escaped(d, flow->src); return;
  case FACTS_FLOW_UNKNOWN: bs_strbuf_addc(d->out, '?'); return;
  default: break;
  }
  put_node(d, flow->src, flow->function);
}

static void put_flow(const dumper *d, const facts_flow *flow) {
  bs_strbuf_addf(d->out, "  flow %u:%u ", flow->place.line, flow->place.column);
  if (flow->kind == FACTS_FLOW_STORE) bs_strbuf_addc(d->out, '*');
  put_node(d, flow->dst, flow->function);
  bs_strbuf_adds(d->out, flow->flags & FACTS_FLOW_OR      ? " |= "
                         : flow->flags & FACTS_FLOW_CLEAR ? " &= ~"
                                                          : " = ");
  if (flow->flags & FACTS_FLOW_CAST) bs_strbuf_adds(d->out, "cast ");
  put_source(d, flow);
  if (flow->type)
    bs_strbuf_addf(d->out, " through %s as %s", text(d, flow->type), text(d, flow->function_type));
  if ((flow->flags & FACTS_FLOW_INITIALISER) && flow->table != flow->dst) {
    bs_strbuf_adds(d->out, " in ");
    put_node(d, flow->table, flow->function);
  }
  bs_strbuf_addc(d->out, '\n');
}

static void put_function_head(const dumper *d, const facts_function *f) {
  static const struct {
    uint32_t flag;
    const char *word;
  } words[] = {{FACTS_FUNCTION_INTERNAL, " static"},   {FACTS_FUNCTION_INLINE, " inline"},
               {FACTS_FUNCTION_WEAK, " weak"},         {FACTS_FUNCTION_VARIADIC, " variadic"},
               {FACTS_FUNCTION_NORETURN, " noreturn"}, {FACTS_FUNCTION_SYSTEM, " system"},
               {FACTS_FUNCTION_BLOCKING, " blocking"}, {FACTS_FUNCTION_NONBLOCKING, " nonblocking"},
               {FACTS_FUNCTION_ENTRY, " entry"},       {FACTS_FUNCTION_VIRTUAL, " virtual"},
               {FACTS_FUNCTION_LAMBDA, " lambda"}};
  bs_strbuf_adds(d->out, f->flags & FACTS_FUNCTION_DEFINED ? "function" : "declared");
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (f->flags & words[i].flag) bs_strbuf_adds(d->out, words[i].word);
  bs_strbuf_addf(d->out, " %s", text(d, f->name));
  if (f->symbol != f->name) bs_strbuf_addf(d->out, " [%s]", text(d, f->symbol));
  bs_strbuf_addf(d->out, ": %s, %s:%u:%u", text(d, f->type), text(d, f->place.file), f->place.line,
                 f->place.column);
  if (f->end_line) bs_strbuf_addf(d->out, "-%u", f->end_line);
  bs_strbuf_addc(d->out, '\n');
}

static uint32_t list_of(const facts_unit *unit, uint32_t function) {
  return function < unit->functions.count ? function : unit->functions.count;
}

static void lists_init(row_lists *lists, const facts_unit *unit, uint32_t rows) {
  lists->first = bs_calloc(unit->functions.count + (size_t)1, sizeof *lists->first);
  lists->next = bs_calloc(rows, sizeof *lists->next);
}

static void lists_fini(row_lists *lists) {
  free(lists->first);
  free(lists->next);
}

/* Rows have to come last first. */
static void lists_add(row_lists *lists, uint32_t list, uint32_t row) {
  lists->next[row] = lists->first[list];
  lists->first[list] = row + 1;
}

static void fill_lists(dumper *d) {
  const facts_unit *unit = d->unit;
  lists_init(&d->calls, unit, unit->calls.count);
  lists_init(&d->flows, unit, unit->flows.count);
  lists_init(&d->stores, unit, unit->stores.count);
  for (uint32_t i = unit->calls.count; i-- > 0;)
    lists_add(&d->calls, list_of(unit, unit->calls.items[i].caller), i);
  for (uint32_t i = unit->flows.count; i-- > 0;)
    lists_add(&d->flows, list_of(unit, unit->flows.items[i].function), i);
  for (uint32_t i = unit->stores.count; i-- > 0;)
    lists_add(&d->stores, list_of(unit, unit->stores.items[i].function), i);
}

static void put_body(const dumper *d, uint32_t function) {
  uint32_t list = list_of(d->unit, function);
  for (uint32_t i = d->calls.first[list]; i; i = d->calls.next[i - 1])
    put_call(d, &d->unit->calls.items[i - 1]);
  for (uint32_t i = d->flows.first[list]; i; i = d->flows.next[i - 1])
    put_flow(d, &d->unit->flows.items[i - 1]);
  for (uint32_t i = d->stores.first[list]; i; i = d->stores.next[i - 1])
    put_store(d, &d->unit->stores.items[i - 1]);
}

static void put_suppressions(const dumper *d) {
  for (uint32_t i = 0; i < d->unit->suppressions.count; i++) {
    const facts_suppression *s = &d->unit->suppressions.items[i];
    bs_strbuf_addf(d->out, "ignore %s:%u:%u line %u [%s]", text(d, s->place.file), s->place.line,
                   s->place.column, s->line, text(d, s->rule));
    if (s->last == FACTS_FILE_END)
      bs_strbuf_adds(d->out, " to the end");
    else if (s->last)
      bs_strbuf_addf(d->out, " to %u", s->last);
    if (s->reason) bs_strbuf_addf(d->out, " -- %s", text(d, s->reason));
    bs_strbuf_addc(d->out, '\n');
  }
}

void facts_dump(const facts_unit *unit, bs_strbuf *out) {
  dumper d = {.unit = unit, .out = out};
  fill_lists(&d);
  bs_strbuf_addf(out, "unit %s language %s", text(&d, unit->file), text(&d, unit->language));
  if (unit->group) bs_strbuf_addf(out, " group %s", text(&d, unit->group));
  bs_strbuf_addf(out, " errors %u\n", unit->errors);
  if (unit->first_error) bs_strbuf_addf(out, "error %s\n", text(&d, unit->first_error));
  for (uint32_t i = 0; i < unit->files.count; i++)
    if (!unit->files.items[i].system) bs_strbuf_addf(out, "file %s\n", text(&d, unit->files.items[i].path));
  put_body(&d, UINT32_MAX);
  for (uint32_t i = 0; i < unit->functions.count; i++) {
    put_function_head(&d, &unit->functions.items[i]);
    put_body(&d, i);
  }
  for (uint32_t i = 0; i < unit->overrides.count; i++) {
    bs_strbuf_adds(out, "override ");
    put_function(&d, unit->overrides.items[i].function);
    bs_strbuf_adds(out, " of ");
    put_function(&d, unit->overrides.items[i].overridden);
    bs_strbuf_addc(out, '\n');
  }
  for (uint32_t i = 0; i < unit->classes.count; i++)
    bs_strbuf_addf(out, "makes %s\n", text(&d, unit->classes.items[i].name));
  put_suppressions(&d);
  lists_fini(&d.calls);
  lists_fini(&d.flows);
  lists_fini(&d.stores);
}
