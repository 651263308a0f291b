/* Templates: libclang lists the functions that clang instantiates among the declarations of a unit, each with
 * its body.
 *
 * An instance is a function of its own, known by its mangled name: what one type's instance calls is not what
 * another's does. Where a template has very many instances (a formatter), those beyond a limit are one
 * function. A template that nothing in the unit instantiates is walked as it is written; some of its calls
 * are then not known.
 *
 * The call operator of a generic lambda stays one function with all its instances: what the next one says in
 * the same place is not said again.
 */
#include "analyzer/frontend/extract.h"

#include "base/hash.h"

#include <string.h>

enum { INSTANCES_MAX = 48 };

bool instance_is_pattern(CXCursor definition) {
  for (CXCursor c = definition; clang_isDeclaration(c.kind); c = clang_getCursorSemanticParent(c))
    if (c.kind == CXCursor_FunctionTemplate || c.kind == CXCursor_ClassTemplate ||
        c.kind == CXCursor_ClassTemplatePartialSpecialization)
      return true;
  return false;
}

static uint32_t count_of(extract *x, CXCursor pattern) {
  uint32_t count = 0;
  bs_map_find(&x->instances, clang_hashCursor(clang_getCanonicalCursor(pattern)), &count);
  return count;
}

bool instance_replaces(extract *x, CXCursor pattern) { return count_of(x, pattern) > 0; }

static bool count_instance(extract *x, CXCursor pattern) {
  uint32_t count = count_of(x, pattern);
  if (count >= INSTANCES_MAX) return false;
  bs_map_set(&x->instances, clang_hashCursor(clang_getCanonicalCursor(pattern)), count + 1);
  return true;
}

bool instance_has_fields(CXCursor class) {
  bool is_class = class.kind == CXCursor_StructDecl || class.kind == CXCursor_ClassDecl ||
                  class.kind == CXCursor_UnionDecl;
  return is_class && !clang_Cursor_isNull(clang_getSpecializedCursorTemplate(class)) &&
         !clang_Location_isInSystemHeader(clang_getCursorLocation(class));
}

/* The same member of the template as written, whose initialiser stands there; 0 when it is this one. */
static facts_node as_written(extract *x, const decl_info *member, CXCursor class) {
  bool is_field = member->kind == DECL_FIELD;
  CXType type = clang_getCursorType(member->cursor);
  facts_str name = is_field ? member->name : name_qualified(x, member->cursor), record = 0;
  if (is_field) record = decl_at(x, decl_find(x, clang_getSpecializedCursorTemplate(class)))->name;
  facts_node node = is_field ? node_typed(x, FACTS_NODE_FIELD, record, name, type)
                             : node_typed(x, FACTS_NODE_GLOBAL, name, 0, type);
  return node == member->index ? 0 : node;
}

static void copy(extract *x, facts_node to, facts_node from) {
  *bs_vec_push(&x->unit->flows) =
      (facts_flow){.kind = FACTS_FLOW_COPY, .function = NO_FUNCTION, .dst = to, .src = from};
}

/* What the template says of a member holds for each instance's. */
static void copy_initial(extract *x) {
  for (uint32_t i = 0; i < x->decls.count; i++) {
    decl_info member = x->decls.items[i];
    if ((member.kind != DECL_FIELD && member.kind != DECL_VARIABLE) || member.local) continue;
    CXCursor class = clang_getCursorSemanticParent(member.cursor);
    if (!instance_has_fields(class)) continue;
    facts_node written = as_written(x, &member, class);
    if (written) copy(x, member.index, written);
  }
}

/* Members beyond the limit were walked as written: what this class's fields hold is what those see. */
static void copy_merged(extract *x) {
  for (uint32_t i = 0; i < x->merged.count; i++) {
    bool is_new;
    CXCursor class = x->merged.items[i];
    bs_map_add(&x->instances, UINT64_C(4) << 32 | clang_hashCursor(class), 1, &is_new);
    if (!is_new) continue;
    record_info record = *record_at(x, record_find(x, class));
    for (uint32_t f = record.first_field; f < record.first_field + record.nfields; f++) {
      decl_info field = *decl_at(x, x->fields.items[f].decl);
      facts_node written = as_written(x, &field, class);
      if (written) copy(x, written, field.index);
    }
  }
}

void instance_fields(extract *x) {
  copy_merged(x);
  copy_initial(x);
}

bool instance_stands_alone(extract *x, CXCursor function, CXCursor pattern) {
  if (clang_Location_isInSystemHeader(clang_getCursorLocation(function))) return false;
  CXCursor definition = clang_getCursorDefinition(function);
  if (clang_Cursor_isNull(definition) || instance_is_pattern(definition)) return false;
  if (cxx_closure(x, function) != NO_FUNCTION) return false;
  if (count_instance(x, pattern)) return true;
  CXCursor class = clang_getCursorSemanticParent(function);
  if (instance_has_fields(class)) *bs_vec_push(&x->merged) = class;
  made_by_template(x, function);
  return false;
}

static bool is_closure_member(CXCursor function) {
  CXString spelling = clang_getTypeSpelling(clang_getCursorType(clang_getCursorSemanticParent(function)));
  bool yes = strstr(clang_getCString(spelling), "(lambda at ") != NULL;
  clang_disposeString(spelling);
  return yes;
}

bool instance_queue(extract *x, CXCursor function) {
  if (clang_Cursor_isNull(clang_getSpecializedCursorTemplate(function))) return false;
  CXCursor definition = clang_getCursorDefinition(function);
  bool is_new;
  bs_map_add(&x->instances, UINT64_C(2) << 32 | clang_hashCursor(definition), 1, &is_new);
  if (is_new && is_closure_member(function))
    *bs_vec_push(&x->closures) = definition; /* once all lambdas have been seen */
  else if (is_new)
    extract_queue(x, definition);
  return true;
}

static enum CXChildVisitResult collect(CXCursor cursor, CXCursor parent, CXClientData data) {
  (void)parent;
  extract *x = data;
  if (cursor.kind < CXCursor_FunctionDecl || cursor.kind > CXCursor_ConversionFunction ||
      (cursor.kind > CXCursor_FunctionDecl && cursor.kind < CXCursor_CXXMethod))
    return CXChildVisit_Continue;
  if (clang_Location_isInSystemHeader(clang_getCursorLocation(cursor))) return CXChildVisit_Continue;
  CXCursor pattern = clang_getSpecializedCursorTemplate(cursor);
  if (clang_Cursor_isNull(pattern)) return CXChildVisit_Continue;
  uint64_t key = UINT64_C(3) << 32 | clang_hashCursor(clang_getCanonicalCursor(pattern));
  uint32_t next = UINT32_MAX;
  bs_map_find(&x->instances, key, &next);
  bs_map_set(&x->instances, key, x->listed.count);
  *bs_vec_push(&x->listed) = (listed_instance){cursor, next};
  return CXChildVisit_Continue;
}

void instance_list(extract *x) { clang_visitChildren(clang_getTranslationUnitCursor(x->tu), collect, x); }

uint32_t instance_first(extract *x, CXCursor pattern) {
  uint32_t first = UINT32_MAX;
  CXCursor canonical = clang_getCanonicalCursor(pattern);
  bs_map_find(&x->instances, UINT64_C(3) << 32 | clang_hashCursor(canonical), &first);
  return first;
}

uint32_t instance_same_call(extract *x, const facts_call *call) {
  uint64_t key =
      bs_hash_mix(bs_map_key(call->caller, call->place.line), bs_map_key(call->place.column, call->kind));
  key = bs_hash_mix(key, bs_map_key(call->callee, call->narguments));
  for (uint32_t i = 0; i < call->narguments; i++) {
    const facts_argument *a = &x->arguments.items[x->arguments.count - call->narguments + i];
    key = bs_hash_mix(key, bs_map_key(a->kind, a->ref) + (uint64_t)a->value);
  }
  bool is_new;
  uint32_t index = bs_map_add(&x->seen_calls, key, x->unit->calls.count, &is_new);
  return is_new ? UINT32_MAX : index;
}
