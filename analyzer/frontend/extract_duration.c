/* Durations of std::chrono as numbers: `50ms` is fifty million nanoseconds, `seconds(0)` none.
 *
 * A point in time that is made of now() counts from now on, and one that lies at the beginning of time is
 * past: both are worth as much as the duration until then. What is no constant is not known here.
 */
#include "analyzer/frontend/extract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DURATION_DEPTH = 12, PARTS_MAX = 3 };
#define NANOSECONDS 1000000000.0

static bool duration_of(CXCursor cursor, int depth, double *nanoseconds);

static bool has_text(CXString text, const char *part, bool at_start) {
  const char *s = clang_getCString(text), *found = s ? strstr(s, part) : NULL;
  bool yes = found && (!at_start || found == s);
  clang_disposeString(text);
  return yes;
}

static bool is_time_point(CXType type) {
  return has_text(clang_getTypeSpelling(clang_getCanonicalType(type)), "chrono::time_point<", false);
}

/* How many nanoseconds one of this type is; 0 when it is no duration. */
static double unit_of(CXType type) {
  CXString spelling = clang_getTypeSpelling(clang_getCanonicalType(type));
  const char *s = clang_getCString(spelling), *name = s ? strstr(s, "chrono::duration<") : NULL;
  double unit = 0;
  if (name && !strstr(s, "chrono::time_point<")) {
    const char *ratio = strstr(name, "ratio<");
    double over = 1, under = 1;
    if (ratio) {
      char *end;
      over = strtod(ratio + strlen("ratio<"), &end);
      if (*end == ',') under = strtod(end + 1, NULL);
    }
    unit = over > 0 && under > 0 ? NANOSECONDS * over / under : 0;
  }
  clang_disposeString(spelling);
  return unit;
}

bool duration_is(CXType type) { return unit_of(type) > 0 || is_time_point(type); }

static bool is_time(CXCursor cursor) { return duration_is(clang_getCursorType(cursor)); }

typedef struct parts {
  CXCursor item[PARTS_MAX];
  unsigned count;
} parts;

static enum CXChildVisitResult add_part(CXCursor child, CXCursor parent, CXClientData data) {
  parts *p = data;
  (void)parent;
  if (!clang_isExpression(child.kind)) return CXChildVisit_Continue;
  if (p->count < PARTS_MAX) p->item[p->count] = child;
  p->count++;
  return CXChildVisit_Continue;
}

/* The expressions below a cursor. */
static parts parts_of(CXCursor cursor) {
  parts p = {.count = 0};
  clang_visitChildren(cursor, add_part, &p);
  return p;
}

static bool number_of(CXCursor cursor, double *number) {
  CXEvalResult result = clang_Cursor_Evaluate(cursor);
  if (!result) return false;
  CXEvalResultKind kind = clang_EvalResult_getKind(result);
  if (kind == CXEval_Int) *number = (double)clang_EvalResult_getAsLongLong(result);
  if (kind == CXEval_Float) *number = clang_EvalResult_getAsDouble(result);
  clang_EvalResult_dispose(result);
  return kind == CXEval_Int || kind == CXEval_Float;
}

/* What makes a value of the type of `cursor`: another duration, or a number of its units. */
static bool made_from(CXCursor cursor, CXCursor from, int depth, double *nanoseconds) {
  if (is_time(from)) return duration_of(from, depth + 1, nanoseconds);
  double unit = unit_of(clang_getCursorType(cursor)), number;
  parts inner = parts_of(from);
  if (from.kind == CXCursor_UnexposedExpr && inner.count == 1 && is_time(inner.item[0]))
    return duration_of(inner.item[0], depth + 1, nanoseconds);
  if (unit <= 0 || !number_of(from, &number)) return false;
  *nanoseconds = number * unit;
  return true;
}

/* 50ms: the token says how many. */
static bool literal_of(CXCursor cursor, double *nanoseconds) {
  CXTranslationUnit unit = clang_Cursor_getTranslationUnit(cursor);
  CXToken *token = clang_getToken(unit, clang_getRangeStart(clang_getCursorExtent(cursor)));
  if (!token) return false;
  CXString text = clang_getTokenSpelling(unit, *token);
  char digits[64], *end;
  size_t length = 0;
  for (const char *s = clang_getCString(text); *s && length + 1 < sizeof digits; s++)
    if (*s != '\'') digits[length++] = *s;
  digits[length] = 0;
  double number = strtod(digits, &end), size = unit_of(clang_getCursorType(cursor));
  bool read = end != digits && size > 0;
  if (read) *nanoseconds = number * size;
  clang_disposeString(text);
  clang_disposeTokens(unit, token, 1);
  return read;
}

static bool sum_of(CXCursor cursor, double sign, int depth, double *nanoseconds) {
  double left, right;
  if (clang_Cursor_getNumArguments(cursor) != 2 ||
      !duration_of(clang_Cursor_getArgument(cursor, 0), depth + 1, &left) ||
      !duration_of(clang_Cursor_getArgument(cursor, 1), depth + 1, &right))
    return false;
  *nanoseconds = left + sign * right;
  return true;
}

static bool product_of(CXCursor cursor, int depth, double *nanoseconds) {
  if (clang_Cursor_getNumArguments(cursor) != 2) return false;
  CXCursor a = clang_Cursor_getArgument(cursor, 0), b = clang_Cursor_getArgument(cursor, 1);
  double number;
  bool first = is_time(a);
  if (!duration_of(first ? a : b, depth + 1, nanoseconds) || !number_of(first ? b : a, &number)) return false;
  *nanoseconds *= number;
  return true;
}

static bool call_of(CXCursor cursor, int depth, double *nanoseconds) {
  static const char *const casts[] = {"duration_cast", "time_point_cast", "ceil", "floor", "round"};
  CXCursor named = clang_getCursorReferenced(cursor);
  CXString spelling = clang_getCursorSpelling(cursor);
  char name[32];
  snprintf(name, sizeof name, "%s", clang_getCString(spelling));
  clang_disposeString(spelling);
  int count = clang_Cursor_getNumArguments(cursor);
  if (strncmp(name, "operator\"\"", 10) == 0) return literal_of(cursor, nanoseconds);
  if (strcmp(name, "operator+") == 0) return sum_of(cursor, 1, depth, nanoseconds);
  if (strcmp(name, "operator-") == 0) return sum_of(cursor, -1, depth, nanoseconds);
  if (strcmp(name, "operator*") == 0) return product_of(cursor, depth, nanoseconds);
  bool none = !strcmp(name, "zero") || !strcmp(name, "now") || !strcmp(name, "min");
  bool made = named.kind == CXCursor_Constructor || clang_Cursor_isNull(named);
  if (none || (made && count == 0)) {
    *nanoseconds = 0;
    return true;
  }
  for (size_t i = 0; i < sizeof casts / sizeof *casts; i++) made |= strcmp(name, casts[i]) == 0;
  made |=
      named.kind == CXCursor_FunctionTemplate && clang_getTemplateCursorKind(named) == CXCursor_Constructor;
  return made && count == 1 && made_from(cursor, clang_Cursor_getArgument(cursor, 0), depth, nanoseconds);
}

/* What a variable begins with. */
static bool variable_of(CXCursor variable, int depth, double *nanoseconds) {
  if (variable.kind != CXCursor_VarDecl) return false;
  CXCursor initialiser = clang_Cursor_getVarDeclInitializer(variable);
  return !clang_Cursor_isNull(initialiser) && made_from(variable, initialiser, depth, nanoseconds);
}

static bool duration_of(CXCursor cursor, int depth, double *nanoseconds) {
  if (depth > DURATION_DEPTH) return false;
  switch (cursor.kind) {
  case CXCursor_CallExpr: return call_of(cursor, depth, nanoseconds);
  case CXCursor_DeclRefExpr:
  case CXCursor_MemberRefExpr: return variable_of(clang_getCursorReferenced(cursor), depth, nanoseconds);
  default: break;
  }
  parts inner = parts_of(cursor);
  if (inner.count == 0 && is_time(cursor)) {
    *nanoseconds = 0; /* milliseconds{} */
    return true;
  }
  return inner.count == 1 && made_from(cursor, inner.item[0], depth, nanoseconds);
}

/* Whether somebody may store to the variable: what it began with says nothing then. */
static bool is_changed(const extract *x, CXCursor variable) {
  if (clang_isConstQualifiedType(clang_getCursorType(variable))) return false;
  if (clang_getCursorSemanticParent(variable).kind == CXCursor_TranslationUnit) return true;
  for (uint32_t n = 0; n < x->tree.count; n++) {
    CXCursor cursor = tree_cursor(x, n);
    if (cursor.kind != CXCursor_CallExpr && cursor.kind != CXCursor_UnaryOperator) continue;
    if (cursor.kind == CXCursor_CallExpr && !has_text(clang_getCursorSpelling(cursor), "operator", true))
      continue;
    uint32_t object = n + 1 < tree_end(x, n) ? tree_strip(x, n + 1) : 0;
    if (!object || tree_kind(x, object) != CXCursor_DeclRefExpr) continue;
    CXCursor named = clang_getCursorReferenced(tree_cursor(x, object));
    bool changes =
        cursor.kind == CXCursor_UnaryOperator || has_text(clang_getCursorSpelling(cursor), "=", false);
    if (changes && clang_equalCursors(named, variable)) return true;
  }
  return false;
}

bool duration_value(const extract *x, uint32_t n, int64_t *nanoseconds) {
  n = tree_strip(x, n);
  CXCursor cursor = tree_cursor(x, n);
  double length;
  if (!is_time(cursor)) return false;
  if (cursor.kind == CXCursor_DeclRefExpr || cursor.kind == CXCursor_MemberRefExpr) {
    CXCursor named = clang_getCursorReferenced(cursor);
    if (named.kind != CXCursor_VarDecl || is_changed(x, named)) return false;
  }
  if (!duration_of(cursor, 0, &length) || length > 9e18 || length < -9e18) return false;
  *nanoseconds = length < 0 ? 0 : (int64_t)length;
  return true;
}
