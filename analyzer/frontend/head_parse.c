/* The first process that needs a head makes it: PATH.lock is taken once and for all, PATH.pch appears whole.
 * Whoever comes in between parses without it. */
#include "analyzer/frontend/head_parse.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

typedef struct making {
  CXTranslationUnit tu;
  bs_strbuf list; /* of files: 's' or 'p', the name, a NUL */
  bs_strbuf definitions, attached; /* the bodies of the two functions */
  size_t bytes; /* of all files */
  bool is_odd; /* a file without a text: the units shall say so themselves */
  bool may_alias; /* what is declared may be defined by an attribute: no list of definitions is whole */
} making;

bool head_is_blank(const char *text, size_t size) {
  size_t i = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (i < size && !text[i]) i++;
  return i == size;
}

/* Asking for a location in the file itself is slow. */
bool head_is_system(CXTranslationUnit tu, CXFile file, CXSourceLocation *stack, unsigned depth) {
  return depth > 0 && (clang_Location_isInSystemHeader(stack[0]) ||
                       clang_Location_isInSystemHeader(clang_getLocationForOffset(tu, file, 0)));
}

/* __attribute__((alias("x"))) in a text, or something like it. */
static bool has_alias(const char *text, size_t length) {
  const char *end = text + length;
  for (const char *at = text; (at = memmem(at, (size_t)(end - at), "alias", 5));) {
    at += 5;
    while (at < end && (*at == '_' || *at == ' ')) at++;
    if (at < end && *at == '(') return true;
  }
  return false;
}

static void list_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
  making *m = data;
  if (depth == 0) return;
  bool system = head_is_system(m->tu, file, stack, depth);
  size_t size = 0;
  const char *text = clang_getFileContents(m->tu, file, &size);
  m->bytes += size;
  if (!system && (!text || head_is_blank(text, size))) m->is_odd = true;
  if (!system && text && has_alias(text, size)) m->may_alias = true;
  CXString name = clang_getFileName(file);
  const char *path = clang_getCString(name);
  bs_strbuf_addc(&m->list, system ? 's' : 'p');
  bs_strbuf_add(&m->list, path, strlen(path) + 1);
  clang_disposeString(name);
}

static bool write_file(const char *path, const char *text, size_t length) {
  FILE *file = fopen(path, "we");
  bool good = file && fwrite(text, 1, length, file) == length;
  if (file && fclose(file) != 0) good = false;
  return good;
}

bool head_has_errors(CXTranslationUnit tu) {
  bool found = false;
  unsigned count = clang_getNumDiagnostics(tu);
  for (unsigned i = 0; i < count && !found; i++) {
    CXDiagnostic diagnostic = clang_getDiagnostic(tu, i);
    found = clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
    clang_disposeDiagnostic(diagnostic);
  }
  return found;
}

/* What extract.c looks at in a C unit: functions with a body, variables with an initialiser. */
static bool is_definition(CXCursor cursor) {
  return (cursor.kind == CXCursor_FunctionDecl && clang_isCursorDefinition(cursor)) ||
         (cursor.kind == CXCursor_VarDecl &&
          !clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(cursor)));
}

/* What __attribute__((cleanup(f))) may name, as headers have it: f(T **), f(void *), or a project's own. */
static bool may_be_attached(CXCursor cursor, bool is_system) {
  if (cursor.kind != CXCursor_FunctionDecl || clang_Cursor_getNumArguments(cursor) != 1) return false;
  CXType type = clang_getCanonicalType(clang_getCursorType(clang_Cursor_getArgument(cursor, 0)));
  if (type.kind != CXType_Pointer) return false;
  if (!is_system) return true;
  type = clang_getPointeeType(type);
  return clang_isCursorDefinition(cursor) && (type.kind == CXType_Pointer || type.kind == CXType_Void);
}

static void name_in(bs_strbuf *body, CXCursor cursor) {
  CXString name = clang_getCursorSpelling(cursor);
  bs_strbuf_addf(body, "(void)sizeof&(%s);", clang_getCString(name));
  clang_disposeString(name);
}

static enum CXChildVisitResult list_name(CXCursor cursor, CXCursor parent, CXClientData data) {
  making *m = data;
  (void)parent;
  bool is_system = clang_Location_isInSystemHeader(clang_getCursorLocation(cursor));
  if (!is_system && is_definition(cursor)) name_in(&m->definitions, cursor);
  if (may_be_attached(cursor, is_system)) name_in(&m->attached, cursor);
  return CXChildVisit_Continue;
}

static void list_names(making *m, bs_strbuf *names) {
  clang_visitChildren(clang_getTranslationUnitCursor(m->tu), list_name, m);
  bs_strbuf_addf(names, " static void %s(void){%s}", HEAD_ATTACHED, m->attached.text);
  bs_strbuf_addf(names, " static void %s(void){%s}", HEAD_DEFINITIONS, m->definitions.text);
}

static bool save(making *m, bs_arena *arena, const char *path, bool cxx, size_t least) {
  const char *made = bs_arena_printf(arena, "%s.made", path);
  bs_strbuf names = BS_STRBUF_INIT;
  clang_getInclusions(m->tu, list_file, m);
  if (!cxx && !m->may_alias) list_names(m, &names);
  bool good = write_file(bs_arena_printf(arena, "%s.files", path), m->list.text, m->list.length) &&
              write_file(bs_arena_printf(arena, "%s.names", path), names.text, names.length);
  bs_strbuf_fini(&names);
  return good && !m->is_odd && m->bytes >= least &&
         clang_saveTranslationUnit(m->tu, made, CXSaveTranslationUnit_None) == CXSaveError_None &&
         rename(made, bs_arena_printf(arena, "%s.pch", path)) == 0;
}

static bool make(const parse_head *head, CXIndex index, const char *const *words, uint32_t count, bool cxx,
                 bs_arena *arena) {
  enum {
    OPTIONS = CXTranslationUnit_KeepGoing | CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization
  };
  making m = {.list = BS_STRBUF_INIT, .definitions = BS_STRBUF_INIT, .attached = BS_STRBUF_INIT};
  const char *source = bs_arena_printf(arena, "%s.h", head->path);
  const char **all = bs_arena_alloc(arena, (count + (size_t)2) * sizeof *all);
  memcpy(all, words, count * sizeof *all);
  all[count] = "-x";
  all[count + 1] = cxx ? "c++-header" : "c-header";
  bool good = write_file(source, head->text, strlen(head->text)) &&
              clang_parseTranslationUnit2(index, source, all, (int)count + 2, NULL, 0, OPTIONS, &m.tu) ==
                  CXError_Success;
  good = good && !head_has_errors(m.tu) && save(&m, arena, head->path, cxx, head->least_bytes);
  if (m.tu) clang_disposeTranslationUnit(m.tu);
  bs_strbuf_fini(&m.list);
  bs_strbuf_fini(&m.definitions);
  bs_strbuf_fini(&m.attached);
  return good;
}

static bool read_lists(bs_arena *arena, const char *path, head_parsed *parsed) {
  bs_strbuf files = BS_STRBUF_INIT, names = BS_STRBUF_INIT;
  bool good = bs_strbuf_read_file(&files, bs_arena_printf(arena, "%s.files", path)) == 0 &&
              bs_strbuf_read_file(&names, bs_arena_printf(arena, "%s.names", path)) == 0;
  if (good) {
    const char *at = bs_arena_strndup(arena, files.text, files.length), *end = at + files.length;
    for (; at < end; at += strlen(at) + 1) *bs_vec_push(&parsed->files) = (head_file){at + 1, *at == 's'};
    bool distrusted = access(bs_arena_printf(arena, "%s.whole", path), F_OK) == 0;
    parsed->names = distrusted ? "" : bs_arena_strdup(arena, names.text);
  }
  bs_strbuf_fini(&files);
  bs_strbuf_fini(&names);
  return good;
}

bool head_find(const parse_head *head, CXIndex index, const char *const *words, uint32_t count, bool cxx,
               bs_arena *arena, head_parsed *parsed) {
  parsed->path = bs_arena_printf(arena, "%s.pch", head->path);
  if (access(parsed->path, R_OK) != 0) {
    const char *lock = bs_arena_printf(arena, "%s.lock", head->path);
    int fd = open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    close(fd);
    if (!make(head, index, words, count, cxx, arena)) return false;
  }
  return read_lists(arena, head->path, parsed);
}

void head_distrust_names(const parse_head *head) {
  bs_arena arena = {0};
  write_file(bs_arena_printf(&arena, "%s.whole", head->path), "", 0);
  bs_arena_fini(&arena);
}

void head_parsed_fini(head_parsed *parsed) {
  bs_vec_fini(&parsed->files);
  *parsed = (head_parsed){0};
}
