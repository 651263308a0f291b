/* One unit: parsed by libclang, its errors counted, its tree handed to the extractor.
 *
 * Where the driver refuses a flag (an unknown -march, a flag of GCC's own) libclang gives no tree and no
 * message. Then each flag that may be the cause is tried alone on an empty file, and those that are
 * refused are left out.
 */
#include "analyzer/frontend/extract.h"
#include "analyzer/frontend/frontend.h"
#include "analyzer/frontend/language.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  PARSE_OPTIONS = CXTranslationUnit_KeepGoing,
  FLAGS_TRIED_MAX = 200,
};

typedef BS_VEC(const char *) word_list;

typedef struct parsing {
  const parse_request *request;
  facts_unit *unit;
  bs_arena *arena;
  CXIndex index;
  CXTranslationUnit tu;
  word_list words;
  path_list *dependencies;
} parsing;

static bool may_be_refused(const char *word) {
  static const char *const prefixes[] = {"-m",   "-f",      "-W", "-O",    "-g",
                                         "-std", "--param", "-p", "--std", NULL};
  for (int i = 0; prefixes[i]; i++)
    if (strncmp(word, prefixes[i], strlen(prefixes[i])) == 0) return true;
  return false;
}

static bool has_operand(const char *word) {
  return strcmp(word, "-mllvm") == 0 || strcmp(word, "--param") == 0;
}

/* Whether libclang refuses an empty file with these words. */
static bool is_refused(parsing *p, const char *const *words, uint32_t count) {
  static const char name[] = "/blockscan-empty.c"; /* found in memory only */
  struct CXUnsavedFile empty = {name, "", 0};
  CXTranslationUnit tu = NULL;
  enum CXErrorCode code = clang_parseTranslationUnit2(p->index, name, words, (int)count, &empty, 1, 0, &tu);
  if (tu) clang_disposeTranslationUnit(tu);
  return code != CXError_Success;
}

static const char *language_word(const parsing *p) {
  return strcmp(facts_text(p->unit, p->unit->language), "c++") == 0 ? "c++" : "c";
}

/* Drops the words that are refused. False when there are none. */
static bool drop_refused(parsing *p) {
  word_list kept = {0};
  unsigned tried = 0;
  for (uint32_t i = 0; i < p->words.count; i++) {
    const char *word = p->words.items[i];
    uint32_t length = has_operand(word) && i + 1 < p->words.count ? 2 : 1;
    const char *probe[] = {"-w", "-x", language_word(p), word, length == 2 ? p->words.items[i + 1] : NULL};
    bool refused = may_be_refused(word) && tried++ < FLAGS_TRIED_MAX && is_refused(p, probe, 3 + length);
    for (uint32_t k = 0; !refused && k < length; k++) *bs_vec_push(&kept) = p->words.items[i + k];
    i += length - 1;
  }
  bool dropped = kept.count < p->words.count;
  bs_vec_fini(&p->words);
  p->words = kept;
  return dropped;
}

/* The last resort: without every flag that could be a cause. */
static void drop_all(parsing *p) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < p->words.count; i++) {
    if (!may_be_refused(p->words.items[i]) || strncmp(p->words.items[i], "-std", 4) == 0)
      p->words.items[kept++] = p->words.items[i];
    else if (has_operand(p->words.items[i]))
      i++;
  }
  p->words.count = kept;
}

static bool try_parse(parsing *p) {
  return clang_parseTranslationUnit2(p->index, p->request->entry->file, p->words.items, (int)p->words.count,
                                     NULL, 0, PARSE_OPTIONS, &p->tu) == CXError_Success;
}

static bool parse(parsing *p) {
  if (try_parse(p)) return true;
  if (drop_refused(p) && try_parse(p)) return true;
  drop_all(p);
  return try_parse(p);
}

static void set_error(parsing *p, const char *text) {
  if (!p->unit->first_error) p->unit->first_error = bs_intern_adds(&p->unit->strings, text);
}

/* A flag of another compiler is reported, yet the tree is whole. */
static bool is_about_flags(CXFile file, const char *text) {
  return !file && (strstr(text, "argument") || strstr(text, "option"));
}

static void count_error(parsing *p, CXDiagnostic diagnostic) {
  CXFile file;
  unsigned line, column;
  clang_getExpansionLocation(clang_getDiagnosticLocation(diagnostic), &file, &line, &column, NULL);
  CXString spelling = clang_getDiagnosticSpelling(diagnostic);
  const char *text = clang_getCString(spelling);
  if (!is_about_flags(file, text)) {
    p->unit->errors++;
    CXString name = clang_getFileName(file);
    const char *path = file ? clang_getCString(name) : NULL;
    if (path)
      path =
          bs_path_relative(p->request->root, bs_path_normalise(p->arena, p->request->entry->directory, path));
    set_error(p, path ? bs_arena_printf(p->arena, "%s:%u:%u: %s", path, line, column, text) : text);
    clang_disposeString(name);
  }
  clang_disposeString(spelling);
}

static void count_errors(parsing *p) {
  unsigned count = clang_getNumDiagnostics(p->tu);
  for (unsigned i = 0; i < count; i++) {
    CXDiagnostic diagnostic = clang_getDiagnostic(p->tu, i);
    if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) count_error(p, diagnostic);
    clang_disposeDiagnostic(diagnostic);
  }
}

/* unit->files are relative to the root where they are inside it. */
static void add_dependencies(parsing *p) {
  for (uint32_t i = 0; i < p->unit->files.count; i++) {
    const char *path = facts_text(p->unit, p->unit->files.items[i].path);
    *bs_vec_push(p->dependencies) = bs_path_normalise(p->arena, p->request->root, path);
  }
}

static void set_head(parsing *p) {
  const compdb_entry *entry = p->request->entry;
  path_list words = {0};
  for (uint32_t i = 0; i < entry->narguments; i++) *bs_vec_push(&words) = entry->arguments[i];
  bool cxx = language_of(&words, entry->file) == LANGUAGE_CXX;
  bs_vec_fini(&words);
  bs_intern *strings = &p->unit->strings;
  p->unit->file = bs_intern_adds(strings, bs_path_relative(p->request->root, entry->file));
  p->unit->language = bs_intern_adds(strings, cxx ? "c++" : "c");
  p->unit->parser = bs_intern_adds(strings, toolchain_version(p->arena));
  p->unit->group = bs_intern_adds(strings, compdb_group(p->arena, entry));
}

static void set_words(parsing *p) {
  uint32_t count;
  const char *const *words =
      clang_arguments(p->arena, p->request->entry, p->request->resource_directory, &count);
  for (uint32_t i = 0; i < count; i++) *bs_vec_push(&p->words) = words[i];
  if (!p->request->overlay) return;
  *bs_vec_push(&p->words) = "-ivfsoverlay";
  *bs_vec_push(&p->words) = p->request->overlay;
}

static bool fail(parsing *p, const char *why) {
  p->unit->errors = 1;
  set_error(p, bs_arena_printf(p->arena, "%s: %s", facts_text(p->unit, p->unit->file), why));
  *bs_vec_push(p->dependencies) = p->request->entry->file;
  return false;
}

bool parse_unit(const parse_request *request, facts_unit *unit, bs_arena *arena, path_list *dependencies) {
  parsing p = {.request = request, .unit = unit, .arena = arena, .dependencies = dependencies};
  set_head(&p);
  struct stat st;
  bool on_disk = access(request->entry->file, R_OK) == 0;
  if (!on_disk && !request->overlay) return fail(&p, strerror(errno));
  if (on_disk && stat(request->entry->file, &st) == 0 && S_ISDIR(st.st_mode))
    return fail(&p, strerror(EISDIR));
  p.index = clang_createIndex(1, 0);
  set_words(&p);
  bool ok = parse(&p);
  if (ok) {
    count_errors(&p);
    extract_unit(unit, p.tu, request->root, request->entry->directory);
    add_dependencies(&p);
    clang_disposeTranslationUnit(p.tu);
  } else {
    fail(&p, "libclang gives no tree for this command line");
  }
  clang_disposeIndex(p.index);
  bs_vec_fini(&p.words);
  return ok;
}
