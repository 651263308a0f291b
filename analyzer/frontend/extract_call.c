/* Calls: who is called, from where, under which conditions, with what. */
#include "analyzer/frontend/extract.h"

#include <string.h>

static enum type_class class_of(extract *x, uint32_t n) {
  return type_classify(x, clang_getCursorType(tree_cursor(x, n)));
}

/* The struct variable of this function that `&v` names, or UINT32_MAX. */
static uint32_t addressed_struct(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) != CXCursor_UnaryOperator || n + 1 >= tree_end(x, n)) return UINT32_MAX;
  uint32_t operand = tree_strip(x, n + 1);
  if (tree_kind(x, operand) != CXCursor_DeclRefExpr) return UINT32_MAX;
  uint32_t decl = decl_of(x, operand);
  const decl_info *info = &x->decls.items[decl];
  return info->kind == DECL_VARIABLE && info->type == TYPE_RECORD && info->local ? decl : UINT32_MAX;
}

/* &(struct timeval){0} */
static bool is_zero_literal(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) != CXCursor_UnaryOperator || n + 1 >= tree_end(x, n)) return false;
  uint32_t literal = tree_strip(x, n + 1);
  if (tree_kind(x, literal) != CXCursor_CompoundLiteralExpr || !tree_last(x, literal)) return false;
  uint32_t list = tree_last(x, literal);
  int64_t constant;
  TREE_EACH(x, list, child) {
    uint32_t item = tree_count(x, child) > 1 ? tree_last(x, child) : child;
    if (!value_constant(x, item, &constant) || constant) return false;
  }
  return true;
}

facts_argument argument_from(extract *x, uint32_t n, value v) {
  facts_argument a = {.flags = v.cast ? FACTS_ARGUMENT_CAST : 0, .ref = v.ref, .value = v.integer};
  switch (v.kind) {
  case VALUE_NODE: a.kind = FACTS_ARGUMENT_NODE; break;
  case VALUE_LOAD:
    a.kind = FACTS_ARGUMENT_NODE;
    v.cast = false;
    a.ref = value_node(x, v);
    break;
  case VALUE_ADDRESS: a.kind = FACTS_ARGUMENT_ADDRESS; break;
  case VALUE_FUNCTION: a.kind = FACTS_ARGUMENT_FUNCTION; break;
  case VALUE_INTEGER:
    a.kind = v.integer == 0 && class_of(x, n) == TYPE_POINTER ? FACTS_ARGUMENT_NULL : FACTS_ARGUMENT_INTEGER;
    break;
  case VALUE_STRING:
    a.kind = FACTS_ARGUMENT_STRING;
    a.text = v.text;
    break;
  case VALUE_FLAGS: a.kind = FACTS_ARGUMENT_FLAGS; break;
  case VALUE_MASKED: a.kind = FACTS_ARGUMENT_MASKED; break;
  default: a.kind = FACTS_ARGUMENT_UNKNOWN;
  }
  return a;
}

static bool is_lvalue(extract *x, uint32_t n) {
  switch (tree_kind(x, n)) {
  case CXCursor_DeclRefExpr:
  case CXCursor_MemberRefExpr: {
    const decl_info *info = decl_at(x, decl_of(x, n));
    return info->kind == DECL_VARIABLE || info->kind == DECL_FIELD;
  }
  case CXCursor_ArraySubscriptExpr: return true;
  case CXCursor_UnaryOperator:
    return clang_getCursorUnaryOperatorKind(tree_cursor(x, n)) == CXUnaryOperator_Deref;
  default: return false;
  }
}

/* An argument that binds to a reference is the thing's address; a value without a place is itself. */
static value reference_value(extract *x, uint32_t n) {
  if (!is_lvalue(x, tree_strip(x, n))) return value_of(x, n);
  lvalue object = lvalue_of(x, n);
  if (!object.node) return value_unknown(n);
  return (value){.kind = object.deref ? VALUE_NODE : VALUE_ADDRESS, .ref = object.node, .at = n};
}

/* A duration of std::chrono is handed over as a number is. */
static value duration_argument(extract *x, uint32_t n, value v) {
  int64_t nanoseconds;
  if (!duration_is(clang_getCursorType(tree_cursor(x, tree_strip(x, n))))) return v;
  if (duration_value(x, n, &nanoseconds))
    return (value){.kind = VALUE_INTEGER, .integer = nanoseconds, .at = v.at};
  if (v.kind == VALUE_ADDRESS && v.ref) v.kind = VALUE_NODE;
  return v;
}

/* A struct that is handed over whole is known by its variable, or as what the literal makes. */
static value record_value(extract *x, uint32_t n) {
  uint32_t inner = tree_strip(x, n);
  if (tree_kind(x, inner) == CXCursor_CompoundLiteralExpr)
    return (value){.kind = VALUE_ADDRESS, .ref = init_literal(x, inner), .at = n};
  if (tree_kind(x, inner) != CXCursor_DeclRefExpr || !is_lvalue(x, inner)) return value_of(x, n);
  lvalue object = lvalue_of(x, inner);
  if (!object.node || object.deref) return value_of(x, n);
  return (value){.kind = VALUE_NODE, .ref = object.node, .at = n};
}

static value argument_value(extract *x, uint32_t n, bool by_reference) {
  if (by_reference) return reference_value(x, n);
  return !x->cxx && class_of(x, n) == TYPE_RECORD ? record_value(x, n) : value_of(x, n);
}

/* The class of what stands around a function, bind_executor(pool, f); 0 where nothing does. */
static facts_str adapter_record(extract *x, uint32_t n) {
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n)));
  return clang_Type_getNumTemplateArguments(type) > 0 ? name_pointee_record(x, type) : 0;
}

static enum CXChildVisitResult look_for_number(CXCursor cursor, CXCursor parent, CXClientData zeros) {
  (void)parent;
  if (cursor.kind == CXCursor_InitListExpr) return CXChildVisit_Recurse;
  if (cursor.kind == CXCursor_MemberRef) return CXChildVisit_Continue;
  CXEvalResult result = clang_Cursor_Evaluate(cursor);
  bool zero =
      result && clang_EvalResult_getKind(result) == CXEval_Int && !clang_EvalResult_getAsLongLong(result);
  if (result) clang_EvalResult_dispose(result);
  if (!result && cursor.kind == CXCursor_UnexposedExpr) return CXChildVisit_Recurse; /* .tv_sec = 0 */
  if (!zero) *(bool *)zeros = false;
  return *(bool *)zeros ? CXChildVisit_Continue : CXChildVisit_Break;
}

/* {0}, {.tv_sec = 0, .tv_nsec = 0} */
static bool only_zeros(CXCursor initialiser) {
  bool zeros = initialiser.kind == CXCursor_InitListExpr;
  if (zeros) clang_visitChildren(initialiser, look_for_number, &zeros);
  return zeros;
}

/* &now of `static const struct timespec now;`: zeros for ever. */
static bool is_zero_constant(extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  if (tree_kind(x, n) != CXCursor_UnaryOperator || n + 1 >= tree_end(x, n)) return false;
  CXCursor variable = clang_getCursorReferenced(tree_cursor(x, tree_strip(x, n + 1)));
  if (variable.kind != CXCursor_VarDecl || clang_getCursorLinkage(variable) == CXLinkage_External)
    return false;
  CXType type = clang_getCursorType(variable);
  if (!clang_isConstQualifiedType(type) || type_classify(x, type) != TYPE_RECORD) return false;
  CXCursor initialiser = clang_Cursor_getVarDeclInitializer(variable);
  bool is_static = clang_Cursor_getStorageClass(variable) == CX_SC_Static;
  return clang_Cursor_isNull(initialiser) ? is_static && !x->cxx : only_zeros(initialiser);
}

static void read_argument(extract *x, uint32_t n, bool by_reference) {
  uint32_t decl = addressed_struct(x, n);
  bool zero_literal = decl == UINT32_MAX && (is_zero_literal(x, n) || is_zero_constant(x, n));
  value v = argument_value(x, n, by_reference);
  if (x->cxx && class_of(x, n) == TYPE_RECORD) {
    value object = callable_object(x, n);
    if (object.kind != VALUE_NONE) v = object;
    v = duration_argument(x, n, v);
  }
  facts_argument a = argument_from(x, n, v);
  uint32_t inner = tree_strip_casts(x, n);
  if (!a.text && a.kind == FACTS_ARGUMENT_NODE) a.text = value_spelling(x, inner);
  if (a.kind == FACTS_ARGUMENT_NODE || a.kind == FACTS_ARGUMENT_ADDRESS || a.kind == FACTS_ARGUMENT_UNKNOWN) {
    a.record = name_pointee_record(x, clang_getCursorType(tree_cursor(x, inner)));
    if (!a.record && inner != n) a.record = name_pointee_record(x, clang_getCursorType(tree_cursor(x, n)));
  }
  if (x->cxx && a.kind == FACTS_ARGUMENT_FUNCTION) a.record = adapter_record(x, inner);
  if (a.kind == FACTS_ARGUMENT_NODE || a.kind == FACTS_ARGUMENT_FLAGS) a.base = lvalue_base(x, inner);
  if (a.kind == FACTS_ARGUMENT_ADDRESS && tree_kind(x, inner) == CXCursor_UnaryOperator)
    a.base = lvalue_base(x, inner + 1);
  if (zero_literal) a.flags |= FACTS_ARGUMENT_ZERO_STRUCT;
  bool has_value =
      a.kind == FACTS_ARGUMENT_INTEGER || a.kind == FACTS_ARGUMENT_FLAGS || a.kind == FACTS_ARGUMENT_MASKED;
  if (!has_value) a.value = 0;
  *bs_vec_push(&x->arguments) = a;
}

/* After a call's row is written: its struct arguments may turn out to be zeros at the end of the function. */
static void note_zero_candidates(extract *x, const facts_call *call, const uint32_t *argument_nodes) {
  uint32_t callee = call->kind == FACTS_CALL_DIRECT ? call->callee + 1 : UINT32_MAX;
  for (uint32_t i = 0; i < call->narguments; i++) {
    uint32_t decl = addressed_struct(x, argument_nodes[i]);
    if (decl == UINT32_MAX) continue;
    decl_info *info = &x->decls.items[decl];
    info->escape = info->escape && info->escape != callee ? UINT32_MAX : callee;
    *bs_vec_push(&x->zeros) = (zero_candidate){call->first_argument + i, decl};
  }
}

typedef struct callee {
  enum facts_call_kind kind;
  uint32_t ref;
  facts_node base; /* as in facts_call */
  uint32_t at; /* tree node whose place is the call's */
  uint32_t decl; /* of a builtin */
  facts_str object; /* as in facts_call */
  bool builtin;
} callee;

/* A call in a template as written that may mean several functions: the first that takes as many arguments. */
static uint32_t overload_for(extract *x, uint32_t n, uint32_t arguments) {
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  if (named.kind != CXCursor_OverloadedDeclRef) return NO_FUNCTION;
  unsigned count = clang_getNumOverloadedDecls(named);
  for (unsigned i = 0; i < count; i++) {
    CXCursor one = clang_getOverloadedDecl(named, i);
    int parameters = clang_Cursor_getNumArguments(one);
    if (parameters < 0 || (uint32_t)parameters == arguments || count == 1) return function_find(x, one);
  }
  return NO_FUNCTION;
}

static callee callee_of_value(extract *x, uint32_t n) {
  callee c = {.kind = FACTS_CALL_INDIRECT, .at = n};
  value v = value_of(x, n);
  if (v.kind == VALUE_FUNCTION) {
    c.kind = FACTS_CALL_DIRECT;
    c.ref = v.ref;
  } else if (v.kind != VALUE_UNKNOWN && v.kind != VALUE_NONE && v.kind != VALUE_INTEGER) {
    c.ref = value_node(x, v);
    c.base = lvalue_base(x, n);
  }
  return c;
}

/* The object of a member call; one that only this call uses ends with it. */
static void object_effects(extract *x, uint32_t n) {
  value_effects(x, n);
  uint32_t object = tree_strip(x, n);
  if (x->cxx && lifetime_is_temporary(x, object)) lifetime_end_temporary(x, object, value_none(object));
}

facts_str call_object(extract *x, uint32_t n) {
  return name_pointee_record(x, clang_getCursorType(tree_cursor(x, tree_strip(x, n))));
}

static callee callee_of(extract *x, uint32_t n, uint32_t arguments) {
  n = tree_strip(x, n);
  enum CXCursorKind kind = tree_kind(x, n);
  if (kind == CXCursor_DeclRefExpr || kind == CXCursor_MemberRefExpr) {
    uint32_t decl = decl_of(x, n);
    decl_info info = x->decls.items[decl];
    if (info.kind == DECL_BUILTIN) return (callee){.at = n, .decl = decl, .builtin = true};
    if (info.kind == DECL_FUNCTION) {
      bool of_object = kind == CXCursor_MemberRefExpr && n + 1 < tree_end(x, n);
      if (of_object) object_effects(x, n + 1);
      bool is_virtual = x->cxx && kind == CXCursor_MemberRefExpr && cxx_is_virtual(x, n);
      return (callee){.kind = is_virtual ? FACTS_CALL_VIRTUAL : FACTS_CALL_DIRECT,
                      .ref = info.index,
                      .at = n,
                      .object = x->cxx && of_object ? call_object(x, n + 1) : 0};
    }
    uint32_t overload = x->cxx && info.kind == DECL_OTHER ? overload_for(x, n, arguments) : NO_FUNCTION;
    if (overload != NO_FUNCTION) {
      if (kind == CXCursor_MemberRefExpr && n + 1 < tree_end(x, n)) value_effects(x, n + 1);
      return (callee){.kind = FACTS_CALL_DIRECT, .ref = overload, .at = n};
    }
  }
  return callee_of_value(x, n);
}

static bool is_copy(const char *name) {
  static const char *const names[] = {"memcpy", "memmove", "mempcpy", "__memcpy_chk", "__memmove_chk"};
  if (strncmp(name, "__builtin_", 10) == 0) name += 10;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

/* memcpy(to, from, …): `*to = *from` where they hold pointers or numbers; a struct's fields are the same
 * nodes on both sides. */
static void copy_pointee(extract *x, uint32_t to, uint32_t from, value to_value, value from_value) {
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, tree_strip_casts(x, to))));
  bool is_array = type_classify(x, type) == TYPE_ARRAY;
  while (type_classify(x, type) == TYPE_ARRAY) type = clang_getCanonicalType(clang_getArrayElementType(type));
  if (!is_array) type = clang_getCanonicalType(clang_getPointeeType(type));
  if (type_classify(x, type) == TYPE_RECORD && to_value.ref) {
    bool known = from_value.kind == VALUE_NODE || from_value.kind == VALUE_ADDRESS;
    enum facts_argument_kind kind =
        from_value.kind == VALUE_NODE ? FACTS_ARGUMENT_NODE : FACTS_ARGUMENT_ADDRESS;
    bool is_object = to_value.kind == VALUE_NODE || to_value.kind == VALUE_ADDRESS;
    if (is_object) flow_note_copy(x, to_value.ref, kind, known ? from_value.ref : 0);
  }
  if (!type_flows(type_classify(x, type))) return;
  lvalue destination = lvalue_deref(x, to_value, type), source = lvalue_deref(x, from_value, type);
  if (destination.node && source.node) flow_emit(x, destination, lvalue_load(source, from));
}

static void note_end(extract *x, uint32_t n) {
  x->ends++;
  x->ending = n;
}

/* Nothing but __builtin_expect gives its argument on; __builtin_constant_p and the like do not evaluate
 * it. */
static value builtin_call(extract *x, uint32_t n, const char *name, bool wanted) {
  static const char *const unevaluated[] = {"__builtin_constant_p", "__builtin_object_size",
                                            "__builtin_dynamic_object_size", "__builtin_classify_type"};
  for (size_t i = 0; i < sizeof unevaluated / sizeof *unevaluated; i++)
    if (strcmp(name, unevaluated[i]) == 0) return value_unknown(n);
  if (strcmp(name, "__builtin_unreachable") == 0 || strcmp(name, "__builtin_trap") == 0) note_end(x, n);
  bool passes = strncmp(name, "__builtin_expect", 16) == 0 || strcmp(name, "__builtin_assume_aligned") == 0;
  bool copies = is_copy(name) && tree_count(x, n) > 3;
  value result = value_unknown(n), values[2];
  uint32_t index = 0;
  TREE_EACH(x, n, child) {
    if (copies && index >= 1 && index <= 2)
      values[index - 1] = value_of(x, child);
    else if (index == 1 && passes && wanted)
      result = value_of(x, child);
    else if (index > 0)
      value_effects(x, child);
    index++;
  }
  if (copies) copy_pointee(x, tree_child(x, n, 1), tree_child(x, n, 2), values[0], values[1]);
  return result;
}

/* A name that is not yet known to mean one function stands where its scopes begin; the name itself is a
 * child. */
static uint32_t overloaded_name(extract *x, uint32_t n) {
  if (!x->cxx || tree_kind(x, n) != CXCursor_DeclRefExpr) return n;
  uint32_t last = tree_last(x, n);
  return last && tree_kind(x, last) == CXCursor_OverloadedDeclRef ? last : n;
}

static facts_call call_row(extract *x, callee c) {
  CXSourceLocation location = clang_getCursorLocation(tree_cursor(x, c.at));
  facts_call call = {.caller = x->scope.function, .kind = (uint8_t)c.kind, .callee = c.ref};
  call.place = name_place_of(x, overloaded_name(x, c.at));
  call.macro = name_macro(x, location);
  call.cycle = x->scope.cycle;
  call.base = c.base;
  call.object = c.object;
  call.guard = guard_row(x, x->scope.guard);
  if (x->scope.conditional || x->scope.left) call.flags |= FACTS_CALL_CONDITIONAL;
  if (c.kind == FACTS_CALL_INDIRECT)
    call.type = name_function_type(x, clang_getCursorType(tree_cursor(x, c.at)));
  return call;
}

/* memset(&v, 0, sizeof v) gives zeros as an initialiser does. */
static void note_memset(extract *x, const facts_call *call, const uint32_t *argument_nodes) {
  if (call->kind != FACTS_CALL_DIRECT || call->narguments < 2 || call->narguments > 3) return;
  const char *name = facts_text(x->unit, x->unit->functions.items[call->callee].name);
  bool is_bzero = strcmp(name, "bzero") == 0 || strcmp(name, "explicit_bzero") == 0;
  if (strcmp(name, "memset") != 0 && strcmp(name, "std::memset") != 0 && !is_bzero) return;
  uint32_t decl = addressed_struct(x, argument_nodes[0]);
  int64_t constant;
  const facts_argument *to = &x->unit->arguments.items[call->first_argument];
  if (to->kind == FACTS_ARGUMENT_ADDRESS || to->kind == FACTS_ARGUMENT_NODE) {
    bool zero = is_bzero || (value_constant(x, argument_nodes[1], &constant) && !constant);
    uint32_t part = tree_strip_casts(x, argument_nodes[0]);
    if (zero && to->kind == FACTS_ARGUMENT_ADDRESS && to->base && part + 1 < tree_end(x, part))
      flow_note_part(x, tree_strip(x, part + 1), 0);
    flow_note(x, to->ref, zero ? FACTS_STORE_ZERO : FACTS_STORE_CHANGE);
  }
  if (decl == UINT32_MAX || is_bzero || !value_constant(x, argument_nodes[1], &constant)) return;
  x->decls.items[decl].zero = true;
  x->decls.items[decl].escape = 0;
  if (constant) x->decls.items[decl].nonzero = true;
}

static value value_of_argument(const facts_argument *a, uint32_t at) {
  if (a->kind != FACTS_ARGUMENT_ADDRESS && a->kind != FACTS_ARGUMENT_NODE) return value_unknown(at);
  return (value){
      .kind = a->kind == FACTS_ARGUMENT_NODE ? VALUE_NODE : VALUE_ADDRESS, .ref = a->ref, .at = at};
}

static void note_copy(extract *x, const facts_call *call, const uint32_t *argument_nodes) {
  if (call->kind != FACTS_CALL_DIRECT || call->narguments < 3) return;
  if (!is_copy(facts_text(x->unit, x->unit->functions.items[call->callee].name))) return;
  const facts_argument *a = &x->unit->arguments.items[call->first_argument];
  value to = value_of_argument(a, argument_nodes[0]), from = value_of_argument(a + 1, argument_nodes[1]);
  copy_pointee(x, argument_nodes[0], argument_nodes[1], to, from);
}

/* The parameter types of the callee where some may be references. */
static bool is_reference_parameter(extract *x, CXType type, uint32_t index) {
  return type.kind == CXType_FunctionProto &&
         type_classify(x, clang_getArgType(type, index)) == TYPE_REFERENCE;
}

static CXType prototype(extract *x, callee c, uint32_t n) {
  if (!x->cxx || c.builtin) return (CXType){0};
  CXType type = clang_getCursorType(tree_cursor(x, c.at));
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  if (clang_isDeclaration(named.kind)) type = clang_getCursorType(named);
  type = clang_getCanonicalType(type);
  return type.kind == CXType_Pointer ? clang_getCanonicalType(clang_getPointeeType(type)) : type;
}

/* execv() and its like: where they come back, they have failed. */
static bool replaces_program(const char *name) {
  static const char *const names[] = {"execl",  "execle",  "execlp", "execv",
                                      "execve", "execvpe", "execvp", "fexecve"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

/* Functions that don't return, but for those that jump to another place in the program. */
static bool ends_process(const extract *x, const facts_call *call) {
  if (call->kind != FACTS_CALL_DIRECT) return false;
  const facts_function *f = &x->unit->functions.items[call->callee];
  const char *name = facts_text(x->unit, f->name);
  return replaces_program(name) || (f->flags & FACTS_FUNCTION_NORETURN && !strstr(name, "longjmp"));
}

static bool is_exec(const extract *x, uint32_t n) {
  CXString spelling = clang_getCursorSpelling(tree_cursor(x, n));
  bool yes = replaces_program(clang_getCString(spelling));
  clang_disposeString(spelling);
  return yes;
}

/* `if (execv(…) < 0)`, `int failed = execv(…)`: the call that is made first. 0 for anything else. */
static uint32_t first_of(const extract *x, uint32_t n) {
  switch (tree_kind(x, n)) {
  case CXCursor_IfStmt: return tree_child(x, n, 0);
  case CXCursor_DeclStmt:
  case CXCursor_VarDecl: return tree_last(x, n);
  case CXCursor_BinaryOperator:
    return clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_Assign
               ? tree_last(x, n)
               : tree_child(x, n, 0);
  default: return 0;
  }
}

static bool execs_first(const extract *x, uint32_t n) {
  n = tree_strip_casts(x, n);
  for (uint32_t inner = first_of(x, n); inner; inner = first_of(x, n)) n = tree_strip_casts(x, inner);
  return tree_kind(x, n) == CXCursor_CallExpr && is_exec(x, n);
}

/* Whether the last thing that a statement does is the last call that ends the process. */
static bool comes_to_end(const extract *x, uint32_t n) {
  for (;;) {
    n = tree_strip_casts(x, n);
    switch (tree_kind(x, n)) {
    case CXCursor_CallExpr: return n == x->ending;
    case CXCursor_CompoundStmt:
    case CXCursor_CStyleCastExpr: n = tree_last(x, n); break; /* a cast: behind the type's name */
    case CXCursor_DoStmt:
    case CXCursor_StmtExpr: n = tree_child(x, n, 0); break;
    default: return execs_first(x, n);
    }
    if (!n) return false;
  }
}

void call_mark_ending(extract *x, uint32_t n, uint32_t ends, uint32_t first) {
  if (x->ends == ends) return;
  if (tree_kind(x, tree_strip(x, n)) != CXCursor_CallExpr && !comes_to_end(x, n)) return;
  for (uint32_t i = first; i < x->unit->calls.count; i++) {
    facts_call *call = &x->unit->calls.items[i];
    bool is_end = call->kind == FACTS_CALL_DIRECT &&
                  replaces_program(facts_text(x->unit, x->unit->functions.items[call->callee].name));
    if (call->cycle == x->scope.cycle && !is_end) call->flags |= FACTS_CALL_BEFORE_EXIT;
  }
}

/* What file-scope initialisers of C++ call before main() is called by a function of the file that nobody
 * wrote. */
static bool enter_initialisers(extract *x, uint32_t at) {
  if (!x->scope.initialiser) return false;
  if (!x->initialisers) {
    facts_function row = {.name = bs_intern_adds(&x->unit->strings, "(global initialisers)")};
    row.symbol = row.name;
    row.type = bs_intern_adds(&x->unit->strings, "void ()");
    row.place = name_place_of(x, at);
    row.end_line = row.place.line;
    row.flags = FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL;
    *bs_vec_push(&x->unit->functions) = row;
    x->initialisers = x->unit->functions.count;
  }
  x->scope.function = x->initialisers - 1;
  return true;
}

/* Whether the callee or an argument is an item of a loop statement's walk. */
static bool about_item(extract *x, callee c, const uint32_t *nodes, uint32_t count) {
  if (!x->walked.count || !x->scope.cycle) return false;
  bool yes = c.kind == FACTS_CALL_INDIRECT && cycle_about_item(x, c.at);
  for (uint32_t i = 0; i < count && !yes; i++) yes = cycle_about_item(x, nodes[i]);
  return yes;
}

/* Where a call leaves an argument out, libclang shows a bare node: the expression stands at the parameter.
 * Numbers are told by the node itself. */
static uint32_t default_argument(extract *x, uint32_t n, uint32_t argument, uint32_t index) {
  if (tree_kind(x, argument) != CXCursor_UnexposedExpr || tree_end(x, argument) != argument + 1)
    return argument;
  enum type_class class = class_of(x, argument);
  if (class != TYPE_POINTER && class != TYPE_CALLABLE) return argument;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  CXCursor parameter =
      clang_isDeclaration(named.kind) ? clang_Cursor_getArgument(named, index) : clang_getNullCursor();
  if (clang_Cursor_isNull(parameter)) return argument;
  uint32_t expression = tree_last(x, tree_append(x, parameter));
  return expression && clang_isExpression(tree_kind(x, expression)) ? expression : argument;
}

/* Whether a library takes a function pointer by reference: std::invoke(handler, …) calls what it holds. */
static bool is_handed_callback(extract *x, callee c, uint32_t n) {
  return c.kind == FACTS_CALL_DIRECT && x->unit->functions.items[c.ref].flags & FACTS_FUNCTION_SYSTEM &&
         callable_type(x, clang_getCursorType(tree_cursor(x, tree_strip(x, n))));
}

static value finish(extract *x, uint32_t n, callee c, const uint32_t *nodes, uint32_t count, uint8_t flags,
                    bool wanted) {
  uint32_t base = x->arguments.count;
  CXType type = prototype(x, c, n);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t given = x->cxx ? default_argument(x, n, nodes[i], i) : nodes[i];
    read_argument(x, given, x->cxx && is_reference_parameter(x, type, i) && !is_handed_callback(x, c, given));
  }
  if (x->scope.function == NO_FUNCTION && !enter_initialisers(x, c.at)) {
    x->arguments.count = base;
    return value_unknown(n);
  }
  facts_call call = call_row(x, c);
  call.flags |= flags;
  if (about_item(x, c, nodes, count)) call.flags |= FACTS_CALL_ABOUT_ITEM;
  call.first_argument = x->unit->arguments.count;
  call.narguments = count;
  uint32_t same = x->instance ? instance_same_call(x, &call) : UINT32_MAX;
  if (same != UINT32_MAX) {
    x->arguments.count = base;
    facts_node known = x->unit->calls.items[same].result;
    return known ? (value){.kind = VALUE_NODE, .ref = known, .at = n} : value_unknown(n);
  }
  bs_vec_reserve(&x->unit->arguments, count);
  for (uint32_t i = 0; i < count; i++) *bs_vec_push(&x->unit->arguments) = x->arguments.items[base + i];
  x->arguments.count = base;
  uint32_t index = x->unit->calls.count;
  enum type_class result = wanted ? class_of(x, n) : TYPE_OTHER;
  if (type_flows(result) || (wanted && x->cxx && result == TYPE_OTHER && x->in_template))
    call.result = node_make(x, FACTS_NODE_RESULT, index, 0);
  *bs_vec_push(&x->unit->calls) = call;
  if (ends_process(x, &call)) note_end(x, n);
  note_zero_candidates(x, &call, nodes);
  note_memset(x, &call, nodes);
  note_copy(x, &call, nodes);
  if (!call.result) return wanted && result == TYPE_INTEGER ? value_unknown(n) : value_none(n);
  return (value){.kind = VALUE_NODE, .ref = call.result, .at = n};
}

value call_finish(extract *x, uint32_t n, uint32_t at, uint32_t function, enum facts_call_kind kind,
                  const uint32_t *nodes, uint32_t count, uint8_t flags, bool wanted) {
  return finish(x, n, (callee){.kind = kind, .ref = function, .at = at}, nodes, count, flags, wanted);
}

value call_expression(extract *x, uint32_t n, bool wanted) {
  value special;
  if (x->cxx && cxx_call(x, n, wanted, &special)) return special;
  if (n + 1 >= tree_end(x, n)) return value_unknown(n);
  callee c = callee_of(x, n + 1, tree_count(x, n) - 1);
  if (c.builtin) return builtin_call(x, n, facts_text(x->unit, x->decls.items[c.decl].name), wanted);
  uint32_t nodes[CALL_ARGUMENTS_MAX], count = 0;
  bool first = true;
  TREE_EACH(x, n, child) {
    if (first)
      first = false;
    else if (count < CALL_ARGUMENTS_MAX)
      nodes[count++] = child;
    else
      value_effects(x, child);
  }
  uint32_t before = x->unit->calls.count;
  value result = finish(x, n, c, nodes, count, 0, wanted);
  facts_node member = x->cxx && wanted ? accessor_field(x, n) : 0;
  if (member) return (value){.kind = VALUE_NODE, .ref = member, .at = n};
  if (!x->cxx || c.kind != FACTS_CALL_DIRECT || x->unit->calls.count == before) return result;
  if (!(x->unit->functions.items[c.ref].flags & FACTS_FUNCTION_SYSTEM)) return result;
  uint32_t call = x->unit->calls.count - 1;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  construct_by_library(x, n, call);
  if (lifetime_is_async(named)) return lifetime_async(x, n, nodes, count);
  uint32_t of = tree_strip(x, n + 1);
  if (tree_kind(x, of) == CXCursor_MemberRefExpr && of + 1 < tree_end(x, of)) {
    CXType object = clang_getCursorType(tree_cursor(x, tree_strip(x, of + 1)));
    lifetime_end_held(x, n, named, object, value_none(n));
    lifetime_keep_deleter(x, object, call);
  }
  return callable_adapter(x, n, result, call, nodes, count);
}

uint32_t function_made(extract *x, uint32_t *slot, const char *name) {
  if (*slot) return *slot - 1;
  facts_function row = {.name = bs_intern_adds(&x->unit->strings, name)};
  row.symbol = row.name;
  row.type = bs_intern_adds(&x->unit->strings, "void ()");
  row.flags = FACTS_FUNCTION_SYSTEM;
  *bs_vec_push(&x->unit->functions) = row;
  *slot = x->unit->functions.count;
  return *slot - 1;
}

void call_implicit(extract *x, uint32_t function, bool is_virtual, uint32_t at,
                   const facts_argument *argument) {
  if (function == NO_FUNCTION || (x->scope.function == NO_FUNCTION && !enter_initialisers(x, at))) return;
  callee c = {.kind = is_virtual ? FACTS_CALL_VIRTUAL : FACTS_CALL_DIRECT, .ref = function, .at = at};
  facts_call call = call_row(x, c);
  call.flags |= FACTS_CALL_IMPLICIT;
  call.first_argument = x->unit->arguments.count;
  call.narguments = argument != NULL;
  if (argument) *bs_vec_push(&x->unit->arguments) = *argument;
  *bs_vec_push(&x->unit->calls) = call;
}

void call_implicit_pointer(extract *x, facts_node pointer, uint32_t at) {
  if (x->scope.function == NO_FUNCTION && !enter_initialisers(x, at)) return;
  facts_call call = call_row(x, (callee){.kind = FACTS_CALL_INDIRECT, .ref = pointer, .at = at});
  call.type = 0;
  call.flags |= FACTS_CALL_IMPLICIT;
  call.first_argument = x->unit->arguments.count;
  *bs_vec_push(&x->unit->calls) = call;
}

/* Calls in an expression too deep to be walked: without arguments. */
void call_flat(extract *x, uint32_t n) {
  for (uint32_t i = n; i < tree_end(x, n); i++) {
    if (tree_kind(x, i) != CXCursor_CallExpr || i + 1 >= tree_end(x, i)) continue;
    uint32_t at = tree_strip(x, i + 1);
    if (tree_kind(x, at) != CXCursor_DeclRefExpr) continue;
    decl_info info = *decl_at(x, decl_of(x, at));
    if (info.kind == DECL_FUNCTION)
      finish(x, i, (callee){.kind = FACTS_CALL_DIRECT, .ref = info.index, .at = at}, NULL, 0, 0, false);
  }
}
