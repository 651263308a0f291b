/* Initialiser lists, by C's rules: designated, positional, mixed, with braces left out.
 *
 * libclang shows the list as it is written. A designated item is an expression of an unnamed kind: member
 * references and array indices, then the value.
 */
#include "analyzer/frontend/extract.h"

enum { ARRAY_INTEGERS = 8, BIG_ARRAY = 64 };

/* The items of a list that are still to be given a place. */
typedef struct items {
  uint32_t list, next; /* tree nodes */
  facts_node table;
  unsigned integers;
} items;

static void consume(extract *x, items *it, CXType type, facts_node node);

static enum type_class class_of(extract *x, uint32_t n) {
  return type_classify(x, clang_getCursorType(tree_cursor(x, n)));
}

static bool is_done(const extract *x, const items *it) { return it->next >= tree_end(x, it->list); }
static void skip(const extract *x, items *it) { it->next = tree_end(x, it->next); }

static bool is_designated(const extract *x, uint32_t n, bool in_array) {
  if (tree_kind(x, n) != CXCursor_UnexposedExpr || tree_end(x, n) == n + 1) return false;
  if (tree_kind(x, n + 1) == CXCursor_MemberRef) return true;
  uint32_t count = tree_count(x, n);
  if (!in_array || count < 2) return false;
  return !clang_equalCursors(tree_cursor(x, n + 1), tree_cursor(x, tree_child(x, n, 1)));
}

static uint32_t record_of(extract *x, CXType type) {
  return record_find(x, clang_getTypeDeclaration(clang_getCanonicalType(type)));
}

static CXType element_type(CXType type) { return clang_getArrayElementType(clang_getCanonicalType(type)); }

/* The array's innermost element type. */
static CXType scalar_type(extract *x, CXType type) {
  while (type_classify(x, type) == TYPE_ARRAY) type = element_type(type);
  return type;
}

/* Follows the designators of an item to what it initialises. Returns the position of the first one among the
 * record's fields, or UINT32_MAX. */
static uint32_t designated(extract *x, uint32_t n, CXType type, facts_node node, const record_info *record,
                           facts_node table) {
  uint32_t last = tree_last(x, n), position = UINT32_MAX;
  TREE_EACH(x, n, child) {
    if (child == last) break;
    if (tree_kind(x, child) != CXCursor_MemberRef) {
      if (type_classify(x, type) == TYPE_ARRAY) type = element_type(type);
      continue;
    }
    uint32_t decl = decl_of(x, child);
    if (position == UINT32_MAX && record) {
      for (uint32_t i = 0; i < record->nfields; i++)
        if (x->fields.items[record->first_field + i].decl == decl) position = i;
    }
    node = x->decls.items[decl].index;
    type = clang_getCursorType(tree_cursor(x, child));
  }
  init_value(x, last, type, node, table);
  return position;
}

static void fill_record(extract *x, items *it, CXType type, bool top) {
  record_info record = *record_at(x, record_of(x, type));
  for (uint32_t position = 0; !is_done(x, it);) {
    if (is_designated(x, it->next, false)) {
      if (!top) return;
      uint32_t at = designated(x, it->next, type, 0, &record, it->table);
      skip(x, it);
      position = at == UINT32_MAX ? position : at + 1;
      continue;
    }
    if (position >= record.nfields || (record.is_union && position > 0)) {
      if (!top) return;
      value_effects(x, it->next);
      skip(x, it);
      continue;
    }
    record_field field = x->fields.items[record.first_field + position++];
    consume(x, it, field.type, x->decls.items[field.decl].index);
  }
}

/* Whether two lists for a struct name the same members. */
static bool is_alike(extract *x, uint32_t a, uint32_t b) {
  if (tree_count(x, a) != tree_count(x, b)) return false;
  for (uint32_t i = a + 1, k = b + 1; i < tree_end(x, a); i = tree_end(x, i), k = tree_end(x, k)) {
    bool named = is_designated(x, i, false);
    if (named != is_designated(x, k, false)) return false;
    if (named && (tree_kind(x, i + 1) != CXCursor_MemberRef || decl_of(x, i + 1) != decl_of(x, k + 1)))
      return false;
  }
  return true;
}

/* Whether each element of an array has a list, and all name the same members: no zero is left in these. */
static bool is_uniform(extract *x, uint32_t list, long long size) {
  uint32_t first = tree_strip(x, list + 1);
  TREE_EACH(x, list, child) {
    uint32_t item = tree_strip(x, child);
    if (tree_kind(x, item) != CXCursor_InitListExpr || !is_alike(x, first, item)) return false;
    size--;
  }
  return !size;
}

static void fill_array(extract *x, items *it, CXType type, facts_node node, bool top) {
  CXType element = element_type(type);
  long long limit = clang_getArraySize(clang_getCanonicalType(type));
  bool weak = x->elements, replaces = weak && top && is_uniform(x, it->list, limit);
  for (long long i = 0; !is_done(x, it) && (top || i < limit); i++) {
    x->elements = weak && !(replaces && i == 0);
    if (is_designated(x, it->next, true)) {
      if (!top) return;
      designated(x, it->next, type, node, NULL, it->table);
      skip(x, it);
    } else {
      consume(x, it, element, node);
    }
  }
  x->elements = weak;
}

/* Whether an item initialises a whole struct or array by itself: a list, a string, an expression of its
 * type. */
static bool is_whole(extract *x, uint32_t n, enum type_class type) {
  uint32_t inner = tree_strip(x, n);
  enum CXCursorKind kind = tree_kind(x, inner);
  if (kind == CXCursor_InitListExpr || kind == CXCursor_CompoundLiteralExpr) return true;
  if (type == TYPE_ARRAY) return kind == CXCursor_StringLiteral;
  enum type_class given = class_of(x, inner);
  return given == TYPE_RECORD || given == TYPE_CALLABLE;
}

/* Gives the next item, or as many as an aggregate without braces takes, to a thing of this type. */
static void consume(extract *x, items *it, CXType type, facts_node node) {
  enum type_class class = type_classify(x, type);
  if ((class == TYPE_RECORD || class == TYPE_ARRAY) && !is_whole(x, it->next, class)) {
    uint32_t before = it->next;
    if (class == TYPE_RECORD)
      fill_record(x, it, type, false);
    else
      fill_array(x, it, type, node, false);
    if (it->next == before) skip(x, it); /* an empty struct, a broken tree */
    return;
  }
  int64_t constant;
  if (class == TYPE_INTEGER && value_constant(x, it->next, &constant) && it->integers++ >= ARRAY_INTEGERS &&
      x->unit->nodes.items[node].kind != FACTS_NODE_FIELD) {
    skip(x, it);
    return;
  }
  init_value(x, it->next, type, node, it->table);
  skip(x, it);
}

static void init_list(extract *x, uint32_t list, CXType type, facts_node node, facts_node table) {
  items it = {.list = list, .next = list + 1, .table = table};
  if (type_classify(x, type) == TYPE_ARRAY)
    fill_array(x, &it, type, node, true);
  else
    fill_record(x, &it, type, true);
}

void init_value(extract *x, uint32_t n, CXType type, facts_node node, facts_node table) {
  uint32_t inner = tree_strip(x, n);
  enum CXCursorKind kind = tree_kind(x, inner);
  enum type_class class = type_classify(x, type);
  if (x->depth > 2000) return;
  x->depth++;
  if (class != TYPE_RECORD && class != TYPE_ARRAY) {
    uint8_t flags = table ? FACTS_FLOW_INITIALISER : 0;
    if (class == TYPE_CALLABLE && kind == CXCursor_InitListExpr) {
      callable_fill(x, inner, (lvalue){.node = node, .flags = flags, .table = table});
      x->depth--;
      return;
    }
    if (kind == CXCursor_InitListExpr && inner + 1 < tree_end(x, inner)) inner++;
    if (class == TYPE_POINTER) layout_cast(x, inner, type); /* from void * */
    if (type_flows(class) && node)
      flow_expression(x, inner, (lvalue){.node = node, .flags = flags, .table = table});
    else
      value_effects(x, inner);
  } else if (kind == CXCursor_InitListExpr) {
    init_list(x, inner, type, node, table);
  } else if (kind == CXCursor_CompoundLiteralExpr) {
    uint32_t list = tree_last(x, inner);
    if (list) init_value(x, list, type, node, table);
  } else if (kind == CXCursor_StringLiteral && node) {
    flow_emit(x, (lvalue){.node = node, .flags = table ? FACTS_FLOW_INITIALISER : 0, .table = table},
              value_of(x, inner));
  } else {
    value_effects(x, inner);
  }
  x->depth--;
}

value init_compound_literal(extract *x, uint32_t n, facts_node table) {
  uint32_t list = tree_last(x, n);
  CXType type = clang_getCursorType(tree_cursor(x, n));
  enum type_class class = type_classify(x, type);
  if (!list) return value_unknown(n);
  if (type_flows(class)) return value_of(x, list);
  facts_node node = class == TYPE_ARRAY ? node_temp(x) : 0;
  init_value(x, list, type, node, table);
  return (value){.kind = node ? VALUE_ADDRESS : VALUE_NONE, .ref = node, .at = n};
}

facts_node init_literal(extract *x, uint32_t n) {
  facts_node object = node_temp(x);
  bool elements = x->elements;
  flow_note(x, object, FACTS_STORE_ZERO);
  x->elements = false;
  init_compound_literal(x, n, object);
  x->elements = elements;
  return object;
}

/* Remembers whether a struct starts as zeros: `= {0}`. */
static void note_zero(extract *x, uint32_t n, uint32_t decl) {
  bool zero = tree_kind(x, n) == CXCursor_InitListExpr;
  int64_t constant;
  TREE_EACH(x, n, child) {
    uint32_t item = is_designated(x, child, false) ? tree_last(x, child) : child;
    if (tree_kind(x, item) == CXCursor_InitListExpr) continue;
    if (!value_constant(x, item, &constant) || constant) zero = false;
  }
  decl_info *info = &x->decls.items[decl];
  if (zero)
    info->zero = true;
  else
    info->nonzero = true;
}

/* A big table of numbers says nothing; its tree is not even copied. */
static bool is_number_table(extract *x, CXType type) {
  enum type_class class = type_classify(x, type);
  if (class != TYPE_ARRAY) return false;
  enum type_class element = type_classify(x, scalar_type(x, type));
  return (element == TYPE_INTEGER || element == TYPE_FLOAT) &&
         clang_getArraySize(clang_getCanonicalType(type)) > BIG_ARRAY;
}

/* `struct options o;`, where nobody wrote a constructor. */
static bool is_plain_construction(extract *x, uint32_t n) {
  if (!x->cxx || tree_kind(x, n) != CXCursor_CallExpr || tree_count(x, n)) return false;
  CXCursor named = clang_getCursorReferenced(tree_cursor(x, n));
  return named.kind == CXCursor_Constructor && !cxx_is_user_provided(named);
}

void init_variable(extract *x, uint32_t n) {
  CXCursor variable = tree_cursor(x, n);
  uint32_t decl = decl_find(x, variable);
  decl_info info = x->decls.items[decl];
  CXCursor initialiser = clang_Cursor_getVarDeclInitializer(variable);
  uint32_t value_node_index = tree_last(x, n);
  CXType type = clang_getCursorType(variable);
  if (clang_Cursor_isNull(initialiser) ||
      !value_node_index) { /* what typeof names is not evaluated, an array's size is */
    if (clang_getCanonicalType(type).kind == CXType_VariableArray)
      TREE_EACH(x, n, child) value_effects(x, child);
    return;
  }
  if (is_number_table(x, type)) {
    flow_emit(x, (lvalue){.node = info.index}, value_unknown(n));
    return;
  }
  if (info.type == TYPE_ARRAY) flow_note(x, info.index, FACTS_STORE_ZERO);
  x->elements = info.type == TYPE_ARRAY;
  if (info.type == TYPE_RECORD) {
    uint32_t inner = tree_strip(x, value_node_index);
    enum CXCursorKind kind = tree_kind(x, inner);
    note_zero(x, inner, decl);
    if (kind != CXCursor_InitListExpr && kind != CXCursor_CompoundLiteralExpr) {
      flow_record(x, info.index, value_node_index);
      if (is_plain_construction(x, inner)) flow_note_defaults(x, info.index, type);
      return;
    }
    flow_note(x, info.index, FACTS_STORE_ZERO);
    if (x->cxx) flow_note_defaults(x, info.index, type);
  }
  if (info.type == TYPE_REFERENCE) {
    lvalue object = lvalue_of(x, value_node_index);
    value v = {.kind = object.deref ? VALUE_NODE : VALUE_ADDRESS, .ref = object.node, .at = value_node_index};
    if (object.node) flow_emit(x, (lvalue){.node = info.index}, v);
    return;
  }
  if (x->cxx && info.type == TYPE_CALLABLE &&
      clang_getCanonicalType(type).kind ==
          CXType_LValueReference) { /* what is put into one is in the other */
    value v = value_of(x, value_node_index);
    flow_emit(x, (lvalue){.node = info.index}, v);
    if (v.kind == VALUE_NODE)
      flow_emit(x, (lvalue){.node = v.ref}, (value){.kind = VALUE_NODE, .ref = info.index, .at = v.at});
    return;
  }
  init_value(x, value_node_index, type, info.index, info.index);
}
