/* Texts that facts carry: files relative to the project root, places, type spellings, record keys. */
#include "analyzer/frontend/extract.h"
#include "base/hash.h"
#include "base/path.h"

#include <ctype.h>
#include <string.h>

/* Facts are the same wherever the project lies: its folder is taken out of types and strings that name it. */
facts_str name_relative(extract *x, const char *text, size_t length) {
  size_t root = strlen(x->root);
  const char *end = text + length, *at = root > 1 ? memmem(text, length, x->root, root) : NULL;
  if (!at) return bs_intern_add(&x->unit->strings, text, length);
  bs_strbuf out = BS_STRBUF_INIT;
  for (; at; at = memmem(text, (size_t)(end - text), x->root, root)) {
    bool whole = at + root < end && at[root] == '/';
    bs_strbuf_add(&out, text, (size_t)(at - text) + (whole ? 0 : root));
    text = at + root + whole;
  }
  bs_strbuf_add(&out, text, (size_t)(end - text));
  facts_str id = bs_intern_add(&x->unit->strings, out.text, out.length);
  bs_strbuf_fini(&out);
  return id;
}

facts_str name_take(extract *x, CXString text) {
  const char *bytes = clang_getCString(text);
  facts_str id = bytes ? name_relative(x, bytes, strlen(bytes)) : 0;
  clang_disposeString(text);
  return id;
}

facts_str name_path(extract *x, CXFile file) {
  uint32_t id = 0;
  if (!file || bs_map_find(&x->paths, (uint64_t)(uintptr_t)file, &id)) return id;
  CXString spelling = clang_getFileName(file);
  const char *text = clang_getCString(spelling);
  const char *path = bs_path_normalise(&x->arena, x->directory, text ? text : "");
  id = bs_intern_adds(&x->unit->strings, bs_path_relative(x->root, path));
  clang_disposeString(spelling);
  bs_map_set(&x->paths, (uint64_t)(uintptr_t)file, id);
  return id;
}

facts_place name_place(extract *x, CXSourceLocation location) {
  CXFile file;
  facts_place place = {0};
  clang_getExpansionLocation(location, &file, &place.line, &place.column, NULL);
  place.file = name_path(x, file);
  if (!place.file) place.line = place.column = 0;
  return place;
}

facts_place name_place_of(extract *x, uint32_t n) {
  facts_place place = name_place(x, clang_getCursorLocation(tree_cursor(x, n)));
  if (place.line || n + 1 >= tree_end(x, n)) return place;
  return name_place(x, clang_getCursorLocation(tree_cursor(x, n + 1)));
}

static facts_str identifier_at(extract *x, CXFile file, unsigned offset) {
  size_t size;
  const char *text = clang_getFileContents(x->tu, file, &size);
  if (!text || offset >= size) return 0;
  size_t end = offset;
  while (end < size && (isalnum((unsigned char)text[end]) || text[end] == '_')) end++;
  return bs_intern_add(&x->unit->strings, text + offset, end - offset);
}

/* Up to libclang 18 a spelling location is where the macro stands that is expanded; that it is a macro's, the
 * highest bit of the location says (clang/Basic/SourceLocation.h, MacroIDBit). */
static bool is_of_macro(CXSourceLocation location) {
  return LIBCLANG_RELEASE < 19 && location.int_data >> 31;
}

facts_str name_macro(extract *x, CXSourceLocation location) {
  CXFile expansion_file, spelling_file;
  unsigned expansion, spelling;
  clang_getExpansionLocation(location, &expansion_file, NULL, NULL, &expansion);
  clang_getSpellingLocation(location, &spelling_file, NULL, NULL, &spelling);
  if (expansion_file == spelling_file && expansion == spelling && !is_of_macro(location)) return 0;
  return expansion_file ? identifier_at(x, expansion_file, expansion) : 0;
}

/* Up to the last parenthesis: without attributes, noexcept and a member function's const. */
static size_t type_length(const char *text) {
  const char *attribute = strstr(text, " __attribute__((");
  size_t length = attribute ? (size_t)(attribute - text) : strlen(text);
  const char * noexcept = memmem(text, length, " noexcept(", 10);
  if (noexcept) length = (size_t)(noexcept - text);
  const char *last = memrchr(text, ')', length);
  return last ? (size_t)(last - text) + 1 : length;
}

facts_str name_function_type(extract *x, CXType type) {
  type = clang_getCanonicalType(type);
  if (type.kind == CXType_Pointer || type.kind == CXType_LValueReference ||
      type.kind == CXType_RValueReference || type.kind == CXType_BlockPointer)
    type = clang_getCanonicalType(clang_getPointeeType(type));
  CXString spelling = clang_getTypeSpelling(type);
  const char *text = clang_getCString(spelling);
  facts_str id = name_relative(x, text, type_length(text));
  clang_disposeString(spelling);
  return id;
}

facts_str name_type(extract *x, CXType type) {
  CXString spelling = clang_getTypeSpelling(clang_getUnqualifiedType(type));
  const char *text = clang_getCString(spelling);
  facts_str id = name_relative(x, text, strlen(text));
  clang_disposeString(spelling);
  return id;
}

/* A reference to what can be called is taken for the thing itself: nobody assigns through it. */
static enum type_class reference_class(extract *x, CXType type) {
  enum type_class to = type_classify(x, clang_getPointeeType(type));
  return to == TYPE_FUNCTION || to == TYPE_CALLABLE ? TYPE_CALLABLE : TYPE_REFERENCE;
}

enum type_class type_classify(extract *x, CXType type) {
  type = clang_getCanonicalType(type);
  if (type.kind >= CXType_Bool && type.kind <= CXType_Int128) return TYPE_INTEGER;
  switch (type.kind) {
  case CXType_Enum: return TYPE_INTEGER;
  case CXType_Float:
  case CXType_Double:
  case CXType_LongDouble:
  case CXType_Float128: return TYPE_FLOAT;
  case CXType_Pointer:
  case CXType_NullPtr:
  case CXType_BlockPointer:
  case CXType_MemberPointer: return TYPE_POINTER;
  case CXType_LValueReference:
  case CXType_RValueReference: return reference_class(x, type);
  case CXType_ConstantArray:
  case CXType_IncompleteArray:
  case CXType_VariableArray:
  case CXType_DependentSizedArray: return TYPE_ARRAY;
  case CXType_FunctionProto:
  case CXType_FunctionNoProto: return TYPE_FUNCTION;
  case CXType_Record: return x->cxx && callable_class(x, type) ? TYPE_CALLABLE : TYPE_RECORD;
  case CXType_Unexposed: /* a template's parameter: it may carry a function */
    return x->in_template ? TYPE_CALLABLE : TYPE_OTHER;
  default:
    if (type.kind == CXType_Atomic) return type_classify(x, clang_Type_getValueType(type));
    return TYPE_OTHER;
  }
}

static enum facts_holds pointee_holds(CXType type) {
  switch (type.kind) {
  case CXType_FunctionProto:
  case CXType_FunctionNoProto: return FACTS_HOLDS_FUNCTION;
  case CXType_Char_U:
  case CXType_UChar:
  case CXType_Char_S:
  case CXType_SChar:
  case CXType_WChar: return FACTS_HOLDS_TEXT;
  case CXType_Record: return FACTS_HOLDS_RECORD;
  case CXType_Pointer: return FACTS_HOLDS_POINTER;
  default:
    return type.kind >= CXType_Bool && type.kind <= CXType_LongDouble ? FACTS_HOLDS_POINTER
                                                                      : FACTS_HOLDS_ANYTHING;
  }
}

/* Whether an integer may carry a pointer or a function: one of the width of a pointer, and bytes in an array.
 */
static bool is_carrier(enum CXTypeKind kind, bool in_array) {
  bool word =
      kind == CXType_ULong || kind == CXType_ULongLong || kind == CXType_Long || kind == CXType_LongLong;
  bool byte = kind == CXType_UChar || kind == CXType_SChar || kind == CXType_Char_S || kind == CXType_Char_U;
  return word || (byte && in_array);
}

enum facts_holds type_holds(CXType type) {
  type = clang_getCanonicalType(type);
  bool in_array = type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray;
  while (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray ||
         type.kind == CXType_VariableArray)
    type = clang_getCanonicalType(clang_getArrayElementType(type));
  if (type.kind == CXType_Pointer) return pointee_holds(clang_getCanonicalType(clang_getPointeeType(type)));
  if (type.kind == CXType_Enum) return FACTS_HOLDS_INTEGER;
  if (is_carrier(type.kind, in_array)) return FACTS_HOLDS_ANYTHING;
  return type.kind >= CXType_Bool && type.kind <= CXType_Int128 ? FACTS_HOLDS_INTEGER : FACTS_HOLDS_ANYTHING;
}

static const char *without_tags(const char *text) {
  static const char *const tags[] = {"const ", "volatile ", "struct ", "union ", "class ", "enum "};
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
    if (strncmp(text, tags[i], strlen(tags[i])) == 0) text += strlen(tags[i]);
  return text;
}

/* A type's name without "struct ", template arguments and qualifiers; false for a type without a name. */
static bool plain_record_name(const char *text, bs_strbuf *out) {
  int depth = 0;
  for (const char *c = without_tags(text); *c; c++) {
    if (*c == '<') depth++;
    if (!depth) bs_strbuf_addc(out, *c);
    if (*c == '>' && depth) depth--;
  }
  return !strstr(out->text, "(anonymous") && !strstr(out->text, "(unnamed") && !strstr(out->text, "(lambda");
}

/* The executors among the template arguments of a class: what it calls runs on their threads. Adds each name
 * that has the word, and a space behind it. */
static void add_executors(const char *text, bs_strbuf *out) {
  static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:";
  for (const char *c = text + strcspn(text, "<"); *c;) {
    size_t length = strspn(c, name_chars);
    if (length && memmem(c, length, "executor", strlen("executor")))
      bs_strbuf_addf(out, "%.*s ", (int)length, c);
    c += length ? length : 1;
  }
}

/* A class of a library has no fields to tell apart; its key has the executors alone. */
static void library_name(const char *text, bs_strbuf *out) {
  bs_strbuf executors = BS_STRBUF_INIT;
  add_executors(text, &executors);
  if (executors.length) bs_strbuf_addf(out, "<%s>", executors.text);
  bs_strbuf_fini(&executors);
}

/* An instance of a class template of the project has fields of its own: its key has the arguments. */
static void instance_name(extract *x, const char *text, bs_strbuf *out) {
  enum { LONG = 160 };
  facts_str relative = name_relative(x, without_tags(text), strlen(without_tags(text)));
  const char *name = facts_text(x->unit, relative);
  if (strlen(name) <= LONG) {
    bs_strbuf_clear(out);
    bs_strbuf_adds(out, name);
  } else {
    bs_strbuf_adds(out, "<");
    add_executors(name, out);
    bs_strbuf_addf(out, "%016llx>", (unsigned long long)bs_hash(name, strlen(name)));
  }
}

facts_str name_record(extract *x, CXCursor record) {
  CXCursor definition = clang_getCursorDefinition(record);
  if (!clang_Cursor_isNull(definition)) record = definition;
  facts_place place = name_place(x, clang_getCursorLocation(record));
  const char *file = facts_text(x->unit, place.file);
  CXString spelling =
      record.kind == CXCursor_ClassTemplate || record.kind == CXCursor_ClassTemplatePartialSpecialization
          ? clang_getCursorSpelling(record)
          : clang_getTypeSpelling(clang_getCursorType(record));
  bs_strbuf key = BS_STRBUF_INIT;
  if (record.kind == CXCursor_ClassTemplate || record.kind == CXCursor_ClassTemplatePartialSpecialization) {
    bs_strbuf_addf(&key, "%s@%s", facts_text(x->unit, name_qualified(x, record)), file);
  } else if (plain_record_name(clang_getCString(spelling), &key)) {
    if (x->cxx && instance_has_fields(record))
      instance_name(x, clang_getCString(spelling), &key);
    else if (x->cxx)
      library_name(clang_getCString(spelling), &key);
    bs_strbuf_addf(&key, "@%s", file);
  } else {
    bs_strbuf_clear(&key);
    bs_strbuf_addf(&key, "%s:%u:%u", file, place.line, place.column);
  }
  clang_disposeString(spelling);
  facts_str id = bs_intern_add(&x->unit->strings, key.text, key.length);
  bs_strbuf_fini(&key);
  return id;
}

facts_str name_pointee_record(extract *x, CXType type) {
  type = clang_getCanonicalType(type);
  for (;;) {
    if (type.kind == CXType_Pointer || type.kind == CXType_LValueReference ||
        type.kind == CXType_RValueReference)
      type = clang_getCanonicalType(clang_getPointeeType(type));
    else if (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray ||
             type.kind == CXType_VariableArray)
      type = clang_getCanonicalType(clang_getArrayElementType(type));
    else
      break;
  }
  if (type.kind != CXType_Record) return 0;
  uint32_t record = decl_find(x, clang_getTypeDeclaration(type));
  return x->decls.items[record].name;
}

static void add_scopes(CXCursor decl, bs_strbuf *out) {
  CXCursor parent = clang_getCursorSemanticParent(decl);
  if (clang_Cursor_isNull(parent) || clang_isInvalid(parent.kind) || clang_isTranslationUnit(parent.kind))
    return;
  add_scopes(parent, out);
  if (parent.kind == CXCursor_LinkageSpec || clang_Cursor_isInlineNamespace(parent)) return;
  CXString spelling = clang_getCursorSpelling(parent);
  const char *text = clang_getCString(spelling);
  if (parent.kind == CXCursor_Namespace && (!*text || *text == '('))
    bs_strbuf_adds(out, "(anonymous namespace)::");
  else if (*text)
    bs_strbuf_addf(out, "%s::", text);
  clang_disposeString(spelling);
}

facts_str name_qualified(extract *x, CXCursor decl) {
  if (!x->cxx) return name_take(x, clang_getCursorSpelling(decl));
  bs_strbuf text = BS_STRBUF_INIT;
  add_scopes(decl, &text);
  CXString spelling = clang_getCursorSpelling(decl);
  const char *name = clang_getCString(spelling);
  /* The name of a constructor in a class template comes with the template's parameters. */
  bool is_template =
      decl.kind == CXCursor_FunctionTemplate && clang_getTemplateCursorKind(decl) == CXCursor_Constructor;
  bool of_class = decl.kind == CXCursor_Constructor || decl.kind == CXCursor_Destructor || is_template;
  size_t length = of_class ? strcspn(name, "<") : strlen(name);
  bs_strbuf_add(&text, name, length);
  clang_disposeString(spelling);
  facts_str id = name_relative(x, text.text, text.length);
  bs_strbuf_fini(&text);
  return id;
}
