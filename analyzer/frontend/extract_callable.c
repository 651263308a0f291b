/* C++ classes that carry functions: closures, std::function, what std::bind and Asio's or sigc++'s adapters
 * give, and containers and iterators of them.
 *
 * Such an object is one node: it holds every function that was put into it, by whatever member, and each
 * member that gives one out gives them all. That is what the graph does with arrays, and needs no knowledge
 * of the library: a class carries functions when it is declared outside the project and a template argument
 * is a function, a pointer to one or a class that carries. Only few are known by a part of their name. A
 * class of the project is followed by its fields; an object of it that can be called stands for its call
 * operators.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

enum { ARGUMENTS_DEPTH = 5, CALL_OPERATORS_MAX = 16 };

static bool has_part(const char *text) {
  static const char *const parts[] = {"function", "_Bind",   "bind_t",  "functor",   "slot",         "signal",
                                      "binder",   "_Mem_fn", "_Not_fn", "awaitable", "packaged_task"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strstr(text, parts[i])) return true;
  return false;
}

static bool is_known_carrier(CXCursor class) {
  CXString spelling = clang_getCursorSpelling(class);
  const char *text = clang_getCString(spelling);
  bool yes = has_part(text) && !strstr(text, "char_traits");
  clang_disposeString(spelling);
  return yes;
}

static bool is_closure(CXType type) {
  CXString spelling = clang_getTypeSpelling(type);
  const char *text = clang_getCString(spelling);
  if (strncmp(text, "const ", 6) == 0) text += 6;
  const char *lambda = strstr(text, "(lambda at "), *arguments = strchr(text, '<');
  bool yes = lambda && (!arguments || lambda < arguments || !strchr(lambda, '>'));
  clang_disposeString(spelling);
  return yes;
}

static bool is_future(CXCursor class) {
  CXString spelling = clang_getCursorSpelling(class);
  bool yes = strstr(clang_getCString(spelling), "future") != NULL;
  clang_disposeString(spelling);
  return yes;
}

static bool carries(CXType type, int depth);

static bool record_carries(CXType type, int depth) {
  if (is_closure(type)) return true;
  CXCursor class = clang_getTypeDeclaration(type);
  if (!clang_Location_isInSystemHeader(clang_getCursorLocation(class))) return false;
  if (is_known_carrier(class) || is_future(class)) return true;
  int count = clang_Type_getNumTemplateArguments(type);
  for (int i = 0; i < count && i < 4; i++)
    if (carries(clang_Type_getTemplateArgumentAsType(type, (unsigned)i), depth + 1)) return true;
  return false;
}

static bool carries(CXType type, int depth) {
  type = clang_getCanonicalType(type);
  if (depth > ARGUMENTS_DEPTH) return false;
  switch (type.kind) {
  case CXType_FunctionProto:
  case CXType_FunctionNoProto: return true;
  case CXType_Pointer:
  case CXType_LValueReference:
  case CXType_RValueReference:
  case CXType_MemberPointer: return carries(clang_getPointeeType(type), depth + 1);
  case CXType_Record: return record_carries(type, depth);
  default: return false;
  }
}

bool callable_class(extract *x, CXType type) {
  uint32_t known;
  uint64_t key = (uint64_t)(uintptr_t)type.data[0];
  if (bs_map_find(&x->callables, key, &known)) return known;
  known = record_carries(type, 0);
  bs_map_set(&x->callables, key, known);
  return known;
}

bool callable_type(extract *x, CXType type) {
  type = clang_getCanonicalType(type);
  while (type.kind == CXType_Pointer || type.kind == CXType_LValueReference ||
         type.kind == CXType_RValueReference || type.kind == CXType_MemberPointer)
    type = clang_getCanonicalType(clang_getPointeeType(type));
  if (type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto) return true;
  return type_classify(x, type) == TYPE_CALLABLE;
}

/* ---- objects that can be called ---- */

typedef struct operators {
  extract *x;
  uint32_t count, function[CALL_OPERATORS_MAX];
  int depth;
  CXCursor class; /* that is being looked at */
} operators;

static void find_operators(operators *found, CXType type);

static bool is_call_operator(CXCursor member) {
  if (member.kind != CXCursor_CXXMethod && member.kind != CXCursor_FunctionTemplate) return false;
  CXString spelling = clang_getCursorSpelling(member);
  bool yes = strcmp(clang_getCString(spelling), "operator()") == 0;
  clang_disposeString(spelling);
  return yes;
}

static void add_operator(operators *found, uint32_t function) {
  if (function != NO_FUNCTION && found->count < CALL_OPERATORS_MAX)
    found->function[found->count++] = function;
}

/* The instances of a call operator that is a template or belongs to one, of this class; false without. */
static bool add_instances(operators *found, CXCursor pattern) {
  extract *x = found->x;
  uint32_t before = found->count;
  for (uint32_t i = instance_first(x, pattern); i != UINT32_MAX; i = x->listed.items[i].next) {
    CXCursor instance = x->listed.items[i].cursor;
    if (clang_equalCursors(clang_getCanonicalCursor(clang_getCursorSemanticParent(instance)), found->class))
      add_operator(found, function_find(x, instance));
  }
  return found->count > before;
}

static enum CXChildVisitResult visit_member(CXCursor member, CXCursor parent, CXClientData data) {
  (void)parent;
  operators *found = data;
  if (member.kind == CXCursor_CXXBaseSpecifier) find_operators(found, clang_getCursorType(member));
  if (is_call_operator(member) && !add_instances(found, member))
    add_operator(found, function_find(found->x, member));
  return CXChildVisit_Continue;
}

/* libclang shows no members of an implicit instantiation; its pattern has them, but for bases that are
 * arguments. */
static void find_operators(operators *found, CXType type) {
  type = clang_getCanonicalType(type);
  if (type.kind != CXType_Record || found->depth > ARGUMENTS_DEPTH) return;
  CXCursor class = clang_getTypeDeclaration(type);
  const decl_info info = *decl_at(found->x, decl_find(found->x, class));
  if (info.kind == DECL_FUNCTION) {
    add_operator(found, info.index);
    return;
  }
  found->depth++;
  CXCursor pattern = clang_getSpecializedCursorTemplate(class);
  bool outside = clang_Location_isInSystemHeader(clang_getCursorLocation(class));
  CXCursor outer = found->class;
  found->class = clang_getCanonicalCursor(class);
  if (!outside) clang_visitChildren(clang_Cursor_isNull(pattern) ? class : pattern, visit_member, found);
  found->class = outer;
  int count = found->count ? 0 : clang_Type_getNumTemplateArguments(type);
  for (int i = 0; i < count; i++) {
    CXType argument = clang_getCanonicalType(clang_Type_getTemplateArgumentAsType(type, (unsigned)i));
    if (outside ? found->depth == 1 : is_closure(argument)) find_operators(found, argument);
  }
  found->depth--;
}

/* std::vector<Comparator> is no function, std::reference_wrapper<Comparator> is. */
static bool may_be_called(extract *x, CXType type) {
  if (type.kind != CXType_Record) return false;
  CXCursor class = clang_getTypeDeclaration(type);
  if (!clang_Location_isInSystemHeader(clang_getCursorLocation(class))) return true;
  CXString spelling = clang_getCursorSpelling(class);
  bool yes = strcmp(clang_getCString(spelling), "reference_wrapper") == 0;
  clang_disposeString(spelling);
  return yes && type_classify(x, type) != TYPE_CALLABLE;
}

uint32_t callable_of_type(extract *x, CXType type) {
  operators found = {.x = x};
  find_operators(&found, type);
  return found.count ? found.function[0] : NO_FUNCTION;
}

value callable_object(extract *x, uint32_t n) {
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  operators found = {.x = x};
  if (type_classify(x, type) != TYPE_RECORD || !may_be_called(x, type)) return value_none(n);
  find_operators(&found, type);
  if (!found.count) return value_none(n);
  value v = {.kind = VALUE_FUNCTION, .ref = found.function[0], .at = n};
  if (found.count == 1) return v;
  facts_node all = node_temp(x);
  for (uint32_t i = 0; i < found.count; i++) {
    v.ref = found.function[i];
    flow_emit(x, (lvalue){.node = all}, v);
  }
  return (value){.kind = VALUE_NODE, .ref = all, .at = n};
}

/* ---- calls that put functions into objects ---- */

void callable_fill(extract *x, uint32_t n, lvalue to) {
  n = tree_strip(x, n);
  CXType type = clang_getCursorType(tree_cursor(x, n));
  if (tree_kind(x, n) == CXCursor_InitListExpr) {
    TREE_EACH(x, n, child) callable_fill(x, child, to);
    return;
  }
  value v = value_of(x, n);
  if (type_classify(x, type) == TYPE_RECORD) v = callable_object(x, n);
  v.cast = true;
  if (callable_type(x, type) || v.kind == VALUE_FUNCTION || v.kind == VALUE_NODE) flow_emit(x, to, v);
}

static value argument_value(const facts_argument *a, uint32_t at) {
  value v = {.at = at, .ref = a->ref, .cast = true};
  switch (a->kind) {
  case FACTS_ARGUMENT_FUNCTION: v.kind = VALUE_FUNCTION; return v;
  case FACTS_ARGUMENT_NODE: v.kind = VALUE_NODE; return v;
  default: return value_none(at);
  }
}

/* The functions among the arguments of a call flow to `to`; true when there are any. */
static bool fill_from_call(extract *x, uint32_t call, const uint32_t *nodes, uint32_t count, lvalue to) {
  bool any = false;
  for (uint32_t i = 0; i < count; i++) {
    const facts_argument a = x->unit->arguments.items[x->unit->calls.items[call].first_argument + i];
    CXType type = clang_getCursorType(tree_cursor(x, nodes[i]));
    if (a.kind != FACTS_ARGUMENT_FUNCTION && !callable_type(x, type)) continue;
    value v = argument_value(&a, nodes[i]);
    if (v.kind == VALUE_NONE) continue;
    flow_emit(x, to, v);
    any = true;
  }
  return any;
}

bool callable_is_outside(CXCursor function) {
  return clang_Location_isInSystemHeader(clang_getCursorLocation(function));
}

static bool is_called(CXCursor method, const char *name) {
  CXString spelling = clang_getCursorSpelling(method);
  bool yes = strcmp(clang_getCString(spelling), name) == 0;
  clang_disposeString(spelling);
  return yes;
}

/* Whether an expression of this type gives functions out again. */
static bool gives(extract *x, uint32_t n) { return callable_type(x, clang_getCursorType(tree_cursor(x, n))); }

/* The future of a packaged_task is told when the task has run; it does not run it. */
static bool gives_future(CXCursor method) { return is_called(method, "get_future"); }

value callable_member_call(extract *x, uint32_t n, uint32_t at, CXCursor named, value object,
                           const uint32_t *nodes, uint32_t count) {
  if (is_called(named, "emit") && object.kind == VALUE_NODE)
    return call_finish(x, n, at, object.ref, FACTS_CALL_INDIRECT, nodes, count, 0, false);
  uint32_t function = function_find(x, named), before = x->unit->calls.count;
  value result = function == NO_FUNCTION
                     ? value_unknown(n)
                     : call_finish(x, n, at, function, FACTS_CALL_DIRECT, nodes, count, 0, true);
  if (x->unit->calls.count > before && object.kind == VALUE_NODE)
    fill_from_call(x, x->unit->calls.count - 1, nodes, count, (lvalue){.node = object.ref});
  object.at = n;
  return gives(x, n) && !gives_future(named) ? object : result;
}

/* Waiting for it is not calling what it carries. */
static bool is_awaitable(extract *x, uint32_t n) {
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  if (type.kind != CXType_Record) return false;
  CXString spelling = clang_getCursorSpelling(clang_getTypeDeclaration(type));
  bool yes = strstr(clang_getCString(spelling), "awaitable") != NULL;
  clang_disposeString(spelling);
  return yes;
}

static bool is_adapter(extract *x, uint32_t n) {
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  if (type.kind != CXType_Record) return false;
  CXCursor class = clang_getTypeDeclaration(type);
  return callable_is_outside(class) && !is_future(class);
}

value callable_adapter(extract *x, uint32_t n, value result, uint32_t call, const uint32_t *nodes,
                       uint32_t count) {
  if (!is_adapter(x, n)) return result;
  uint32_t kept[64], m = 0;
  bool awaitable = is_awaitable(x, n), any = false;
  for (uint32_t i = 0; i < count && i < 64; i++) {
    const facts_argument *a = &x->unit->arguments.items[x->unit->calls.items[call].first_argument + i];
    if (awaitable && !is_awaitable(x, nodes[i])) continue;
    any |= a->kind == FACTS_ARGUMENT_FUNCTION || (a->kind == FACTS_ARGUMENT_NODE && gives(x, nodes[i]));
    kept[m++] = i;
  }
  if (!any) return result;
  facts_node temp = node_temp(x);
  for (uint32_t i = 0; i < m; i++) {
    const facts_argument a = x->unit->arguments.items[x->unit->calls.items[call].first_argument + kept[i]];
    value v = argument_value(&a, nodes[kept[i]]);
    if (v.kind == VALUE_FUNCTION || (v.kind == VALUE_NODE && gives(x, nodes[kept[i]])))
      flow_emit(x, (lvalue){.node = temp}, v);
  }
  return (value){.kind = VALUE_NODE, .ref = temp, .at = n, .cast = true};
}
