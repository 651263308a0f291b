/* A command's launchers, its -x and its file's extension, by lists of what build systems write. */
#include "analyzer/frontend/language.h"

#include "analyzer/frontend/options.h"
#include "base/path.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *language_extension(const char *file) {
  const char *dot = strrchr(bs_path_basename(file), '.');
  return dot ? dot : "";
}

static bool is_one_of(const char *text, const char *const *list) {
  for (; *list; list++)
    if (strcmp(text, *list) == 0) return true;
  return false;
}

static const char *const launchers[] = {"ccache", "sccache",   "distcc",     "icecc",     "icerun",
                                        "gomacc", "rewrapper", "buildcache", "fastbuild", NULL};

/* `VAR=value`, as env(1) takes them. */
static bool is_assignment(const char *word) { return word[0] != '-' && word[0] != '/' && strchr(word, '='); }

/* libtool [--tag=CC] [--silent] --mode=compile COMPILER: the words before the compiler. */
static uint32_t libtool_words(const char *const *words, uint32_t count, uint32_t i) {
  for (i++; i < count && strncmp(words[i], "--", 2) == 0; i++) {
  }
  return i;
}

/* env [-i] [-u NAME] [-C FOLDER] [VAR=value …] COMPILER */
static uint32_t env_words(const char *const *words, uint32_t count, uint32_t i) {
  for (i++; i < count && (words[i][0] == '-' || is_assignment(words[i])); i++)
    if (strcmp(words[i], "-u") == 0 || strcmp(words[i], "-C") == 0) i++;
  return i;
}

/* "gcc", "/usr/bin/x86_64-linux-gnu-g++-12", "C:\\LLVM\\bin\\clang-cl.exe" */
static bool is_compiler(const char *word) {
  static const char *const names[] = {"cc",       "c++", "gcc",      "g++",  "clang", "clang++",
                                      "clang-cl", "cl",  "nvcc",     "icc",  "icpc",  "icx",
                                      "icpx",     "tcc", "armclang", "emcc", "em++",  NULL};
  const char *name = bs_path_basename(word), *back = strrchr(name, '\\');
  if (back) name = back + 1;
  size_t length = strlen(name);
  if (length > 4 && strcasecmp(name + length - 4, ".exe") == 0) length -= 4;
  while (length && (isdigit((unsigned char)name[length - 1]) || name[length - 1] == '.')) length--;
  if (length && name[length] && name[length - 1] == '-') length--;
  for (int i = 0; names[i]; i++) {
    size_t own = strlen(names[i]);
    if (length < own || strncasecmp(name + length - own, names[i], own) != 0) continue;
    if (length == own || name[length - own - 1] == '-') return true;
  }
  return false;
}

/* Whether the compiler stands before this word: it says what is compiled, or how. */
static bool is_of_compiler(const char *word) {
  static const char *const others[] = {"-c", "-S", "-E", "-o", "-x", NULL};
  if (word[0] == '@' || is_one_of(word, others)) return true;
  if (word[0] != '-') return language_of_file(word) != LANGUAGE_OTHER;
  const option_row *row = option_find(word);
  return row && row->use != OPTION_DROP;
}

/* Behind a launcher that no list has: "time", "timeout 60", "python3 wrapper.py --". */
static uint32_t find_compiler(const char *const *words, uint32_t count, uint32_t i) {
  for (uint32_t k = i; k < count && (k == i || !is_of_compiler(words[k])); k++)
    if (is_compiler(words[k])) return k;
  return i && words[i][0] == '-' ? i - 1 : i; /* "distcc -c x.c" takes its own */
}

uint32_t language_launchers(const char *const *words, uint32_t count) {
  uint32_t i = 0;
  while (i + 1 < count) {
    const char *name = bs_path_basename(words[i]);
    if (strcmp(name, "env") == 0)
      i = env_words(words, count, i);
    else if (strcmp(name, "libtool") == 0)
      i = libtool_words(words, count, i);
    else if ((strcmp(name, "sh") == 0 || strcmp(name, "bash") == 0) && strstr(words[i + 1], "libtool"))
      i++;
    else if (is_one_of(name, launchers) || is_assignment(words[i]))
      i++;
    else
      break;
  }
  return i < count ? find_compiler(words, count, i) : 0;
}

/* The operand of a "-x c", "-xc" or "--language=c" that `words` begin with, and how many of them it takes (1
 * when it is another word); or NULL. Borrows. */
static const char *language_operand(const char *const *words, uint32_t count, uint32_t *used) {
  *used = 1;
  if (strncmp(words[0], "--language=", 11) == 0) return words[0] + 11;
  if (strncmp(words[0], "-x", 2) == 0 && words[0][2]) return words[0] + 2;
  if ((strcmp(words[0], "-x") != 0 && strcmp(words[0], "--language") != 0) || count < 2) return NULL;
  *used = 2;
  return words[1];
}

/* The last -x before the file. An operand of "none" gives the choice back to the extension. */
static const char *explicit_language(const path_list *words, const char *file) {
  const char *language = NULL, *name = bs_path_basename(file);
  uint32_t used;
  for (uint32_t i = 1; i < words->count; i += used) {
    const char *word = words->items[i];
    const char *operand = language_operand((const char *const *)words->items + i, words->count - i, &used);
    const option_row *row = !operand && word[0] == '-' ? option_find(word) : NULL;
    if (operand) language = operand;
    if (row && option_takes_next(row, word)) used = 2;
    if (word[0] != '-' && strcmp(bs_path_basename(word), name) == 0) break;
  }
  return language && strcmp(language, "none") != 0 ? language : NULL;
}

/* "g++-12", "aarch64-linux-gnu-g++", "clang++-19", "c++" */
static bool is_cxx_compiler(const char *word) { return strstr(bs_path_basename(word), "++") != NULL; }

/* The language that an operand of -x stands for. */
static enum language language_named(const char *name) {
  static const struct {
    const char *name;
    enum language language;
  } names[] = {{"c", LANGUAGE_C},
               {"cpp-output", LANGUAGE_C},
               {"c++", LANGUAGE_CXX},
               {"c++-cpp-output", LANGUAGE_CXX},
               {"c++-module", LANGUAGE_CXX_MODULE},
               {"objective-c", LANGUAGE_OBJC},
               {"objective-c-cpp-output", LANGUAGE_OBJC},
               {"objc-cpp-output", LANGUAGE_OBJC},
               {"objective-c++", LANGUAGE_OBJCXX},
               {"objective-c++-cpp-output", LANGUAGE_OBJCXX},
               {"objc++-cpp-output", LANGUAGE_OBJCXX},
               {"cuda", LANGUAGE_UNREAD},
               {"cu", LANGUAGE_UNREAD},
               {"hip", LANGUAGE_UNREAD}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i].name) == 0) return names[i].language;
  return LANGUAGE_OTHER;
}

enum language language_of_file(const char *file) {
  static const char *const c[] = {".c", ".i", NULL};
  static const char *const cxx[] = {".cc",  ".cp",  ".cpp", ".cxx", ".c++", ".C",   ".CC",
                                    ".CPP", ".CXX", ".C++", ".ii",  ".ino", ".pde", NULL};
  static const char *const modules[] = {".cppm", ".ixx", ".ccm", ".cxxm", ".c++m", ".mpp", NULL};
  static const char *const objc[] = {".m", ".mi", NULL};
  static const char *const objcxx[] = {".mm", ".M", ".mii", NULL};
  static const char *const unread[] = {".cu", ".hip", NULL};
  const char *extension = language_extension(file);
  if (is_one_of(extension, c)) return LANGUAGE_C;
  if (is_one_of(extension, cxx)) return LANGUAGE_CXX;
  if (is_one_of(extension, modules)) return LANGUAGE_CXX_MODULE;
  if (is_one_of(extension, objc)) return LANGUAGE_OBJC;
  if (is_one_of(extension, objcxx)) return LANGUAGE_OBJCXX;
  if (is_one_of(extension, unread)) return LANGUAGE_UNREAD;
  for (int i = 0; cxx[i]; i++) /* ".Cpp": names of Windows */
    if (strlen(cxx[i]) > 2 && strcasecmp(extension, cxx[i]) == 0) return LANGUAGE_CXX;
  return LANGUAGE_OTHER;
}

bool language_is_header(const char *file) {
  static const char *const headers[] = {".h",   ".hh",  ".hp",  ".hpp", ".hxx", ".h++", ".H",   ".HPP", ".HH",
                                        ".HXX", ".inc", ".inl", ".ipp", ".tcc", ".tpp", ".txx", ".def", NULL};
  return is_one_of(language_extension(file), headers);
}

enum language language_of(const path_list *words, const char *file) {
  const char *language = explicit_language(words, file);
  if (language) return language_named(language);
  enum language by_file = language_of_file(file);
  uint32_t compiler = language_launchers(words->items, words->count);
  return by_file == LANGUAGE_C && is_cxx_compiler(words->items[compiler]) ? LANGUAGE_CXX : by_file;
}

enum language language_of_entry(const compdb_entry *entry) {
  const path_list words = {(const char **)(uintptr_t)entry->arguments, entry->narguments, entry->narguments};
  return language_of(&words, entry->file);
}

const char *language_word(enum language language) {
  switch (language) {
  case LANGUAGE_CXX: return "c++";
  case LANGUAGE_CXX_MODULE: return "c++-module";
  case LANGUAGE_OBJC: return "objective-c";
  case LANGUAGE_OBJCXX: return "objective-c++";
  default: return "c";
  }
}

bool language_is_cxx(enum language language) {
  return language == LANGUAGE_CXX || language == LANGUAGE_CXX_MODULE || language == LANGUAGE_OBJCXX;
}

bool language_makes_header(const path_list *words, const char *file) {
  const char *language = explicit_language(words, file);
  return language ? strstr(language, "-header") != NULL : language_is_header(file);
}

void language_sources(const char *const *words, uint32_t count, path_list *sources) {
  static const char *const ends[] = {"&&", "||", "|", ";", ">", ">>", "2>", "&", NULL};
  const char *language = NULL;
  uint32_t used;
  for (uint32_t i = 0; i < count; i += used) {
    const char *word = words[i];
    const char *operand = language_operand(words + i, count - i, &used);
    const option_row *row = !operand && word[0] == '-' ? option_find(word) : NULL;
    if (operand) language = strcmp(operand, "none") != 0 ? operand : NULL;
    if (row && option_takes_next(row, word)) used = 2;
    for (int k = 0; ends[k]; k++)
      if (strcmp(word, ends[k]) == 0) language = NULL; /* what follows is another command's */
    enum language of = language ? language_named(language) : language_of_file(word);
    if (word[0] != '-' && word[0] != '@' && of != LANGUAGE_OTHER) *bs_vec_push(sources) = word;
  }
}
