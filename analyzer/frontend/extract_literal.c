/* Constants, string literals, and how a simple lvalue is spelled. */
#include "analyzer/frontend/extract.h"

#include <string.h>

enum { TEXT_MAX = 256, CONSTANT_NODES_MAX = 48 };

/* A default argument or a member's default initialiser where it is used, `int()`, a trait of a type: libclang
 * shows nothing of them, but can tell their number. */
static bool is_bare(extract *x, uint32_t n) {
  return x->cxx && !x->in_template &&
         type_classify(x, clang_getCursorType(tree_cursor(x, n))) == TYPE_INTEGER;
}

static bool looks_constant(extract *x, uint32_t n) {
  if (tree_end(x, n) - n > CONSTANT_NODES_MAX) return false;
  for (uint32_t i = n; i < tree_end(x, n); i++) {
    switch (tree_kind(x, i)) {
    case CXCursor_IntegerLiteral:
    case CXCursor_CharacterLiteral:
    case CXCursor_CXXBoolLiteralExpr:
    case CXCursor_CXXNullPtrLiteralExpr:
    case CXCursor_GNUNullExpr:
    case CXCursor_ParenExpr:
    case CXCursor_BinaryOperator:
    case CXCursor_UnaryOperator:
    case CXCursor_CStyleCastExpr:
    case CXCursor_ConditionalOperator: break;
    case CXCursor_UnaryExpr:
      if (x->in_template) return false;
      break;
    case CXCursor_UnexposedExpr:
      if (tree_end(x, i) == i + 1 && !is_bare(x, i)) return false;
      break;
    case CXCursor_DeclRefExpr:
      if (!tree_is_replaced(x, i) && decl_at(x, decl_of(x, i))->kind != DECL_ENUMERATOR) return false;
      break;
    default: return false;
    }
  }
  return true;
}

bool literal_evaluate(CXCursor cursor, int64_t *result) {
  CXEvalResult eval = clang_Cursor_Evaluate(cursor);
  if (!eval) return false;
  bool ok = clang_EvalResult_getKind(eval) == CXEval_Int;
  if (ok && clang_EvalResult_isUnsignedInt(eval))
    *result = (int64_t)clang_EvalResult_getAsUnsigned(eval);
  else if (ok)
    *result = clang_EvalResult_getAsLongLong(eval);
  clang_EvalResult_dispose(eval);
  return ok;
}

bool value_constant(extract *x, uint32_t n, int64_t *result) {
  n = tree_strip(x, n);
  if (!looks_constant(x, n)) return false;
  if (tree_kind(x, n) == CXCursor_DeclRefExpr) {
    *result = decl_at(x, decl_of(x, n))->value;
    return true;
  }
  *result = 0;
  if (tree_kind(x, n) == CXCursor_CXXNullPtrLiteralExpr || tree_kind(x, n) == CXCursor_GNUNullExpr)
    return true;
  if (literal_evaluate(tree_cursor(x, n), result)) return true;
  uint32_t inner = tree_strip_casts(x, n); /* (void *)0 is no integer, its operand is */
  return inner != n && value_constant(x, inner, result);
}

value literal_string(extract *x, uint32_t n) {
  CXString spelling = clang_getCursorSpelling(tree_cursor(x, n));
  const char *text = clang_getCString(spelling);
  bs_strbuf plain = BS_STRBUF_INIT;
  const char *c = strchr(text, '"');
  for (c = c ? c + 1 : text; *c && !(c[0] == '"' && c[1] == 0) && plain.length < TEXT_MAX; c++) {
    if (*c == '\\' && c[1]) {
      c++;
      bs_strbuf_addc(&plain, *c == 'n' ? '\n' : *c == 't' ? '\t' : *c);
    } else {
      bs_strbuf_addc(&plain, *c);
    }
  }
  value v = {.kind = VALUE_STRING, .at = n};
  v.text = name_relative(x, plain.text, plain.length); /* __FILE__ is absolute */
  bs_strbuf_fini(&plain);
  clang_disposeString(spelling);
  return v;
}

/* "c->fd" for a simple variable or field, else 0. */
static bool spell(extract *x, uint32_t n, bs_strbuf *out) {
  n = tree_strip(x, n);
  enum CXCursorKind kind = tree_kind(x, n);
  if (kind != CXCursor_DeclRefExpr && kind != CXCursor_MemberRefExpr) return false;
  if (kind == CXCursor_MemberRefExpr && n + 1 < tree_end(x, n)) {
    uint32_t base = tree_strip(x, n + 1);
    if (!spell(x, base, out)) return false;
    if (out->length)
      bs_strbuf_adds(out, type_classify(x, clang_getCursorType(tree_cursor(x, base))) == TYPE_POINTER ? "->"
                                                                                                      : ".");
  }
  decl_info info = *decl_at(x, decl_of(x, n));
  if (info.kind != DECL_VARIABLE && info.kind != DECL_FIELD) return false;
  bs_strbuf_adds(out, facts_text(x->unit, info.name));
  return true;
}

facts_str value_spelling(extract *x, uint32_t n) {
  bs_strbuf text = BS_STRBUF_INIT;
  facts_str id = spell(x, n, &text) ? bs_intern_add(&x->unit->strings, text.text, text.length) : 0;
  bs_strbuf_fini(&text);
  return id;
}
