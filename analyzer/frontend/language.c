/* A command's launchers, its -x and its file's extension, by lists of what build systems write. */
#include "analyzer/frontend/language.h"

#include "base/path.h"

#include <string.h>

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

/* env [-i] [-u NAME] [VAR=value …] COMPILER */
static uint32_t env_words(const char *const *words, uint32_t count, uint32_t i) {
  for (i++; i < count && (words[i][0] == '-' || is_assignment(words[i])); i++)
    if (strcmp(words[i], "-u") == 0) i++;
  return i;
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
  return i < count ? i : 0;
}

/* The last -x before the file. An operand of "none" gives the choice back to the extension. */
static const char *explicit_language(const path_list *words) {
  const char *language = NULL;
  for (uint32_t i = 1; i < words->count; i++) {
    const char *word = words->items[i];
    if (strcmp(word, "-x") == 0 && i + 1 < words->count)
      language = words->items[++i];
    else if (strncmp(word, "-x", 2) == 0 && word[2])
      language = word + 2;
    else if (strncmp(word, "--language=", 11) == 0)
      language = word + 11;
  }
  return language && strcmp(language, "none") != 0 ? language : NULL;
}

/* "g++-12", "aarch64-linux-gnu-g++", "clang++-19", "c++" */
static bool is_cxx_compiler(const char *word) { return strstr(bs_path_basename(word), "++") != NULL; }

/* By the operand of -x. */
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
  static const char *const unread[] = {".cu", ".hip", NULL};
  const char *extension = language_extension(file);
  if (is_one_of(extension, c)) return LANGUAGE_C;
  if (is_one_of(extension, cxx)) return LANGUAGE_CXX;
  if (is_one_of(extension, modules)) return LANGUAGE_CXX_MODULE;
  if (strcmp(extension, ".m") == 0) return LANGUAGE_OBJC;
  if (strcmp(extension, ".mm") == 0 || strcmp(extension, ".M") == 0) return LANGUAGE_OBJCXX;
  return is_one_of(extension, unread) ? LANGUAGE_UNREAD : LANGUAGE_OTHER;
}

bool language_is_header(const char *file) {
  static const char *const headers[] = {".h",   ".hh",  ".hp",  ".hpp", ".hxx", ".h++", ".H",   ".HPP", ".HH",
                                        ".HXX", ".inc", ".inl", ".ipp", ".tcc", ".tpp", ".txx", ".def", NULL};
  return is_one_of(language_extension(file), headers);
}

enum language language_of(const path_list *words, const char *file) {
  const char *language = explicit_language(words);
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
  const char *language = explicit_language(words);
  return language ? strstr(language, "-header") != NULL : language_is_header(file);
}
