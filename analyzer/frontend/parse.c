/* One unit: parsed by libclang, its errors counted, its tree handed to the extractor.
 *
 * Where the driver refuses a flag (an unknown -march, a flag of GCC's own) libclang gives no tree and no
 * message. Then each flag that may be the cause is tried alone on an empty file, and those that are
 * refused are left out.
 */
#include "analyzer/frontend/exports.h"
#include "analyzer/frontend/extract.h"
#include "analyzer/frontend/frontend.h"
#include "analyzer/frontend/head_parse.h"
#include "analyzer/frontend/language.h"
#include "analyzer/frontend/quote.h"
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
  bool is_refused;
  bs_strbuf text; /* of the main file where it is parsed otherwise than it stands on the disk; else empty */
  head_parsed head; /* what was parsed before, for the other units that begin alike */
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

static const char *language_of_facts(const parsing *p) {
  return language_is_cxx(language_of_entry(p->request->entry)) ? "c++" : "c";
}

/* Drops the words that are refused. False when there are none. */
static bool drop_refused(parsing *p) {
  word_list kept = {0};
  unsigned tried = 0;
  for (uint32_t i = 0; i < p->words.count; i++) {
    const char *word = p->words.items[i];
    uint32_t length = has_operand(word) && i + 1 < p->words.count ? 2 : 1;
    const char *probe[] = {"-w", "-x", language_of_facts(p), word,
                           length == 2 ? p->words.items[i + 1] : NULL};
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

static void set_error(parsing *p, const char *text) {
  if (!p->unit->first_error) p->unit->first_error = bs_intern_adds(&p->unit->strings, text);
}

static bool try_parse(parsing *p) {
  struct CXUnsavedFile file = {p->request->entry->file, p->text.text, p->text.length};
  return clang_parseTranslationUnit2(p->index, file.Filename, p->words.items, (int)p->words.count, &file,
                                     p->text.length ? 1 : 0, PARSE_OPTIONS, &p->tu) == CXError_Success;
}

/* An overlay has the file in another state, and keeps it. */
static void read_exports(parsing *p) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool module = language_of_entry(p->request->entry) == LANGUAGE_CXX_MODULE && !p->request->overlay;
  if (module && bs_strbuf_read_file(&text, p->request->entry->file) == 0)
    exports_remove(text.text, text.length, &p->text);
  bs_strbuf_fini(&text);
}

/* A precompiled header that libclang refuses is another compiler's, and what is in it is not known. */
static bool drop_precompiled(parsing *p) {
  uint32_t kept = 0;
  const char *dropped = NULL;
  for (uint32_t i = 0; i < p->words.count; i++) {
    if (strcmp(p->words.items[i], "-include-pch") == 0 && i + 1 < p->words.count)
      dropped = p->words.items[++i];
    else
      p->words.items[kept++] = p->words.items[i];
  }
  p->words.count = kept;
  if (!dropped) return false;
  p->unit->errors++;
  set_error(p, bs_arena_printf(p->arena, "the precompiled header %s cannot be read: another compiler made it",
                               dropped));
  return true;
}

/* What another compiler run has made is read without the checks of a source: not a stranger's. */
static void drop_binaries(parsing *p) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < p->words.count; i++) {
    const char *word = p->words.items[i], *binary = NULL;
    if (strcmp(word, "-include-pch") == 0 && i + 1 < p->words.count)
      binary = p->words.items[++i];
    else if (strncmp(word, "-fmodule-file=", 14) == 0 || strncmp(word, "-fprebuilt-module-path=", 23) == 0)
      binary = strchr(word, '=') + 1;
    if (!binary) {
      p->words.items[kept++] = word;
      continue;
    }
    p->unit->errors++;
    if (!p->unit->first_error)
      set_error(p, bs_arena_printf(p->arena, "the precompiled %s is not read (--untrusted)", binary));
  }
  p->words.count = kept;
}

/* The main file's text with what stands for the head in its place; lines and columns behind it stay. */
static bool put_head(parsing *p) {
  bs_strbuf text = BS_STRBUF_INIT;
  size_t end = 0;
  if (bs_strbuf_read_file(&text, p->request->entry->file) == 0)
    end = head_blank(text.text, text.length, p->request->head->directives);
  if (end) {
    bs_strbuf_add(&p->text, text.text, end);
    bs_strbuf_adds(&p->text, p->head.names);
    bs_strbuf_add(&p->text, text.text + end, text.length - end);
  }
  bs_strbuf_fini(&text);
  return end > 0;
}

static void leave_head(parsing *p) {
  if (p->tu) clang_disposeTranslationUnit(p->tu);
  p->tu = NULL;
  head_parsed_fini(&p->head);
  bs_strbuf_fini(&p->text);
}

static void renew_index(parsing *p, bool with_precompiled) {
  clang_disposeIndex(p->index);
  p->index = clang_createIndex(!with_precompiled, 0);
}

/* With the head that was parsed for other units already. What is broken is parsed alone, and tells its errors
 * as it would without. */
static bool parse_behind_head(parsing *p) {
  bool cxx = language_is_cxx(language_of_entry(p->request->entry));
  if (!head_find(p->request->head, p->index, p->words.items, p->words.count, cxx, p->arena, &p->head))
    return false;
  uint32_t words = p->words.count;
  *bs_vec_push(&p->words) = "-include-pch";
  *bs_vec_push(&p->words) = p->head.path;
  renew_index(p, !p->head.names[0]);
  bool good = put_head(p) && try_parse(p) && !head_has_errors(p->tu);
  p->words.count = words;
  if (good) return true;
  leave_head(p);
  return false;
}

static bool parse_alone(parsing *p) {
  if (p->request->own_files_only) drop_binaries(p);
  if (try_parse(p)) return true;
  if (drop_precompiled(p) && try_parse(p)) return true;
  if (drop_refused(p) && try_parse(p)) return true;
  drop_all(p);
  return try_parse(p);
}

static bool parse(parsing *p) { return (p->request->head && parse_behind_head(p)) || parse_alone(p); }

/* A flag of another compiler is reported, yet the tree is whole. Not so where a file is not there, whatever
 * it is called. */
static bool is_about_flags(CXFile file, const char *text) {
  return !file && !strstr(text, "file") && (strstr(text, "argument") || strstr(text, "option"));
}

static quoting quoting_of(const parsing *p) {
  return (quoting){.arena = p->arena,
                   .root = p->request->root,
                   .directory = p->request->entry->directory,
                   .unit = p->tu,
                   .has_overlay = p->request->overlay != NULL};
}

/* Only the first is asked for: what the unit has read is looked at then. */
static const char *place_and_text(parsing *p, CXDiagnostic diagnostic, const char *path, unsigned line,
                                  unsigned column) {
  quoting q = quoting_of(p);
  quote_prepare(&q);
  const char *text = quote_diagnostic(&q, diagnostic);
  if (!path) return text;
  return bs_arena_printf(p->arena, "%s:%u:%u: %s", bs_path_relative(p->request->root, path), line, column,
                         text);
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
    if (path) path = bs_path_normalise(p->arena, p->request->entry->directory, path);
    if (!p->unit->first_error) set_error(p, place_and_text(p, diagnostic, path, line, column));
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

/* What is gone comes first: the parser's own errors follow from it. */
static void count_lost(parsing *p) {
  if (!p->request->entry->lost) return;
  p->unit->errors++;
  set_error(p, p->request->entry->lost);
}

/* A file of the project without a text: cut off, or not written yet, and nothing in the parser says so. A
 * unit that is empty on purpose has a comment. */
static void look_at_included(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
  parsing *p = data;
  size_t size = 1;
  CXSourceLocation place = clang_getLocation(p->tu, file, 1, 1);
  const char *text = clang_getFileContents(p->tu, file, &size);
  if (!text || !head_is_blank(text, size) || clang_Location_isInSystemHeader(place)) return;
  (void)stack;
  (void)depth;
  CXString name = clang_getFileName(file);
  const char *path = bs_path_normalise(p->arena, p->request->entry->directory, clang_getCString(name));
  clang_disposeString(name);
  p->unit->errors++;
  set_error(p, bs_arena_printf(p->arena, "%s: the file is empty", bs_path_relative(p->request->root, path)));
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
  bs_intern *strings = &p->unit->strings;
  p->unit->file = bs_intern_adds(strings, bs_path_relative(p->request->root, entry->file));
  p->unit->language = bs_intern_adds(strings, language_of_facts(p));
  p->unit->parser = bs_intern_adds(strings, toolchain_version(p->arena));
  p->unit->group = bs_intern_adds(strings, compdb_group(p->arena, entry));
}

/* Whether the words choose C++20 or later. */
static bool has_coroutines(const parsing *p) {
  bool yes = false;
  for (uint32_t i = 0; i < p->words.count; i++) {
    const char *word = p->words.items[i], *standard = strstr(word, "++");
    if (strstr(word, "ASIO_DISABLE_CO_AWAIT")) return false;
    if (strncmp(word, "-std=", 5) != 0 || !standard) continue;
    yes = standard[2] == '2'; /* 20, 2a, 23, 2b, 26, 2c */
  }
  return yes && strcmp(facts_text(p->unit, p->unit->language), "c++") == 0;
}

/* Asio knows coroutines of GCC and of clang with clang's own library, not of clang with GCC's. */
static void enable_coroutines(parsing *p) {
  static const char *const macros[] = {"-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1",
                                       "-DBOOST_ASIO_HAS_CO_AWAIT=1", "-DBOOST_ASIO_HAS_STD_COROUTINE=1"};
  for (size_t i = 0; i < sizeof macros / sizeof *macros; i++) *bs_vec_push(&p->words) = macros[i];
}

/* Headers of installed libraries are not the project's, though pkg-config gives them with -I. */
static void add_word(parsing *p, const char *const *words, uint32_t i, uint32_t count) {
  const char *word = words[i];
  if (strcmp(word, "-I") == 0 && i + 1 < count && bs_path_is_installed(words[i + 1])) word = "-isystem";
  if (strncmp(word, "-I", 2) == 0 && bs_path_is_installed(word + 2)) {
    *bs_vec_push(&p->words) = "-isystem";
    word += 2;
  }
  *bs_vec_push(&p->words) = word;
}

static void set_words(parsing *p) {
  uint32_t count;
  const char *const *words =
      clang_arguments(p->arena, p->request->entry, p->request->resource_directory, &count);
  for (uint32_t i = 0; i < count; i++) add_word(p, words, i, count);
  if (has_coroutines(p)) enable_coroutines(p);
  if (!p->request->overlay) return;
  *bs_vec_push(&p->words) = "-ivfsoverlay";
  *bs_vec_push(&p->words) = p->request->overlay;
}

static bool fail(parsing *p, const char *why) {
  p->unit->errors = 1;
  if (p->request->entry->lost) why = p->request->entry->lost;
  set_error(p, bs_arena_printf(p->arena, "%s: %s", facts_text(p->unit, p->unit->file), why));
  *bs_vec_push(p->dependencies) = p->request->entry->file;
  return false;
}

static void refuse_foreign(parsing *p) {
  quoting q = quoting_of(p);
  if (!p->request->own_files_only) return;
  quote_prepare(&q);
  p->is_refused = q.reads_foreign;
  if (!p->is_refused) return;
  p->unit->errors++;
  p->unit->first_error = 0;
  set_error(p, "it reads a file that is neither the project's nor the system's, or embeds one (--untrusted)");
}

static bool extract_facts(parsing *p) {
  return extract_unit(p->unit, p->tu, p->request->root, p->request->entry->directory, &p->head);
}

/* The unit asked for something of its head that the head does not name: it starts anew. */
static bool extract_alone(parsing *p) {
  head_distrust_names(p->request->head);
  leave_head(p);
  facts_unit_fini(p->unit);
  facts_unit_init(p->unit);
  set_head(p);
  if (!parse_alone(p)) return false;
  count_errors(p);
  extract_facts(p);
  return true;
}

bool parse_unit(const parse_request *request, facts_unit *unit, bs_arena *arena, path_list *dependencies) {
  parsing p = {
      .request = request, .unit = unit, .arena = arena, .dependencies = dependencies, .text = BS_STRBUF_INIT};
  set_head(&p);
  struct stat st;
  bool on_disk = access(request->entry->file, R_OK) == 0;
  if (!on_disk && !request->overlay) return fail(&p, strerror(errno));
  if (on_disk && stat(request->entry->file, &st) == 0 && S_ISDIR(st.st_mode))
    return fail(&p, strerror(EISDIR));
  if (on_disk && !S_ISREG(st.st_mode)) return fail(&p, "not a regular file");
  if (language_of_entry(request->entry) == LANGUAGE_UNREAD) return fail(&p, request->entry->lost);
  p.index = clang_createIndex(1, 0);
  set_words(&p);
  read_exports(&p);
  bool ok = parse(&p);
  if (ok) {
    count_lost(&p);
    count_errors(&p);
    clang_getInclusions(p.tu, look_at_included, &p);
    refuse_foreign(&p);
    if (!p.is_refused && !extract_facts(&p)) ok = extract_alone(&p);
    if (ok) add_dependencies(&p);
    if (p.tu) clang_disposeTranslationUnit(p.tu);
  }
  if (!ok) fail(&p, "libclang cannot parse with this command line");
  clang_disposeIndex(p.index);
  bs_vec_fini(&p.words);
  head_parsed_fini(&p.head);
  bs_strbuf_fini(&p.text);
  return ok;
}
