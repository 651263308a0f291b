/* C++20 coroutines. What stands between two co_await runs where the coroutine was resumed: on the loop.
 *
 * libclang shows a coroutine's body together with what the compiler adds to it, and a co_await as its operand
 * and the calls that suspend and resume. Only what is written counts. A call of a coroutine that gives an
 * awaitable of a library (asio::awaitable) runs nothing yet: it gives the function to whoever awaits or
 * spawns it. The project's own task classes are taken to start at once.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

static bool is_named(CXCursor cursor, const char *name) {
  CXString spelling = clang_getCursorSpelling(cursor);
  bool yes = strcmp(clang_getCString(spelling), name) == 0;
  clang_disposeString(spelling);
  return yes;
}

uint32_t coroutine_body(const extract *x, uint32_t n) {
  if (tree_kind(x, n) != CXCursor_UnexposedStmt || n + 1 >= tree_end(x, n)) return n;
  return tree_kind(x, n + 1) == CXCursor_CompoundStmt ? n + 1 : n;
}

bool coroutine_is_await(const extract *x, uint32_t n) {
  if (tree_count(x, n) < 3) return false;
  TREE_EACH(x, n, child) {
    uint32_t inner = tree_strip(x, child);
    if (tree_kind(x, inner) == CXCursor_CallExpr && is_named(tree_cursor(x, inner), "await_ready"))
      return true;
  }
  return false;
}

/* Whether a type is a library's awaitable, whose coroutine starts when it is awaited or spawned. */
static bool is_lazy(CXType type) {
  type = clang_getCanonicalType(type);
  if (type.kind != CXType_Record) return false;
  CXCursor class = clang_getTypeDeclaration(type);
  return is_named(class, "awaitable") && callable_is_outside(class);
}

value coroutine_await(extract *x, uint32_t n) {
  uint32_t operand = tree_strip(x, tree_child(x, n, 0));
  x->awaiting = tree_kind(x, operand) == CXCursor_CallExpr;
  value v = value_of(x, operand);
  x->awaiting = false;
  if (v.kind == VALUE_FUNCTION && is_lazy(clang_getCursorType(tree_cursor(x, operand))))
    call_implicit(x, v.ref, false, operand, NULL);
  else if (v.kind == VALUE_NODE && is_lazy(clang_getCursorType(tree_cursor(x, operand))))
    call_implicit_pointer(x, v.ref, operand);
  return value_unknown(n);
}

bool coroutine_call(extract *x, uint32_t n, value *result) {
  bool awaiting = x->awaiting;
  x->awaiting = false;
  if (awaiting || !is_lazy(clang_getCursorType(tree_cursor(x, n)))) return false;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  bool function = named.kind == CXCursor_FunctionDecl || named.kind == CXCursor_CXXMethod;
  if (!function || callable_is_outside(named) || is_named(named, "operator()")) return false;
  uint32_t index = function_find(x, named), parameter = 0;
  if (index == NO_FUNCTION || n + 1 >= tree_end(x, n)) return false;
  value_effects(x, n + 1);
  TREE_EACH(x, n, child) {
    if (child == n + 1) continue;
    CXType type = clang_getArgType(clang_getCursorType(named), parameter);
    value v = value_of(x, child);
    if (type_flows(type_classify(x, type)) && v.kind != VALUE_NONE)
      flow_emit(x, (lvalue){.node = node_typed(x, FACTS_NODE_PARAM, index, parameter, type)}, v);
    parameter++;
  }
  *result = (value){.kind = VALUE_FUNCTION, .ref = index, .at = n};
  return true;
}
