/* How often a loop statement runs at most, where constants say so: `for (i = 0; i < 5; i++)`, `while (n--)`.
 *
 * The counter begins with the constant that it is given last before the loop, and one step changes it, in the
 * loop's condition, in its step, or as a statement of its body. Any other way to change it and the number is
 * not known.
 */
#include "analyzer/frontend/extract.h"

enum { NO_COUNTER = UINT32_MAX, NEAR = 1 << 15 /* nodes */ };
#define SANE (INT64_C(1) << 40)

typedef struct counter {
  uint32_t decl;
  uint32_t stepped; /* the node of the step, 0 none yet */
  bool before; /* the condition asks for what the step has made */
  bool after; /* the condition steps what it has asked for */
  int64_t start, step, end;
} counter;

static uint32_t variable_of(extract *x, uint32_t n) {
  n = n ? tree_strip(x, n) : 0;
  return n && tree_kind(x, n) == CXCursor_DeclRefExpr ? decl_of(x, n) : NO_COUNTER;
}

/* `i++`, `i += 2`: how far a turn goes. 0: another step. */
static int64_t step_of(extract *x, uint32_t n, uint32_t decl) {
  int64_t by = 1;
  uint32_t rhs = tree_child(x, n, 1);
  if (decl == NO_COUNTER || variable_of(x, tree_child(x, n, 0)) != decl) return 0;
  if (tree_kind(x, n) == CXCursor_UnaryOperator) {
    enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(tree_cursor(x, n));
    if (kind == CXUnaryOperator_PostInc || kind == CXUnaryOperator_PreInc) return 1;
    return kind == CXUnaryOperator_PostDec || kind == CXUnaryOperator_PreDec ? -1 : 0;
  }
  if (tree_kind(x, n) != CXCursor_CompoundAssignOperator || !value_constant(x, rhs, &by)) return 0;
  enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(tree_cursor(x, n));
  return kind == CXBinaryOperator_AddAssign ? by : kind == CXBinaryOperator_SubAssign ? -by : 0;
}

/* The side of a comparison that counts: `i`, `i++`, `--i`. */
static bool read_counter(extract *x, uint32_t n, counter *c) {
  n = tree_strip(x, n);
  if (tree_kind(x, n) == CXCursor_DeclRefExpr) {
    c->decl = decl_of(x, n);
    return decl_at(x, c->decl)->kind == DECL_VARIABLE;
  }
  if (tree_kind(x, n) != CXCursor_UnaryOperator) return false;
  enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(tree_cursor(x, n));
  c->decl = variable_of(x, tree_child(x, n, 0));
  c->step = step_of(x, n, c->decl);
  c->stepped = n;
  c->before = kind == CXUnaryOperator_PreInc || kind == CXUnaryOperator_PreDec;
  c->after = !c->before;
  return c->step != 0;
}

static bool read_comparison(extract *x, uint32_t n, counter *c) {
  uint32_t lhs = tree_child(x, n, 0), rhs = tree_child(x, n, 1);
  if (!lhs || !rhs || !read_counter(x, lhs, c) || !value_constant(x, rhs, &c->end)) return false;
  switch (clang_getCursorBinaryOperatorKind(tree_cursor(x, n))) {
  case CXBinaryOperator_LE: c->end += 1; return true;
  case CXBinaryOperator_GE: c->end -= 1; return true;
  case CXBinaryOperator_LT:
  case CXBinaryOperator_GT:
  case CXBinaryOperator_NE: return true;
  default: return false;
  }
}

/* Fills the counter from a condition, or from one part of `a && b`. */
static bool read_test(extract *x, uint32_t n, counter *c) {
  n = tree_strip(x, n);
  *c = (counter){.decl = NO_COUNTER};
  if (tree_kind(x, n) != CXCursor_BinaryOperator) return read_counter(x, n, c);
  if (clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) != CXBinaryOperator_LAnd)
    return read_comparison(x, n, c);
  TREE_EACH(x, n, part) {
    if (read_test(x, part, c)) return true;
  }
  return false;
}

/* Whether a node changes the variable, or lets others do it. */
static bool changes(extract *x, uint32_t n, uint32_t decl) {
  switch (tree_kind(x, n)) {
  case CXCursor_UnaryOperator: {
    enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(tree_cursor(x, n));
    bool is_address = kind == CXUnaryOperator_AddrOf;
    return (is_address || step_of(x, n, decl)) && variable_of(x, tree_child(x, n, 0)) == decl;
  }
  case CXCursor_CompoundAssignOperator: return variable_of(x, tree_child(x, n, 0)) == decl;
  case CXCursor_BinaryOperator:
    return clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_Assign &&
           variable_of(x, tree_child(x, n, 0)) == decl;
  default: return false;
  }
}

/* The step of the loop, and whether it is the only change in there. */
static bool find_step(extract *x, uint32_t n, const cycle_parts *parts, counter *c) {
  uint32_t place = parts->step ? tree_strip(x, parts->step) : 0;
  bool block = parts->body && tree_kind(x, parts->body) == CXCursor_CompoundStmt;
  if (!c->stepped && place && step_of(x, place, c->decl)) c->stepped = place;
  for (uint32_t i = block ? parts->body + 1 : 0; i && i < tree_end(x, parts->body) && !c->stepped;
       i = tree_end(x, i))
    if (step_of(x, tree_strip(x, i), c->decl)) c->stepped = tree_strip(x, i);
  for (uint32_t i = n; i < tree_end(x, n); i++) {
    bool first = parts->start && i >= parts->start && i < tree_end(x, parts->start);
    if (!first && i != c->stepped && changes(x, i, c->decl)) return false;
  }
  if (c->stepped) c->step = step_of(x, c->stepped, c->decl);
  return c->step != 0;
}

/* What the counter is given last before the loop's body. */
static bool find_start(extract *x, uint32_t n, const cycle_parts *parts, counter *c) {
  uint32_t end = parts->start ? tree_end(x, parts->start) : n;
  for (uint32_t i = end - 1; i > 0 && end - i < NEAR; i--) {
    enum CXCursorKind kind = tree_kind(x, i);
    if (kind == CXCursor_VarDecl && decl_find(x, tree_cursor(x, i)) == c->decl)
      return tree_last(x, i) && value_constant(x, tree_last(x, i), &c->start);
    if (changes(x, i, c->decl))
      return kind == CXCursor_BinaryOperator && value_constant(x, tree_child(x, i, 1), &c->start);
  }
  return false;
}

static bool is_sane(int64_t number) { return number > -SANE && number < SANE; }

/* How many of first, first + step, … come before the end. */
static int64_t count_from(const counter *c, int64_t first) {
  if ((c->end - first) / c->step < 0) return 0;
  return (c->end - first + c->step + (c->step > 0 ? -1 : 1)) / c->step;
}

uint32_t turns_of(extract *x, uint32_t n, const cycle_parts *parts) {
  counter c;
  if (!parts->test || !read_test(x, parts->test, &c)) return 0;
  if (!find_step(x, n, parts, &c) || !find_start(x, n, parts, &c)) return 0;
  if (!is_sane(c.start) || !is_sane(c.end) || !is_sane(c.step)) return 0;
  bool is_do = tree_kind(x, n) == CXCursor_DoStmt;
  bool stepped = c.before || (is_do && !c.after);
  int64_t turns = count_from(&c, stepped ? c.start + c.step : c.start) + is_do;
  return turns > 0 && turns < UINT32_MAX ? (uint32_t)turns : 0;
}
