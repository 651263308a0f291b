/* Functions that an attribute names. libclang gives the attribute without its argument, so that is read in
 * the declaration as clang prints it.
 *
 * __attribute__((cleanup(f))): f(&variable) is called where the variable's block ends.
 * __attribute__((alias("f"))): the function is f under another name.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

static enum CXChildVisitResult add_name(CXCursor cursor, CXCursor parent, CXClientData data) {
  (void)parent;
  extract *x = data;
  if (cursor.kind == CXCursor_LinkageSpec || cursor.kind == CXCursor_UnexposedDecl)
    return CXChildVisit_Recurse;
  if (cursor.kind != CXCursor_FunctionDecl) return CXChildVisit_Continue;
  CXString spelling = clang_getCursorSpelling(cursor);
  uint32_t name = bs_intern_adds(&x->function_names, clang_getCString(spelling));
  clang_disposeString(spelling);
  bool is_new;
  bs_map_add(&x->functions_by_name, name, x->named_functions.count, &is_new);
  if (is_new) *bs_vec_push(&x->named_functions) = cursor;
  return CXChildVisit_Continue;
}

static enum CXChildVisitResult add_name_of_head(CXCursor cursor, CXCursor parent, CXClientData data) {
  if (cursor.kind != CXCursor_DeclRefExpr) return CXChildVisit_Recurse;
  add_name(clang_getCursorReferenced(cursor), parent, data);
  return CXChildVisit_Continue;
}

void attached_read_head(extract *x, CXCursor function) {
  bs_intern_init(&x->function_names);
  x->names_are_ready = true;
  clang_visitChildren(function, add_name_of_head, x);
}

/* The functions at file scope by their names; listed when the first is asked for. */
static uint32_t function_named(extract *x, const char *name, size_t length) {
  uint32_t index;
  if (!x->functions_are_named) {
    x->functions_are_named = true;
    if (!x->names_are_ready) bs_intern_init(&x->function_names);
    x->names_are_ready = true;
    clang_visitChildren(clang_getTranslationUnitCursor(x->tu), add_name, x);
  }
  uint32_t id = bs_intern_find(&x->function_names, name, length);
  if (id == UINT32_MAX || !bs_map_find(&x->functions_by_name, id, &index)) {
    x->head_misses = true;
    return NO_FUNCTION;
  }
  return function_find(x, x->named_functions.items[index]);
}

/* The function that stands behind `attribute` in the declaration. */
static uint32_t attached(extract *x, CXCursor declaration, const char *attribute, const char *end) {
  CXPrintingPolicy policy = clang_getCursorPrintingPolicy(declaration);
  clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_SuppressInitializers, 1);
  CXString printed = clang_getCursorPrettyPrinted(declaration, policy);
  const char *text = clang_getCString(printed), *at = text ? strstr(text, attribute) : NULL;
  uint32_t function = NO_FUNCTION;
  if (at) {
    at += strlen(attribute);
    function = function_named(x, at, strcspn(at, end));
  }
  clang_disposeString(printed);
  clang_PrintingPolicy_dispose(policy);
  return function;
}

void cleanup_variable(extract *x, uint32_t n) {
  CXCursor variable = tree_cursor(x, n);
  if (!clang_Cursor_hasAttrs(variable)) return;
  uint32_t function = attached(x, variable, "cleanup(", ")");
  if (function == NO_FUNCTION) return;
  decl_info info = *decl_at(x, decl_find(x, variable));
  facts_argument argument = {.kind = FACTS_ARGUMENT_ADDRESS, .ref = info.index, .text = info.name};
  argument.record = name_pointee_record(x, clang_getCursorType(variable));
  bool left = x->scope.left;
  x->scope.left = false; /* it is called on every way out */
  call_implicit(x, function, false, n, &argument);
  x->scope.left = left;
}

void alias_function(extract *x, CXCursor cursor) {
  uint32_t meant = attribute_is_alias(x, cursor) ? attached(x, cursor, "alias(\"", "\"") : NO_FUNCTION;
  uint32_t function = meant == NO_FUNCTION ? NO_FUNCTION : function_find(x, cursor);
  if (function == NO_FUNCTION || x->unit->functions.items[function].flags & FACTS_FUNCTION_DEFINED) return;
  facts_function *row = &x->unit->functions.items[function];
  facts_call call = {.caller = function, .kind = FACTS_CALL_DIRECT, .callee = meant, .place = row->place};
  row->flags |= FACTS_FUNCTION_DEFINED;
  row->end_line = row->place.line;
  call.flags = FACTS_CALL_IMPLICIT;
  call.first_argument = x->unit->arguments.count;
  call.narguments = row->nparams;
  for (uint32_t i = 0; i < call.narguments; i++) {
    CXType type = clang_getCursorType(clang_Cursor_getArgument(cursor, i));
    facts_argument argument = {.kind = FACTS_ARGUMENT_NODE};
    argument.ref = node_typed(x, FACTS_NODE_PARAM, function, i, type);
    *bs_vec_push(&x->unit->arguments) = argument;
  }
  x->scope = (scope){.function = function};
  if (type_flows(type_classify(x, clang_getCursorResultType(cursor)))) {
    call.result = node_make(x, FACTS_NODE_RESULT, x->unit->calls.count, 0);
    facts_flow flow = {
        .kind = FACTS_FLOW_COPY, .src = call.result, .function = function, .place = call.place};
    flow.dst = node_make(x, FACTS_NODE_RETURN, function, 0);
    *bs_vec_push(&x->unit->flows) = flow;
  }
  *bs_vec_push(&x->unit->calls) = call;
}

void attached_fini(extract *x) {
  if (x->names_are_ready) bs_intern_fini(&x->function_names);
  bs_vec_fini(&x->named_functions);
  bs_map_fini(&x->functions_by_name);
}
