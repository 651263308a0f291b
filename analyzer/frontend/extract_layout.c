/* Which fields share memory: those of a union, and those that two structs begin with alike. Only records that
 * hold a function pointer, and unions, are noted; the linker does the rest, over all units. */
#include "analyzer/frontend/extract.h"

enum { MOST_FIELDS = 64 };

typedef struct layout_reader {
  extract *x;
  facts_layout rows[MOST_FIELDS];
  uint32_t count;
  bool holds_function;
} layout_reader;

static bool is_function_pointer(CXType type) {
  type = clang_getCanonicalType(type);
  while (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray)
    type = clang_getCanonicalType(clang_getArrayElementType(type));
  if (type.kind != CXType_Pointer) return false;
  enum CXTypeKind pointee = clang_getCanonicalType(clang_getPointeeType(type)).kind;
  return pointee == CXType_FunctionProto || pointee == CXType_FunctionNoProto;
}

static enum CXVisitorResult read_field(CXCursor field, CXClientData data) {
  layout_reader *r = data;
  if (r->count == MOST_FIELDS) return CXVisit_Break;
  CXType type = clang_getCanonicalType(clang_getCursorType(field));
  r->holds_function |= is_function_pointer(type);
  facts_layout *row = &r->rows[r->count++];
  row->name = name_take(r->x, clang_getCursorSpelling(field));
  row->type = name_take(r->x, clang_getTypeSpelling(type));
  return CXVisit_Continue;
}

void layout_note(extract *x, CXCursor record, facts_str key) {
  layout_reader r = {.x = x};
  bool fresh;
  if (!key || (record.kind != CXCursor_StructDecl && record.kind != CXCursor_UnionDecl)) return;
  bs_map_add(&x->layouts, key, 1, &fresh);
  if (!fresh) return;
  bool in_union = record.kind == CXCursor_UnionDecl;
  clang_Type_visitFields(clang_getCursorType(record), read_field, &r);
  if (r.count < 1 + (uint32_t)in_union || (!r.holds_function && !in_union)) return;
  for (uint32_t i = 0; i < r.count; i++) {
    r.rows[i].record = key;
    r.rows[i].in_union = in_union;
    *bs_vec_push(&x->unit->layouts) = r.rows[i];
  }
}

/* The record that a pointer is to; a null cursor for anything else. */
static CXCursor pointee_record(CXType type) {
  type = clang_getCanonicalType(type);
  if (type.kind != CXType_Pointer) return clang_getNullCursor();
  type = clang_getCanonicalType(clang_getPointeeType(type));
  return type.kind == CXType_Record ? clang_getTypeDeclaration(type) : clang_getNullCursor();
}

/* (slot *)((char *)block + offset): a pointer into memory that is counted in bytes. */
static bool is_byte_address(const extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) != CXCursor_BinaryOperator ||
      clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) != CXBinaryOperator_Add)
    return false;
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  if (type.kind != CXType_Pointer) return type.kind >= CXType_Bool && type.kind <= CXType_Int128;
  enum CXTypeKind pointee = clang_getCanonicalType(clang_getPointeeType(type)).kind;
  return pointee == CXType_Void || pointee == CXType_Char_S || pointee == CXType_Char_U ||
         pointee == CXType_UChar || pointee == CXType_SChar || pointee == CXType_UShort;
}

static void note_cast(extract *x, facts_str from, facts_str to) {
  bool fresh;
  if (!to || from == to) return;
  bs_map_add(&x->casts, bs_map_key(from, to), 1, &fresh);
  if (fresh) *bs_vec_push(&x->unit->casts) = (facts_cast){from, to};
}

void layout_cast(extract *x, uint32_t operand, CXType to) {
  CXCursor a = pointee_record(clang_getCursorType(tree_cursor(x, operand))), b = pointee_record(to);
  if (clang_Cursor_isNull(b)) return;
  facts_str key = decl_at(x, decl_find(x, b))->name;
  if (!clang_Cursor_isNull(a) && !clang_equalCursors(a, b)) {
    facts_str from = decl_at(x, decl_find(x, a))->name;
    if (from) note_cast(x, from, key);
  } else if (is_byte_address(x, operand)) {
    note_cast(x, 0, key);
  }
}
