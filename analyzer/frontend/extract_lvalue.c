/* Lvalues: which node an expression names, or which pointer it goes through. */
#include "analyzer/frontend/extract.h"

static enum type_class class_of(extract *x, uint32_t n) {
  return type_classify(x, clang_getCursorType(tree_cursor(x, n)));
}

static target place_node(facts_node node) { return (target){.node = node}; }

target lvalue_deref(extract *x, value pointer, CXType type) {
  if (pointer.kind == VALUE_ADDRESS) return place_node(pointer.ref);
  CXType canonical = clang_getCanonicalType(type);
  if (canonical.kind >= CXType_Char_U && canonical.kind <= CXType_UChar) return place_node(0); /* text */
  if (canonical.kind == CXType_Char_S || canonical.kind == CXType_SChar) return place_node(0);
  CXType pointee = clang_getCanonicalType(clang_getPointeeType(canonical));
  bool is_callback = pointee.kind == CXType_FunctionProto || pointee.kind == CXType_FunctionNoProto;
  bool is_followed = pointer.kind == VALUE_NODE || pointer.kind == VALUE_LOAD;
  if (!is_followed && !is_callback) return place_node(0);
  target place = {.node = value_node(x, pointer), .deref = true};
  if (!is_callback) return place;
  place.type = name_type(x, type);
  place.function_type = name_function_type(x, pointee);
  return place;
}

target lvalue_variable(extract *x, uint32_t n, uint32_t decl) {
  decl_info info = x->decls.items[decl];
  if (info.kind != DECL_VARIABLE && info.kind != DECL_FIELD) return place_node(0);
  if (info.type != TYPE_REFERENCE)
    return place_node(info.type == TYPE_OTHER || info.type == TYPE_FLOAT ? 0 : info.index);
  return lvalue_deref(x, (value){.kind = VALUE_NODE, .ref = info.index, .at = n},
                      clang_getCursorType(tree_cursor(x, n)));
}

static target place_subscript(extract *x, uint32_t n) {
  uint32_t base = tree_child(x, n, 0), index = tree_child(x, n, 1);
  if (!base || !index) return place_node(0);
  if (class_of(x, base) == TYPE_INTEGER) { /* 1[array] */
    uint32_t other = base;
    base = index;
    index = other;
  }
  value_effects(x, index);
  uint32_t inner = tree_strip(x, base);
  if (class_of(x, inner) == TYPE_ARRAY) {
    target element = lvalue_of(x, inner);
    element.weak = true;
    return element;
  }
  return lvalue_deref(x, value_of(x, base), clang_getCursorType(tree_cursor(x, n)));
}

static target place_of_value(extract *x, uint32_t n, value v) {
  if (v.kind != VALUE_NODE && v.kind != VALUE_ADDRESS) return place_node(0);
  if (x->cxx && v.kind == VALUE_NODE && class_of(x, n) == TYPE_CALLABLE) return place_node(v.ref);
  return lvalue_deref(x, v, clang_getCursorType(tree_cursor(x, n)));
}

/* The same; whether it is one of several objects: v[i].a. */
static facts_node lvalue_base_element(extract *x, uint32_t n, bool *element) {
  bool through_pointer = false;
  n = tree_strip(x, n);
  *element = false;
  if (tree_kind(x, n) != CXCursor_MemberRefExpr) return 0;
  while (tree_kind(x, n) != CXCursor_DeclRefExpr) {
    bool subscript = tree_kind(x, n) == CXCursor_ArraySubscriptExpr;
    if (through_pointer || n + 1 >= tree_end(x, n)) return 0;
    if (!subscript && tree_kind(x, n) != CXCursor_MemberRefExpr) return 0;
    n = tree_strip_casts(x, n + 1);
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
  if (!x->cxx || n + 1 >= tree_end(x, n) || class_of(x, n) != TYPE_CALLABLE) return false;
  CXType base = clang_getCursorType(tree_cursor(x, tree_strip(x, n + 1)));
  return callable_type(x, base);
}

target lvalue_of(extract *x, uint32_t n) {
  n = tree_strip(x, n);
  uint32_t first = tree_child(x, n, 0);
  switch (tree_kind(x, n)) {
  case CXCursor_DeclRefExpr: return lvalue_variable(x, n, decl_of(x, n));
  case CXCursor_MemberRefExpr: {
    if (first && lvalue_is_carried(x, n)) return place_of_value(x, n, value_of(x, first));
    if (first) value_effects(x, first);
    target member = lvalue_variable(x, n, decl_of(x, n));
    if (!member.deref) member.base = lvalue_base_element(x, n, &member.weak);
    return member;
  }
  case CXCursor_ArraySubscriptExpr: return place_subscript(x, n);
  case CXCursor_UnaryOperator:
    switch (clang_getCursorUnaryOperatorKind(tree_cursor(x, n))) {
    case CXUnaryOperator_Deref:
      return first ? lvalue_deref(x, value_of(x, first), clang_getCursorType(tree_cursor(x, n)))
                   : place_node(0);
    case CXUnaryOperator_Extension: return first ? lvalue_of(x, first) : place_node(0);
    case CXUnaryOperator_PreInc:
    case CXUnaryOperator_PreDec: value_effects(x, n); return first ? lvalue_of(x, first) : place_node(0);
    default: return place_node(0);
    }
  case CXCursor_BinaryOperator:
    value_effects(x, n);
    if (clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_Assign)
      return lvalue_of(x, first);
    return place_node(0);
  case CXCursor_CompoundAssignOperator: value_effects(x, n); return lvalue_of(x, first);
  case CXCursor_CallExpr: return place_of_value(x, n, call_expression(x, n, true));
  case CXCursor_CompoundLiteralExpr: {
    value v = init_compound_literal(x, n, 0);
    return place_node(v.kind == VALUE_ADDRESS ? v.ref : 0);
  }
  default:
    if (tree_strip_casts(x, n) != n) return lvalue_of(x, tree_strip_casts(x, n));
    value_effects(x, n);
    return place_node(0);
  }
}

value lvalue_load(target place, uint32_t at) {
  if (!place.node) return value_unknown(at);
  value v = {.kind = place.deref ? VALUE_LOAD : VALUE_NODE, .ref = place.node, .at = at};
  v.type = place.type;
  v.function_type = place.function_type;
  return v;
}
