/* The end of objects: what nobody writes down and still runs.
 *
 * A class has a destructor function when it, a member or a base ends in one that somebody wrote. One that
 * nobody wrote becomes a function of the class's place, with the calls for members and bases; one that
 * somebody wrote has them behind its body. Smart pointers, containers and optionals end what they hold.
 * Classes outside the project end by their own destructor, which a rule may know: std::jthread joins. A
 * future waits only when std::async made it, so std::async gives its futures a function to carry, and the end
 * of a future is a call of what it carries.
 *
 * A shared pointer that ends may be the last: that is told for members, reset() and containers, not for each
 * copy that a handler holds.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

enum { HELD_MAX = 4, DEPTH_MAX = 8 };

static bool is_named(CXCursor cursor, const char *const *names) {
  CXString spelling = clang_getCursorSpelling(cursor);
  const char *text = clang_getCString(spelling);
  bool yes = false;
  for (; *names && !yes; names++) yes = strcmp(text, *names) == 0;
  clang_disposeString(spelling);
  return yes;
}

/* Classes of the library that hold objects and end them. */
static bool is_holder(CXCursor class) {
  static const char *const names[] = {"unique_ptr", "shared_ptr", "optional",           "vector",
                                      "deque",      "list",       "forward_list",       "map",
                                      "set",        "array",      "multimap",           "unordered_map",
                                      "pair",       "tuple",      "unordered_multimap", "variant",
                                      "queue",      "stack",      "multiset",           "unordered_set",
                                      "any",        NULL};
  return is_named(class, names);
}

static bool is_shared(CXCursor class) {
  static const char *const names[] = {"shared_ptr", NULL};
  return is_named(class, names);
}

/* Classes outside the project whose end is worth a call; the end of a string is not. */
static bool ends_by_waiting(CXCursor class) {
  static const char *const names[] = {
      "jthread",  "basic_ofstream", "basic_fstream", "thread_pool",   "QThreadPool",
      "QProcess", "QThread",        "future",        "shared_future", NULL};
  return is_named(class, names);
}

static bool is_future(CXCursor class) {
  static const char *const names[] = {"future", "shared_future", NULL};
  return is_named(class, names);
}

/* What ends the object of a std::unique_ptr<T, D>, when that is not `delete`. */
static bool has_deleter(CXType type, CXCursor class, CXType *deleter) {
  static const char *const unique[] = {"unique_ptr", NULL}, *const usual[] = {"default_delete", NULL};
  if (!is_named(class, unique) || clang_Type_getNumTemplateArguments(type) < 2) return false;
  *deleter = clang_getCanonicalType(clang_Type_getTemplateArgumentAsType(type, 1));
  return deleter->kind == CXType_Pointer ||
         (deleter->kind == CXType_Record && !is_named(clang_getTypeDeclaration(*deleter), usual));
}

static CXType element_of(CXType type) {
  type = clang_getCanonicalType(type);
  while (type.kind == CXType_ConstantArray) type = clang_getCanonicalType(clang_getArrayElementType(type));
  return type;
}

static bool is_interesting(extract *x, CXType type, int depth);

static uint32_t class_bits(extract *x, CXCursor class) {
  uint32_t bits = 0;
  bs_map_find(&x->ends_of_classes, clang_hashCursor(class), &bits);
  return bits;
}

static CXCursor destructor_of(CXCursor class);

typedef struct part_search {
  extract *x;
  int depth;
  bool found;
} part_search;

static enum CXVisitorResult field_is_interesting(CXCursor field, CXClientData data) {
  part_search *s = data;
  s->found = is_interesting(s->x, clang_getCursorType(field), s->depth + 1);
  return s->found ? CXVisit_Break : CXVisit_Continue;
}

static enum CXChildVisitResult base_is_interesting(CXCursor base, CXCursor parent, CXClientData data) {
  (void)parent;
  part_search *s = data;
  if (base.kind != CXCursor_CXXBaseSpecifier) return CXChildVisit_Continue;
  s->found = is_interesting(s->x, clang_getCursorType(base), s->depth + 1);
  return s->found ? CXChildVisit_Break : CXChildVisit_Continue;
}

static CXCursor members_of(CXCursor class) {
  CXCursor pattern = clang_getSpecializedCursorTemplate(class);
  if (!clang_Cursor_isNull(pattern)) return pattern;
  CXCursor definition = clang_getCursorDefinition(class);
  return clang_Cursor_isNull(definition) ? class : definition;
}

static bool project_class_is_interesting(extract *x, CXType type, CXCursor class, int depth) {
  enum { KNOWN = 1, YES = 2 };
  uint32_t bits = class_bits(x, class);
  if (bits & KNOWN) return bits & YES;
  bs_map_set(&x->ends_of_classes, clang_hashCursor(class),
             KNOWN); /* a class that holds itself adds nothing */
  part_search s = {x, depth, !clang_Cursor_isNull(destructor_of(class))};
  if (!s.found) clang_Type_visitFields(type, field_is_interesting, &s);
  if (!s.found) clang_visitChildren(members_of(class), base_is_interesting, &s);
  bs_map_set(&x->ends_of_classes, clang_hashCursor(class), s.found ? KNOWN | YES : KNOWN);
  return s.found;
}

static bool is_interesting(extract *x, CXType type, int depth) {
  type = element_of(type);
  if (type.kind != CXType_Record || depth > DEPTH_MAX) return false;
  CXCursor class = clang_getTypeDeclaration(type);
  if (!callable_is_outside(class)) return project_class_is_interesting(x, type, class, depth);
  CXType deleter;
  if (ends_by_waiting(class) || has_deleter(type, class, &deleter)) return true;
  int count = is_holder(class) ? clang_Type_getNumTemplateArguments(type) : 0;
  for (int i = 0; i < count && i < HELD_MAX; i++)
    if (is_interesting(x, clang_Type_getTemplateArgumentAsType(type, (unsigned)i), depth + 1)) return true;
  return false;
}

static enum CXChildVisitResult find_destructor(CXCursor member, CXCursor parent, CXClientData data) {
  (void)parent;
  if (member.kind != CXCursor_Destructor) return CXChildVisit_Continue;
  *(CXCursor *)data = member;
  return CXChildVisit_Break;
}

/* The destructor that somebody wrote, or that a derived class may override; null without. */
static CXCursor destructor_of(CXCursor class) {
  CXCursor destructor = clang_getNullCursor();
  clang_visitChildren(members_of(class), find_destructor, &destructor);
  if (clang_Cursor_isNull(destructor) || clang_CXXMethod_isVirtual(destructor)) return destructor;
  return clang_CXXMethod_isDefaulted(destructor) ? clang_getNullCursor() : destructor;
}

static CXCursor instance_of(extract *x, CXCursor destructor, CXCursor class) {
  CXCursor canonical = clang_getCanonicalCursor(class);
  for (uint32_t i = instance_first(x, destructor); i != UINT32_MAX; i = x->listed.items[i].next)
    if (clang_equalCursors(clang_getCanonicalCursor(clang_getCursorSemanticParent(x->listed.items[i].cursor)),
                           canonical))
      return x->listed.items[i].cursor;
  return destructor;
}

/* ---- destructors that nobody wrote ---- */

static facts_function implicit_row(extract *x, CXCursor class) {
  CXString spelling = clang_getCursorSpelling(class);
  const char *own = clang_getCString(spelling), *scopes = facts_text(x->unit, name_qualified(x, class));
  facts_function row = {
      .name = bs_intern_adds(&x->unit->strings, bs_arena_printf(&x->arena, "%s::~%s", scopes, own))};
  clang_disposeString(spelling);
  CXString usr = clang_getCursorUSR(class);
  const char *text =
      bs_arena_printf(&x->arena, "%s %s", facts_text(x->unit, row.name), clang_getCString(usr));
  row.symbol = name_relative(x, text, strlen(text));
  clang_disposeString(usr);
  row.type = bs_intern_adds(&x->unit->strings, "void ()");
  row.place = name_place(x, clang_getCursorLocation(class));
  row.end_line = row.place.line;
  row.flags = FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INLINE;
  return row;
}

static uint32_t class_destructor(extract *x, CXCursor class);

typedef struct base_search {
  extract *x;
  uint32_t function;
} base_search;

/* A destructor that nobody wrote overrides a base's virtual one. */
static enum CXChildVisitResult override_base(CXCursor base, CXCursor parent, CXClientData data) {
  (void)parent;
  base_search *s = data;
  if (base.kind != CXCursor_CXXBaseSpecifier) return CXChildVisit_Continue;
  CXType type = clang_getCanonicalType(clang_getCursorType(base));
  CXCursor class = clang_getTypeDeclaration(type);
  if (type.kind != CXType_Record || callable_is_outside(class) || !is_interesting(s->x, type, 0))
    return CXChildVisit_Continue;
  uint32_t overridden = class_destructor(s->x, class);
  if (overridden == NO_FUNCTION || !(s->x->unit->functions.items[overridden].flags & FACTS_FUNCTION_VIRTUAL))
    return CXChildVisit_Continue;
  s->x->unit->functions.items[s->function].flags |= FACTS_FUNCTION_VIRTUAL;
  *bs_vec_push(&s->x->unit->overrides) = (facts_override){s->function, overridden};
  return CXChildVisit_Continue;
}

/* The function that ends objects of an interesting class of the project. */
static uint32_t class_destructor(extract *x, CXCursor class) {
  uint32_t known;
  uint64_t key = UINT64_C(1) << 33 | clang_hashCursor(class);
  if (bs_map_find(&x->ends_of_classes, key, &known)) return known;
  CXCursor written = destructor_of(class);
  if (!clang_Cursor_isNull(written)) return function_find(x, instance_of(x, written, class));
  *bs_vec_push(&x->unit->functions) = implicit_row(x, class);
  uint32_t function = x->unit->functions.count - 1;
  bs_map_set(&x->ends_of_classes, key, function);
  *bs_vec_push(&x->implicit_ends) = (implicit_end){class, function};
  base_search bases = {x, function};
  clang_visitChildren(members_of(class), override_base, &bases);
  return function;
}

void lifetime_note_class(extract *x, CXCursor class) {
  CXType type = clang_getCanonicalType(clang_getCursorType(class));
  if (type.kind == CXType_Record && !callable_is_outside(class) && is_interesting(x, type, 0))
    class_destructor(x, class);
}

/* ---- calls ---- */

static void end_future(extract *x, uint32_t n, value object) {
  if (object.kind == VALUE_FUNCTION) call_implicit(x, object.ref, false, n, NULL);
  if (object.kind == VALUE_NODE && object.ref) call_implicit_pointer(x, object.ref, n);
}

static void end_outside(extract *x, CXType type, CXCursor class, uint32_t n, value object, bool owner);

/* What ends the objects of a std::shared_ptr<T>: all deleters that were given to pointers of that type, since
 * its own type does not tell. */
static facts_node shared_deleter(extract *x, CXType type) {
  CXString spelling = clang_getTypeSpelling(clang_getCanonicalType(type));
  const char *text = bs_arena_printf(&x->arena, "deleter of %s", clang_getCString(spelling));
  clang_disposeString(spelling);
  return node_make(x, FACTS_NODE_GLOBAL, name_relative(x, text, strlen(text)), 0);
}

void lifetime_keep_deleter(extract *x, CXType type, uint32_t call) {
  enum { DELETER = 1 };
  type = element_of(type);
  if (type.kind != CXType_Record || !is_shared(clang_getTypeDeclaration(type))) return;
  const facts_call *row = &x->unit->calls.items[call];
  if (row->narguments <= DELETER) return;
  const facts_argument a = x->unit->arguments.items[row->first_argument + DELETER];
  value v = {.ref = a.ref, .cast = true};
  if (a.kind == FACTS_ARGUMENT_FUNCTION)
    v.kind = VALUE_FUNCTION;
  else if (a.kind == FACTS_ARGUMENT_NODE)
    v.kind = VALUE_NODE;
  else
    return;
  flow_emit(x, (lvalue){.node = shared_deleter(x, type)}, v);
}

/* Ends an object of this type. `owner`: a shared pointer is taken for the last one. */
static void end_object(extract *x, CXType type, uint32_t n, value object, bool owner) {
  type = element_of(type);
  if (owner && type.kind == CXType_Record && is_shared(clang_getTypeDeclaration(type)))
    call_implicit_pointer(x, shared_deleter(x, type), n);
  if (!is_interesting(x, type, 0)) return;
  CXCursor class = clang_getTypeDeclaration(type);
  if (callable_is_outside(class)) {
    end_outside(x, type, class, n, object, owner);
    return;
  }
  uint32_t function = class_destructor(x, class);
  if (function == NO_FUNCTION) return;
  bool is_virtual = x->unit->functions.items[function].flags & FACTS_FUNCTION_VIRTUAL;
  call_implicit(x, function, is_virtual && owner, n, NULL);
}

static void end_outside(extract *x, CXType type, CXCursor class, uint32_t n, value object, bool owner) {
  if (is_future(class)) {
    end_future(x, n, object);
    return;
  }
  if (ends_by_waiting(class)) {
    CXCursor destructor = destructor_of(class);
    if (!clang_Cursor_isNull(destructor)) call_implicit(x, function_find(x, destructor), false, n, NULL);
    return;
  }
  CXType deleter;
  if (has_deleter(type, class, &deleter)) {
    uint32_t function = callable_of_type(x, deleter);
    if (function != NO_FUNCTION)
      call_implicit(x, function, false, n, NULL);
    else if (object.kind == VALUE_NODE && object.ref)
      call_implicit_pointer(x, object.ref, n);
    return;
  }
  if (is_shared(class) && !owner) return;
  int count = clang_Type_getNumTemplateArguments(type);
  for (int i = 0; i < count && i < HELD_MAX; i++)
    end_object(x, clang_Type_getTemplateArgumentAsType(type, (unsigned)i), n, object, true);
}

static value holder_value(extract *x, uint32_t decl) {
  const decl_info *info = decl_at(x, decl);
  if (!info->index) return value_none(0);
  return (value){.kind = VALUE_NODE, .ref = info->index};
}

void lifetime_end_variable(extract *x, uint32_t n) {
  CXCursor variable = tree_cursor(x, n);
  CXType type = element_of(clang_getCursorType(variable));
  if (type.kind != CXType_Record || clang_Cursor_getStorageClass(variable) == CX_SC_Static) return;
  bool moved = decl_at(x, decl_find(x, variable))->moved;
  if (moved && callable_is_outside(clang_getTypeDeclaration(type))) return; /* nothing is left in it */
  bool left = x->scope.left;
  x->scope.left = false; /* it ends on every way out */
  end_object(x, type, n, holder_value(x, decl_find(x, variable)), false);
  x->scope.left = left;
}

void lifetime_delete(extract *x, uint32_t n) {
  uint32_t operand = tree_last(x, n);
  if (!operand) return;
  value_effects(x, operand);
  CXType type = clang_getCursorType(tree_cursor(x, operand));
  end_object(x, clang_getPointeeType(clang_getCanonicalType(type)), n, value_none(n), true);
}

bool lifetime_is_temporary(extract *x, uint32_t n) {
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  if (tree_kind(x, n) != CXCursor_CallExpr || !clang_isDeclaration(named.kind)) return false;
  CXType result = clang_getCanonicalType(clang_getCursorResultType(named));
  bool by_value = named.kind == CXCursor_Constructor || result.kind == CXType_Record;
  return by_value && is_interesting(x, clang_getCursorType(tree_cursor(x, n)), 0);
}

void lifetime_end_temporary(extract *x, uint32_t n, value v) {
  end_object(x, clang_getCursorType(tree_cursor(x, n)), n, v, false);
}

/* What std::async gives: a future whose end waits, unless the task was only deferred. */
static bool is_deferred(extract *x, uint32_t n) {
  static const char *const names[] = {"deferred", NULL};
  uint32_t first = tree_strip(x, n);
  return tree_kind(x, first) == CXCursor_DeclRefExpr && is_named(tree_cursor(x, first), names);
}

value lifetime_async(extract *x, uint32_t n, const uint32_t *nodes, uint32_t count) {
  if (count && is_deferred(x, nodes[0])) return value_none(n);
  uint32_t end = function_made(x, &x->future_end, "std::future::~future");
  return (value){.kind = VALUE_FUNCTION, .ref = end, .at = n};
}

bool lifetime_is_async(CXCursor function) {
  static const char *const names[] = {"async", NULL};
  if (!is_named(function, names) || !callable_is_outside(function)) return false;
  CXType result = clang_getCanonicalType(clang_getCursorResultType(function));
  return result.kind == CXType_Record && is_future(clang_getTypeDeclaration(result));
}

/* The members of the standard library's holders that end what was held. */
void lifetime_end_held(extract *x, uint32_t n, CXCursor named, CXType type, value object) {
  static const char *const names[] = {"reset", "clear",  "erase",     "pop_back", "pop_front",
                                      "pop",   "resize", "operator=", NULL};
  type = element_of(type);
  if (type.kind == CXType_Pointer) type = element_of(clang_getPointeeType(type));
  if (type.kind != CXType_Record || !is_named(named, names)) return;
  CXCursor class = clang_getTypeDeclaration(type);
  static const char *const assigned[] = {"unique_ptr", "shared_ptr", "optional", NULL};
  static const char *const assignment[] = {"operator=", NULL};
  if (is_named(named, assignment) && !is_named(class, assigned)) return;
  if (callable_is_outside(class) && is_holder(class)) end_object(x, type, n, object, true);
}

/* ---- members and bases, behind a destructor's body ---- */

static enum CXVisitorResult end_field(CXCursor field, CXClientData data) {
  extract *x = data;
  end_object(x, clang_getCursorType(field), 0, holder_value(x, decl_find(x, field)), true);
  return CXVisit_Continue;
}

static enum CXChildVisitResult end_base(CXCursor base, CXCursor parent, CXClientData data) {
  (void)parent;
  extract *x = data;
  if (base.kind == CXCursor_CXXBaseSpecifier)
    end_object(x, clang_getCursorType(base), 0, value_none(0), false);
  return CXChildVisit_Continue;
}

void lifetime_end_parts(extract *x, CXCursor class) {
  clang_Type_visitFields(clang_getCursorType(class), end_field, x);
  clang_visitChildren(members_of(class), end_base, x);
}

bool lifetime_walk_implicit(extract *x) {
  if (x->implicit_next == x->implicit_ends.count) return false;
  implicit_end e = x->implicit_ends.items[x->implicit_next++];
  x->scope = (scope){.function = e.function};
  x->tree.count = 0;
  *bs_vec_push(&x->tree) = (tree_node){.cursor = e.class, .end = 1}; /* for the places of the calls */
  lifetime_end_parts(x, e.class);
  return true;
}
