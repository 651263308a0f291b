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

static bool names_try_again(extract *x, CXCursor literal) {
  const char *name = facts_text(x->unit, name_macro(x, clang_getCursorLocation(literal)));
  return !strcmp(name, "EAGAIN") || !strcmp(name, "EWOULDBLOCK");
}

static bool is_try_again(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) == CXCursor_UnaryOperator && n + 1 < tree_end(x, n)) n = tree_strip(x, n + 1);
  return tree_kind(x, n) == CXCursor_IntegerLiteral && names_try_again(x, tree_cursor(x, n));
}

typedef struct asking_search {
  extract *x;
  CXCursor body;
  bool compares, found;
} asking_search;

static enum CXChildVisitResult find_body(CXCursor cursor, CXCursor parent, CXClientData data) {
  asking_search *search = data;
  (void)parent;
  if (cursor.kind != CXCursor_CompoundStmt) return CXChildVisit_Continue;
  search->body = cursor;
  return CXChildVisit_Break;
}

/* What a small helper returns: `static bool would_block(void) { return errno == EAGAIN; }`. */
static enum CXChildVisitResult find_asking(CXCursor cursor, CXCursor parent, CXClientData data) {
  asking_search *search = data;
  (void)parent;
  if (cursor.kind == CXCursor_IfStmt || clang_isDeclaration(cursor.kind)) return CXChildVisit_Break;
  if (cursor.kind == CXCursor_BinaryOperator &&
      clang_getCursorBinaryOperatorKind(cursor) == CXBinaryOperator_EQ)
    search->compares = true;
  if (cursor.kind != CXCursor_IntegerLiteral || !search->compares) return CXChildVisit_Recurse;
  search->found |= names_try_again(search->x, cursor);
  return search->found ? CXChildVisit_Break : CXChildVisit_Recurse;
}

static bool helper_asks(extract *x, uint32_t call) {
  CXCursor helper = clang_getCursorDefinition(clang_getCursorReferenced(tree_cursor(x, call)));
  if (helper.kind != CXCursor_FunctionDecl && helper.kind != CXCursor_CXXMethod) return false;
  if (type_classify(x, clang_getCursorResultType(helper)) != TYPE_INTEGER) return false;
  asking_search search = {.x = x, .body = clang_getNullCursor()};
  clang_visitChildren(helper, find_body, &search);
  if (clang_Cursor_isNull(search.body)) return false;
  clang_visitChildren(search.body, find_asking, &search);
  return search.found;
}

/* Whether a condition compares something with EAGAIN by this operator, itself or by a helper. */
static bool asks(extract *x, uint32_t test, enum CXBinaryOperatorKind operator) {
  for (uint32_t i = test; i < tree_end(x, test); i++) {
    if (operator== CXBinaryOperator_EQ && tree_kind(x, i) == CXCursor_CallExpr && helper_asks(x, i))
      return true;
    if (tree_kind(x, i) != CXCursor_BinaryOperator ||
        clang_getCursorBinaryOperatorKind(tree_cursor(x, i)) != operator)
      continue;
    uint32_t rhs = tree_child(x, i, 1);
    if (rhs && (is_try_again(x, rhs) || is_try_again(x, i + 1))) return true;
  }
  return false;
}

static bool is_block(const extract *x, uint32_t n) { return tree_kind(x, n) == CXCursor_CompoundStmt; }

static bool ends_with(const extract *x, uint32_t n, enum CXCursorKind kind) {
  if (is_block(x, n)) n = tree_last(x, n);
  return n && tree_kind(x, n) == kind;
}

static bool is_leaving(enum CXCursorKind kind) {
  return kind == CXCursor_ReturnStmt || kind == CXCursor_BreakStmt || kind == CXCursor_GotoStmt ||
         kind == CXCursor_CXXThrowExpr;
}

static bool has_leaving(const extract *x, uint32_t n) {
  for (uint32_t i = n; i < tree_end(x, n); i++)
    if (is_leaving(tree_kind(x, i))) return true;
  return false;
}

/* ++ or --, of a variable that `test` mentions when there is one: tries that are counted. */
static bool counts(extract *x, uint32_t n, uint32_t test) {
  for (uint32_t i = n; n && i < tree_end(x, n); i++) {
    if (tree_kind(x, i) != CXCursor_UnaryOperator || !is_step_operator(tree_cursor(x, i))) continue;
    uint32_t decl = tree_child(x, i, 0) ? variable_at(x, tree_child(x, i, 0)) : UINT32_MAX;
    if (!test || (decl != UINT32_MAX && mentions(x, test, decl))) return true;
  }
  return false;
}

/* Whether the loop's own condition counts turns that every turn takes: in itself, in its step or by a
 * statement of its body. */
static bool has_counted_turns(extract *x, const cycle_parts *parts) {
  if (!parts->test) return false;
  if (counts(x, parts->test, parts->test) || counts(x, parts->step, parts->test)) return true;
  if (!parts->body || !is_block(x, parts->body)) return false;
  TREE_EACH(x, parts->body, child) {
    if (tree_kind(x, child) == CXCursor_UnaryOperator && counts(x, child, parts->test)) return true;
  }
  return false;
}

bool cycle_jumps_again(extract *x, uint32_t label, uint32_t end) {
  for (uint32_t i = label + 1; i < end; i++) {
    if (tree_kind(x, i) != CXCursor_IfStmt) continue;
    uint32_t test = tree_child(x, i, 0), yes = tree_child(x, i, 1);
    if (test && yes && tree_end(x, yes) >= end && ends_with(x, yes, CXCursor_GotoStmt) &&
        asks(x, test, CXBinaryOperator_EQ) && !counts(x, test, 0) && !counts(x, yes, 0))
      return true;
  }
  return false;
}

static bool is_inner_cycle(enum CXCursorKind kind) {
  return kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt || kind == CXCursor_DoStmt ||
         kind == CXCursor_CXXForRangeStmt;
}

/* `if (errno == EAGAIN) continue;`. One that gives up in between, or counts, does not go on for ever. */
static bool goes_on(extract *x, uint32_t n) {
  uint32_t test = tree_child(x, n, 0), yes = tree_child(x, n, 1);
  return test && yes && ends_with(x, yes, CXCursor_ContinueStmt) && asks(x, test, CXBinaryOperator_EQ) &&
         !counts(x, test, 0) && !counts(x, yes, 0) && !has_leaving(x, yes);
}

/* Whether `n`, a statement of the body, sets a variable that the loop's condition asks. */
static bool sets_asked(extract *x, uint32_t n, uint32_t test) {
  for (uint32_t i = n; test && i < tree_end(x, n); i++) {
    uint32_t decl = is_assignment(x, i) ? variable_at(x, tree_child(x, i, 0)) : UINT32_MAX;
    if (decl != UINT32_MAX && mentions(x, test, decl)) return true;
  }
  return false;
}

/* `errno != EAGAIN` led out of the loop at `n`: whether nothing else leads out of it from there on. */
static bool stays(extract *x, const cycle_parts *parts, uint32_t n) {
  for (uint32_t block = parts->body; block < n; block++) {
    if (!is_block(x, block) || tree_end(x, block) <= n) continue;
    TREE_EACH(x, block, child) {
      if (child <= n) continue;
      if (has_leaving(x, child)) return false;
      if (block != parts->body && sets_asked(x, child, parts->test)) return false;
    }
  }
  return true;
}

/* Whether the loop's condition asks what a call of its body returned: it ends with the first that fails. */
static bool asks_result(extract *x, const cycle_parts *parts) {
  for (uint32_t i = parts->body; parts->test && i < tree_end(x, parts->body); i++) {
    uint32_t decl = UINT32_MAX, from = 0;
    if (is_assignment(x, i)) decl = variable_at(x, tree_child(x, i, 0)), from = tree_child(x, i, 1);
    if (from && tree_kind(x, tree_strip_casts(x, from)) == CXCursor_CallExpr && decl != UINT32_MAX &&
        mentions(x, parts->test, decl))
      return true;
  }
  return false;
}

/* `if (errno != EAGAIN) return -1;`, and all else stays in the loop. */
static bool only_others_leave(extract *x, const cycle_parts *parts, uint32_t n) {
  uint32_t test = tree_child(x, n, 0), yes = tree_child(x, n, 1);
  if (!test || !yes || tree_child(x, n, 2) || !asks(x, test, CXBinaryOperator_NE)) return false;
  for (uint32_t i = test; i < tree_end(x, test); i++)
    if (clang_getCursorBinaryOperatorKind(tree_cursor(x, i)) == CXBinaryOperator_LOr) return false;
  uint32_t last = is_block(x, yes) ? tree_last(x, yes) : yes;
  return last && is_leaving(tree_kind(x, last)) && !counts(x, test, 0) && !asks_result(x, parts) &&
         stays(x, parts, n);
}

static bool has_label_again(extract *x, uint32_t label) {
  for (;; label = tree_last(x, label)) {
    if (!label || tree_kind(x, label) != CXCursor_CaseStmt) return false;
    if (tree_child(x, label, 0) && is_try_again(x, tree_child(x, label, 0))) return true;
  }
}

static uint32_t labelled(const extract *x, uint32_t n) {
  while (n && (tree_kind(x, n) == CXCursor_CaseStmt || tree_kind(x, n) == CXCursor_DefaultStmt))
    n = tree_last(x, n);
  return n;
}

/* `switch (errno) { case EAGAIN: continue; }`, or a break out of the switch that ends the loop's body. */
static bool switch_goes_on(extract *x, const cycle_parts *parts, uint32_t n) {
  uint32_t block = tree_last(x, n);
  bool again = false, ends_body = tree_end(x, n) == tree_end(x, parts->body) && !parts->test;
  if (!block || !is_block(x, block)) return false;
  TREE_EACH(x, block, child) {
    again |= has_label_again(x, child);
    uint32_t statement = labelled(x, child);
    if (!again || !statement) continue;
    if (ends_with(x, statement, CXCursor_ContinueStmt)) return !counts(x, statement, 0);
    if (ends_with(x, statement, CXCursor_BreakStmt)) return ends_body;
    if (has_leaving(x, statement) || counts(x, statement, 0)) return false;
  }
  return false;
}

static bool body_tries_again(extract *x, const cycle_parts *parts) {
  for (uint32_t i = parts->body + 1; i < tree_end(x, parts->body); i++) {
    enum CXCursorKind kind = tree_kind(x, i);
    if (is_inner_cycle(kind)) i = tree_end(x, i) - 1;
    if (kind == CXCursor_IfStmt && (goes_on(x, i) || only_others_leave(x, parts, i))) return true;
    if (kind == CXCursor_SwitchStmt && switch_goes_on(x, parts, i)) return true;
  }
  return false;
}

/* ---- spinning ---- */

/* What gives nothing but a moment to others. */
static bool is_pause(extract *x, uint32_t n) {
  static const char *const names[] = {"sched_yield", "thrd_yield", "pthread_yield",       "yield",
                                      "_mm_pause",   "cpu_relax",  "__builtin_ia32_pause"};
  CXString spelling = clang_getCursorSpelling(tree_cursor(x, n));
  bool yes = false;
  for (size_t i = 0; i < sizeof names / sizeof *names && !yes; i++)
    yes = !strcmp(clang_getCString(spelling), names[i]);
  clang_disposeString(spelling);
  return yes;
}

static bool does_nothing(extract *x, uint32_t body) {
  if (!is_block(x, body))
    return tree_kind(x, body) == CXCursor_NullStmt ||
           (tree_kind(x, body) == CXCursor_CallExpr && is_pause(x, body));
  TREE_EACH(x, body, child) {
    if (tree_kind(x, child) != CXCursor_NullStmt && tree_kind(x, child) != CXCursor_AsmStmt &&
        !(tree_kind(x, child) == CXCursor_CallExpr && is_pause(x, child)))
      return false;
  }
  return true;
}

/* A variable that another thread or a signal may set: one that is not the function's own, or volatile. */
static bool is_set_elsewhere(extract *x, uint32_t n) {
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  if (named.kind != CXCursor_VarDecl) return false;
  return clang_getCursorLinkage(named) != CXLinkage_NoLinkage ||
         clang_Cursor_getStorageClass(named) == CX_SC_Static ||
         clang_isVolatileQualifiedType(clang_getCursorType(named));
}

bool cycle_spins(extract *x, const cycle_parts *parts) {
  if (!parts->test || !parts->body || parts->step || !does_nothing(x, parts->body)) return false;
  bool asks_other = false;
  for (uint32_t i = parts->test; i < tree_end(x, parts->test); i++) {
    enum CXCursorKind kind = tree_kind(x, i);
    if (kind == CXCursor_CallExpr || kind == CXCursor_CompoundAssignOperator || is_assignment(x, i) ||
        (kind == CXCursor_UnaryOperator && is_step_operator(tree_cursor(x, i))))
      return false;
    asks_other |= kind == CXCursor_DeclRefExpr && is_set_elsewhere(x, i);
  }
  return asks_other;
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
  again |= parts->body && body_tries_again(x, parts);
  if (again && !has_counted_turns(x, parts)) flags |= FACTS_CYCLE_TRIES_AGAIN;
  return flags;
}
