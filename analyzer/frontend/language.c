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

enum language language_of_file(const char *file) {
  static const char *const c[] = {".c", ".i", NULL};
  static const char *const cxx[] = {".cc",  ".cp", ".cpp", ".cxx",  ".c++",  ".C",    ".CC",  ".CPP", ".CXX",
                                    ".C++", ".ii", ".ccm", ".cppm", ".cxxm", ".c++m", ".ixx", NULL};
  const char *extension = language_extension(file);
  if (is_one_of(extension, c)) return LANGUAGE_C;
  return is_one_of(extension, cxx) ? LANGUAGE_CXX : LANGUAGE_OTHER;
}

bool language_is_header(const char *file) {
  static const char *const headers[] = {".h",   ".hh",  ".hp",  ".hpp", ".hxx", ".h++", ".H",   ".HPP", ".HH",
                                        ".HXX", ".inc", ".inl", ".ipp", ".tcc", ".tpp", ".txx", ".def", NULL};
  return is_one_of(language_extension(file), headers);
}

enum language language_of(const path_list *words, const char *file) {
  const char *language = explicit_language(words);
  if (language) {
    if (strcmp(language, "c") == 0 || strcmp(language, "cpp-output") == 0) return LANGUAGE_C;
    if (strcmp(language, "c++") == 0 || strcmp(language, "c++-cpp-output") == 0) return LANGUAGE_CXX;
    return LANGUAGE_OTHER;
  }
  enum language by_file = language_of_file(file);
  uint32_t compiler = language_launchers(words->items, words->count);
  return by_file == LANGUAGE_C && is_cxx_compiler(words->items[compiler]) ? LANGUAGE_CXX : by_file;
}
