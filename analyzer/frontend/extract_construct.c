/* Objects that the standard library makes: make_shared<T>(a, b), handlers.emplace_back(a, b). T's constructor
 * is called with those arguments; libclang shows the call of the library only.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

enum { CANDIDATES_MAX = 8, TYPES_LOOKED_AT = 3 };

/* Which arguments a maker hands on, and whose template arguments say what is made. */
typedef struct maker {
  const char *name;
  bool prefix, of_result;
  uint32_t skipped;
} maker;

static const maker makers[] = {
    {"make_", true, true, 0},
    {"allocate_", true, true, 1},
    {"emplace_hint", false, false, 1},
    {"try_emplace", false, false, 1},
    {"insert_or_assign", false, false, 1},
    {"emplace", true, false, 0},
};

static const maker *maker_of(CXCursor function) {
  CXString spelling = clang_getCursorSpelling(function);
  const char *name = clang_getCString(spelling);
  const maker *found = NULL;
  for (size_t i = 0; !found && i < sizeof makers / sizeof *makers; i++) {
    const maker *m = &makers[i];
    if (m->prefix ? strncmp(name, m->name, strlen(m->name)) == 0 : strcmp(name, m->name) == 0) found = m;
  }
  clang_disposeString(spelling);
  return found;
}

typedef struct constructors {
  extract *x;
  uint32_t arguments, count;
  CXCursor class, found[CANDIDATES_MAX];
} constructors;

/* The instance of a constructor of a class template that belongs to the class; else itself. */
static CXCursor instance_of(constructors *c, CXCursor constructor) {
  extract *x = c->x;
  for (uint32_t i = instance_first(x, constructor); i != UINT32_MAX; i = x->listed.items[i].next) {
    CXCursor instance = x->listed.items[i].cursor;
    if (clang_equalCursors(clang_getCanonicalCursor(clang_getCursorSemanticParent(instance)), c->class))
      return instance;
  }
  return constructor;
}

static bool is_constructor(CXCursor member) {
  if (member.kind == CXCursor_Constructor) return true;
  if (member.kind != CXCursor_FunctionTemplate) return false;
  return clang_getTemplateCursorKind(member) == CXCursor_Constructor;
}

static bool is_copy(CXCursor constructor) {
  return clang_CXXConstructor_isCopyConstructor(constructor) ||
         clang_CXXConstructor_isMoveConstructor(constructor);
}

static enum CXChildVisitResult add_constructor(CXCursor member, CXCursor parent, CXClientData data) {
  (void)parent;
  constructors *c = data;
  if (!is_constructor(member) || is_copy(member) || c->count == CANDIDATES_MAX) return CXChildVisit_Continue;
  int parameters = clang_Cursor_getNumArguments(member);
  if (parameters >= 0 && (uint32_t)parameters == c->arguments) c->found[c->count++] = instance_of(c, member);
  return CXChildVisit_Continue;
}

/* ---- members and bases that nobody initialises ---- */

static void find_constructors(constructors *c, CXType type);

typedef struct default_parts {
  extract *x;
  uint32_t count;
  CXCursor written[64]; /* members with an initialiser of their own */
  uint32_t at; /* tree node whose place the calls have */
  int depth;
} default_parts;

static void construct_default(default_parts *p, CXType type);

static enum CXChildVisitResult find_call(CXCursor child, CXCursor parent, CXClientData data) {
  (void)parent;
  if (child.kind == CXCursor_LambdaExpr) return CXChildVisit_Continue; /* it runs later, if at all */
  if (child.kind != CXCursor_CallExpr) return CXChildVisit_Recurse;
  *(bool *)data = true;
  return CXChildVisit_Break;
}

static facts_function initialiser_row(extract *x, CXCursor field, facts_str name) {
  const char *text = bs_arena_printf(&x->arena, "%s (initialiser)", facts_text(x->unit, name));
  facts_function row = {.name = bs_intern_adds(&x->unit->strings, text)};
  CXString usr = clang_getCursorUSR(field);
  text = bs_arena_printf(&x->arena, "%s %s", text, clang_getCString(usr));
  clang_disposeString(usr);
  row.symbol = name_relative(x, text, strlen(text));
  row.type = bs_intern_adds(&x->unit->strings, "void ()");
  row.place = name_place(x, clang_getCursorLocation(field));
  row.end_line = row.place.line;
  row.flags = FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INLINE;
  return row;
}

uint32_t construct_initialiser(extract *x, CXCursor field) {
  facts_str name = name_qualified(x, field);
  uint32_t known;
  bool calls = false;
  if (bs_map_find(&x->field_initialisers, name, &known)) return known;
  clang_visitChildren(field, find_call, &calls);
  if (!calls) return NO_FUNCTION;
  *bs_vec_push(&x->unit->functions) = initialiser_row(x, field, name);
  bs_map_set(&x->field_initialisers, name, x->unit->functions.count - 1);
  return x->unit->functions.count - 1;
}

static enum CXVisitorResult construct_field(CXCursor field, CXClientData data) {
  default_parts *p = data;
  for (uint32_t i = 0; i < p->count; i++)
    if (clang_equalCursors(p->written[i], field)) return CXVisit_Continue;
  uint32_t initialiser = construct_initialiser(p->x, field);
  if (initialiser != NO_FUNCTION)
    call_implicit(p->x, initialiser, false, p->at, NULL);
  else
    construct_default(p, clang_getCursorType(field));
  return CXVisit_Continue;
}

static enum CXChildVisitResult construct_base(CXCursor base, CXCursor parent, CXClientData data) {
  (void)parent;
  if (base.kind == CXCursor_CXXBaseSpecifier) construct_default(data, clang_getCursorType(base));
  return CXChildVisit_Continue;
}

static void construct_default(default_parts *p, CXType type) {
  type = clang_getCanonicalType(type);
  while (type.kind == CXType_ConstantArray) type = clang_getCanonicalType(clang_getArrayElementType(type));
  if (type.kind != CXType_Record || callable_is_outside(clang_getTypeDeclaration(type))) return;
  constructors c = {.x = p->x};
  find_constructors(&c, type);
  for (uint32_t i = 0; i < c.count; i++)
    if (!clang_CXXMethod_isDefaulted(c.found[i]))
      call_implicit(p->x, function_find(p->x, c.found[i]), false, p->at, NULL);
  if (c.count || p->depth > 4) return;
  default_parts inner = {.x = p->x, .at = p->at, .depth = p->depth + 1};
  clang_Type_visitFields(type, construct_field, &inner);
}

void construct_parts(extract *x, CXCursor class, uint32_t at, const CXCursor *written, uint32_t count) {
  default_parts p = {.x = x, .at = at};
  for (; p.count < count && p.count < 64; p.count++) p.written[p.count] = written[p.count];
  clang_Type_visitFields(clang_getCursorType(class), construct_field, &p);
  CXCursor definition = clang_getCursorDefinition(class);
  if (!count && !clang_Cursor_isNull(definition)) clang_visitChildren(definition, construct_base, &p);
}

static void find_constructors(constructors *c, CXType type) {
  CXCursor class = clang_getTypeDeclaration(type), pattern = clang_getSpecializedCursorTemplate(class);
  c->class = clang_getCanonicalCursor(class);
  CXCursor members = clang_Cursor_isNull(pattern) ? clang_getCursorDefinition(class) : pattern;
  if (!clang_Cursor_isNull(members)) clang_visitChildren(members, add_constructor, c);
}

/* A forwarded variable is seen as its address; a parameter that is no reference takes what it holds. */
static facts_argument forwarded(extract *x, facts_argument a, CXCursor constructor, uint32_t index) {
  CXType type = clang_getArgType(clang_getCanonicalType(clang_getCursorType(constructor)), index);
  enum type_class class = type_classify(x, type);
  bool scalar = class == TYPE_INTEGER || class == TYPE_CALLABLE;
  if (a.kind == FACTS_ARGUMENT_ADDRESS && a.ref && scalar) a.kind = FACTS_ARGUMENT_NODE;
  return a;
}

static void call_constructor(extract *x, CXCursor constructor, uint32_t call, uint32_t skipped) {
  uint32_t function = function_find(x, constructor);
  if (function == NO_FUNCTION) return;
  facts_call row = x->unit->calls.items[call];
  uint32_t from = row.first_argument + skipped, count = row.narguments - skipped;
  row.callee = function;
  row.kind = FACTS_CALL_DIRECT;
  row.flags |= FACTS_CALL_IMPLICIT;
  row.result = 0;
  row.first_argument = x->unit->arguments.count;
  row.narguments = count;
  for (uint32_t i = 0; i < count; i++) {
    facts_argument a = forwarded(x, x->unit->arguments.items[from + i], constructor, i);
    *bs_vec_push(&x->unit->arguments) = a;
  }
  *bs_vec_push(&x->unit->calls) = row;
}

static bool is_of_project(extract *x, CXType type) {
  if (type.kind != CXType_Record || type_classify(x, type) != TYPE_RECORD) return false;
  return !callable_is_outside(clang_getTypeDeclaration(type));
}

static CXType object_type(extract *x, uint32_t n) {
  uint32_t member = tree_strip(x, n + 1);
  if (tree_kind(x, member) != CXCursor_MemberRefExpr || member + 1 >= tree_end(x, member)) return (CXType){0};
  CXType type = clang_getCanonicalType(clang_getCursorType(tree_cursor(x, tree_strip(x, member + 1))));
  return type.kind == CXType_Pointer ? clang_getCanonicalType(clang_getPointeeType(type)) : type;
}

void construct_by_library(extract *x, uint32_t n, uint32_t call) {
  const maker *m = maker_of(clang_getCursorReferenced(tree_cursor(x, n)));
  uint32_t given = x->unit->calls.items[call].narguments;
  if (!m || given < m->skipped) return;
  CXType type =
      m->of_result ? clang_getCanonicalType(clang_getCursorType(tree_cursor(x, n))) : object_type(x, n);
  int count = type.kind == CXType_Record ? clang_Type_getNumTemplateArguments(type) : 0;
  for (int i = 0; i < count && i < TYPES_LOOKED_AT; i++) {
    CXType made = clang_getCanonicalType(clang_Type_getTemplateArgumentAsType(type, (unsigned)i));
    if (!is_of_project(x, made)) continue;
    lifetime_note_class(x, clang_getTypeDeclaration(made));
    constructors c = {.x = x, .arguments = given - m->skipped};
    find_constructors(&c, made);
    for (uint32_t k = 0; k < c.count; k++) call_constructor(x, c.found[k], call, m->skipped);
    if (!c.count && given == m->skipped) construct_parts(x, clang_getTypeDeclaration(made), n, NULL, 0);
  }
}
