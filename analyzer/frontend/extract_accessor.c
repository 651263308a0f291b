/* Members and variables that are reached by a function: `timer.slot() = f`, `item->slot()()`,
 * `info->listeners().push_back(f)`, where slot() does nothing but return a reference to what carries
 * functions; `handlers()["x"] = f`, where the variable is a static one. Such a call stands for the member,
 * for what is put into it and for what is called.
 */
#include "analyzer/frontend/extract.h"

typedef struct accessor {
  unsigned statements;
  bool declares; /* the first one is a declaration */
  CXCursor named; /* a field or a variable */
} accessor;

static enum CXChildVisitResult find_body(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  if (child.kind != CXCursor_CompoundStmt) return CXChildVisit_Continue;
  *(CXCursor *)data = child;
  return CXChildVisit_Break;
}

/* The first expression within casts and parentheses. */
static enum CXChildVisitResult find_member(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  if (child.kind == CXCursor_UnexposedExpr || child.kind == CXCursor_ParenExpr) return CXChildVisit_Recurse;
  if (child.kind == CXCursor_MemberRefExpr || child.kind == CXCursor_DeclRefExpr) *(CXCursor *)data = child;
  return CXChildVisit_Break;
}

/* Nothing, or `this->`: not a member of another object. */
static enum CXChildVisitResult refuse_other(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  if (child.kind == CXCursor_CXXThisExpr || child.kind == CXCursor_UnexposedExpr) return CXChildVisit_Recurse;
  *(bool *)data = false;
  return CXChildVisit_Break;
}

static enum CXChildVisitResult visit_statement(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  accessor *a = data;
  CXCursor member = clang_getNullCursor();
  bool own = true;
  a->statements++;
  if (a->statements == 1) a->declares = child.kind == CXCursor_DeclStmt;
  if (child.kind == CXCursor_ReturnStmt) clang_visitChildren(child, find_member, &member);
  if (!clang_Cursor_isNull(member)) clang_visitChildren(member, refuse_other, &own);
  if (!clang_Cursor_isNull(member) && own) a->named = clang_getCursorReferenced(member);
  return CXChildVisit_Continue;
}

static bool is_static(CXCursor variable) {
  if (variable.kind != CXCursor_VarDecl) return false;
  enum CXLinkageKind linkage = clang_getCursorLinkage(variable);
  return linkage == CXLinkage_External || linkage == CXLinkage_UniqueExternal ||
         linkage == CXLinkage_Internal || clang_Cursor_getStorageClass(variable) == CX_SC_Static;
}

facts_node accessor_field(extract *x, uint32_t n) {
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n)), body = clang_getNullCursor();
  if (named.kind != CXCursor_CXXMethod && named.kind != CXCursor_FunctionDecl) return 0;
  CXType result = clang_getCanonicalType(clang_getCursorResultType(named));
  if (result.kind != CXType_LValueReference || !callable_type(x, result)) return 0;
  CXCursor definition = clang_getCursorDefinition(named);
  if (clang_Cursor_isNull(definition)) return 0;
  clang_visitChildren(definition, find_body, &body);
  if (clang_Cursor_isNull(body)) return 0;
  accessor a = {.named = clang_getNullCursor()};
  clang_visitChildren(body, visit_statement, &a);
  if (a.statements != 1 + (uint32_t)a.declares) return 0;
  bool of_object = a.named.kind == CXCursor_FieldDecl && !a.declares && named.kind == CXCursor_CXXMethod;
  if (!of_object && !is_static(a.named)) return 0;
  const decl_info *info = decl_at(x, decl_find(x, a.named));
  return info->kind == DECL_FIELD || info->kind == DECL_VARIABLE ? info->index : 0;
}
