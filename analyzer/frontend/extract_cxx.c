/* What C++ adds: lambdas, constructors and destructors, overloaded operators, virtual calls. */
#include "analyzer/frontend/extract.h"

#include <string.h>

static enum type_class class_of(extract *x, uint32_t n) {
  return type_classify(x, clang_getCursorType(tree_cursor(x, n)));
}

static bool is_named(CXCursor cursor, const char *name) {
  CXString spelling = clang_getCursorSpelling(cursor);
  bool yes = strcmp(clang_getCString(spelling), name) == 0;
  clang_disposeString(spelling);
  return yes;
}

/* ---- lambdas ---- */

static enum CXChildVisitResult find_call_operator(CXCursor member, CXCursor parent, CXClientData data) {
  (void)parent;
  if (member.kind != CXCursor_CXXMethod || !is_named(member, "operator()")) return CXChildVisit_Continue;
  *(CXCursor *)data = member;
  return CXChildVisit_Break;
}

static facts_str lambda_type(extract *x, uint32_t n) {
  CXType type = clang_getCursorType(tree_cursor(x, n));
  if (tree_kind(x, n) == CXCursor_BlockExpr) return name_function_type(x, type);
  CXCursor call_operator = clang_getNullCursor();
  clang_visitChildren(clang_getTypeDeclaration(type), find_call_operator, &call_operator);
  return clang_Cursor_isNull(call_operator) ? 0 : name_function_type(x, clang_getCursorType(call_operator));
}

static void note_closure(extract *x, CXCursor lambda, uint32_t function) {
  CXCursor closure = clang_getTypeDeclaration(clang_getCursorType(lambda));
  if (clang_isDeclaration(closure.kind))
    decl_put(x, closure, (decl_info){.kind = DECL_FUNCTION, .index = function});
}

static uint64_t lambda_key(facts_str name) { return UINT64_C(1) << 32 | name; }

/* The lambda of an earlier instance of the template that is walked. */
static uint32_t known_lambda(extract *x, facts_str name) {
  uint32_t function;
  return bs_map_find(&x->instances, lambda_key(name), &function) ? function : NO_FUNCTION;
}

/* A lambda of one instance is not that of another. */
static facts_str lambda_symbol(extract *x, facts_str name) {
  if (x->scope.function == NO_FUNCTION) return name;
  const facts_function *outer = &x->unit->functions.items[x->scope.function];
  return bs_intern_adds(
      &x->unit->strings,
      bs_arena_printf(&x->arena, "%s::lambda#%u", facts_text(x->unit, outer->symbol), x->scope.lambdas));
}

static uint32_t lambda_function(extract *x, uint32_t n) {
  const char *name = bs_arena_printf(&x->arena, "%s::lambda#%u", x->scope.name, ++x->scope.lambdas);
  CXCursor cursor = tree_cursor(x, n);
  facts_function row = {.name = bs_intern_adds(&x->unit->strings, name)};
  uint32_t known = x->instance ? known_lambda(x, row.name) : NO_FUNCTION;
  if (known != NO_FUNCTION) {
    note_closure(x, cursor, known);
    return known;
  }
  row.symbol = lambda_symbol(x, row.name);
  row.type = lambda_type(x, n);
  row.place = name_place(x, clang_getCursorLocation(cursor));
  row.end_line = name_place(x, clang_getRangeEnd(clang_getCursorExtent(cursor))).line;
  row.flags = FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL | FACTS_FUNCTION_LAMBDA;
  *bs_vec_push(&x->unit->functions) = row;
  uint32_t function = x->unit->functions.count - 1;
  note_closure(x, cursor, function);
  if (x->instance) bs_map_set(&x->instances, lambda_key(row.name), function);
  return function;
}

static value captured_value(extract *x, uint32_t n) {
  value v = value_of(x, n), object = class_of(x, n) == TYPE_RECORD ? callable_object(x, n) : value_none(n);
  return object.kind == VALUE_NONE ? v : object;
}

typedef struct capture {
  CXCursor variable; /* of an init capture: [name = value]; else null: the outer variable itself */
  value v;
} capture;

enum { CAPTURES_MAX = 64 };

/* The values of captures, which are made where the lambda stands. Names come first, then as many values. */
static uint32_t read_captures(extract *x, uint32_t n, capture *captures) {
  uint32_t names = 0, values = 0;
  TREE_EACH(x, n, child) {
    enum CXCursorKind kind = tree_kind(x, child);
    if (kind == CXCursor_VariableRef && names < CAPTURES_MAX) {
      CXCursor named = clang_getCursorReferenced(tree_cursor(x, child));
      bool init = clang_equalLocations(clang_getCursorLocation(named),
                                       clang_getCursorLocation(tree_cursor(x, child)));
      captures[names++] = (capture){init ? named : clang_getNullCursor(), value_none(child)};
    } else if (clang_isExpression(kind)) {
      bool wanted = values < names && !clang_Cursor_isNull(captures[values].variable);
      if (wanted)
        captures[values].v = captured_value(x, child);
      else
        value_effects(x, child);
      values++;
    }
  }
  return names;
}

value cxx_lambda(extract *x, uint32_t n) {
  capture captures[CAPTURES_MAX];
  uint32_t function = lambda_function(x, n), parameters = 0, ncaptures = read_captures(x, n, captures);
  scope saved = x->scope;
  x->scope =
      (scope){.function = function, .name = facts_text(x->unit, x->unit->functions.items[function].name)};
  for (uint32_t i = 0; i < ncaptures; i++)
    if (captures[i].v.kind != VALUE_NONE)
      flow_emit(x, (lvalue){.node = decl_at(x, decl_find(x, captures[i].variable))->index}, captures[i].v);
  TREE_EACH(x, n, child) {
    CXCursor cursor = tree_cursor(x, child);
    if (cursor.kind == CXCursor_ParmDecl) {
      decl_info info = {.kind = DECL_VARIABLE, .local = true, .nonzero = true};
      info.type = (uint8_t)type_classify(x, clang_getCursorType(cursor));
      info.name = name_take(x, clang_getCursorSpelling(cursor));
      info.index = node_typed(x, FACTS_NODE_PARAM, function, parameters++, clang_getCursorType(cursor));
      decl_put(x, cursor, info);
    } else if (clang_isStatement(cursor.kind)) {
      stmt_walk(x, coroutine_body(x, child));
    }
  }
  x->unit->functions.items[function].nparams = parameters;
  uint32_t lambdas = saved.lambdas;
  x->scope = saved;
  x->scope.lambdas = lambdas;
  return (value){.kind = VALUE_FUNCTION, .ref = function, .at = n};
}

uint32_t cxx_closure(extract *x, CXCursor call_operator) {
  if (call_operator.kind != CXCursor_CXXMethod && call_operator.kind != CXCursor_FunctionTemplate)
    return NO_FUNCTION;
  if (!is_named(call_operator, "operator()")) return NO_FUNCTION;
  CXCursor class = clang_getCursorSemanticParent(call_operator);
  if (!clang_isDeclaration(class.kind)) return NO_FUNCTION;
  const decl_info info = *decl_at(x, decl_find(x, class));
  return info.kind == DECL_FUNCTION ? info.index : NO_FUNCTION;
}

/* ---- calls ---- */

static uint32_t collect(extract *x, uint32_t n, uint32_t skip, uint32_t *nodes) {
  uint32_t count = 0;
  TREE_EACH(x, n, child) {
    if (skip)
      skip--;
    else if (count < CALL_ARGUMENTS_MAX)
      nodes[count++] = child;
  }
  return count;
}

bool cxx_is_user_provided(CXCursor constructor) {
  if (clang_CXXMethod_isDefaulted(constructor)) return false;
  CXCursor class = clang_getCursorSemanticParent(constructor);
  return !clang_equalLocations(clang_getCursorLocation(constructor), clang_getCursorLocation(class));
}

static value effects(extract *x, uint32_t n) {
  TREE_EACH(x, n, child) value_effects(x, child);
  return value_none(n);
}

/* What one expression carries. */
static value carried(extract *x, uint32_t n) {
  value v = class_of(x, tree_strip(x, n)) == TYPE_RECORD ? callable_object(x, n) : value_none(n);
  if (v.kind == VALUE_NONE)
    v = value_of(x, n);
  else
    value_effects(x, n);
  v.cast = true;
  return v;
}

static value all_carried(extract *x, uint32_t n, const uint32_t *nodes, uint32_t count) {
  facts_node all = node_temp(x);
  for (uint32_t i = 0; i < count; i++) callable_fill(x, nodes[i], (lvalue){.node = all});
  return (value){.kind = VALUE_NODE, .ref = all, .at = n};
}

static value constructor(extract *x, uint32_t n, CXCursor named) {
  uint32_t nodes[CALL_ARGUMENTS_MAX], count = collect(x, n, 0, nodes);
  if (class_of(x, n) == TYPE_CALLABLE) {
    if (!count) return value_none(n);
    return count == 1 && tree_kind(x, tree_strip(x, nodes[0])) != CXCursor_InitListExpr
               ? carried(x, nodes[0])
               : all_carried(x, n, nodes, count);
  }
  lifetime_note_class(x, clang_getCursorSemanticParent(named));
  if (!cxx_is_user_provided(named)) {
    if (!count && !callable_is_outside(named))
      construct_parts(x, clang_getCursorSemanticParent(named), n, NULL, 0);
    return effects(x, n);
  }
  uint32_t before = x->unit->calls.count;
  value v = call_finish(x, n, n, function_find(x, named), FACTS_CALL_DIRECT, nodes, count,
                        FACTS_CALL_IMPLICIT, false);
  if (x->unit->calls.count > before)
    lifetime_keep_deleter(x, clang_getCursorType(tree_cursor(x, n)), x->unit->calls.count - 1);
  return v;
}

/* A call of what a std::function holds, or of a lambda. */
static value call_operator(extract *x, uint32_t n, CXCursor named, bool wanted) {
  uint32_t nodes[CALL_ARGUMENTS_MAX], count = collect(x, n, 2, nodes);
  uint32_t closure = cxx_closure(x, named);
  if (closure != NO_FUNCTION) {
    value_effects(x, n + 1);
    instance_queue(x, named);
    return call_finish(x, n, n, closure, FACTS_CALL_DIRECT, nodes, count, 0, wanted);
  }
  value v = value_of(x, n + 1);
  if (v.kind == VALUE_FUNCTION)
    return call_finish(x, n, n, v.ref, FACTS_CALL_DIRECT, nodes, count, 0, wanted);
  facts_node node = v.kind == VALUE_UNKNOWN ? 0 : value_node(x, v);
  return call_finish(x, n, tree_child(x, n, 1), node, FACTS_CALL_INDIRECT, nodes, count, 0, wanted);
}

static value operator_call(extract *x, uint32_t n, CXCursor named, bool wanted) {
  uint32_t nodes[CALL_ARGUMENTS_MAX], count, callee = tree_child(x, n, 1);
  bool on_callable = class_of(x, n + 1) == TYPE_CALLABLE;
  if (on_callable && is_named(named, "operator()")) return call_operator(x, n, named, wanted);
  if (on_callable && is_named(named, "operator=")) {
    flow_assign(x, n + 1, tree_last(x, n));
    return value_unknown(n);
  }
  if (on_callable && named.kind == CXCursor_CXXMethod && callable_is_outside(named)) {
    value object = value_of(x, n + 1);
    count = collect(x, n, 2, nodes);
    return callable_member_call(x, n, callee, named, object, nodes, count);
  }
  if (named.kind == CXCursor_CXXMethod) {
    value_effects(x, n + 1);
    count = collect(x, n, 2, nodes);
    if (callable_is_outside(named)) {
      uint32_t before = x->unit->calls.count;
      value result =
          call_finish(x, n, callee, function_find(x, named), FACTS_CALL_DIRECT, nodes, count, 0, wanted);
      if (x->unit->calls.count > before)
        x->unit->calls.items[x->unit->calls.count - 1].object = call_object(x, n + 1);
      lifetime_end_held(x, n, named, clang_getCursorType(tree_cursor(x, tree_strip(x, n + 1))),
                        value_none(n));
      return result;
    }
  } else {
    nodes[0] = n + 1;
    count = 1 + collect(x, n, 2, nodes + 1);
  }
  bool is_virtual = named.kind == CXCursor_CXXMethod && clang_CXXMethod_isVirtual(named);
  uint32_t function = function_find(x, named), before = x->unit->calls.count;
  value result = call_finish(x, n, callee, function, is_virtual ? FACTS_CALL_VIRTUAL : FACTS_CALL_DIRECT,
                             nodes, count, 0, wanted);
  if (x->unit->calls.count > before && named.kind == CXCursor_CXXMethod)
    x->unit->calls.items[x->unit->calls.count - 1].object = call_object(x, n + 1);
  bool joins =
      x->unit->calls.count > before && named.kind != CXCursor_CXXMethod && callable_is_outside(named);
  return joins ? callable_adapter(x, n, result, x->unit->calls.count - 1, nodes, count) : result; /* a || b */
}

static bool starts_with_operator(CXCursor cursor) {
  CXString spelling = clang_getCursorSpelling(cursor);
  const char *text = clang_getCString(spelling);
  bool yes = strncmp(text, "operator", 8) == 0;
  clang_disposeString(spelling);
  return yes;
}

/* Whether the call is written as an operator: its first operand comes before the callee. In a << b << c that
 * operand is a call of the same function. */
static bool is_operator_call(extract *x, uint32_t n, CXCursor named) {
  if (named.kind != CXCursor_CXXMethod && named.kind != CXCursor_FunctionDecl) return false;
  if (!starts_with_operator(named)) return false;
  uint32_t first = tree_strip(x, n + 1);
  if (tree_count(x, n) < 2) return false;
  if (tree_kind(x, first) == CXCursor_CallExpr) {
    uint32_t second = tree_strip(x, tree_child(x, n, 1)); /* of handlers[k](1) it is an argument */
    return clang_equalCursors(clang_getCursorReferenced(tree_cursor(x, second)), named);
  }
  return !clang_equalCursors(clang_getCursorReferenced(tree_cursor(x, first)), named);
}

/* std::move(v), std::ref(v): the value of the first argument. */
static bool passes_argument(extract *x, uint32_t n, CXCursor named) {
  enum { GIVES_FROM = 6, STD_NAMES = 9 };
  /* The second row gives out of what carries functions. qFlagLocation is what Qt's SIGNAL() and SLOT() hand
   * their text through. */
  static const char *const names[] = {"move", "forward", "ref",      "cref",          "addressof", "as_const",
                                      "get",  "get_if",  "any_cast", "qFlagLocation", "qOverload"};
  if (named.kind != CXCursor_FunctionDecl && named.kind != CXCursor_FunctionTemplate) return false;
  if (tree_count(x, n) < 2) return false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!is_named(named, names[i])) continue;
    if (i >= GIVES_FROM && i < STD_NAMES &&
        !callable_type(x, clang_getCursorType(tree_cursor(x, tree_strip(x, tree_child(x, n, 1))))))
      return false;
    return i >= STD_NAMES || strncmp(facts_text(x->unit, name_qualified(x, named)), "std::", 5) == 0;
  }
  return false;
}

static void note_move(extract *x, uint32_t n, CXCursor named) {
  uint32_t argument = tree_child(x, n, 1), inner = argument ? tree_strip(x, argument) : 0;
  if (inner && is_named(named, "move") && tree_kind(x, inner) == CXCursor_DeclRefExpr)
    decl_at(x, decl_of(x, inner))->moved = true;
}

/* thread.detach(): its end does not wait any more. */
static void note_detach(extract *x, uint32_t n, CXCursor named) {
  uint32_t member = tree_strip(x, n + 1);
  if (named.kind != CXCursor_CXXMethod || tree_kind(x, member) != CXCursor_MemberRefExpr ||
      member + 1 >= tree_end(x, member) || !is_named(named, "detach"))
    return;
  uint32_t object = tree_strip(x, member + 1);
  if (tree_kind(x, object) == CXCursor_DeclRefExpr) decl_at(x, decl_of(x, object))->moved = true;
}

static value first_argument(extract *x, uint32_t n) {
  value v = value_none(n);
  uint32_t index = 0;
  TREE_EACH(x, n, child) {
    if (index == 1) v = value_of(x, child);
    if (index > 1) value_effects(x, child);
    index++;
  }
  return v;
}

/* handlers.push_back(f), handlers.find(k), slot.connect(f): a member of what carries functions. */
static bool member_of_callable(extract *x, uint32_t n, CXCursor named, value *result) {
  uint32_t member = tree_strip(x, n + 1), nodes[CALL_ARGUMENTS_MAX];
  if (named.kind != CXCursor_CXXMethod || tree_kind(x, member) != CXCursor_MemberRefExpr ||
      member + 1 >= tree_end(x, member) || !callable_is_outside(named))
    return false;
  CXType type = clang_getCursorType(tree_cursor(x, tree_strip(x, member + 1)));
  if (!callable_type(x, type)) return false;
  value object = value_of(x, member + 1);
  uint32_t count = collect(x, n, 1, nodes);
  *result = callable_member_call(x, n, member, named, object, nodes, count);
  lifetime_end_held(x, n, named, type, object);
  return true;
}

/* Before C++17, `auto self = shared_from_this()` copies what it gives, in the tree alone: libclang shows a
 * call that names no function, of one operand of the same class. */
static bool is_elided_copy(extract *x, uint32_t n, CXCursor named) {
  if (!clang_Cursor_isNull(named) || tree_count(x, n) != 1) return false;
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  CXType operand = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, tree_strip(x, n + 1))));
  return type.kind == CXType_Record &&
         clang_equalTypes(clang_getUnqualifiedType(type), clang_getUnqualifiedType(operand));
}

bool cxx_call(extract *x, uint32_t n, bool wanted, value *result) {
  if (coroutine_call(x, n, result)) return true;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  if (is_elided_copy(x, n, named)) {
    *result = wanted ? value_of(x, n + 1) : value_none(n);
    if (!wanted) value_effects(x, n + 1);
    return true;
  }
  if (named.kind == CXCursor_Constructor) {
    *result = constructor(x, n, named);
    return true;
  }
  if (n + 1 >= tree_end(x, n)) return false;
  if (named.kind == CXCursor_ConversionFunction && tree_end(x, n + 1) > n + 2 &&
      class_of(x, n + 2) == TYPE_CALLABLE) {
    *result = value_of(x, n + 2); /* a lambda becomes a function pointer */
    return true;
  }
  if (is_operator_call(x, n, named)) {
    *result = operator_call(x, n, named, wanted);
    return true;
  }
  if (passes_argument(x, n, named)) {
    *result = first_argument(x, n);
    note_move(x, n, named);
    return true;
  }
  note_detach(x, n, named);
  return member_of_callable(x, n, named, result);
}

static enum CXChildVisitResult find_final(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  if (!clang_isAttribute(child.kind)) return CXChildVisit_Break;
  if (child.kind == CXCursor_CXXFinalAttr) *(bool *)data = true;
  return CXChildVisit_Continue;
}

bool cxx_is_virtual(extract *x, uint32_t member) {
  CXCursor method = clang_getCursorReferenced(tree_cursor(x, member));
  if (!clang_CXXMethod_isVirtual(method) || x->tree.items[member].qualified) return false;
  if (member + 1 < tree_end(x, member)) {
    uint32_t base = tree_strip(x, member + 1);
    enum CXCursorKind kind = tree_kind(x, base);
    if ((kind == CXCursor_DeclRefExpr || kind == CXCursor_MemberRefExpr) &&
        decl_at(x, decl_of(x, base))->type == TYPE_RECORD)
      return false;
  }
  bool is_final = false;
  clang_visitChildren(method, find_final, &is_final);
  if (!is_final) clang_visitChildren(clang_getCursorSemanticParent(method), find_final, &is_final);
  return !is_final;
}

void cxx_overrides(extract *x, CXCursor method) {
  CXCursor *overridden;
  unsigned count;
  if (method.kind != CXCursor_CXXMethod && method.kind != CXCursor_Destructor) return;
  uint32_t function = function_find(x, method);
  clang_getOverriddenCursors(method, &overridden, &count);
  for (unsigned i = 0; i < count; i++) {
    uint32_t base = function_find(x, overridden[i]);
    if (base != NO_FUNCTION && function != NO_FUNCTION)
      *bs_vec_push(&x->unit->overrides) = (facts_override){function, base};
  }
  clang_disposeOverriddenCursors(overridden);
}
