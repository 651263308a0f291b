/* Loop statements: what they walk over, and whether they try again what would have waited.
 *
 * A loop over the items of a table or a list steps a variable: `for (i = 0; table[i]; i++)`, `while (m) { …;
 * m = m->next; }`. Calls about an item are told apart from calls that every turn makes alike, because an
 * event loop waits for all its descriptors, and not for one item after the other.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

static bool is_walked(const extract *x, uint32_t decl) {
  for (uint32_t i = 0; i < x->walked.count; i++)
    if (x->walked.items[i] == decl) return true;
  return false;
}

/* The variable that an expression is; UINT32_MAX for anything else. */
static uint32_t variable_at(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) != CXCursor_DeclRefExpr) return UINT32_MAX;
  uint32_t decl = decl_of(x, n);
  return decl_at(x, decl)->kind == DECL_VARIABLE ? decl : UINT32_MAX;
}

static bool mentions(extract *x, uint32_t n, uint32_t decl) {
  for (uint32_t i = n; i < tree_end(x, n); i++)
    if (tree_kind(x, i) == CXCursor_DeclRefExpr && decl_of(x, i) == decl) return true;
  return false;
}

bool cycle_about_item(extract *x, uint32_t n) {
  if (!x->walked.count) return false;
  for (uint32_t i = n; i < tree_end(x, n); i++)
    if (tree_kind(x, i) == CXCursor_DeclRefExpr && is_walked(x, decl_of(x, i))) return true;
  return false;
}

static bool is_step_operator(CXCursor cursor) {
  switch (clang_getCursorUnaryOperatorKind(cursor)) {
  case CXUnaryOperator_PostInc:
  case CXUnaryOperator_PostDec:
  case CXUnaryOperator_PreInc:
  case CXUnaryOperator_PreDec: return true;
  default: return false;
  }
}

static bool is_assignment(extract *x, uint32_t n) {
  return tree_kind(x, n) == CXCursor_BinaryOperator &&
         clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_Assign;
}

/* The variable that `n` steps: ++i, i += 2, p = p->next; any assignment where `any`. UINT32_MAX for none. */
static uint32_t stepped(extract *x, uint32_t n, bool any) {
  uint32_t lhs = tree_child(x, n, 0), rhs = tree_child(x, n, 1), decl;
  switch (tree_kind(x, n)) {
  case CXCursor_UnaryOperator: return is_step_operator(tree_cursor(x, n)) ? variable_at(x, lhs) : UINT32_MAX;
  case CXCursor_CompoundAssignOperator: return lhs ? variable_at(x, lhs) : UINT32_MAX;
  case CXCursor_BinaryOperator:
    if (!is_assignment(x, n) || !lhs || !rhs) return UINT32_MAX;
    decl = variable_at(x, lhs);
    return decl != UINT32_MAX && (any || mentions(x, rhs, decl)) ? decl : UINT32_MAX;
  default: return UINT32_MAX;
  }
}

/* Variables stepped in the nodes of `n`; with `test`, only those that it mentions. */
static void add_stepped(extract *x, uint32_t n, uint32_t test, bool any) {
  for (uint32_t i = n; n && i < tree_end(x, n); i++) {
    uint32_t decl = stepped(x, i, any);
    if (decl == UINT32_MAX || is_walked(x, decl) || (test && !mentions(x, test, decl))) continue;
    *bs_vec_push(&x->walked) = decl;
  }
}

/* Variables of the body that are made from the walked ones: `m = table[i]`. */
static void add_derived(extract *x, uint32_t body) {
  for (uint32_t i = body; x->walked.count && body && i < tree_end(x, body); i++) {
    uint32_t decl = UINT32_MAX;
    if (tree_kind(x, i) == CXCursor_VarDecl && tree_last(x, i) && cycle_about_item(x, tree_last(x, i)))
      decl = decl_find(x, tree_cursor(x, i));
    else if (is_assignment(x, i) && tree_child(x, i, 1) && cycle_about_item(x, tree_child(x, i, 1)))
      decl = variable_at(x, tree_child(x, i, 0));
    if (decl != UINT32_MAX && !is_walked(x, decl)) *bs_vec_push(&x->walked) = decl;
  }
}

/* ---- trying again ---- */

static bool is_try_again(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) == CXCursor_UnaryOperator && n + 1 < tree_end(x, n)) n = tree_strip(x, n + 1);
  if (tree_kind(x, n) != CXCursor_IntegerLiteral) return false;
  facts_str macro = name_macro(x, clang_getCursorLocation(tree_cursor(x, n)));
  const char *name = facts_text(x->unit, macro);
  return !strcmp(name, "EAGAIN") || !strcmp(name, "EWOULDBLOCK");
}

/* Whether a condition compares something with EAGAIN by this operator. */
static bool asks(extract *x, uint32_t test, enum CXBinaryOperatorKind operator) {
  for (uint32_t i = test; i < tree_end(x, test); i++) {
    if (tree_kind(x, i) != CXCursor_BinaryOperator ||
        clang_getCursorBinaryOperatorKind(tree_cursor(x, i)) != operator)
      continue;
    uint32_t rhs = tree_child(x, i, 1);
    if (rhs && (is_try_again(x, rhs) || is_try_again(x, i + 1))) return true;
  }
  return false;
}

static bool continues(const extract *x, uint32_t n) {
  if (tree_kind(x, n) == CXCursor_CompoundStmt) n = tree_last(x, n);
  return n && tree_kind(x, n) == CXCursor_ContinueStmt;
}

static bool jumps(const extract *x, uint32_t n) {
  if (tree_kind(x, n) == CXCursor_CompoundStmt) n = tree_last(x, n);
  return n && tree_kind(x, n) == CXCursor_GotoStmt;
}

bool cycle_jumps_again(extract *x, uint32_t label, uint32_t end) {
  for (uint32_t i = label + 1; i < end; i++) {
    if (tree_kind(x, i) != CXCursor_IfStmt) continue;
    uint32_t test = tree_child(x, i, 0), yes = tree_child(x, i, 1);
    if (test && yes && tree_end(x, yes) >= end && jumps(x, yes) && asks(x, test, CXBinaryOperator_EQ))
      return true;
  }
  return false;
}

static bool is_inner_cycle(enum CXCursorKind kind) {
  return kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt || kind == CXCursor_DoStmt ||
         kind == CXCursor_CXXForRangeStmt;
}

/* `if (errno == EAGAIN) continue;` somewhere in the body. */
static bool body_tries_again(extract *x, uint32_t body) {
  for (uint32_t i = body + 1; i < tree_end(x, body); i++) {
    enum CXCursorKind kind = tree_kind(x, i);
    if (is_inner_cycle(kind)) {
      i = tree_end(x, i) - 1;
      continue;
    }
    if (kind != CXCursor_IfStmt) continue;
    uint32_t test = tree_child(x, i, 0), yes = tree_child(x, i, 1);
    if (test && yes && continues(x, yes) && asks(x, test, CXBinaryOperator_EQ)) return true;
  }
  return false;
}

/* ---- entering ---- */

uint8_t cycle_flags(extract *x, const cycle_parts *parts) {
  uint32_t before = x->walked.count;
  add_stepped(x, parts->step, 0, true);
  if (parts->test && !parts->step) {
    add_stepped(x, parts->test, 0, true);
    add_stepped(x, parts->body, parts->test, false);
  }
  uint8_t flags = x->walked.count > before ? FACTS_CYCLE_WALKS : 0;
  add_derived(x, parts->body);
  bool again = parts->test && asks(x, parts->test, CXBinaryOperator_EQ);
  if (again || (parts->body && body_tries_again(x, parts->body))) flags |= FACTS_CYCLE_TRIES_AGAIN;
  return flags;
}
