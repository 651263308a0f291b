/* Of which classes a unit makes objects: a virtual call reaches no method of a class that nobody makes.
 *
 * An object is made where a constructor is called or a class is initialised by a list; with it come its
 * bases, its members, and the elements of containers. What templates make is not always in sight
 * (make_unique<T>(), a factory of the project), so that a type that is handed to one by name counts as well.
 * Too many classes count rather than too few. Only classes with a base are told: without one there is nothing
 * to override.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

enum { MADE_DEPTH = 6 };

static void note_type(extract *x, CXType type, int depth);

static bool has_part(CXCursor cursor, const char *const *parts) {
  CXString spelling = clang_getCursorSpelling(cursor);
  const char *text = clang_getCString(spelling);
  bool yes = false;
  for (; *parts && !yes; parts++) yes = strstr(text, *parts) != NULL;
  clang_disposeString(spelling);
  return yes;
}

/* A pointer to a class is no object of it. */
static bool is_pointer_like(CXCursor class) {
  static const char *const parts[] = {"ptr", "Ptr", "Pointer", NULL};
  return has_part(class, parts);
}

typedef struct made_parts {
  extract *x;
  int depth;
  bool has_base;
} made_parts;

static enum CXVisitorResult note_field(CXCursor field, CXClientData data) {
  const made_parts *p = data;
  note_type(p->x, clang_getCursorType(field), p->depth + 1);
  return CXVisit_Continue;
}

static enum CXChildVisitResult note_base(CXCursor base, CXCursor parent, CXClientData data) {
  (void)parent;
  made_parts *p = data;
  if (base.kind != CXCursor_CXXBaseSpecifier) return CXChildVisit_Continue;
  p->has_base = true;
  note_type(p->x, clang_getCursorType(base), p->depth);
  return CXChildVisit_Continue;
}

static void note_arguments(extract *x, CXType type, int depth) {
  int count = clang_Type_getNumTemplateArguments(type);
  for (int i = 0; i < count; i++)
    note_type(x, clang_Type_getTemplateArgumentAsType(type, (unsigned)i), depth + 1);
}

static void note_class(extract *x, CXCursor class, CXType type, int depth) {
  CXCursor pattern = clang_getSpecializedCursorTemplate(class);
  made_parts p = {x, depth, false};
  CXCursor members = clang_getCursorDefinition(clang_Cursor_isNull(pattern) ? class : pattern);
  if (!clang_Cursor_isNull(members)) clang_visitChildren(members, note_base, &p);
  clang_Type_visitFields(type, note_field, &p);
  if (p.has_base) *bs_vec_push(&x->unit->classes) = (facts_class){name_qualified(x, class)};
}

static void note_type(extract *x, CXType type, int depth) {
  type = clang_getCanonicalType(type);
  while (type.kind == CXType_ConstantArray) type = clang_getCanonicalType(clang_getArrayElementType(type));
  if (type.kind != CXType_Record || depth > MADE_DEPTH) return;
  bool is_new;
  CXCursor class = clang_getTypeDeclaration(type);
  bs_map_add(&x->made, clang_hashCursor(class), 1, &is_new);
  if (!is_new) return;
  bool outside = callable_is_outside(class);
  if (!outside) note_class(x, class, type, depth);
  if (!outside || !is_pointer_like(class)) note_arguments(x, type, depth);
}

/* std::move() and casts make nothing of the types that they name. */
static bool only_names(CXCursor function) {
  static const char *const parts[] = {"cast", "move", "forward", NULL};
  return has_part(function, parts);
}

void made_by_template(extract *x, CXCursor function) {
  int count = only_names(function) ? 0 : clang_Cursor_getNumTemplateArguments(function);
  for (int i = 0; i < count; i++)
    if (clang_Cursor_getTemplateArgumentKind(function, (unsigned)i) == CXTemplateArgumentKind_Type)
      note_type(x, clang_Cursor_getTemplateArgumentType(function, (unsigned)i), 0);
  CXCursor class = clang_getCursorSemanticParent(function);
  if (clang_CXXMethod_isStatic(function) && clang_isDeclaration(class.kind))
    note_arguments(x, clang_getCursorType(class), 0);
}

void made_in_tree(extract *x) {
  for (uint32_t n = 0; n < x->tree.count; n++) {
    CXCursor cursor = tree_cursor(x, n);
    if (cursor.kind == CXCursor_InitListExpr) note_type(x, clang_getCursorType(cursor), 0);
    if (cursor.kind != CXCursor_CallExpr) continue;
    CXCursor named = clang_getCursorReferenced(cursor);
    if (named.kind == CXCursor_Constructor)
      note_type(x, clang_getCursorType(cursor), 0);
    else if (named.kind == CXCursor_FunctionDecl || named.kind == CXCursor_CXXMethod)
      made_by_template(x, named);
  }
}
