/* Statements: the order of a function, which loop a call is in, and under which conditions. */
#include "analyzer/frontend/extract.h"

enum leaving { STAYS, LEAVES /* return, break, continue, goto */ };

static enum leaving leaving_of(const extract *x, uint32_t n) {
  for (;;) {
    switch (tree_kind(x, n)) {
    case CXCursor_ReturnStmt:
    case CXCursor_BreakStmt:
    case CXCursor_ContinueStmt:
    case CXCursor_GotoStmt:
    case CXCursor_IndirectGotoStmt:
    case CXCursor_CXXThrowExpr: return LEAVES;
    case CXCursor_CompoundStmt:
    case CXCursor_LabelStmt:
    case CXCursor_CaseStmt:
    case CXCursor_DefaultStmt:
      n = tree_last(x, n);
      if (!n) return STAYS;
      continue;
    case CXCursor_IfStmt:
      if (tree_count(x, n) < 3 || leaving_of(x, tree_child(x, n, 1)) == STAYS) return STAYS;
      n = tree_last(x, n);
      continue;
    default: return STAYS;
    }
  }
}

static bool is_declaration(enum CXCursorKind kind) {
  return kind == CXCursor_DeclStmt || kind == CXCursor_VarDecl;
}

/* The first child that is no declaration; declarations before it are walked. 0 when there is none. */
static uint32_t condition_of(extract *x, uint32_t n) {
  TREE_EACH(x, n, child) {
    if (!is_declaration(tree_kind(x, child))) return child;
    stmt_walk(x, child);
  }
  return 0;
}

static uint32_t next_of(const extract *x, uint32_t n, uint32_t child) {
  uint32_t next = child ? tree_end(x, child) : tree_end(x, n);
  return next < tree_end(x, n) ? next : 0;
}

/* The guard at its end: what holds there, with what ways that left it leave behind. */
static uint32_t walk_under(extract *x, uint32_t n, const condition *c, bool yes) {
  scope saved;
  if (!n) return 0;
  guard_enter(x, &saved, c, yes);
  stmt_walk(x, n);
  uint32_t guard = x->scope.guard;
  guard_leave(x, &saved);
  return guard;
}

static void if_statement(extract *x, uint32_t n) {
  condition c = {0};
  for (;;) {
    uint32_t test = condition_of(x, n);
    if (!test) return;
    guard_condition(x, test, &c);
    uint32_t yes = next_of(x, n, test), no = next_of(x, n, yes ? yes : test);
    if (!yes) return;
    uint32_t after_yes = walk_under(x, yes, &c, true), ends = x->ends;
    uint32_t after_no = walk_under(x, no, &c, false);
    if (no && tree_end(x, yes) == yes + 1 && guard_asserts(x, &c, ends)) {
      guard_push(x, &c, true);
      x->asserted = true;
      return;
    }
    bool yes_leaves = leaving_of(x, yes) == LEAVES, no_leaves = no && leaving_of(x, no) == LEAVES;
    if (yes_leaves && !no) guard_push(x, &c, false);
    if (yes_leaves && no && !no_leaves) x->scope.guard = after_no;
    if (no_leaves && !yes_leaves) x->scope.guard = after_yes;
    return;
  }
}

/* A loop that only spins calls `while`, which no function can be named. */
static void note_spin(extract *x, uint32_t n) {
  call_implicit(x, function_made(x, &x->spin, "while"), false, n, NULL);
}

/* What was walked before is walked again after the statement: the caller sets `walked.count` back. */
static void enter_cycle(extract *x, uint32_t n, cycle_parts parts, scope *saved) {
  *saved = x->scope;
  uint32_t index = x->unit->cycles.count;
  facts_cycle cycle = {x->scope.function, x->scope.cycle, turns_of(x, n, &parts), name_place_of(x, n),
                       cycle_flags(x, &parts)};
  *bs_vec_push(&x->unit->cycles) = cycle;
  x->scope.cycle = index;
  if (cycle_spins(x, &parts)) note_spin(x, n);
}

/* A loop's body; one that always runs at least once, as its condition is a constant, has no guard of its own.
 */
static void walk_body(extract *x, uint32_t test, uint32_t body, const condition *c) {
  int64_t constant;
  scope saved = x->scope;
  if (test && !(value_constant(x, test, &constant) && constant)) {
    walk_under(x, body, c, true);
    return;
  }
  if (!body) return;
  x->scope.conditional = true;
  stmt_walk(x, body);
  guard_leave(x, &saved);
}

static void while_statement(extract *x, uint32_t n) {
  condition c = {0};
  scope saved;
  uint32_t walked = x->walked.count, count = tree_count(x, n);
  cycle_parts parts = {.test = count > 1 ? tree_child(x, n, count - 2) : 0, .body = tree_last(x, n)};
  enter_cycle(x, n, parts, &saved);
  uint32_t test = condition_of(x, n);
  if (test) {
    guard_condition(x, test, &c);
    walk_body(x, test, next_of(x, n, test), &c);
  }
  guard_leave(x, &saved);
  x->walked.count = walked;
}

static bool has_jump(const extract *x, uint32_t n) {
  for (uint32_t i = n; i < tree_end(x, n); i++)
    if (tree_kind(x, i) == CXCursor_BreakStmt || tree_kind(x, i) == CXCursor_ContinueStmt) return true;
  return false;
}

static void do_statement(extract *x, uint32_t n) {
  condition c;
  scope saved;
  int64_t constant;
  uint32_t body = tree_child(x, n, 0), test = tree_child(x, n, 1);
  if (!body) return;
  if (test && value_constant(x, test, &constant) && !constant) { /* do … while (0) is no loop */
    uint32_t guard = x->scope.guard;
    stmt_walk(x, body);
    if (has_jump(x, body)) x->scope.guard = guard;
    return;
  }
  uint32_t walked = x->walked.count;
  enter_cycle(x, n, (cycle_parts){.test = test, .body = body}, &saved);
  stmt_walk(x, body);
  x->scope.guard = saved.guard;
  if (test) guard_condition(x, test, &c);
  guard_leave(x, &saved);
  x->walked.count = walked;
}

static bool is_step(const extract *x, uint32_t n) {
  n = tree_strip(x, n);
  switch (tree_kind(x, n)) {
  case CXCursor_CompoundAssignOperator: return true;
  case CXCursor_BinaryOperator: {
    enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(tree_cursor(x, n));
    if (kind == CXBinaryOperator_Comma) return is_step(x, tree_last(x, n));
    return kind == CXBinaryOperator_Assign;
  }
  case CXCursor_UnaryOperator:
    switch (clang_getCursorUnaryOperatorKind(tree_cursor(x, n))) {
    case CXUnaryOperator_PostInc:
    case CXUnaryOperator_PostDec:
    case CXUnaryOperator_PreInc:
    case CXUnaryOperator_PreDec: return true;
    default: return false;
    }
  default: return false;
  }
}

/* The parts of a `for` that are there; libclang does not tell which are missing. */
typedef struct for_parts {
  uint32_t start, test, step, body;
} for_parts;

static for_parts for_parts_of(const extract *x, uint32_t n) {
  for_parts p = {.body = tree_last(x, n)};
  uint32_t count = tree_count(x, n) - 1, next = n + 1;
  if (count > 0 && (count == 3 || is_declaration(tree_kind(x, next)) || is_step(x, next))) {
    p.start = next;
    next = tree_end(x, next);
    count--;
  }
  if (count > 0 && (count == 2 || !is_step(x, next))) {
    p.test = next;
    next = tree_end(x, next);
    count--;
  }
  if (count > 0) p.step = next;
  return p;
}

static void for_statement(extract *x, uint32_t n) {
  condition c = {0};
  scope saved;
  if (n + 1 >= tree_end(x, n)) return;
  for_parts p = for_parts_of(x, n);
  if (p.start) stmt_walk(x, p.start);
  uint32_t walked = x->walked.count;
  enter_cycle(x, n, (cycle_parts){p.start, p.test, p.step, p.body}, &saved);
  if (p.test) guard_condition(x, p.test, &c);
  walk_body(x, p.test, p.body, &c);
  if (p.step) walk_body(x, p.test, p.step, &c);
  guard_leave(x, &saved);
  x->walked.count = walked;
}

/* A variable, or each name of a structured binding, that can hold functions gets what `v` carries. */
static void bind_variable(extract *x, uint32_t variable, value v) {
  CXCursor cursor = tree_cursor(x, variable);
  if (cursor.kind == CXCursor_UnexposedDecl) {
    TREE_EACH(x, variable, name) {
      if (tree_kind(x, name) == CXCursor_UnexposedDecl) bind_variable(x, name, v);
    }
  }
  if (!callable_type(x, clang_getCursorType(cursor))) return;
  v.kind = VALUE_NODE;
  flow_emit(x, (lvalue){.node = decl_at(x, decl_find(x, cursor))->index}, v);
}

/* `auto [a, b] = pair;` */
static void structured_binding(extract *x, uint32_t n) {
  uint32_t last = tree_last(x, n);
  if (!last || !clang_isExpression(tree_kind(x, last))) return;
  value v = value_of(x, last);
  if (v.kind == VALUE_NODE) bind_variable(x, n, v);
}

/* `for (T v : range)`: the variable takes the array's elements. */
static void range_statement(extract *x, uint32_t n) {
  scope saved;
  uint32_t variable = tree_child(x, n, 0), body = tree_last(x, n), range = 0;
  if (!variable) return;
  TREE_EACH(x, n, child) {
    if (child != variable && child != body) range = child;
  }
  value v = range ? value_of(x, range) : value_unknown(n);
  if (tree_kind(x, variable) == CXCursor_VarDecl && v.kind == VALUE_ADDRESS && v.ref) {
    decl_info info = *decl_at(x, decl_find(x, tree_cursor(x, variable)));
    v.kind = info.type == TYPE_REFERENCE ? VALUE_ADDRESS : VALUE_NODE;
    flow_emit(x, (lvalue){.node = info.index}, v);
  }
  if (x->cxx && range && v.kind == VALUE_NODE &&
      callable_type(x, clang_getCursorType(tree_cursor(x, tree_strip(x, range)))))
    bind_variable(x, variable, v);
  uint32_t walked = x->walked.count;
  if (tree_kind(x, variable) == CXCursor_VarDecl)
    *bs_vec_push(&x->walked) = decl_find(x, tree_cursor(x, variable));
  enter_cycle(x, n, (cycle_parts){.body = body}, &saved);
  x->unit->cycles.items[x->scope.cycle].flags |= FACTS_CYCLE_WALKS;
  walk_under(x, body, NULL, true);
  guard_leave(x, &saved);
  x->walked.count = walked;
}

enum { LABELS_MAX = 32 };

/* The value that a switch asks for, and the labels in front of one statement. */
typedef struct labels {
  facts_node node, base;
  int64_t value[LABELS_MAX];
  uint32_t count;
  bool known; /* all of them are constants, and kept */
  bool has_default;
} labels;

/* Reads the labels at n; returns the statement behind them. */
static uint32_t read_labels(extract *x, uint32_t n, labels *l) {
  while (n && (tree_kind(x, n) == CXCursor_CaseStmt || tree_kind(x, n) == CXCursor_DefaultStmt)) {
    l->has_default |= tree_kind(x, n) == CXCursor_DefaultStmt;
    bool more = l->count < LABELS_MAX && tree_count(x, n) == 2;
    if (tree_kind(x, n) == CXCursor_CaseStmt) {
      l->known &= more && value_constant(x, n + 1, &l->value[l->count]);
      l->count += more;
    }
    n = tree_last(x, n);
  }
  return n;
}

/* `case 1: case 2: case 3:` is a range; numbers with gaps are not followed. */
static bool is_range(const labels *l, int64_t *low, int64_t *high) {
  *low = *high = l->value[0];
  for (uint32_t i = 1; i < l->count; i++) {
    if (l->value[i] < *low) *low = l->value[i];
    if (l->value[i] > *high) *high = l->value[i];
  }
  return (uint64_t)*high - (uint64_t)*low == l->count - 1;
}

static void push_all(extract *x, predicate *what, uint32_t count) {
  condition c = {.yes = what, .nyes = (uint8_t)count};
  guard_push(x, &c, true);
}

/* What labels say of the switch's value, unless control may come from elsewhere. */
static void push_labels(extract *x, const labels *l, uint32_t body, bool falls) {
  int64_t low, high;
  if (falls || !l->node || !l->known) {
    guard_push(x, NULL, true);
  } else if (l->has_default) { /* none of the others, but for those that stand beside it */
    labels all = {.known = true};
    predicate what[LABELS_MAX];
    TREE_EACH(x, body, child) read_labels(x, child, &all);
    if (l->count) all.known = false;
    for (uint32_t i = 0; i < all.count; i++)
      what[i] = (predicate){l->node, l->base, FACTS_GUARD_NE, all.value[i]};
    push_all(x, what, all.known ? all.count : 0);
  } else if (l->count == 1) {
    guard_push_one(x, (predicate){l->node, l->base, FACTS_GUARD_EQ, l->value[0]});
  } else if (is_range(l, &low, &high)) {
    predicate what[] = {{l->node, l->base, FACTS_GUARD_GE, low}, {l->node, l->base, FACTS_GUARD_LE, high}};
    push_all(x, what, 2);
  } else {
    guard_push(x, NULL, true);
  }
}

static void switch_body(extract *x, uint32_t body, facts_node node, facts_node base) {
  uint32_t outer = x->scope.guard, first = x->unit->calls.count; /* calls of the way that is walked */
  bool falls = false;
  TREE_EACH(x, body, child) {
    enum CXCursorKind kind = tree_kind(x, child);
    uint32_t walked = child, ends = x->ends;
    if (kind == CXCursor_CaseStmt || kind == CXCursor_DefaultStmt) {
      labels l = {.node = node, .base = base, .known = true};
      x->scope.guard = outer;
      if (!falls) first = x->unit->calls.count;
      walked = read_labels(x, child, &l);
      push_labels(x, &l, body, falls);
    }
    if (walked) stmt_walk(x, walked);
    if (walked) call_mark_ending(x, walked, ends, first);
    falls = walked && leaving_of(x, walked) == STAYS;
  }
}

static void switch_statement(extract *x, uint32_t n) {
  scope saved;
  uint32_t test = condition_of(x, n);
  uint32_t body = next_of(x, n, test);
  if (!test) return;
  value v = value_of(x, test);
  if (!body) return;
  guard_enter(x, &saved, NULL, true);
  x->scope.guard = saved.guard;
  if (tree_kind(x, body) == CXCursor_CompoundStmt)
    switch_body(x, body, v.kind == VALUE_NODE ? v.ref : 0, lvalue_base(x, test));
  else
    stmt_walk(x, body);
  guard_leave(x, &saved);
}

/* The last goto in the nodes up to `end` that leads back to this label; 0 when there is none. */
static uint32_t last_goto(const extract *x, uint32_t label, uint32_t end) {
  CXSourceLocation place = clang_getCursorLocation(tree_cursor(x, label));
  uint32_t last = 0;
  for (uint32_t i = label + 1; i < end; i++) {
    if (tree_kind(x, i) != CXCursor_LabelRef) continue;
    CXCursor named = clang_getCursorReferenced(tree_cursor(x, i));
    if (clang_equalLocations(clang_getCursorLocation(named), place)) last = i;
  }
  return last;
}

/* What a block's variables leave behind when it ends. */
static void leave_block(extract *x, uint32_t n) {
  TREE_EACH(x, n, statement) {
    if (tree_kind(x, statement) != CXCursor_DeclStmt) continue;
    TREE_EACH(x, statement, child) {
      if (tree_kind(x, child) != CXCursor_VarDecl) continue;
      cleanup_variable(x, child);
      if (x->cxx) lifetime_end_variable(x, child);
    }
  }
}

/* From a label to the last goto that leads back to it is a cycle, like a loop statement. What early exits
 * leave to be known holds behind the block, too; who walks a block under a condition ends that. */
static void compound(extract *x, uint32_t n) {
  uint32_t guard = x->scope.guard, first = x->unit->calls.count, cycle = x->scope.cycle, cycle_end = 0;
  scope saved;
  TREE_EACH(x, n, child) {
    uint32_t ends = x->ends, returns = x->returns;
    if (tree_kind(x, child) == CXCursor_LabelStmt) {
      uint32_t back = last_goto(x, child, tree_end(x, n));
      x->scope.guard = guard; /* a goto leads here from elsewhere */
      if (back && !cycle_end) {
        enter_cycle(x, child, (cycle_parts){0}, &saved);
        if (cycle_jumps_again(x, child, back))
          x->unit->cycles.items[x->scope.cycle].flags |= FACTS_CYCLE_TRIES_AGAIN;
      }
      if (back > cycle_end) cycle_end = back;
    }
    stmt_walk(x, child);
    call_mark_ending(x, child, ends, first);
    if (x->returns != returns) first = x->unit->calls.count; /* what was called so far may come back */
    if (tree_end(x, child) > cycle_end) {
      x->scope.cycle = cycle;
      cycle_end = 0;
    }
  }
  leave_block(x, n);
}

static void return_statement(extract *x, uint32_t n) {
  uint32_t result = tree_child(x, n, 0);
  if (result && x->scope.function != NO_FUNCTION) {
    enum type_class type = type_classify(x, clang_getCursorType(tree_cursor(x, result)));
    CXType returned = clang_getCanonicalType(clang_getCursorResultType(tree_cursor(x, 0)));
    bool by_reference = x->cxx && returned.kind == CXType_LValueReference;
    facts_node node = node_make(x, FACTS_NODE_RETURN, x->scope.function, 0);
    if (by_reference) {
      lvalue object = lvalue_of(x, result);
      value v = {.kind = object.deref ? VALUE_NODE : VALUE_ADDRESS, .ref = object.node, .at = result};
      if (object.node) flow_emit(x, (lvalue){.node = node}, v);
    } else if (type_flows(type)) {
      x->awaiting =
          x->cxx && tree_kind(x, tree_strip(x, result)) == CXCursor_CallExpr; /* who calls this awaits it */
      flow_expression(x, result, (lvalue){.node = node});
      x->awaiting = false;
    } else {
      flow_record(x, node, result);
    }
  }
  x->scope.left = true;
  x->returns++;
}

/* What is made for a statement's value ends with it. */
static void expression_statement(extract *x, uint32_t n) {
  uint32_t inner = x->cxx ? tree_strip_casts(x, n) : n; /* (void)std::async(…) too */
  if (x->cxx && lifetime_is_temporary(x, inner))
    lifetime_end_temporary(x, inner, value_of(x, inner));
  else
    value_effects(x, n);
}

static void children(extract *x, uint32_t n) { TREE_EACH(x, n, child) stmt_walk(x, child); }

void stmt_walk(extract *x, uint32_t n) {
  if (x->depth > 4000) {
    call_flat(x, n);
    return;
  }
  x->depth++;
  switch (tree_kind(x, n)) {
  case CXCursor_CompoundStmt: compound(x, n); break;
  case CXCursor_DeclStmt:
  case CXCursor_CXXTryStmt:
  case CXCursor_LabelStmt:
  case CXCursor_CaseStmt:
  case CXCursor_DefaultStmt: children(x, n); break;
  case CXCursor_CXXCatchStmt: walk_under(x, tree_last(x, n), NULL, true); break;
  case CXCursor_VarDecl: init_variable(x, n); break;
  case CXCursor_UnexposedDecl: structured_binding(x, n); break;
  case CXCursor_IfStmt: if_statement(x, n); break;
  case CXCursor_WhileStmt: while_statement(x, n); break;
  case CXCursor_DoStmt: do_statement(x, n); break;
  case CXCursor_ForStmt: for_statement(x, n); break;
  case CXCursor_CXXForRangeStmt: range_statement(x, n); break;
  case CXCursor_SwitchStmt: switch_statement(x, n); break;
  case CXCursor_ReturnStmt: return_statement(x, n); break;
  case CXCursor_GotoStmt:
  case CXCursor_IndirectGotoStmt:
    x->scope.left = true;
    x->returns++;
    break;
  case CXCursor_GCCAsmStmt:
  case CXCursor_UnexposedStmt: /* an attributed statement, asm */ children(x, n); break;
  default:
    if (clang_isExpression(tree_kind(x, n))) expression_statement(x, n);
  }
  x->depth--;
}
