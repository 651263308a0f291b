/* Lvalues: which node an expression names, or which pointer it goes through. */
#include "analyzer/frontend/extract.h"

static enum type_class class_of(extract *x, uint32_t n) {
  return type_classify(x, clang_getCursorType(tree_cursor(x, n)));
}

static lvalue lvalue_node(facts_node node) { return (lvalue){.node = node}; }

lvalue lvalue_deref(extract *x, value pointer, CXType type) {
  if (pointer.kind == VALUE_ADDRESS) return lvalue_node(pointer.ref);
  CXType canonical = clang_getCanonicalType(type);
  if (canonical.kind >= CXType_Char_U && canonical.kind <= CXType_UChar) return lvalue_node(0); /* text */
  if (canonical.kind == CXType_Char_S || canonical.kind == CXType_SChar) return lvalue_node(0);
  CXType pointee = clang_getCanonicalType(clang_getPointeeType(canonical));
  bool is_callback = pointee.kind == CXType_FunctionProto || pointee.kind == CXType_FunctionNoProto;
  bool is_followed = pointer.kind == VALUE_NODE || pointer.kind == VALUE_LOAD;
  if (!is_followed && !is_callback) return lvalue_node(0);
  lvalue object = {.node = value_node(x, pointer), .deref = true};
  if (!is_callback) return object;
  object.type = name_type(x, type);
  object.function_type = name_function_type(x, pointee);
  return object;
}

lvalue lvalue_variable(extract *x, uint32_t n, uint32_t decl) {
  decl_info info = x->decls.items[decl];
  if (info.kind != DECL_VARIABLE && info.kind != DECL_FIELD) return lvalue_node(0);
  if (info.type != TYPE_REFERENCE)
    return lvalue_node(info.type == TYPE_OTHER || info.type == TYPE_FLOAT ? 0 : info.index);
  return lvalue_deref(x, (value){.kind = VALUE_NODE, .ref = info.index, .at = n},
                      clang_getCursorType(tree_cursor(x, n)));
}

static lvalue lvalue_subscript(extract *x, uint32_t n) {
  uint32_t base = tree_child(x, n, 0), index = tree_child(x, n, 1);
  if (!base || !index) return lvalue_node(0);
  if (class_of(x, base) == TYPE_INTEGER) { /* 1[array] */
    uint32_t other = base;
    base = index;
    index = other;
  }
  value_effects(x, index);
  uint32_t inner = tree_strip(x, base);
  if (class_of(x, inner) == TYPE_ARRAY) {
    lvalue element = lvalue_of(x, inner);
    element.weak = true;
    return element;
  }
  return lvalue_deref(x, value_of(x, base), clang_getCursorType(tree_cursor(x, n)));
}

/* handlers["x"], where the container is the node of all that it carries: pointers to functions as well. */
static bool is_element(extract *x, uint32_t n) {
  if (!x->cxx || !callable_type(x, clang_getCursorType(tree_cursor(x, n)))) return false;
  if (class_of(x, n) == TYPE_CALLABLE || tree_kind(x, n) == CXCursor_MemberRefExpr) return true;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  return clang_isDeclaration(named.kind) && callable_is_outside(named);
}

static lvalue lvalue_value(extract *x, uint32_t n, value v) {
  if (v.kind != VALUE_NODE && v.kind != VALUE_ADDRESS) return lvalue_node(0);
  if (v.kind == VALUE_NODE && is_element(x, n)) return lvalue_node(v.ref);
  return lvalue_deref(x, v, clang_getCursorType(tree_cursor(x, n)));
}

/* `v` of `&v`, which macros write as (&v)->a; else the node itself. */
static uint32_t strip_address(extract *x, uint32_t n) {
  bool is_address = tree_kind(x, n) == CXCursor_UnaryOperator &&
                    clang_getCursorUnaryOperatorKind(tree_cursor(x, n)) == CXUnaryOperator_AddrOf;
  return is_address && n + 1 < tree_end(x, n) ? tree_strip_casts(x, n + 1) : n;
}

bool lvalue_is_returned(extract *x, uint32_t n) {
  if (x->cxx || n + 1 >= tree_end(x, n) || tree_kind(x, n) != CXCursor_MemberRefExpr) return false;
  uint32_t object = tree_strip(x, n + 1);
  return tree_kind(x, object) == CXCursor_CallExpr && class_of(x, object) == TYPE_RECORD;
}

/* The same; whether it is one of several objects: v[i].a. */
static facts_node lvalue_base_element(extract *x, uint32_t n, bool *element) {
  bool through_pointer = false;
  n = tree_strip(x, n);
  *element = false;
  if (tree_kind(x, n) != CXCursor_MemberRefExpr) return 0;
  if (lvalue_is_returned(x, n)) return x->member_at == n ? x->member_of : 0;
  while (tree_kind(x, n) != CXCursor_DeclRefExpr) {
    bool subscript = tree_kind(x, n) == CXCursor_ArraySubscriptExpr;
    if (through_pointer || n + 1 >= tree_end(x, n)) return 0;
    if (!subscript && tree_kind(x, n) != CXCursor_MemberRefExpr) return 0;
    n = strip_address(x, tree_strip_casts(x, n + 1));
    *element |= subscript;
    through_pointer = class_of(x, n) == TYPE_POINTER;
  }
  const decl_info *info = decl_at(x, decl_of(x, n));
  return info->kind == DECL_VARIABLE ? info->index : 0;
}

facts_node lvalue_base(extract *x, uint32_t n) {
  bool element;
  return lvalue_base_element(x, n, &element);
}

/* `it->second`: a member of what carries functions is the whole. */
bool lvalue_is_carried(extract *x, uint32_t n) {
  if (!x->cxx || n + 1 >= tree_end(x, n)) return false;
  if (!callable_type(x, clang_getCursorType(tree_cursor(x, n)))) return false;
  CXType base = clang_getCursorType(tree_cursor(x, tree_strip(x, n + 1)));
  return callable_type(x, base);
}

lvalue lvalue_of(extract *x, uint32_t n) {
  n = tree_strip(x, n);
  uint32_t first = tree_child(x, n, 0);
  switch (tree_kind(x, n)) {
  case CXCursor_DeclRefExpr: return lvalue_variable(x, n, decl_of(x, n));
  case CXCursor_MemberRefExpr: {
    if (first && lvalue_is_carried(x, n)) return lvalue_value(x, n, value_of(x, first));
    if (first) value_effects(x, first);
    lvalue member = lvalue_variable(x, n, decl_of(x, n));
    if (!member.deref) member.base = lvalue_base_element(x, n, &member.weak);
    return member;
  }
  case CXCursor_ArraySubscriptExpr: return lvalue_subscript(x, n);
  case CXCursor_UnaryOperator:
    switch (clang_getCursorUnaryOperatorKind(tree_cursor(x, n))) {
    case CXUnaryOperator_Deref:
      return first ? lvalue_deref(x, value_of(x, first), clang_getCursorType(tree_cursor(x, n)))
                   : lvalue_node(0);
    case CXUnaryOperator_Extension: return first ? lvalue_of(x, first) : lvalue_node(0);
    case CXUnaryOperator_PreInc:
    case CXUnaryOperator_PreDec: value_effects(x, n); return first ? lvalue_of(x, first) : lvalue_node(0);
    default: return lvalue_node(0);
    }
  case CXCursor_BinaryOperator:
    value_effects(x, n);
    if (clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_Assign)
      return lvalue_of(x, first);
    return lvalue_node(0);
  case CXCursor_CompoundAssignOperator: value_effects(x, n); return lvalue_of(x, first);
  case CXCursor_CallExpr: return lvalue_value(x, n, call_expression(x, n, true));
  case CXCursor_CompoundLiteralExpr: {
    value v = init_compound_literal(x, n, 0);
    return lvalue_node(v.kind == VALUE_ADDRESS ? v.ref : 0);
  }
  default:
    if (tree_strip_casts(x, n) != n) return lvalue_of(x, tree_strip_casts(x, n));
    value_effects(x, n);
    return lvalue_node(0);
  }
}

value lvalue_load(lvalue object, uint32_t at) {
  if (!object.node) return value_unknown(at);
  value v = {.kind = object.deref ? VALUE_LOAD : VALUE_NODE, .ref = object.node, .at = at};
  v.type = object.type;
  v.function_type = object.function_type;
  return v;
}
