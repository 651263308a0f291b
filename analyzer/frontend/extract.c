/* The top-level walk: function bodies and initialisers of the project's files in the order of the source,
 * then the inline functions of system headers that were named. */
#include "analyzer/frontend/extract.h"
#include "analyzer/frontend/suppressions.h"

#include <stdlib.h>
#include <string.h>

static void finish_zeros(extract *x) {
  for (uint32_t i = 0; i < x->zeros.count; i++) {
    const decl_info *info = &x->decls.items[x->zeros.items[i].decl];
    if (info->zero && !info->nonzero && info->escape != UINT32_MAX)
      x->unit->arguments.items[x->zeros.items[i].argument].flags |= FACTS_ARGUMENT_ZERO_STRUCT;
  }
  x->zeros.count = 0;
}

static void add_parameter(extract *x, CXCursor cursor, uint32_t function, uint32_t index) {
  decl_info info = {.kind = DECL_VARIABLE, .local = true, .nonzero = true};
  info.type = (uint8_t)type_classify(x, clang_getCursorType(cursor));
  info.name = name_take(x, clang_getCursorSpelling(cursor));
  info.index = node_typed(x, FACTS_NODE_PARAM, function, index, clang_getCursorType(cursor));
  decl_put(x, cursor, info);
}

static void construct_unwritten(extract *x, CXCursor class) {
  CXCursor written[64];
  uint32_t count = 0;
  TREE_EACH(x, 0, child) {
    if (tree_kind(x, child) == CXCursor_MemberRef && count < 64)
      written[count++] = clang_getCursorReferenced(tree_cursor(x, child));
  }
  construct_parts(x, class, 0, written, count);
}

/* What a parameter was given ends with the function. */
static void end_parameters(extract *x) {
  TREE_EACH(x, 0, child) {
    if (tree_kind(x, child) == CXCursor_ParmDecl) lifetime_end_variable(x, child);
  }
}

/* The parts of a definition: parameters, a constructor's initialisers (a member, then its value), the
 * body. */
static void walk_parts(extract *x, uint32_t function) {
  uint32_t parameters = 0, member = 0;
  TREE_EACH(x, 0, child) {
    CXCursor cursor = tree_cursor(x, child);
    if (cursor.kind == CXCursor_ParmDecl) {
      add_parameter(x, cursor, function, parameters++);
    } else if (cursor.kind == CXCursor_MemberRef) {
      member = child;
    } else if (clang_isExpression(cursor.kind)) {
      decl_info info = member ? *decl_at(x, decl_of(x, member)) : (decl_info){0};
      if (member)
        init_value(x, child, clang_getCursorType(tree_cursor(x, member)), info.index, 0);
      else
        value_effects(x, child);
      member = 0;
    } else if (clang_isStatement(cursor.kind)) {
      stmt_walk(x, coroutine_body(x, child));
    }
  }
  if (x->cxx) end_parameters(x);
  x->unit->functions.items[function].nparams = parameters;
}

/* Whether a function comes to exit() on every way: die(), fatal(), usage(). */
static bool always_ends(const extract *x, uint32_t function, uint32_t first_call) {
  for (uint32_t i = first_call; i < x->unit->calls.count; i++) {
    const facts_call *call = &x->unit->calls.items[i];
    bool always = call->caller == function && call->kind == FACTS_CALL_DIRECT && !call->cycle &&
                  !(call->flags & FACTS_CALL_CONDITIONAL);
    if (!always) continue;
    const facts_function *callee = &x->unit->functions.items[call->callee];
    if (callee->flags & FACTS_FUNCTION_NORETURN && !strstr(facts_text(x->unit, callee->name), "longjmp"))
      return true;
  }
  return false;
}

static void walk_function(extract *x, CXCursor cursor) {
  uint32_t function = function_find(x, cursor);
  bool is_new;
  if (function == NO_FUNCTION) return;
  bool of_closure = x->cxx && x->unit->functions.items[function].flags & FACTS_FUNCTION_LAMBDA;
  bs_map_add(&x->harvested, function, 0, &is_new);
  if (!is_new && !of_closure) return;
  facts_function *row = &x->unit->functions.items[function];
  row->flags |= FACTS_FUNCTION_DEFINED;
  if (!of_closure) {
    row->place = name_place(x, clang_getCursorLocation(cursor));
    row->end_line = name_place(x, clang_getRangeEnd(clang_getCursorExtent(cursor))).line;
  }
  x->scope = (scope){.function = function, .name = facts_text(x->unit, row->name)};
  x->in_template = x->cxx && instance_is_pattern(cursor);
  if (of_closure) x->instance = ++x->instances_walked;
  tree_build(x, cursor);
  if (x->cxx) made_in_tree(x);
  uint32_t first_call = x->unit->calls.count;
  if (cursor.kind == CXCursor_Constructor) construct_unwritten(x, clang_getCursorSemanticParent(cursor));
  walk_parts(x, function);
  if (cursor.kind == CXCursor_Destructor) lifetime_end_parts(x, clang_getCursorSemanticParent(cursor));
  finish_zeros(x);
  if (always_ends(x, function, first_call))
    x->unit->functions.items[function].flags |= FACTS_FUNCTION_NORETURN;
  x->in_template = false;
  x->instance = 0;
}

static void walk_initialiser(extract *x, CXCursor cursor) {
  bool is_field = cursor.kind == CXCursor_FieldDecl;
  if (!is_field && clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(cursor))) return;
  if (is_field && clang_Cursor_isBitField(cursor)) return;
  x->scope = (scope){.function = is_field ? construct_initialiser(x, cursor) : NO_FUNCTION};
  x->scope.name = facts_text(x->unit, name_qualified(x, cursor));
  x->scope.initialiser = x->cxx && !is_field;
  x->in_template = x->cxx && instance_is_pattern(cursor);
  tree_build(x, cursor);
  if (x->cxx) made_in_tree(x);
  if (!is_field) {
    init_variable(x, 0);
  } else if (tree_last(x, 0) && type_classify(x, clang_getCursorType(cursor)) != TYPE_ARRAY) {
    init_value(x, tree_last(x, 0), clang_getCursorType(cursor), decl_at(x, decl_find(x, cursor))->index, 0);
  }
  x->in_template = false;
  x->zeros.count = 0;
}

static bool is_system(CXCursor cursor) {
  return clang_Location_isInSystemHeader(clang_getCursorLocation(cursor));
}

static enum CXChildVisitResult top_level(CXCursor cursor, CXCursor parent, CXClientData data);

static enum CXChildVisitResult top_level_of_head(CXCursor cursor, CXCursor parent, CXClientData data) {
  if (cursor.kind != CXCursor_DeclRefExpr) return CXChildVisit_Recurse;
  CXCursor definition = clang_getCursorDefinition(clang_getCursorReferenced(cursor));
  (void)parent;
  if (!clang_Cursor_isNull(definition)) top_level(definition, definition, data);
  return CXChildVisit_Continue;
}

static bool has_names(const extract *x) { return x->head->names && x->head->names[0]; }

/* One of the two functions that stand for the head. */
static bool walk_head(extract *x, CXCursor cursor) {
  CXString spelling = clang_getCursorSpelling(cursor);
  const char *name = clang_getCString(spelling);
  bool defines = strcmp(name, HEAD_DEFINITIONS) == 0, attached = strcmp(name, HEAD_ATTACHED) == 0;
  clang_disposeString(spelling);
  if (attached) attached_read_head(x, cursor);
  if (defines) clang_visitChildren(cursor, top_level_of_head, x);
  return defines || attached;
}

static enum CXChildVisitResult top_level(CXCursor cursor, CXCursor parent, CXClientData data) {
  (void)parent;
  extract *x = data;
  if (cursor.kind == CXCursor_FunctionDecl && has_names(x) && walk_head(x, cursor))
    return CXChildVisit_Continue;
  switch (cursor.kind) {
  case CXCursor_FunctionDecl:
  case CXCursor_CXXMethod:
  case CXCursor_Constructor:
  case CXCursor_Destructor:
  case CXCursor_ConversionFunction:
  case CXCursor_FunctionTemplate:
    if (clang_isCursorDefinition(cursor)) {
      if (!is_system(cursor) && x->cxx && instance_is_pattern(cursor))
        *bs_vec_push(&x->patterns) = cursor;
      else if (!is_system(cursor) && !(x->cxx && instance_queue(x, cursor)))
        walk_function(x, cursor);
    } else if (!is_system(cursor)) {
      if (clang_Cursor_hasAttrs(cursor)) alias_function(x, cursor);
      if (x->cxx && clang_CXXMethod_isVirtual(cursor)) function_find(x, cursor); /* for what it overrides */
    }
    return CXChildVisit_Continue;
  case CXCursor_VarDecl:
    if (!is_system(cursor)) walk_initialiser(x, cursor);
    return CXChildVisit_Continue;
  case CXCursor_FieldDecl:
    if (x->cxx) walk_initialiser(x, cursor);
    return CXChildVisit_Continue;
  case CXCursor_StructDecl:
  case CXCursor_ClassDecl:
  case CXCursor_UnionDecl:
  case CXCursor_ClassTemplate:
  case CXCursor_ClassTemplatePartialSpecialization:
    return x->cxx && !is_system(cursor) ? CXChildVisit_Recurse : CXChildVisit_Continue;
  case CXCursor_Namespace:
  case CXCursor_LinkageSpec:
  case CXCursor_UnexposedDecl: return is_system(cursor) ? CXChildVisit_Continue : CXChildVisit_Recurse;
  default: return CXChildVisit_Continue;
  }
}

void extract_queue(extract *x, CXCursor cursor) { *bs_vec_push(&x->queue) = cursor; }

static void walk_queue(extract *x) {
  for (;;) {
    while (x->queue_next == x->queue.count)
      if (!lifetime_walk_implicit(x)) return;
    CXCursor cursor = x->queue.items[x->queue_next++];
    if (clang_isDeclaration(cursor.kind) && cursor.kind >= CXCursor_StructDecl &&
        cursor.kind <= CXCursor_ClassDecl)
      clang_visitChildren(cursor, top_level, x);
    else
      walk_function(x, cursor);
  }
}

static void walk_closures(extract *x) {
  for (uint32_t i = 0; i < x->closures.count; i++) {
    walk_function(x, x->closures.items[i]);
    walk_queue(x);
  }
}

/* Templates of which no instance was seen; walking one may lead to instances of others. */
static void walk_patterns(extract *x) {
  for (uint32_t i = 0; i < x->patterns.count; i++) {
    if (instance_replaces(x, x->patterns.items[i])) continue;
    walk_function(x, x->patterns.items[i]);
    walk_queue(x);
  }
}

static bool is_new_file(extract *x, facts_str path) {
  bool is_new;
  bs_map_add(&x->harvested, UINT64_C(1) << 32 | path, 0, &is_new);
  return is_new;
}

static void put_file(extract *x, CXFile file, facts_str path, bool system) {
  *bs_vec_push(&x->unit->files) = (facts_file){path, system};
  size_t size;
  const char *text = system ? NULL : clang_getFileContents(x->tu, file, &size);
  if (text) suppressions_read(x->unit, path, text, size);
}

/* libclang lists no file of what was precompiled. */
static void add_head(extract *x) {
  for (uint32_t i = 0; i < x->head->files.count; i++) {
    CXFile file = clang_getFile(x->tu, x->head->files.items[i].name);
    facts_str path = file ? name_path(x, file) : 0;
    if (path && is_new_file(x, path)) put_file(x, file, path, x->head->files.items[i].is_system);
  }
}

static void add_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
  extract *x = data;
  facts_str path = name_path(x, file);
  if (!is_new_file(x, path)) return;
  put_file(x, file, path, head_is_system(x->tu, file, stack, depth));
  if (depth == 0) add_head(x);
}

static void init(extract *x) {
  *bs_vec_push(&x->records) = (record_info){0}; /* 0 is none, here and for guards */
  *bs_vec_push(&x->guards) = (pending_guard){0};
}

static void fini(extract *x) {
  bs_arena_fini(&x->arena);
  bs_vec_fini(&x->tree);
  bs_vec_fini(&x->open);
  bs_vec_fini(&x->decls);
  bs_vec_fini(&x->decl_slots);
  bs_vec_fini(&x->records);
  bs_vec_fini(&x->fields);
  bs_vec_fini(&x->guards);
  bs_vec_fini(&x->arguments);
  bs_vec_fini(&x->zeros);
  bs_vec_fini(&x->queue);
  bs_vec_fini(&x->walked);
  bs_map_fini(&x->layouts);
  bs_map_fini(&x->casts);
  attached_fini(x);
  for (int i = 0; i < FACTS_NODE_KINDS; i++) bs_map_fini(&x->nodes[i]);
  bs_map_fini(&x->locals);
  bs_map_fini(&x->flows);
  bs_map_fini(&x->paths);
  bs_map_fini(&x->harvested);
  bs_map_fini(&x->callables);
  bs_map_fini(&x->seen_calls);
  bs_map_fini(&x->instances);
  bs_vec_fini(&x->patterns);
  bs_vec_fini(&x->implicit_ends);
  bs_map_fini(&x->ends_of_classes);
  bs_map_fini(&x->field_initialisers);
  bs_map_fini(&x->made);
  bs_vec_fini(&x->listed);
  bs_vec_fini(&x->closures);
  bs_vec_fini(&x->merged);
}

bool extract_unit(facts_unit *unit, CXTranslationUnit tu, const char *root, const char *directory,
                  const head_parsed *head) {
  extract x = {.unit = unit, .tu = tu, .root = root, .directory = directory, .head = head};
  x.cxx = strcmp(facts_text(unit, unit->language), "c++") == 0;
  init(&x);
  clang_getInclusions(tu, add_file, &x);
  if (x.cxx) instance_list(&x);
  clang_visitChildren(clang_getTranslationUnitCursor(tu), top_level, &x);
  walk_queue(&x);
  walk_patterns(&x);
  walk_closures(&x);
  if (x.cxx) instance_fields(&x);
  fini(&x);
  return !(has_names(&x) && x.head_misses);
}
