/* Whether a function stores to a field of an object that it is given the address of, itself or in what it
 * calls. */
#include "analyzer/check/order_internal.h"

#include "base/hash.h"

#include <string.h>

/* Whether the parameter is a pointer to something constant. */
/* semop(2) reads its operations, though the prototype does not say so. */
static bool reads_operations(const program *p, uint32_t function, uint32_t index) {
  const char *name = program_text(p, p->functions.items[function].name);
  return index == 1 && (!strcmp(name, "semop") || !strcmp(name, "semtimedop"));
}

/* How the type of a parameter begins, in that of the function; NULL without. */
static const char *parameter_text(const program *p, uint32_t function, uint32_t index) {
  const char *type = program_text(p, p->functions.items[function].type), *s = strchr(type, '(');
  uint32_t at = 0;
  int depth = 0;
  for (s = s ? s + 1 : ""; *s; s++) {
    while (*s == ' ') s++;
    if (depth == 0 && at == index) return s;
    for (; *s && !(depth == 0 && (*s == ',' || *s == ')')); s++) depth += (*s == '(') - (*s == ')');
    if (*s != ',') break;
    at++;
  }
  return NULL;
}

bool order_takes_constant(const program *p, uint32_t function, uint32_t index) {
  const char *text = parameter_text(p, function, index);
  return reads_operations(p, function, index) || (text && strncmp(text, "const ", 6) == 0);
}

/* Whether a function outside may fill what it is given a pointer to, as read() does. */
static bool may_fill(const program *p, uint32_t function, uint32_t index) {
  const char *text = parameter_text(p, function, index);
  return text && memchr(text, '*', strcspn(text, ",)")) && !order_takes_constant(p, function, index);
}

void order_find_filled(order_table *o) {
  const program *p = o->c->p;
  for (uint32_t i = 0; i < p->calls.count; i++) {
    const program_call *row = &p->calls.items[i];
    if (row->kind != FACTS_CALL_DIRECT || !check_is_outside(p, row->callee)) continue;
    for (uint32_t k = 0; k < row->narguments; k++) {
      uint32_t record = p->arguments.items[row->first_argument + k].record;
      bool is_new;
      if (record && may_fill(p, row->callee, k)) bs_map_add(&o->filled, record, 1, &is_new);
    }
  }
}

bool order_changes_field(order_table *o, uint32_t function, uint32_t index, uint32_t field, int depth) {
  const program *p = o->c->p;
  const program_function *f = &p->functions.items[function];
  uint64_t key = bs_hash_mix(bs_map_key(function, index), field);
  uint32_t known;
  if (depth <= ORDER_MAX_CALLS && bs_map_find(&o->changing, key, &known)) return known;
  uint32_t param = program_find_node(p, FACTS_NODE_PARAM, function, index);
  if (!param || depth > ORDER_MAX_CALLS) return param != 0;
  bs_map_set(&o->changing, key, 0); /* while it is asked, of a function that calls itself */
  bool changes = false;
  for (uint32_t s = o->first_field[param]; s != PROGRAM_NONE && !changes; s = o->next_field[s]) {
    const program_store *row = &p->stores.items[s];
    changes = row->field ? row->field == field : row->op == FACTS_STORE_ZERO || row->op == FACTS_STORE_CHANGE;
  }
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls && !changes; call++) {
    const program_call *row = &p->calls.items[call];
    for (uint32_t i = 0; i < row->narguments && !changes; i++) {
      const program_argument *a = &p->arguments.items[row->first_argument + i];
      if (order_object(o->c, a) != param || (a->kind == FACTS_ARGUMENT_ADDRESS && a->base)) continue;
      if (row->kind != FACTS_CALL_DIRECT)
        changes = true;
      else if (check_is_outside(p, row->callee))
        changes = !order_takes_constant(p, row->callee, i);
      else
        changes = order_changes_field(o, row->callee, i, field, depth + 1);
    }
  }
  bs_map_set(&o->changing, key, changes);
  return changes;
}
