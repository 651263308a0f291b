/* From cursors to indices: every declaration is resolved once and cached by its cursor.
 *
 * A function is known by its linker's name; a variable by its node; a field by its record's key and its name.
 */
#include "analyzer/frontend/extract.h"

#include "base/hash.h"

#include <string.h>

facts_node node_make(extract *x, uint32_t kind, uint32_t a, uint32_t b) {
  bool is_new;
  facts_node id = bs_map_add(&x->nodes[kind], bs_map_key(a, b), x->unit->nodes.count, &is_new);
  if (is_new) *bs_vec_push(&x->unit->nodes) = (facts_node_row){.kind = kind, .a = a, .b = b};
  return id;
}

facts_node node_typed(extract *x, uint32_t kind, uint32_t a, uint32_t b, CXType type) {
  facts_node id = node_make(x, kind, a, b);
  x->unit->nodes.items[id].holds = (uint8_t)type_holds(type);
  return id;
}

facts_node node_temp(extract *x) {
  uint32_t number = x->scope.temps++;
  if (x->scope.function == NO_FUNCTION || x->scope.initialiser) number = x->unit->nodes.count;
  return node_make(x, FACTS_NODE_TEMP, x->scope.function, number);
}

static uint32_t *slot_of(extract *x, CXCursor cursor) {
  uint32_t mask = x->decl_slots.count - 1;
  uint32_t i = clang_hashCursor(cursor) * UINT32_C(2654435769);
  for (i = (i ^ i >> 15) & mask;; i = (i + 1) & mask) {
    uint32_t *slot = &x->decl_slots.items[i];
    if (!*slot || clang_equalCursors(x->decls.items[*slot - 1].cursor, cursor)) return slot;
  }
}

static void grow_slots(extract *x) {
  uint32_t size = x->decl_slots.count ? x->decl_slots.count * 2 : 1024;
  bs_vec_reserve(&x->decl_slots, size - x->decl_slots.count);
  x->decl_slots.count = size;
  memset(x->decl_slots.items, 0, size * sizeof *x->decl_slots.items);
  for (uint32_t d = 0; d < x->decls.count; d++) *slot_of(x, x->decls.items[d].cursor) = d + 1;
}

uint32_t decl_put(extract *x, CXCursor cursor, decl_info info) {
  if (x->decls.count * 2 >= x->decl_slots.count) grow_slots(x);
  uint32_t *slot = slot_of(x, cursor);
  info.cursor = cursor;
  if (*slot) {
    x->decls.items[*slot - 1] = info;
    return *slot - 1;
  }
  *bs_vec_push(&x->decls) = info;
  return (*slot = x->decls.count) - 1;
}

/* A local's name in its function: "name", for the second of that name "name#2". */
static facts_str local_name(extract *x, facts_str name) {
  bool is_new;
  uint64_t key = bs_hash_mix(bs_map_key(x->scope.function, name), x->instance);
  uint32_t count = bs_map_add(&x->locals, key, 1, &is_new);
  if (is_new) return name;
  bs_map_set(&x->locals, key, ++count);
  return bs_intern_adds(&x->unit->strings,
                        bs_arena_printf(&x->arena, "%s#%u", facts_text(x->unit, name), count));
}

static bool is_function(enum CXCursorKind kind) {
  return kind == CXCursor_FunctionDecl || kind == CXCursor_CXXMethod || kind == CXCursor_Constructor ||
         kind == CXCursor_Destructor || kind == CXCursor_ConversionFunction ||
         kind == CXCursor_FunctionTemplate;
}

/* Known by the function where it stands, whoever asks first; an instance's variable is its own. */
static facts_node static_local(extract *x, CXCursor variable, facts_str name) {
  facts_place place = name_place(x, clang_getCursorLocation(variable));
  CXCursor parent = clang_getCursorSemanticParent(variable);
  uint32_t of = is_function(parent.kind) ? function_find(x, parent) : NO_FUNCTION;
  const char *function = x->scope.name;
  if (of != NO_FUNCTION) {
    const facts_function *row = &x->unit->functions.items[of];
    bool instance = x->cxx && !clang_Cursor_isNull(clang_getSpecializedCursorTemplate(parent));
    function = facts_text(x->unit, instance ? row->symbol : row->name);
  }
  const char *text = bs_arena_printf(&x->arena, "%s.%s", function, facts_text(x->unit, name));
  return node_typed(x, FACTS_NODE_GLOBAL, local_name(x, bs_intern_adds(&x->unit->strings, text)), place.file,
                    clang_getCursorType(variable));
}

/* va_arg() looks like a conversion of its list; a list that is of no interest keeps its values out of the
 * graph. */
static bool is_va_list(CXType type, enum type_class class) {
  if (class != TYPE_ARRAY && (class != TYPE_POINTER || type.kind == CXType_Pointer)) return false;
  CXString spelling = clang_getTypeSpelling(type);
  bool yes = strstr(clang_getCString(spelling), "va_list") != NULL;
  clang_disposeString(spelling);
  return yes;
}

/* `static const int tries = 5;` names a number as an enumerator does. */
static bool is_named_number(CXCursor variable, CXType type, int64_t *number) {
  CXCursor initialiser = clang_Cursor_getVarDeclInitializer(variable);
  if (!clang_isConstQualifiedType(type) || clang_isVolatileQualifiedType(type)) return false;
  if (clang_Cursor_isNull(initialiser)) return false;
  CXEvalResult result = clang_Cursor_Evaluate(initialiser);
  if (!result) return false;
  bool known = clang_EvalResult_getKind(result) == CXEval_Int;
  if (known) *number = clang_EvalResult_getAsLongLong(result);
  clang_EvalResult_dispose(result);
  return known;
}

/* A static member of an instance is its own. */
static facts_str global_name(extract *x, CXCursor variable, facts_str name) {
  CXCursor class = clang_getCursorSemanticParent(variable);
  if (!x->cxx || !instance_has_fields(class)) return name_qualified(x, variable);
  const char *record = facts_text(x->unit, name_record(x, class));
  return bs_intern_adds(&x->unit->strings, bs_arena_printf(&x->arena, "%.*s::%s", (int)strcspn(record, "@"),
                                                           record, facts_text(x->unit, name)));
}

static decl_info variable_info(extract *x, CXCursor variable) {
  CXType type = clang_getCursorType(variable);
  decl_info info = {.kind = DECL_VARIABLE, .type = (uint8_t)type_classify(x, type)};
  info.name = name_take(x, clang_getCursorSpelling(variable));
  if (info.type == TYPE_INTEGER && is_named_number(variable, type, &info.value)) {
    info.kind = DECL_ENUMERATOR;
    return info;
  }
  enum CXLinkageKind linkage = clang_getCursorLinkage(variable);
  if (linkage == CXLinkage_External || linkage == CXLinkage_UniqueExternal) {
    info.index = node_typed(x, FACTS_NODE_GLOBAL, global_name(x, variable, info.name), 0, type);
  } else if (linkage == CXLinkage_Internal) {
    facts_place place = name_place(x, clang_getCursorLocation(clang_getCanonicalCursor(variable)));
    info.index = node_typed(x, FACTS_NODE_GLOBAL, global_name(x, variable, info.name), place.file, type);
  } else if (clang_Cursor_getStorageClass(variable) == CX_SC_Static) {
    info.index = static_local(x, variable, info.name);
  } else {
    info.index = node_typed(x, FACTS_NODE_LOCAL, x->scope.function, local_name(x, info.name), type);
    info.local = true;
  }
  if (is_va_list(type, info.type)) info.type = TYPE_OTHER;
  return info;
}

static decl_info field_info(extract *x, CXCursor field) {
  decl_info info = {.kind = DECL_FIELD, .type = (uint8_t)type_classify(x, clang_getCursorType(field))};
  uint32_t record = decl_find(x, clang_getCursorSemanticParent(field));
  info.name = name_take(x, clang_getCursorSpelling(field));
  layout_note(x, x->decls.items[record].cursor, x->decls.items[record].name);
  info.index =
      node_typed(x, FACTS_NODE_FIELD, x->decls.items[record].name, info.name, clang_getCursorType(field));
  return info;
}

static enum CXVisitorResult add_field(CXCursor field, CXClientData data) {
  extract *x = data;
  uint32_t decl = decl_find(x, field);
  if (clang_Cursor_isBitField(field) && !x->decls.items[decl].name) return CXVisit_Continue;
  *bs_vec_push(&x->fields) = (record_field){decl, clang_getCursorType(field)};
  return CXVisit_Continue;
}

uint32_t record_find(extract *x, CXCursor record) {
  CXCursor definition = clang_getCursorDefinition(record);
  uint32_t decl = decl_find(x, clang_Cursor_isNull(definition) ? record : definition);
  if (x->decls.items[decl].kind != DECL_RECORD) return 0; /* a closure */
  if (x->decls.items[decl].index) return x->decls.items[decl].index;
  record_info info = {.is_union = record.kind == CXCursor_UnionDecl};
  info.first_field = x->fields.count;
  clang_Type_visitFields(clang_getCursorType(record), add_field, x);
  info.nfields = x->fields.count - info.first_field;
  *bs_vec_push(&x->records) = info;
  return x->decls.items[decl].index = x->records.count - 1;
}

/* A builtin that is no call of a function; what -D_FORTIFY_SOURCE makes of snprintf() is one. */
static bool is_builtin(const char *name) {
  bool prints = strstr(name, "printf_chk") != NULL;
  return !prints && (strncmp(name, "__builtin_", 10) == 0 || strncmp(name, "__sync_", 7) == 0 ||
                     strncmp(name, "__atomic_", 9) == 0 || strncmp(name, "__c11_", 6) == 0);
}

static bool is_dependent(CXCursor function) {
  if (function.kind == CXCursor_FunctionTemplate) return true;
  for (CXCursor p = clang_getCursorSemanticParent(function); clang_isDeclaration(p.kind);
       p = clang_getCursorSemanticParent(p))
    if (p.kind == CXCursor_ClassTemplate || p.kind == CXCursor_ClassTemplatePartialSpecialization)
      return true;
  return false;
}

/* libclang numbers all closures of a unit alike: an instance for one is told by where the closure stands. */
static facts_str closure_symbol(extract *x, CXCursor function, facts_str symbol, const facts_function *row) {
  CXType parent = clang_getCursorType(clang_getCursorSemanticParent(function));
  facts_str class = parent.kind == CXType_Record ? name_type(x, parent) : 0;
  return bs_intern_adds(&x->unit->strings,
                        bs_arena_printf(&x->arena, "%s %s %s", facts_text(x->unit, symbol),
                                        facts_text(x->unit, row->type), facts_text(x->unit, class)));
}

static facts_str function_symbol(extract *x, CXCursor function, const facts_function *row) {
  if (!x->cxx) return row->name;
  if (is_dependent(function))
    return bs_intern_adds(
        &x->unit->strings,
        bs_arena_printf(&x->arena, "%s %s", facts_text(x->unit, row->name), facts_text(x->unit, row->type)));
  if (function.kind == CXCursor_Constructor || function.kind == CXCursor_Destructor) {
    /* Several symbols for one function: the first stands for all. */
    CXStringSet *all = clang_Cursor_getCXXManglings(function);
    facts_str symbol = row->name;
    if (all && all->Count) symbol = bs_intern_adds(&x->unit->strings, clang_getCString(all->Strings[0]));
    if (all) clang_disposeStringSet(all);
    return symbol;
  }
  facts_str symbol = name_take(x, clang_Cursor_getMangling(function));
  if (symbol && strstr(facts_text(x->unit, symbol), "$_")) return closure_symbol(x, function, symbol, row);
  return symbol ? symbol : row->name;
}

static bool never_returns(const char *name) {
  static const char *const known[] = {"exit", "_exit", "_Exit", "abort",   "quick_exit", "err",
                                      "errx", "verr",  "verrx", "longjmp", "siglongjmp", "__assert_fail"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(name, known[i]) == 0) return true;
  return false;
}

static uint32_t function_shape(extract *x, CXCursor canonical, const facts_function *row) {
  CXType type = clang_getCursorType(canonical);
  uint32_t flags = attribute_flags(x, canonical);
  if (clang_getCursorLinkage(canonical) == CXLinkage_Internal) flags |= FACTS_FUNCTION_INTERNAL;
  if (clang_Cursor_isFunctionInlined(canonical) || is_dependent(canonical)) flags |= FACTS_FUNCTION_INLINE;
  if (clang_isFunctionTypeVariadic(type)) flags |= FACTS_FUNCTION_VARIADIC;
  if (never_returns(facts_text(x->unit, row->name))) flags |= FACTS_FUNCTION_NORETURN;
  if (clang_Location_isInSystemHeader(clang_getCursorLocation(canonical))) flags |= FACTS_FUNCTION_SYSTEM;
  if (x->cxx && clang_CXXMethod_isVirtual(canonical)) flags |= FACTS_FUNCTION_VIRTUAL;
  return flags;
}

static uint32_t function_add(extract *x, CXCursor canonical) {
  CXCursor definition = clang_getCursorDefinition(canonical);
  bool has_body = !clang_Cursor_isNull(definition);
  CXCursor best = has_body ? definition : canonical;
  facts_function row = {.name = name_qualified(x, canonical)};
  row.type = name_function_type(x, clang_getCursorType(best));
  row.symbol = function_symbol(x, canonical, &row);
  row.flags = function_shape(x, canonical, &row);
  if (has_body && !clang_equalCursors(best, canonical)) {
    row.flags &= ~(uint32_t)FACTS_FUNCTION_SYSTEM; /* a project may define what a system header declares */
    row.flags |= function_shape(x, best, &row);
  }
  row.place = name_place(x, clang_getCursorLocation(best));
  int count = clang_Cursor_getNumArguments(best);
  row.nparams = count > 0 ? (uint32_t)count : 0;
  uint32_t index = x->unit->functions.count;
  *bs_vec_push(&x->unit->functions) = row;
  bool instance = x->cxx && has_body && !(row.flags & FACTS_FUNCTION_SYSTEM) &&
                  !clang_Cursor_isNull(clang_getSpecializedCursorTemplate(canonical));
  if (instance) x->unit->functions.items[index].flags |= FACTS_FUNCTION_INLINE;
  if (instance) instance_queue(x, canonical);
  if (has_body && (row.flags & FACTS_FUNCTION_SYSTEM) && (row.flags & FACTS_FUNCTION_INTERNAL))
    extract_queue(x, definition);
  return index;
}

static CXCursor pattern_of(extract *x, CXCursor function) {
  if (!x->cxx) return clang_getCanonicalCursor(function);
  CXCursor pattern = clang_getSpecializedCursorTemplate(function);
  if (clang_Cursor_isNull(pattern)) return clang_getCanonicalCursor(function);
  if (instance_stands_alone(x, function, pattern)) return function;
  return clang_getCanonicalCursor(pattern);
}

static decl_info function_info(extract *x, CXCursor function) {
  CXCursor canonical = pattern_of(x, function);
  if (!clang_equalCursors(canonical, function)) return *decl_at(x, decl_find(x, canonical));
  decl_info info = {.kind = DECL_FUNCTION, .type = TYPE_FUNCTION};
  info.name = name_take(x, clang_getCursorSpelling(function));
  uint32_t closure = x->cxx ? cxx_closure(x, function) : NO_FUNCTION;
  if (is_builtin(facts_text(x->unit, info.name)))
    info.kind = DECL_BUILTIN;
  else
    info.index = closure != NO_FUNCTION ? closure : function_add(x, canonical);
  return info;
}

uint32_t decl_find(extract *x, CXCursor cursor) {
  if (!x->decl_slots.count) grow_slots(x);
  uint32_t slot = *slot_of(x, cursor);
  if (slot) return slot - 1;
  decl_info info = {0};
  if (is_function(cursor.kind)) {
    info = function_info(x, cursor);
    bool is_new = *slot_of(x, cursor) == 0;
    uint32_t decl = decl_put(x, cursor, info);
    if (is_new && info.kind == DECL_FUNCTION && x->cxx) cxx_overrides(x, cursor);
    return decl;
  }
  if (cursor.kind == CXCursor_VarDecl || cursor.kind == CXCursor_ParmDecl ||
      (x->cxx && cursor.kind == CXCursor_UnexposedDecl)) { /* a name of a structured binding */
    CXCursor canonical = clang_getCanonicalCursor(cursor);
    info = clang_equalCursors(canonical, cursor) ? variable_info(x, cursor)
                                                 : *decl_at(x, decl_find(x, canonical));
  } else if (cursor.kind == CXCursor_FieldDecl) {
    info = field_info(x, cursor);
  } else if (cursor.kind == CXCursor_EnumConstantDecl) {
    info = (decl_info){
        .kind = DECL_ENUMERATOR, .type = TYPE_INTEGER, .value = clang_getEnumConstantDeclValue(cursor)};
  } else if (cursor.kind == CXCursor_StructDecl || cursor.kind == CXCursor_UnionDecl ||
             cursor.kind == CXCursor_ClassDecl || cursor.kind == CXCursor_ClassTemplate ||
             cursor.kind == CXCursor_ClassTemplatePartialSpecialization) {
    info = (decl_info){.kind = DECL_RECORD, .name = name_record(x, cursor)};
  }
  return decl_put(x, cursor, info);
}

uint32_t decl_of(extract *x, uint32_t n) {
  if (x->tree.items[n].decl) return x->tree.items[n].decl - 1;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  if (named.kind == CXCursor_OverloadedDeclRef && clang_getNumOverloadedDecls(named) == 1)
    named = clang_getOverloadedDecl(named, 0);
  uint32_t decl = decl_find(x, named);
  x->tree.items[n].decl = decl + 1;
  return decl;
}

uint32_t function_find(extract *x, CXCursor function) {
  decl_info info = *decl_at(x, decl_find(x, function));
  return info.kind == DECL_FUNCTION ? info.index : NO_FUNCTION;
}
