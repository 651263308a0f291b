/* Storing values: the rows of the value-flow graph.
 *
 * The graph is flow-insensitive, so what is stored twice in one function is said once; only functions are
 * repeated, since each place where one is handed over may be asked for.
 */
#include "analyzer/frontend/extract.h"

#include "base/hash.h"

static bool is_repeated(extract *x, const facts_flow *flow) {
  bool repeats = flow->kind == FACTS_FLOW_FUNCTION || flow->kind == FACTS_FLOW_STRING;
  if (repeats && !x->instance) return false;
  int64_t integer = flow->kind == FACTS_FLOW_INTEGER ? x->unit->integers.items[flow->src].value : 0;
  uint64_t hash =
      bs_hash_mix(flow->kind | (uint64_t)flow->flags << 8 | (uint64_t)flow->dst << 32, (uint64_t)integer);
  hash = bs_hash_mix(hash,
                     flow->kind == FACTS_FLOW_INTEGER ? x->unit->integers.items[flow->src].guard : flow->src);
  hash = bs_hash_mix(hash, bs_map_key(flow->table, flow->function));
  if (repeats) hash = bs_hash_mix(hash, bs_map_key(flow->place.line, flow->place.column));
  bool is_new;
  bs_map_add(&x->flows, hash, 0, &is_new);
  return !is_new;
}

static void add(extract *x, facts_flow flow, uint32_t at) {
  flow.function = x->scope.function;
  if (x->instance) flow.place = name_place_of(x, at);
  if (is_repeated(x, &flow)) {
    if (flow.kind == FACTS_FLOW_INTEGER) x->unit->integers.count--;
    return;
  }
  flow.place = name_place_of(x, at);
  *bs_vec_push(&x->unit->flows) = flow;
}

static facts_flow row(lvalue to, value v, enum facts_flow_kind kind, uint32_t src) {
  facts_flow flow = {.kind = (uint8_t)kind, .flags = to.flags, .dst = to.node, .src = src, .table = to.table};
  if (v.cast) flow.flags |= FACTS_FLOW_CAST;
  return flow;
}

/* The guard that stands here, when it or one around it asks for a parameter: a caller may decide it. */
static uint32_t guard_by_caller(extract *x) {
  enum { NEAR = 8 };
  uint32_t g = x->scope.guard;
  for (int i = 0; g && i < NEAR; i++, g = x->guards.items[g].outer)
    if (x->unit->nodes.items[x->guards.items[g].what.node].kind == FACTS_NODE_PARAM)
      return guard_row(x, x->scope.guard);
  return 0;
}

static void add_integer(extract *x, lvalue to, value v, uint8_t flags) {
  *bs_vec_push(&x->unit->integers) = (facts_integer){v.integer, guard_by_caller(x)};
  facts_flow flow = row(to, v, FACTS_FLOW_INTEGER, x->unit->integers.count - 1);
  flow.flags |= flags;
  add(x, flow, v.at);
}

static void add_flags(extract *x, lvalue to, value v) {
  if (!v.ref) {
    add_integer(x, to, v, 0);
    return;
  }
  if (v.integer) add_integer(x, to, v, FACTS_FLOW_OR);
  facts_flow flow = row(to, v, FACTS_FLOW_COPY, v.ref);
  flow.flags |= FACTS_FLOW_OR;
  add(x, flow, v.at);
}

static facts_store *push_store(extract *x, facts_node base, enum facts_store_op op) {
  facts_store *s = bs_vec_push(&x->unit->stores);
  *s = (facts_store){.function = x->scope.function,
                     .position = x->unit->calls.count,
                     .base = base,
                     .op = (uint8_t)op,
                     .guard = guard_row(x, x->scope.guard),
                     .cycle = x->scope.cycle};
  return s;
}

void flow_note(extract *x, facts_node base, enum facts_store_op op) {
  if (base && x->unit->nodes.items[base].kind != FACTS_NODE_FIELD) push_store(x, base, op);
}

enum { NESTED = 4 };

/* All fields of a struct that is a part of the object: zeros, or those of another object. */
static void note_part(extract *x, facts_node base, CXType type, facts_node from, int depth) {
  CXCursor declared = clang_getTypeDeclaration(clang_getCanonicalType(type));
  record_info record = *record_at(x, record_find(x, declared));
  for (uint32_t i = 0; i < record.nfields; i++) {
    record_field field = x->fields.items[record.first_field + i];
    enum type_class class = type_classify(x, field.type);
    if (class == TYPE_RECORD && depth < NESTED) note_part(x, base, field.type, from, depth + 1);
    if (class != TYPE_INTEGER && class != TYPE_POINTER) continue;
    facts_node node = decl_at(x, field.decl)->index;
    facts_store *s = push_store(x, base, FACTS_STORE_SET);
    s->field = node;
    s->kind = from ? FACTS_ARGUMENT_NODE : FACTS_ARGUMENT_INTEGER;
    s->ref = from ? node : 0;
    s->from = from;
  }
}

static enum CXChildVisitResult find_expression(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  *(bool *)data |= clang_isExpression(child.kind);
  return CXChildVisit_Continue;
}

void flow_note_defaults(extract *x, facts_node object, CXType type) {
  record_info record = *record_at(x, record_find(x, clang_getTypeDeclaration(clang_getCanonicalType(type))));
  for (uint32_t i = 0; i < record.nfields; i++) {
    record_field field = x->fields.items[record.first_field + i];
    enum type_class class = type_classify(x, field.type);
    bool given = false;
    if (class != TYPE_INTEGER && class != TYPE_POINTER) continue;
    const decl_info info = *decl_at(x, field.decl);
    clang_visitChildren(info.cursor, find_expression, &given);
    if (!given) continue;
    facts_store *s = push_store(x, object, FACTS_STORE_SET);
    s->field = info.index;
    s->kind = literal_evaluate(info.cursor, &s->value) ? FACTS_ARGUMENT_INTEGER : FACTS_ARGUMENT_UNKNOWN;
  }
}

void flow_note_part(extract *x, uint32_t n, facts_node from) {
  for (uint32_t i = n; i < tree_end(x, n); i++)
    if (tree_kind(x, i) == CXCursor_ArraySubscriptExpr) return; /* one of several */
  facts_node base = lvalue_base(x, n);
  CXType type = clang_getCursorType(tree_cursor(x, n));
  if (base && type_classify(x, type) == TYPE_RECORD) note_part(x, base, type, from, 0);
}

/* What a copy is made of: the variable whose struct it is or that points to it, or a call's result. */
static void note_source(extract *x, facts_store *s, uint32_t from, uint32_t calls) {
  enum CXCursorKind kind = tree_kind(x, from);
  if (kind == CXCursor_CallExpr && x->unit->calls.count > calls) {
    uint32_t call = x->unit->calls.count - 1;
    if (x->unit->calls.items[call].flags & FACTS_CALL_IMPLICIT) return; /* a constructor */
    s->kind = FACTS_ARGUMENT_ADDRESS;
    s->ref = x->unit->calls.items[call].result = node_make(x, FACTS_NODE_RESULT, call, 0);
    return;
  }
  bool deref = kind == CXCursor_UnaryOperator &&
               clang_getCursorUnaryOperatorKind(tree_cursor(x, from)) == CXUnaryOperator_Deref;
  if (kind == CXCursor_MemberRefExpr) {
    s->ref = lvalue_base(x, from);
    s->kind = s->ref ? FACTS_ARGUMENT_NODE : FACTS_ARGUMENT_UNKNOWN;
    return;
  }
  lvalue place = kind == CXCursor_DeclRefExpr || deref ? lvalue_of(x, from) : (lvalue){0};
  if (!place.node || x->unit->nodes.items[place.node].kind == FACTS_NODE_FIELD) return;
  s->kind = place.deref ? FACTS_ARGUMENT_NODE : FACTS_ARGUMENT_ADDRESS;
  s->ref = place.node;
}

/* The copy or the move that C++ makes of an expression. */
static uint32_t copied(const extract *x, uint32_t from) {
  from = tree_strip(x, from);
  if (!x->cxx || tree_kind(x, from) != CXCursor_CallExpr || tree_count(x, from) != 1) return from;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, from));
  return named.kind == CXCursor_Constructor ? tree_strip(x, from + 1) : from;
}

static bool is_variable(const extract *x, facts_node node) {
  return node && x->unit->nodes.items[node].kind != FACTS_NODE_FIELD;
}

void flow_record(extract *x, facts_node object, uint32_t from) {
  uint32_t n = copied(x, from), calls = x->unit->calls.count;
  switch (tree_kind(x, n)) {
  case CXCursor_CompoundLiteralExpr: {
    facts_node literal = init_literal(x, n);
    if (is_variable(x, object)) flow_note_copy(x, object, FACTS_ARGUMENT_ADDRESS, literal);
    return;
  }
  case CXCursor_ConditionalOperator: {
    condition c;
    scope saved;
    guard_condition(x, tree_child(x, n, 0), &c);
    for (uint32_t way = 1; way <= 2; way++) {
      uint32_t arm = tree_child(x, n, way);
      guard_enter(x, &saved, &c, way == 1);
      if (arm) flow_record(x, object, arm);
      guard_leave(x, &saved);
    }
    return;
  }
  default: init_value(x, from, clang_getCursorType(tree_cursor(x, from)), 0, 0);
  }
  if (!is_variable(x, object)) return;
  facts_store s = {0};
  note_source(x, &s, n, calls);
  flow_note_copy(x, object, s.kind, s.ref);
}

void flow_note_copy(extract *x, facts_node object, uint8_t kind, facts_node from) {
  if (!is_variable(x, object)) return;
  facts_store *s = push_store(x, object, FACTS_STORE_CHANGE);
  s->kind = kind;
  s->ref = from;
}

static bool is_ordered(const extract *x, const lvalue *to, facts_node base) {
  const facts_node_row *n = &x->unit->nodes.items[to->node];
  if (to->deref || !to->node) return false;
  if (n->kind == FACTS_NODE_FIELD) return base != 0;
  return x->scope.function != NO_FUNCTION && n->kind != FACTS_NODE_RESULT && n->kind != FACTS_NODE_NONE;
}

/* The variable whose object it is of: the field that is read, or whose address is taken. */
static facts_node base_of_field(extract *x, value v) {
  if ((v.kind != VALUE_NODE && v.kind != VALUE_ADDRESS) ||
      x->unit->nodes.items[v.ref].kind != FACTS_NODE_FIELD)
    return 0;
  if (v.kind == VALUE_NODE) return lvalue_base(x, v.at);
  uint32_t inner = tree_strip_casts(x, v.at);
  return tree_kind(x, inner) == CXCursor_UnaryOperator ? lvalue_base(x, inner + 1) : 0;
}

static void note_value(extract *x, const lvalue *to, value v, enum facts_store_op op) {
  facts_node base = to->base ? to->base : to->table;
  if (v.kind == VALUE_NONE || !is_ordered(x, to, base)) return;
  bool is_field = x->unit->nodes.items[to->node].kind == FACTS_NODE_FIELD;
  facts_argument a = {.kind = FACTS_ARGUMENT_UNKNOWN};
  bool is_load = v.kind == VALUE_LOAD;
  if (!is_load) a = argument_from(x, v.at, v);
  if (v.kind == VALUE_UNKNOWN && op != FACTS_STORE_SET) op = FACTS_STORE_CHANGE;
  facts_node from = base_of_field(x, v);
  facts_store *s = push_store(x, is_field ? base : to->node, op);
  s->field = is_field ? to->node : 0;
  s->weak = to->weak || (to->table && x->elements);
  s->kind = a.kind;
  s->ref = a.ref;
  s->from = from;
  bool has_value =
      a.kind == FACTS_ARGUMENT_INTEGER || a.kind == FACTS_ARGUMENT_FLAGS || a.kind == FACTS_ARGUMENT_MASKED;
  s->value = has_value ? a.value : 0;
}

static void store(extract *x, lvalue to, value v) {
  if (v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN) return;
  facts_flow flow = row(to, v, FACTS_FLOW_STORE, value_node(x, v));
  flow.type = to.type;
  flow.function_type = to.function_type;
  add(x, flow, v.at);
}

void flow_emit(extract *x, lvalue to, value v) {
  if (!to.node) return;
  note_value(x, &to, v, to.flags & FACTS_FLOW_OR ? FACTS_STORE_OR : FACTS_STORE_SET);
  if (to.deref) {
    store(x, to, v);
    return;
  }
  switch (v.kind) {
  case VALUE_NONE: /* a number from a float */
    if (x->unit->nodes.items[to.node].holds == FACTS_HOLDS_INTEGER)
      add(x, row(to, v, FACTS_FLOW_UNKNOWN, 0), v.at);
    return;
  case VALUE_NODE:
    if (v.ref != to.node) add(x, row(to, v, FACTS_FLOW_COPY, v.ref), v.at);
    return;
  case VALUE_ADDRESS:
    if (v.ref) add(x, row(to, v, FACTS_FLOW_ADDRESS, v.ref), v.at);
    return;
  case VALUE_LOAD: {
    facts_flow flow = row(to, v, FACTS_FLOW_LOAD, v.ref);
    flow.type = v.type;
    flow.function_type = v.function_type;
    add(x, flow, v.at);
    return;
  }
  case VALUE_FUNCTION: add(x, row(to, v, FACTS_FLOW_FUNCTION, v.ref), v.at); return;
  case VALUE_INTEGER: add_integer(x, to, v, 0); return;
  case VALUE_STRING: {
    add(x, row(to, v, FACTS_FLOW_STRING, v.text), v.at);
    return;
  }
  case VALUE_FLAGS: add_flags(x, to, v); return;
  case VALUE_MASKED:
    add_integer(x, to, v, FACTS_FLOW_CLEAR);
    add(x, row(to, v, v.ref ? FACTS_FLOW_COPY : FACTS_FLOW_UNKNOWN, v.ref), v.at);
    return;
  default: add(x, row(to, v, FACTS_FLOW_UNKNOWN, 0), v.at);
  }
}

/* Both ways of `c ? a : b`; `first` is the condition (also a value, for `a ?: b`). */
static void flow_conditional(extract *x, uint32_t first, uint32_t yes, uint32_t no, lvalue to) {
  condition c;
  scope saved;
  guard_condition(x, first, &c);
  guard_enter(x, &saved, &c, true);
  if (yes) flow_expression(x, yes, to);
  guard_leave(x, &saved);
  guard_enter(x, &saved, &c, false);
  if (no) flow_expression(x, no, to);
  guard_leave(x, &saved);
}

void flow_expression(extract *x, uint32_t n, lvalue to) {
  if (tree_kind(x, n) == CXCursor_UnexposedExpr && tree_count(x, n) == 1) /* from void * */
    layout_cast(x, n + 1, clang_getCursorType(tree_cursor(x, n)));
  n = tree_strip(x, n);
  uint32_t first = tree_child(x, n, 0);
  int64_t constant;
  switch (tree_kind(x, n)) {
  case CXCursor_ConditionalOperator:
    if (x->depth > 1000 || value_constant(x, n, &constant)) break;
    x->depth++;
    flow_conditional(x, first, tree_child(x, n, 1), tree_child(x, n, 2), to);
    x->depth--;
    return;
  case CXCursor_UnexposedExpr:
    /* a ?: b comes as a, a, a, b */
    if (tree_count(x, n) != 4 ||
        !clang_equalCursors(tree_cursor(x, first), tree_cursor(x, tree_child(x, n, 1))))
      break;
    flow_expression(x, first, to);
    flow_expression(x, tree_last(x, n), to);
    return;
  case CXCursor_BinaryOperator:
    if (clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) != CXBinaryOperator_Comma) break;
    value_effects(x, first);
    flow_expression(x, tree_last(x, n), to);
    return;
  case CXCursor_CStyleCastExpr:
    if (!first || value_constant(x, n, &constant)) break;
    to.flags |= FACTS_FLOW_CAST;
    layout_cast(x, tree_last(x, n), clang_getCursorType(tree_cursor(x, n)));
    flow_expression(x, tree_last(x, n), to);
    return;
  case CXCursor_CompoundLiteralExpr: flow_emit(x, to, init_compound_literal(x, n, to.table)); return;
  case CXCursor_UnaryOperator:
    if (!first || clang_getCursorUnaryOperatorKind(tree_cursor(x, n)) != CXUnaryOperator_AddrOf ||
        !to.table || tree_kind(x, tree_strip(x, first)) != CXCursor_CompoundLiteralExpr)
      break;
    init_compound_literal(x, tree_strip(x, first), to.table);
    return;
  default: break;
  }
  value v = value_of(x, n);
  if (x->cxx && (v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN)) {
    value object = callable_object(x, n);
    if (object.kind != VALUE_NONE) v = object;
  }
  flow_emit(x, to, v);
}

/* Remembers whether a local struct only ever got zeros. */
static void note_struct_store(extract *x, uint32_t lhs, uint32_t rhs) {
  uint32_t n = tree_strip(x, lhs);
  while (tree_kind(x, n) == CXCursor_MemberRefExpr && n + 1 < tree_end(x, n)) n = tree_strip(x, n + 1);
  if (tree_kind(x, n) != CXCursor_DeclRefExpr) return;
  decl_info *info = decl_at(x, decl_of(x, n));
  if (info->kind != DECL_VARIABLE || info->type != TYPE_RECORD) return;
  int64_t constant;
  bool zero = value_constant(x, rhs, &constant) && constant == 0;
  info = decl_at(x, decl_of(x, n));
  if (zero)
    info->zero = true;
  else
    info->nonzero = true;
}

void flow_assign(extract *x, uint32_t lhs, uint32_t rhs) {
  note_struct_store(x, lhs, rhs);
  lvalue to = lvalue_of(x, lhs);
  enum type_class type = type_classify(x, clang_getCursorType(tree_cursor(x, lhs)));
  if (type == TYPE_RECORD) {
    bool part = to.base && tree_kind(x, tree_strip(x, lhs)) == CXCursor_MemberRefExpr;
    facts_node whole = part ? node_temp(x) : to.node; /* of a pointer: what it points to */
    flow_record(x, whole, rhs);
    if (part) flow_note_part(x, tree_strip(x, lhs), whole);
    return;
  }
  if (!to.node || type == TYPE_FLOAT)
    value_effects(x, rhs);
  else
    flow_expression(x, rhs, to);
}

void flow_compound_assign(extract *x, uint32_t n) {
  uint32_t lhs = tree_child(x, n, 0), rhs = tree_child(x, n, 1);
  if (!lhs || !rhs) return;
  note_struct_store(x, lhs, lhs);
  lvalue to = lvalue_of(x, lhs);
  if (clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_OrAssign && to.node &&
      !to.deref) {
    value v = value_of(x, rhs);
    to.flags |= FACTS_FLOW_OR;
    flow_emit(x, to, v);
    return;
  }
  int64_t mask;
  if (clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_AndAssign && to.node &&
      !to.deref && value_constant(x, rhs, &mask)) {
    value v = {.kind = VALUE_INTEGER, .at = n, .integer = ~mask};
    note_value(x, &to, v, FACTS_STORE_CLEAR);
    add_integer(x, to, v, FACTS_FLOW_CLEAR);
    return;
  }
  value_effects(x, rhs);
  bool is_pointer = type_classify(x, clang_getCursorType(tree_cursor(x, lhs))) == TYPE_POINTER;
  if (to.node && !to.deref && !is_pointer) flow_emit(x, to, value_unknown(n));
  if (to.node && !to.deref && is_pointer) note_value(x, &to, value_unknown(n), FACTS_STORE_SET);
}
