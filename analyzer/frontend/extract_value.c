/* Values: what an expression is, as far as value flow follows it. */
#include "analyzer/frontend/extract.h"

enum { DEPTH_MAX = 4000 };

value value_none(uint32_t at) { return (value){.kind = VALUE_NONE, .at = at}; }
value value_unknown(uint32_t at) { return (value){.kind = VALUE_UNKNOWN, .at = at}; }

static value value_make(enum value_kind kind, uint32_t ref, uint32_t at) {
  return (value){.kind = (uint8_t)kind, .ref = ref, .at = at};
}

static enum type_class class_of(extract *x, uint32_t n) {
  return type_classify(x, clang_getCursorType(tree_cursor(x, n)));
}

facts_node value_node(extract *x, value v) {
  if (v.kind == VALUE_NODE && !v.cast) return v.ref;
  if (v.kind == VALUE_NONE) return 0;
  facts_node temp = node_temp(x);
  flow_emit(x, (lvalue){.node = temp}, v);
  return temp;
}

/* What reading a variable or field of this declaration gives. */
static value read_decl(extract *x, uint32_t n, uint32_t decl) {
  decl_info info = x->decls.items[decl];
  switch (info.kind) {
  case DECL_FUNCTION: return value_make(VALUE_FUNCTION, info.index, n);
  case DECL_ENUMERATOR: {
    value v = value_make(VALUE_INTEGER, 0, n);
    v.integer = info.value;
    return v;
  }
  case DECL_VARIABLE:
  case DECL_FIELD: break;
  default: return value_unknown(n);
  }
  switch (info.type) {
  case TYPE_ARRAY: return value_make(VALUE_ADDRESS, info.index, n);
  case TYPE_RECORD:
  case TYPE_FLOAT: return value_none(n);
  case TYPE_OTHER: return value_unknown(n);
  default: return lvalue_load(lvalue_variable(x, n, decl), n);
  }
}

static value read_place(extract *x, uint32_t n) {
  switch (class_of(x, n)) {
  case TYPE_ARRAY: {
    lvalue object = lvalue_of(x, n);
    return object.deref ? lvalue_load((lvalue){.node = object.node}, n)
                        : value_make(object.node ? VALUE_ADDRESS : VALUE_UNKNOWN, object.node, n);
  }
  case TYPE_RECORD:
  case TYPE_FLOAT: TREE_EACH(x, n, child) value_effects(x, child); return value_none(n);
  case TYPE_FUNCTION: { /* *f is f */
    uint32_t first = tree_child(x, n, 0);
    return first && tree_kind(x, n) == CXCursor_UnaryOperator ? value_of(x, first) : value_unknown(n);
  }
  default: return lvalue_load(lvalue_of(x, n), n);
  }
}

static value address_of(extract *x, uint32_t n, uint32_t operand) {
  uint32_t inner = tree_strip(x, operand);
  enum CXCursorKind kind = tree_kind(x, inner);
  if (kind == CXCursor_DeclRefExpr || kind == CXCursor_MemberRefExpr) {
    decl_info info = *decl_at(x, decl_of(x, inner));
    if (info.kind == DECL_FUNCTION) return value_make(VALUE_FUNCTION, info.index, inner);
  }
  if (kind == CXCursor_CompoundLiteralExpr) {
    if (class_of(x, inner) == TYPE_RECORD) return value_make(VALUE_ADDRESS, init_literal(x, inner), n);
    value v = init_compound_literal(x, inner, 0);
    return v.kind == VALUE_ADDRESS ? v : value_make(VALUE_ADDRESS, 0, n);
  }
  lvalue object = lvalue_of(x, inner);
  if (object.deref) return value_make(VALUE_NODE, object.node, n); /* &*p, &p[i] */
  return value_make(VALUE_ADDRESS, object.node, n);
}

/* `a && b`, `!a`, `a == 1` as a value: 1 where it holds, 0 where it does not. */
static value truth_of(extract *x, uint32_t n) {
  condition c;
  guard_condition(x, n, &c);
  if (!c.nyes && !c.nno) return value_unknown(n);
  facts_node temp = node_temp(x);
  for (int yes = 1; yes >= 0; yes--) {
    scope saved;
    value v = value_make(VALUE_INTEGER, 0, n);
    v.integer = yes;
    guard_enter(x, &saved, &c, yes);
    flow_emit(x, (lvalue){.node = temp}, v);
    guard_leave(x, &saved);
  }
  return value_make(VALUE_NODE, temp, n);
}

static value unary(extract *x, uint32_t n) {
  uint32_t operand = tree_child(x, n, 0);
  if (!operand) return value_unknown(n);
  switch (clang_getCursorUnaryOperatorKind(tree_cursor(x, n))) {
  case CXUnaryOperator_AddrOf: return address_of(x, n, operand);
  case CXUnaryOperator_Deref: return read_place(x, n);
  case CXUnaryOperator_Extension: return value_of(x, operand);
  case CXUnaryOperator_PostInc:
  case CXUnaryOperator_PostDec:
  case CXUnaryOperator_PreInc:
  case CXUnaryOperator_PreDec: {
    lvalue object = lvalue_of(x, operand);
    if (class_of(x, operand) == TYPE_POINTER) return lvalue_load(object, n);
    if (object.node && !object.deref) flow_emit(x, object, value_unknown(n));
    return value_unknown(n);
  }
  case CXUnaryOperator_LNot: return truth_of(x, n);
  default: value_effects(x, operand); return value_unknown(n);
  }
}

/* The operands of `a | b | …`. */
typedef struct bits {
  int64_t constant;
  facts_node node;  /* the operands that are no constants, merged when there are several */
  unsigned nodes;
  bool unknown;
} bits;

static void add_bits(extract *x, bits *sum, value v) {
  facts_node node = value_node(x, v);
  if (++sum->nodes == 1) {
    sum->node = node;
    return;
  }
  if (sum->nodes == 2) {
    facts_node both = node_temp(x);
    flow_emit(x, (lvalue){.node = both, .flags = FACTS_FLOW_OR}, value_make(VALUE_NODE, sum->node, v.at));
    sum->node = both;
  }
  flow_emit(x, (lvalue){.node = sum->node, .flags = FACTS_FLOW_OR}, value_make(VALUE_NODE, node, v.at));
}

static void collect_bits(extract *x, uint32_t n, bits *sum) {
  uint32_t inner = tree_strip(x, n);
  int64_t constant;
  if (value_constant(x, inner, &constant)) {
    sum->constant |= constant;
    return;
  }
  if (tree_kind(x, inner) == CXCursor_BinaryOperator &&
      clang_getCursorBinaryOperatorKind(tree_cursor(x, inner)) == CXBinaryOperator_Or) {
    TREE_EACH(x, inner, child) collect_bits(x, child, sum);
    return;
  }
  value v = value_of(x, inner);
  if (v.kind == VALUE_UNKNOWN || v.kind == VALUE_NONE)
    sum->unknown = true;
  else
    add_bits(x, sum, v);
}

static value flags(extract *x, uint32_t n) {
  bits sum = {0};
  collect_bits(x, n, &sum);
  if (!sum.constant && !sum.node) return value_unknown(n);
  if (sum.unknown) add_bits(x, &sum, value_unknown(n));
  value v = value_make(VALUE_FLAGS, sum.node, n);
  v.integer = sum.constant;
  return v;
}

/* `a & ~C` and `a & C`, with a constant on either side. */
static value masked(extract *x, uint32_t n, uint32_t lhs, uint32_t rhs) {
  int64_t mask;
  bool right = value_constant(x, rhs, &mask);
  if (!right && !value_constant(x, lhs, &mask)) {
    value_effects(x, lhs);
    value_effects(x, rhs);
    return value_unknown(n);
  }
  value rest = value_of(x, right ? lhs : rhs);
  value v = value_make(VALUE_MASKED, rest.kind == VALUE_NODE ? rest.ref : 0, n);
  v.integer = ~mask;
  return v;
}

/* A conditional whose ways both flow to one new node. */
static value merged(extract *x, uint32_t n) {
  facts_node temp = node_temp(x);
  flow_expression(x, n, (lvalue){.node = temp});
  return value_make(VALUE_NODE, temp, n);
}

static value pointer_arithmetic(extract *x, uint32_t n, uint32_t lhs, uint32_t rhs) {
  if (class_of(x, n) != TYPE_POINTER) {
    value_effects(x, lhs);
    value_effects(x, rhs);
    return value_unknown(n);
  }
  bool swap = class_of(x, lhs) == TYPE_INTEGER;
  value_effects(x, swap ? lhs : rhs);
  value v = value_of(x, swap ? rhs : lhs);
  v.at = n;
  return v;
}

/* `x == pthread_self()`, and `call() != 0`, which is as true as the call's result. */
static bool truth_value(extract *x, uint32_t lhs, uint32_t rhs, bool equal, value *v) {
  int64_t constant;
  uint32_t left = tree_strip(x, lhs);
  if (guard_compares_threads(x, lhs, rhs, v)) {
    if (!equal) *v = value_make(VALUE_INTEGER, 0, lhs);
    return true;
  }
  bool to_zero = !equal && tree_kind(x, left) == CXCursor_CallExpr && class_of(x, left) == TYPE_INTEGER;
  if (!to_zero || !value_constant(x, rhs, &constant) || constant) return false;
  *v = value_of(x, left);
  return true;
}

static value binary(extract *x, uint32_t n) {
  uint32_t lhs = tree_child(x, n, 0), rhs = tree_child(x, n, 1);
  if (!lhs || !rhs) return value_unknown(n);
  switch (clang_getCursorBinaryOperatorKind(tree_cursor(x, n))) {
  case CXBinaryOperator_Assign:
    flow_assign(x, lhs, rhs);
    switch (tree_kind(x, tree_strip(x, lhs))) {
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr: {
      value v = read_decl(x, tree_strip(x, lhs), decl_of(x, tree_strip(x, lhs)));
      v.at = n;
      return v;
    }
    default: return value_unknown(n);
    }
  case CXBinaryOperator_Comma: {
    uint32_t first = x->unit->calls.count;
    value_effects(x, lhs);
    uint32_t ends = x->ends;
    value v = value_of(x, rhs);
    call_mark_ending(x, rhs, ends, first);
    return v;
  }
  case CXBinaryOperator_PtrMemD: /* object.*pointer, object->*pointer: in C++ */
  case CXBinaryOperator_PtrMemI: value_effects(x, lhs); return value_of(x, rhs);
  case CXBinaryOperator_Or: return flags(x, n);
  case CXBinaryOperator_And: return masked(x, n, lhs, rhs);
  case CXBinaryOperator_Add:
  case CXBinaryOperator_Sub: return pointer_arithmetic(x, n, lhs, rhs);
  case CXBinaryOperator_EQ:
  case CXBinaryOperator_NE: {
    bool equal = clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_EQ;
    value v;
    if (truth_value(x, lhs, rhs, equal, &v)) return v;
    return truth_of(x, n);
  }
  case CXBinaryOperator_LAnd:
  case CXBinaryOperator_LOr:
  case CXBinaryOperator_LT:
  case CXBinaryOperator_LE:
  case CXBinaryOperator_GT:
  case CXBinaryOperator_GE: return truth_of(x, n);
  default:
    value_effects(x, lhs);
    value_effects(x, rhs);
    return value_unknown(n);
  }
}

static value cast(extract *x, uint32_t n) {
  uint32_t operand = tree_last(x, n);
  if (!operand) return value_unknown(n);
  enum type_class to = class_of(x, n);
  if (to != TYPE_REFERENCE && !type_flows(to)) {
    value_effects(x, operand);
    return value_none(n);
  }
  layout_cast(x, operand, clang_getCursorType(tree_cursor(x, n)));
  value v = value_of(x, operand);
  v.cast = true;
  return v;
}

static value statement_expression(extract *x, uint32_t n) {
  uint32_t body = tree_child(x, n, 0);
  if (!body) return value_none(n);
  uint32_t last = tree_last(x, body);
  scope saved = x->scope;
  value v = value_none(n);
  x->asserted = false;
  uint32_t first = x->unit->calls.count;
  TREE_EACH(x, body, child) {
    uint32_t ends = x->ends;
    if (child != last || !clang_isExpression(tree_kind(x, child)))
      stmt_walk(x, child);
    else
      v = value_of(x, child);
    call_mark_ending(x, child, ends, first);
  }
  if (!x->asserted) x->scope.guard = saved.guard;
  x->asserted = false;
  return v;
}

/* _Generic(…): the choice is the one of the whole expression's type; the controlling expression is not
 * evaluated. */
static value generic_selection(extract *x, uint32_t n) {
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  bool first = true;
  TREE_EACH(x, n, child) {
    bool is_controlling = first;
    first = false;
    if (is_controlling) continue;
    if (clang_equalTypes(clang_getCanonicalType(clang_getCursorType(tree_cursor(x, child))), type))
      return value_of(x, child);
  }
  return value_unknown(n);
}

/* __atomic_load_n(p, order), __atomic_store_n(p, v, order) and their like; libclang gives p, order, v. */
static value atomic(extract *x, uint32_t n, uint32_t pointer) {
  CXType pointee = clang_getPointeeType(clang_getCanonicalType(clang_getCursorType(tree_cursor(x, pointer))));
  uint32_t stored = tree_child(x, n, 2);
  lvalue object = lvalue_deref(x, value_of(x, pointer), pointee);
  if (stored) flow_emit(x, object, value_of(x, stored));
  return lvalue_load(object, n);
}

static value constant(extract *x, uint32_t n) {
  value v = value_make(VALUE_INTEGER, 0, n);
  return value_constant(x, n, &v.integer) ? v : value_unknown(n);
}

/* An expression kind that libclang does not name: implicit casts have one child, `a ?: b` its first child
 * thrice, __builtin_choose_expr a constant first, atomic operations the pointer first. */
static value unexposed(extract *x, uint32_t n) {
  uint32_t count = tree_count(x, n), first = tree_child(x, n, 0);
  int64_t chosen;
  if (!count) return constant(x, n);
  if (count == 1) return value_of(x, first);
  if (x->cxx && coroutine_is_await(x, n)) return coroutine_await(x, n);
  if (count == 4 && clang_equalCursors(tree_cursor(x, first), tree_cursor(x, tree_child(x, n, 1))))
    return merged(x, n);
  if (count == 3 && value_constant(x, first, &chosen)) return value_of(x, tree_child(x, n, chosen ? 1 : 2));
  if (count > 1 && class_of(x, first) == TYPE_POINTER) return atomic(x, n, first);
  TREE_EACH(x, n, child) value_effects(x, child);
  return value_unknown(n);
}

/* What stands before a member's dot. A struct that a call returns is an object of its own. */
static void read_object(extract *x, uint32_t n) {
  if (!lvalue_is_returned(x, n)) {
    value_effects(x, n + 1);
    return;
  }
  facts_node object = node_temp(x);
  flow_record(x, object, n + 1);
  x->member_at = n;
  x->member_of = object;
}

static value value_inner(extract *x, uint32_t n) {
  switch (tree_kind(x, n)) {
  case CXCursor_IntegerLiteral:
  case CXCursor_CharacterLiteral:
  case CXCursor_CXXBoolLiteralExpr:
  case CXCursor_CXXNullPtrLiteralExpr:
  case CXCursor_GNUNullExpr:
  case CXCursor_UnaryExpr: return constant(x, n);
  case CXCursor_StringLiteral: return literal_string(x, n);
  case CXCursor_DeclRefExpr: return read_decl(x, n, decl_of(x, n));
  case CXCursor_MemberRefExpr:
    if (lvalue_is_carried(x, n)) return value_of(x, n + 1);
    if (n + 1 < tree_end(x, n)) read_object(x, n);
    return read_decl(x, n, decl_of(x, n));
  case CXCursor_ArraySubscriptExpr: return read_place(x, n);
  case CXCursor_UnaryOperator: return unary(x, n);
  case CXCursor_BinaryOperator: return binary(x, n);
  case CXCursor_CompoundAssignOperator:
    flow_compound_assign(x, n);
    return tree_kind(x, tree_strip(x, n + 1)) == CXCursor_DeclRefExpr ? value_of(x, n + 1) : value_unknown(n);
  case CXCursor_ConditionalOperator:
    if (class_of(x, n) == TYPE_RECORD || !type_flows(class_of(x, n))) break;
    return merged(x, n);
  case CXCursor_CallExpr: return call_expression(x, n, true);
  case CXCursor_ParenExpr: return n + 1 < tree_end(x, n) ? value_of(x, n + 1) : value_unknown(n);
  case CXCursor_UnexposedExpr: return unexposed(x, n);
  case CXCursor_CompoundLiteralExpr: return init_compound_literal(x, n, 0);
  case CXCursor_InitListExpr: /* {x} for a scalar */
    if (x->cxx && class_of(x, n) == TYPE_RECORD) {
      init_value(x, n, clang_getCursorType(tree_cursor(x, n)), 0, 0);
      return value_none(n);
    }
    return tree_count(x, n) == 1 ? value_of(x, n + 1) : value_unknown(n);
  case CXCursor_StmtExpr: return statement_expression(x, n);
  case CXCursor_GenericSelectionExpr: return generic_selection(x, n);
  case CXCursor_LambdaExpr:
  case CXCursor_BlockExpr: return cxx_lambda(x, n);
  case CXCursor_CStyleCastExpr:
  case CXCursor_CXXStaticCastExpr:
  case CXCursor_CXXReinterpretCastExpr:
  case CXCursor_CXXConstCastExpr:
  case CXCursor_CXXDynamicCastExpr:
  case CXCursor_CXXFunctionalCastExpr: return cast(x, n);
  case CXCursor_FloatingLiteral: return value_none(n);
  default: break;
  }
  value_effects(x, n);
  return value_unknown(n);
}

static bool may_fold(enum CXCursorKind kind) {
  return kind == CXCursor_BinaryOperator || kind == CXCursor_UnaryOperator ||
         kind == CXCursor_CStyleCastExpr || kind == CXCursor_ConditionalOperator;
}

value value_of(extract *x, uint32_t n) {
  n = tree_strip(x, n);
  value v = {.kind = VALUE_INTEGER, .at = n};
  if (may_fold(tree_kind(x, n)) && value_constant(x, n, &v.integer)) return v;
  if (x->depth > DEPTH_MAX) {
    call_flat(x, n);
    return value_unknown(n);
  }
  x->depth++;
  v = question_is_ready(x, n) ? question_value(x, n) : value_inner(x, n);
  x->depth--;
  return v;
}

void value_effects(extract *x, uint32_t n) {
  n = tree_strip(x, n);
  enum CXCursorKind kind = tree_kind(x, n);
  if (tree_end(x, n) == n + 1) {
    if (kind == CXCursor_CallExpr) call_expression(x, n, false);
    return;
  }
  if (x->depth > DEPTH_MAX) {
    call_flat(x, n);
    return;
  }
  x->depth++;
  condition ignored;
  switch (kind) {
  case CXCursor_CallExpr: call_expression(x, n, false); break;
  case CXCursor_BinaryOperator:
  case CXCursor_UnaryOperator:
  case CXCursor_CompoundAssignOperator:
  case CXCursor_CompoundLiteralExpr:
  case CXCursor_StmtExpr:
  case CXCursor_LambdaExpr:
  case CXCursor_BlockExpr:
  case CXCursor_GenericSelectionExpr: value_inner(x, n); break;
  case CXCursor_InitListExpr:
    if (x->cxx && class_of(x, n) == TYPE_RECORD)
      value_inner(x, n);
    else
      TREE_EACH(x, n, child) value_effects(x, child);
    break;
  case CXCursor_ConditionalOperator: guard_condition(x, n, &ignored); break;
  case CXCursor_UnexposedExpr: unexposed(x, n); break;
  case CXCursor_CXXDeleteExpr: lifetime_delete(x, n); break;
  default:
    TREE_EACH(x, n, child) {
      if (clang_isStatement(tree_kind(x, child)))
        stmt_walk(x, child);
      else
        value_effects(x, child);
    }
  }
  x->depth--;
}
