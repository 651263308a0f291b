/* Tables of the drivers' options and of GCC's words for them. */
#include "analyzer/frontend/dialect.h"

#include "analyzer/frontend/command.h"
#include "analyzer/frontend/language.h"
#include "base/path.h"

#include <stdio.h>
#include <string.h>

typedef struct translation {
  bs_arena *arena;
  const char *directory;
  path_list out;
  const char *missing; /* an option file */
} translation;

static void add(translation *t, const char *word) { *bs_vec_push(&t->out) = word; }

static void add_pair(translation *t, const char *option, const char *operand) {
  add(t, option);
  add(t, operand);
}

/* The compiler's name without ".exe", in lower case where that is the custom. */
static bool is_named(const char *compiler, const char *name) {
  const char *slash = strrchr(compiler, '/'), *back = strrchr(compiler, '\\');
  if (!slash || (back && back > slash)) slash = back;
  compiler = slash ? slash + 1 : compiler;
  size_t length = strlen(name);
  return strncasecmp(compiler, name, length) == 0 &&
         (!compiler[length] || strcasecmp(compiler + length, ".exe") == 0);
}

/* ---- clang-cl and cl ---- */

/* An option of cl that decides what the parser sees: `name` without its dash or slash. */
static const struct cl_option {
  const char *name,
      *gcc; /* gcc ends in a space: the operand is the next word; NULL: dropped with its operand */
  bool operand; /* joined, or in the next word */
} cl_options[] = {
    {"imsvc", "-isystem ", true}, {"external:I", "-isystem ", true},
    {"I", "-I ", true},           {"D", "-D ", true},
    {"U", "-U ", true},           {"FI", "-include ", true},
    {"std:", "-std=", false},     {"clang:", "", false},
    {"winsysroot", NULL, true},   {"Tc", "-x c", false},
    {"Tp", "-x c++", false},      {"J", "-funsigned-char", false},
    {"GR-", "-fno-rtti", false},  {"Zc:char8_t-", "-fno-char8_t", false},
    {"link", NULL, false},
};

static bool is_cl_word(const char *word) { return word[0] == '-' || word[0] == '/'; }

/* "/std:c++latest" and its like. */
static const char *cl_standard(translation *t, const char *name) {
  if (strcmp(name, "c++latest") == 0) return "-std=c++23";
  if (strcmp(name, "clatest") == 0) return "-std=c23";
  return bs_arena_printf(t->arena, "-std=%s", name);
}

static void add_cl_option(translation *t, const struct cl_option *option, const char *operand) {
  if (!option->gcc) return;
  size_t length = strlen(option->gcc);
  if (strcmp(option->name, "std:") == 0)
    add(t, cl_standard(t, operand));
  else if (length && option->gcc[length - 1] == ' ')
    add_pair(t, bs_arena_strndup(t->arena, option->gcc, length - 1), operand);
  else if (strncmp(option->gcc, "-x ", 3) == 0)
    add_pair(t, "-x", option->gcc + 3);
  else
    add(t, *option->gcc ? option->gcc : operand);
}

/* "/MDd": the run-time library that is chosen, by the macros that say which. */
static bool add_cl_runtime(translation *t, const char *name) {
  bool shared = strncmp(name, "MD", 2) == 0;
  if (!shared && strncmp(name, "MT", 2) != 0 && strncmp(name, "LD", 2) != 0) return false;
  if (name[2] && strcmp(name + 2, "d") != 0) return false;
  add(t, "-D_MT");
  if (shared) add(t, "-D_DLL");
  if (name[2]) add(t, "-D_DEBUG");
  return true;
}

/* Translates one word, and the next one where it is the operand; returns how many were used, 0 for none of
 * cl's. */
static uint32_t take_cl_word(translation *t, const char *const *words, uint32_t count) {
  const char *name = words[0] + 1;
  if (strcmp(name, "TC") == 0 || strcmp(name, "TP") == 0) {
    add_pair(t, "-x", name[1] == 'C' ? "c" : "c++");
    return 1;
  }
  if (add_cl_runtime(t, name)) return 1;
  for (size_t i = 0; i < sizeof cl_options / sizeof *cl_options; i++) {
    const struct cl_option *option = &cl_options[i];
    size_t length = strlen(option->name);
    if (strncmp(name, option->name, length) != 0) continue;
    if (strcmp(option->name, "link") == 0) return count; /* the rest is the linker's */
    bool next = option->operand && !name[length];
    if (next && count < 2) return 1;
    add_cl_option(t, option, next ? words[1] : name + length);
    return next ? 2 : 1;
  }
  return 0;
}

/* What the driver of cl makes of no word at all. */
static void add_cl_defaults(translation *t, const path_list *words) {
  bool has_target = false;
  for (uint32_t i = 0; i < words->count; i++) has_target |= strstr(words->items[i], "-target") != NULL;
  if (!has_target) add(t, "--target=x86_64-pc-windows-msvc");
  add(t, "-fms-extensions");
  add(t, "-fms-compatibility");
}

/* Words of clang's own that cl's driver takes, too. */
static bool is_common(const char *word) {
  static const char *const prefixes[] = {"--target=", "-target",   "-f", "-m",    "-Xclang",   "--sysroot",
                                         "-isystem",  "-isysroot", "-x", "-std=", "-nostdinc", NULL};
  for (int i = 0; prefixes[i]; i++)
    if (strncmp(word, prefixes[i], strlen(prefixes[i])) == 0) return true;
  return false;
}

static bool takes_operand(const char *word) {
  static const char *const words[] = {"-target", "-Xclang", "--sysroot", "-isystem", "-isysroot", "-x", NULL};
  for (int i = 0; words[i]; i++)
    if (strcmp(word, words[i]) == 0) return true;
  return false;
}

static void translate_cl(translation *t, const path_list *words, uint32_t first) {
  add_cl_defaults(t, words);
  for (uint32_t i = first; i < words->count; i++) {
    const char *word = words->items[i];
    uint32_t used = is_cl_word(word) ? take_cl_word(t, words->items + i, words->count - i) : 0;
    if (used) {
      i += used - 1;
    } else if (is_common(word)) {
      add(t, word);
      if (takes_operand(word) && i + 1 < words->count) add(t, words->items[++i]);
    } else if (word[0] != '-' && (word[0] != '/' || strchr(word + 1, '/'))) {
      add(t, word); /* a file */
    }
  }
}

/* ---- nvcc ---- */

/* Appends the parts of a list with commas, each behind `option` when there is one. A comma within quotes or
 * brackets, or behind a backslash, parts nothing. */
static void add_list(translation *t, const char *option, const char *list, const char *between) {
  bs_strbuf part = BS_STRBUF_INIT;
  char quote = 0;
  for (int depth = 0;; list++) {
    bool parts = *list && !quote && depth <= 0 && strchr(between, *list);
    if (!*list || parts) {
      if (part.length && option) add(t, option);
      if (part.length) add(t, bs_arena_strdup(t->arena, part.text));
      bs_strbuf_clear(&part);
      if (!*list) break;
      continue;
    }
    if (*list == '"' || *list == '\'') quote = !quote ? *list : quote == *list ? 0 : quote;
    depth += (*list == '(') - (*list == ')');
    if (*list == '\\' && list[1] == ',') list++;
    bs_strbuf_addc(&part, *list);
  }
  bs_strbuf_fini(&part);
}

/* Options of nvcc with an operand: to the host compiler, to ours under another name, or nowhere. JOINED is
 * RENAMED, and the operand may follow with nothing in between. */
static const struct nvcc_option {
  const char *name;
  enum { TO_HOST, RENAMED, JOINED, OPTION_FILES, NOWHERE } what;
  const char *gcc;
} nvcc_options[] = {
    {"-Xcompiler", TO_HOST, NULL},
    {"--compiler-options", TO_HOST, NULL},
    {"--options-file", OPTION_FILES, NULL},
    {"-optf", OPTION_FILES, NULL},
    {"-isystem", RENAMED, "-isystem"},
    {"--system-include", RENAMED, "-isystem"},
    {"--include-path", RENAMED, "-I"},
    {"-I", JOINED, "-I"},
    {"-D", JOINED, "-D"},
    {"-U", JOINED, "-U"},
    {"--define-macro", RENAMED, "-D"},
    {"--undefine-macro", RENAMED, "-U"},
    {"--pre-include", RENAMED, "-include"},
    {"-include", RENAMED, "-include"},
    {"--x", RENAMED, "-x"},
    {"--std", RENAMED, "-std="},
    {"-std", RENAMED, "-std="},
    {"-ccbin", NOWHERE, NULL},
    {"--compiler-bindir", NOWHERE, NULL},
    {"-gencode", NOWHERE, NULL},
    {"--generate-code", NOWHERE, NULL},
    {"-arch", NOWHERE, NULL},
    {"--gpu-architecture", NOWHERE, NULL},
    {"-code", NOWHERE, NULL},
    {"--gpu-code", NOWHERE, NULL},
    {"-Xptxas", NOWHERE, NULL},
    {"-Xcudafe", NOWHERE, NULL},
    {"-Xlinker", NOWHERE, NULL},
    {"-Xarchive", NOWHERE, NULL},
    {"-Xnvlink", NOWHERE, NULL},
    {"-diag-suppress", NOWHERE, NULL},
    {"--diag-suppress", NOWHERE, NULL},
    {"-maxrregcount", NOWHERE, NULL},
    {"--threads", NOWHERE, NULL},
    {"-t", NOWHERE, NULL},
};

/* The operand of an nvcc option, joined by "=" or in the next word; NULL when `words` begin with another
 * one. */
static const char *nvcc_operand(const struct nvcc_option *option, const char *const *words, uint32_t count,
                                uint32_t *used) {
  size_t length = strlen(option->name);
  const char *rest = words[0] + length;
  *used = 1;
  if (strncmp(words[0], option->name, length) != 0) return NULL;
  if (*rest == '=') return rest + 1;
  if (*rest) return option->what == JOINED ? rest : NULL;
  if (count < 2) return NULL;
  *used = 2;
  return words[1];
}

enum { MAX_DEPTH = 8 };
static void translate_nvcc(translation *t, const char *const *words, uint32_t count, int depth);

/* "--options-file a.rsp,b.rsp": words as in a response file. */
static void add_option_files(translation *t, const char *files, int depth) {
  path_list names = {0}, words = {0};
  for (const char *at = files; *at; at += *at == ',') {
    size_t length = strcspn(at, ",");
    if (length) *bs_vec_push(&names) = bs_arena_printf(t->arena, "@%.*s", (int)length, at);
    at += length;
  }
  *bs_vec_push(&words) = "nvcc";
  for (uint32_t i = 0; i < names.count; i++) *bs_vec_push(&words) = names.items[i];
  const char *missing = command_expand(t->arena, t->directory, false, &words);
  if (missing && !t->missing) t->missing = missing;
  if (depth < MAX_DEPTH) translate_nvcc(t, words.items + 1, words.count - 1, depth + 1);
  bs_vec_fini(&names);
  bs_vec_fini(&words);
}

static bool take_nvcc_option(translation *t, const struct nvcc_option *option, const char *operand,
                             int depth) {
  switch (option->what) {
  case TO_HOST: add_list(t, NULL, operand, ", "); break;
  case OPTION_FILES: add_option_files(t, operand, depth); break;
  case RENAMED:
  case JOINED:
    if (option->gcc[strlen(option->gcc) - 1] == '=')
      add(t, bs_arena_printf(t->arena, "%s%s", option->gcc, operand));
    else
      add_list(t, option->gcc, operand, ",");
    break;
  default: break;
  }
  return true;
}

static void translate_nvcc(translation *t, const char *const *words, uint32_t count, int depth) {
  for (uint32_t i = 0; i < count; i++) {
    bool taken = false;
    for (size_t k = 0; k < sizeof nvcc_options / sizeof *nvcc_options && !taken; k++) {
      uint32_t used;
      const char *operand = nvcc_operand(&nvcc_options[k], words + i, count - i, &used);
      taken = operand && take_nvcc_option(t, &nvcc_options[k], operand, depth);
      if (taken) i += used - 1;
    }
    if (!taken) add(t, words[i]);
  }
}

/* ---- which one ---- */

static bool has_driver_mode(const path_list *words, const char *mode) {
  for (uint32_t i = 1; i < words->count; i++)
    if (strncmp(words->items[i], "--driver-mode=", 14) == 0 && strcmp(words->items[i] + 14, mode) == 0)
      return true;
  return false;
}

bool dialect_is_cl(const path_list *words) {
  const char *name = words->items[language_launchers(words->items, words->count)];
  return is_named(name, "clang-cl") || is_named(name, "cl") || has_driver_mode(words, "cl");
}

const char *dialect_translate(bs_arena *arena, const char *directory, path_list *words) {
  translation t = {.arena = arena, .directory = directory};
  uint32_t compiler = language_launchers(words->items, words->count);
  const char *name = words->items[compiler];
  bool cl = dialect_is_cl(words);
  if (!cl && !is_named(name, "nvcc")) return NULL;
  for (uint32_t i = 0; i <= compiler; i++) add(&t, words->items[i]);
  if (cl)
    translate_cl(&t, words, compiler + 1);
  else
    translate_nvcc(&t, words->items + compiler + 1, words->count - compiler - 1, 0);
  bs_vec_fini(words);
  *words = t.out;
  return t.missing;
}
