/* The tree of one function or initialiser as an array in preorder: one visit by libclang, then plain
 * indices. */
#include "analyzer/frontend/extract.h"

#include <string.h>

/* Parts of a tree that name types and carry no value. */
static bool is_skipped(enum CXCursorKind kind, enum CXCursorKind parent) {
  if (kind == CXCursor_ParmDecl)
    return !(parent == CXCursor_LambdaExpr || parent == CXCursor_BlockExpr || clang_isDeclaration(parent)) ||
           parent == CXCursor_VarDecl || parent == CXCursor_FieldDecl || parent == CXCursor_TypedefDecl ||
           parent == CXCursor_ParmDecl;
  return clang_isAttribute(kind) || kind == CXCursor_TypeRef || kind == CXCursor_TemplateRef ||
         kind == CXCursor_NamespaceRef || kind == CXCursor_TypedefDecl || kind == CXCursor_EnumDecl ||
         kind == CXCursor_TypeAliasDecl || kind == CXCursor_TemplateTypeParameter ||
         kind == CXCursor_NonTypeTemplateParameter || kind == CXCursor_TemplateTemplateParameter ||
         kind == CXCursor_StaticAssert || kind == CXCursor_FriendDecl;
}

static bool is_record(enum CXCursorKind kind) {
  return kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl || kind == CXCursor_ClassDecl;
}

static bool is_same(CXCursor a, CXCursor b) {
  return memcmp(&a, &b, sizeof a) == 0 || clang_equalCursors(a, b);
}

/* The open node that is this cursor, as a depth in `open`; 0 when it is none of them but perhaps the root. */
static uint32_t depth_of(const extract *x, CXCursor cursor) {
  uint32_t depth = x->open.count - 1;
  while (depth && !is_same(x->tree.items[x->open.items[depth]].cursor, cursor)) depth--;
  return depth;
}

/* Closes open nodes down to `parent`. libclang leaves out the node of a captured variable's implicit cast,
 * yet names it as the parent of what stands below: such a child goes to the innermost node that is no mere
 * name. */
static void close_to(extract *x, CXCursor parent) {
  uint32_t depth = depth_of(x, parent);
  if (!depth && !is_same(x->tree.items[x->open.items[0]].cursor, parent)) {
    depth = x->open.count - 1;
    while (depth && clang_isReference(x->tree.items[x->open.items[depth]].cursor.kind)) depth--;
  }
  while (x->open.count - 1 > depth) x->tree.items[x->open.items[--x->open.count]].end = x->tree.count;
}

static enum CXChildVisitResult add(CXCursor cursor, CXCursor parent, CXClientData data) {
  extract *x = data;
  if (is_skipped(cursor.kind, parent.kind)) {
    if (parent.kind == CXCursor_MemberRefExpr && cursor.kind == CXCursor_TypeRef) {
      close_to(x, parent);
      x->tree.items[x->open.items[x->open.count - 1]].qualified = true;
    }
    return CXChildVisit_Continue;
  }
  close_to(x, parent);
  uint32_t index = x->tree.count;
  tree_node *node = bs_vec_push(&x->tree);
  node->cursor = cursor;
  node->end = index + 1;
  if (is_record(cursor.kind)) {
    if (x->cxx) extract_queue(x, cursor);
    return CXChildVisit_Continue;
  }
  if (cursor.kind == CXCursor_UnaryExpr)
    return CXChildVisit_Continue; /* sizeof: its operand is not evaluated */
  *bs_vec_push(&x->open) = index;
  return CXChildVisit_Recurse;
}

uint32_t tree_append(extract *x, CXCursor cursor) {
  uint32_t index = x->tree.count;
  tree_node *root = bs_vec_push(&x->tree);
  root->cursor = cursor;
  x->open.count = 0;
  *bs_vec_push(&x->open) = index;
  clang_visitChildren(cursor, add, x);
  while (x->open.count) x->tree.items[x->open.items[--x->open.count]].end = x->tree.count;
  return index;
}

void tree_build(extract *x, CXCursor cursor) {
  x->tree.count = x->member_at = 0;
  tree_append(x, cursor);
}

uint32_t tree_count(const extract *x, uint32_t n) {
  uint32_t count = 0;
  TREE_EACH(x, n, child) count++;
  return count;
}

uint32_t tree_child(const extract *x, uint32_t n, uint32_t index) {
  TREE_EACH(x, n, child) {
    if (index-- == 0) return child;
  }
  return 0;
}

uint32_t tree_last(const extract *x, uint32_t n) {
  uint32_t last = 0;
  TREE_EACH(x, n, child) last = child;
  return last;
}

static bool has_one_child(const extract *x, uint32_t n) {
  return n + 1 < tree_end(x, n) && tree_end(x, n + 1) == tree_end(x, n);
}

/* libclang shows a template's number in an instance as a name that names nothing, with the number below. */
bool tree_is_replaced(const extract *x, uint32_t n) {
  if (!x->cxx || tree_kind(x, n) != CXCursor_DeclRefExpr || !has_one_child(x, n)) return false;
  return clang_isInvalid(clang_getCursorReferenced(tree_cursor(x, n)).kind);
}

/* `+[](void *) { … }`: the function that a lambda converts to; of a number it changes nothing. */
static bool is_plus(const extract *x, uint32_t n) {
  return tree_kind(x, n) == CXCursor_UnaryOperator &&
         clang_getCursorUnaryOperatorKind(tree_cursor(x, n)) == CXUnaryOperator_Plus;
}

uint32_t tree_strip(const extract *x, uint32_t n) {
  for (;;) {
    enum CXCursorKind kind = tree_kind(x, n);
    bool transparent = kind == CXCursor_UnexposedExpr || kind == CXCursor_ParenExpr || is_plus(x, n) ||
                       tree_is_replaced(x, n);
    if (!transparent || !has_one_child(x, n)) return n;
    n++;
  }
}

static bool is_cast(enum CXCursorKind kind) {
  return kind == CXCursor_CStyleCastExpr || kind == CXCursor_CXXStaticCastExpr ||
         kind == CXCursor_CXXReinterpretCastExpr || kind == CXCursor_CXXConstCastExpr ||
         kind == CXCursor_CXXDynamicCastExpr || kind == CXCursor_CXXFunctionalCastExpr;
}

uint32_t tree_strip_casts(const extract *x, uint32_t n) {
  for (;;) {
    n = tree_strip(x, n);
    if (!is_cast(tree_kind(x, n)) || !has_one_child(x, n)) return n;
    n++;
  }
}
