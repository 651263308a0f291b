/* Conditions: what they call, and what holds where they are true or false. */
#include "analyzer/frontend/extract.h"

#include <string.h>
#include <sys/syscall.h>

static void push(extract *x, predicate what, uint32_t branch) {
  *bs_vec_push(&x->guards) = (pending_guard){.outer = x->scope.guard,
                                             .what = what,
                                             .branch = branch,
                                             .position = x->unit->calls.count,
                                             .cycle = x->scope.cycle};
  x->scope.guard = x->guards.count - 1;
}

void guard_push_one(extract *x, predicate what) { push(x, what, ++x->conditions << 1); }

void guard_push(extract *x, const condition *c, bool yes) {
  const predicate *what = c ? yes ? c->yes : c->no : NULL;
  uint32_t count = c ? yes ? c->nyes : c->nno : 0;
  uint32_t branch = (c && c->id ? c->id : ++x->conditions) << 1 | yes;
  for (uint32_t i = 0; i < count; i++) push(x, what[i], branch);
  if (!count) push(x, (predicate){.op = FACTS_GUARD_OTHER}, branch);
}

uint32_t guard_row(extract *x, uint32_t guard) {
  if (!guard) return 0;
  if (x->guards.items[guard].row) return x->guards.items[guard].row;
  uint32_t outer = guard_row(x, x->guards.items[guard].outer);
  const pending_guard *g = &x->guards.items[guard];
  uint32_t row = x->unit->guards.count;
  *bs_vec_push(&x->unit->guards) = (facts_guard){.outer = outer,
                                                 .node = g->what.node,
                                                 .base = g->what.base,
                                                 .op = g->what.op,
                                                 .value = g->what.value,
                                                 .branch = g->branch,
                                                 .position = g->position,
                                                 .cycle = g->cycle};
  return x->guards.items[guard].row = row;
}

void guard_enter(extract *x, scope *saved, const condition *c, bool yes) {
  *saved = x->scope;
  guard_push(x, c, yes);
  x->scope.conditional = true;
}

void guard_leave(extract *x, const scope *saved) {
  x->scope.guard = saved->guard;
  x->scope.conditional = saved->conditional;
  x->scope.cycle = saved->cycle;
}

static predicate *one(extract *x, predicate what) {
  predicate *p = bs_arena_alloc(&x->arena, sizeof *p);
  *p = what;
  return p;
}

static void add_pair(extract *x, condition *c, predicate what, enum facts_guard_op no) {
  if (!what.node) return;
  c->nyes = c->nno = 1;
  c->yes = one(x, what);
  what.op = (uint8_t)no;
  c->no = one(x, what);
}

static void negate(condition *c) {
  condition old = *c;
  c->yes = old.no;
  c->nyes = old.nno;
  c->no = old.yes;
  c->nno = old.nyes;
}

/* What both say; of more than are kept the last one says that there were more. */
static void append(extract *x, predicate **to, uint8_t *count, const predicate *from, uint8_t more) {
  uint32_t all = *count + (uint32_t)more, kept = all < CONDITION_MAX ? all : CONDITION_MAX;
  predicate *joined = bs_arena_alloc(&x->arena, (kept + 1) * sizeof *joined);
  for (uint32_t i = 0; i < kept; i++) joined[i] = i < *count ? (*to)[i] : from[i - *count];
  if (all > kept) joined[kept - 1] = (predicate){.op = FACTS_GUARD_DROPPED};
  *to = joined;
  *count = (uint8_t)kept;
}

/* `node & constant`, tested for bits. */
static bool bit_test(extract *x, uint32_t n, predicate *what) {
  n = tree_strip(x, n);
  if (tree_kind(x, n) != CXCursor_BinaryOperator ||
      clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) != CXBinaryOperator_And)
    return false;
  uint32_t lhs = tree_child(x, n, 0), rhs = tree_child(x, n, 1);
  if (!lhs || !rhs) return false;
  if (!value_constant(x, rhs, &what->value)) {
    if (!value_constant(x, lhs, &what->value)) return false;
    lhs = rhs;
  }
  value v = value_of(x, lhs);
  what->node = v.kind == VALUE_NODE ? v.ref : 0;
  what->base = lvalue_base(x, lhs);
  return true;
}

static void truth(extract *x, uint32_t n, condition *c) {
  predicate bits = {.op = FACTS_GUARD_HAS};
  if (bit_test(x, n, &bits)) {
    add_pair(x, c, bits, FACTS_GUARD_LACKS);
    return;
  }
  enum type_class type = type_classify(x, clang_getCursorType(tree_cursor(x, n)));
  if (type != TYPE_INTEGER && type != TYPE_POINTER) {
    value_effects(x, n);
    return;
  }
  value v = value_of(x, n);
  if (v.kind == VALUE_NODE)
    add_pair(x, c, (predicate){v.ref, lvalue_base(x, n), FACTS_GUARD_NE, 0}, FACTS_GUARD_EQ);
}

static enum facts_guard_op mirrored(enum facts_guard_op op) {
  switch (op) {
  case FACTS_GUARD_LT: return FACTS_GUARD_GT;
  case FACTS_GUARD_LE: return FACTS_GUARD_GE;
  case FACTS_GUARD_GT: return FACTS_GUARD_LT;
  case FACTS_GUARD_GE: return FACTS_GUARD_LE;
  default: return op;
  }
}

static enum facts_guard_op opposite(enum facts_guard_op op) {
  static const uint8_t opposites[FACTS_GUARD_OPS] = {
      [FACTS_GUARD_EQ] = FACTS_GUARD_NE,     [FACTS_GUARD_NE] = FACTS_GUARD_EQ,
      [FACTS_GUARD_LT] = FACTS_GUARD_GE,     [FACTS_GUARD_LE] = FACTS_GUARD_GT,
      [FACTS_GUARD_GT] = FACTS_GUARD_LE,     [FACTS_GUARD_GE] = FACTS_GUARD_LT,
      [FACTS_GUARD_HAS] = FACTS_GUARD_LACKS, [FACTS_GUARD_LACKS] = FACTS_GUARD_HAS};
  return (enum facts_guard_op)opposites[op];
}

static bool is_one_of(const char *name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

/* What a variable began with; 0 for anything else. */
static CXCursor beginning_of(CXCursor cursor) {
  CXCursor named = clang_getCursorReferenced(cursor);
  if (cursor.kind != CXCursor_DeclRefExpr || named.kind != CXCursor_VarDecl) return clang_getNullCursor();
  bool local = clang_getCursorLinkage(named) == CXLinkage_NoLinkage;
  return local ? clang_Cursor_getVarDeclInitializer(named) : clang_getNullCursor();
}

static bool calls_gettid(extract *x, uint32_t n) {
  int64_t number;
  uint32_t first = tree_kind(x, n) == CXCursor_CallExpr ? tree_child(x, n, 1) : 0;
  return first && value_constant(x, first, &number) && number == SYS_gettid;
}

enum asker { NOBODY, THREAD, PROCESS };

/* pthread_self(), gettid() and their like: the thread that asks; getpid(): its process. */
static enum asker asker_of(extract *x, uint32_t n) {
  static const char *const threads[] = {"pthread_self",       "gettid",         "thrd_current",
                                        "g_thread_self",      "uv_thread_self", "currentThread",
                                        "GetCurrentThreadId", "currentThreadId"};
  static const char *const processes[] = {"getpid", "uv_os_getpid"};
  n = tree_strip_casts(x, n);
  CXCursor cursor = tree_cursor(x, n), began = beginning_of(cursor);
  if (!clang_Cursor_isNull(began)) cursor = began;
  if (cursor.kind != CXCursor_CallExpr && clang_Cursor_isNull(began)) return NOBODY;
  CXString spelling = clang_getCursorSpelling(cursor);
  const char *name = clang_getCString(spelling);
  enum asker who = is_one_of(name, threads, sizeof threads / sizeof *threads)         ? THREAD
                   : is_one_of(name, processes, sizeof processes / sizeof *processes) ? PROCESS
                   : strcmp(name, "syscall") == 0 && calls_gettid(x, n)               ? THREAD
                                                                                      : NOBODY;
  clang_disposeString(spelling);
  return who;
}

/* A variable of the whole program, or a field of one: where it keeps its own number. One that was read from
 * a lock's file says who else is there. */
static bool is_kept_number(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  facts_node base = lvalue_base(x, n);
  if (!base && tree_kind(x, n) == CXCursor_DeclRefExpr) base = lvalue_variable(x, n, decl_of(x, n)).node;
  return base && x->unit->nodes.items[base].kind == FACTS_NODE_GLOBAL;
}

static bool names_itself(extract *x, uint32_t n, uint32_t other) {
  enum asker who = asker_of(x, n);
  return who == THREAD || (who == PROCESS && is_kept_number(x, other));
}

/* Whether one side of a comparison is the thread or the process that asks: the value of that call stands for
 * the answer, which is known where a loop runs; see order.c. */
static value compare_threads(extract *x, uint32_t lhs, uint32_t rhs) {
  bool first = names_itself(x, lhs, rhs), second = names_itself(x, rhs, lhs);
  value a = value_of(x, lhs), b = value_of(x, rhs);
  value v = first ? a : second ? b : value_unknown(lhs);
  return v.kind == VALUE_NODE ? v : value_unknown(lhs);
}

bool guard_compares_threads(extract *x, uint32_t lhs, uint32_t rhs, value *v) {
  if (!names_itself(x, lhs, rhs) && !names_itself(x, rhs, lhs)) return false;
  *v = compare_threads(x, lhs, rhs);
  return true;
}

static void comparison(extract *x, uint32_t lhs, uint32_t rhs, enum facts_guard_op op, condition *c) {
  int64_t constant;
  if (!value_constant(x, rhs, &constant)) {
    value thread;
    if ((op == FACTS_GUARD_EQ || op == FACTS_GUARD_NE) && guard_compares_threads(x, lhs, rhs, &thread)) {
      enum facts_guard_op same = op == FACTS_GUARD_EQ ? FACTS_GUARD_NE : FACTS_GUARD_EQ;
      if (thread.kind == VALUE_NODE)
        add_pair(x, c, (predicate){thread.ref, 0, (uint8_t)same, 0}, opposite(same));
      return;
    }
    if (!value_constant(x, lhs, &constant)) {
      value_effects(x, lhs);
      value_effects(x, rhs);
      return;
    }
    lhs = rhs;
    op = mirrored(op);
  }
  if (asker_of(x, lhs) != NOBODY) { /* `getpid() == 1`: not known */
    value_effects(x, lhs);
    return;
  }
  bool equality = op == FACTS_GUARD_EQ || op == FACTS_GUARD_NE;
  predicate bits = {.op = op == FACTS_GUARD_EQ ? FACTS_GUARD_LACKS : FACTS_GUARD_HAS};
  if (equality && constant == 0 && bit_test(x, lhs, &bits)) {
    add_pair(x, c, bits, opposite((enum facts_guard_op)bits.op));
    return;
  }
  enum type_class type = type_classify(x, clang_getCursorType(tree_cursor(x, lhs)));
  if (type != TYPE_INTEGER && type != TYPE_POINTER) {
    value_effects(x, lhs);
    return;
  }
  value v = value_of(x, lhs);
  if (v.kind == VALUE_NODE)
    add_pair(x, c, (predicate){v.ref, lvalue_base(x, lhs), (uint8_t)op, constant}, opposite(op));
}

/* Where `a && b` is false, a was, or b: of interest where b is a call whose result tells the two ways
 * apart. */
static void keep_maybe(extract *x, condition *c, const condition *second) {
  c->nno = 0;
  for (uint8_t i = 0; i < second->nno; i++) {
    predicate what = second->no[i];
    if (what.op != FACTS_GUARD_EQ) continue;
    what.op = FACTS_GUARD_MAYBE_EQ;
    append(x, &c->no, &c->nno, &what, 1);
  }
}

/* `a && b` (also `a || b`, seen as its negation): b is visited under what a says. */
static void both(extract *x, uint32_t lhs, uint32_t rhs, bool is_or, condition *c) {
  condition second;
  scope saved;
  uint32_t calls;
  guard_condition(x, lhs, c);
  if (is_or) negate(c);
  guard_enter(x, &saved, c, true);
  calls = x->unit->calls.count;
  guard_condition(x, rhs, &second);
  guard_leave(x, &saved);
  if (is_or) negate(&second);
  append(x, &c->yes, &c->nyes, second.yes, second.nyes);
  c->nno = 0;
  if (x->unit->calls.count != calls) keep_maybe(x, c, &second);
  if (is_or) negate(c);
}

static bool comparison_op(enum CXBinaryOperatorKind kind, enum facts_guard_op *op) {
  switch (kind) {
  case CXBinaryOperator_EQ: *op = FACTS_GUARD_EQ; return true;
  case CXBinaryOperator_NE: *op = FACTS_GUARD_NE; return true;
  case CXBinaryOperator_LT: *op = FACTS_GUARD_LT; return true;
  case CXBinaryOperator_LE: *op = FACTS_GUARD_LE; return true;
  case CXBinaryOperator_GT: *op = FACTS_GUARD_GT; return true;
  case CXBinaryOperator_GE: *op = FACTS_GUARD_GE; return true;
  default: return false;
  }
}

static void binary_condition(extract *x, uint32_t n, condition *c) {
  uint32_t lhs = tree_child(x, n, 0), rhs = tree_child(x, n, 1);
  enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(tree_cursor(x, n));
  enum facts_guard_op op;
  if (!lhs || !rhs) return;
  if (kind == CXBinaryOperator_LAnd || kind == CXBinaryOperator_LOr) {
    both(x, lhs, rhs, kind == CXBinaryOperator_LOr, c);
  } else if (kind == CXBinaryOperator_Comma) {
    uint32_t first = x->unit->calls.count;
    value_effects(x, lhs);
    uint32_t ends = x->ends;
    guard_condition(x, rhs, c);
    call_mark_ending(x, rhs, ends, first);
  } else if (comparison_op(kind, &op)) {
    comparison(x, lhs, rhs, op, c);
  } else {
    truth(x, n, c);
  }
}

/* assert(in_loop()): what it asks holds behind it. Other ends of the process say less: who forks and exits is
 * a daemon. */
bool guard_asserts(extract *x, const condition *c, uint32_t ends) {
  static const char *const exits[] = {"exit", "_exit", "_Exit", "quick_exit", "exec"};
  if (x->ends == ends || c->nyes != 1 || !c->yes->node) return false;
  if (x->unit->nodes.items[c->yes->node].kind != FACTS_NODE_RESULT) return false;
  CXString spelling = clang_getCursorSpelling(tree_cursor(x, x->ending));
  bool exit = false;
  for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
    exit |= strncmp(clang_getCString(spelling), exits[i], strlen(exits[i])) == 0;
  clang_disposeString(spelling);
  return !exit;
}

static void ways(extract *x, uint32_t n) {
  condition c;
  scope saved;
  uint32_t yes = tree_child(x, n, 1), no = tree_child(x, n, 2);
  guard_condition(x, tree_child(x, n, 0), &c);
  guard_enter(x, &saved, &c, true);
  if (yes) value_effects(x, yes);
  guard_leave(x, &saved);
  uint32_t ends = x->ends;
  guard_enter(x, &saved, &c, false);
  if (no) value_effects(x, no);
  guard_leave(x, &saved);
  if (guard_asserts(x, &c, ends)) guard_push(x, &c, true);
}

static bool is_expect(extract *x, uint32_t call) {
  uint32_t callee = tree_strip(x, call + 1);
  if (tree_end(x, call) == call + 1 || tree_kind(x, callee) != CXCursor_DeclRefExpr) return false;
  decl_info info = *decl_at(x, decl_of(x, callee));
  return info.kind == DECL_BUILTIN && bs_intern_find(&x->unit->strings, "__builtin_expect", 16) == info.name;
}

/* Whether an instance's number decides the condition. `if (0)` does not: that is for debugging. */
static bool is_decided(extract *x, uint32_t n, int64_t *constant) {
  enum { NODES_MAX = 48 };
  bool replaced = false;
  if (!x->cxx || tree_end(x, n) - n > NODES_MAX) return false;
  for (uint32_t i = n; i < tree_end(x, n) && !replaced; i++) replaced = tree_is_replaced(x, i);
  return replaced && value_constant(x, n, constant);
}

static void decided(extract *x, uint32_t n, int64_t constant, condition *c) {
  facts_node temp = node_temp(x);
  flow_emit(x, (lvalue){.node = temp}, (value){.kind = VALUE_INTEGER, .integer = constant != 0, .at = n});
  add_pair(x, c, (predicate){temp, 0, FACTS_GUARD_NE, 0}, FACTS_GUARD_EQ);
}

void guard_condition(extract *x, uint32_t n, condition *c) {
  *c = (condition){.id = ++x->conditions};
  uint32_t id = c->id;
  if (x->depth > 4000) {
    value_effects(x, n);
    return;
  }
  int64_t constant;
  if (is_decided(x, n, &constant)) {
    decided(x, n, constant, c);
    return;
  }
  n = tree_strip(x, n);
  x->depth++;
  switch (question_is_ready(x, n) ? CXCursor_CallExpr : tree_kind(x, n)) {
  case CXCursor_BinaryOperator: binary_condition(x, n, c); break;
  case CXCursor_UnaryOperator:
    if (clang_getCursorUnaryOperatorKind(tree_cursor(x, n)) == CXUnaryOperator_LNot &&
        n + 1 < tree_end(x, n)) {
      guard_condition(x, n + 1, c);
      negate(c);
    } else {
      truth(x, n, c);
    }
    break;
  case CXCursor_ConditionalOperator: ways(x, n); break;
  case CXCursor_CallExpr:
    if (tree_kind(x, n) == CXCursor_CallExpr && is_expect(x, n))
      guard_condition(x, tree_child(x, n, 1), c);
    else
      truth(x, n, c);
    break;
  default: truth(x, n, c);
  }
  c->id = id;
  x->depth--;
}
