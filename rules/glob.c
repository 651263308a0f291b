/* The globs of .blockscan.yaml. fnmatch(3) knows no `**`; it matches the single components here. */
#include "rules/config.h"

#include <fnmatch.h>
#include <string.h>

enum { LONGEST_COMPONENT = 512 };

static bool is_two_stars(const char *glob, size_t length) {
  return length == 2 && glob[0] == '*' && glob[1] == '*';
}

static bool component_matches(const char *glob, size_t glob_length, const char *name, size_t name_length) {
  char pattern[LONGEST_COMPONENT], text[LONGEST_COMPONENT];
  if (glob_length >= sizeof pattern || name_length >= sizeof text) return false;
  memcpy(pattern, glob, glob_length);
  memcpy(text, name, name_length);
  pattern[glob_length] = text[name_length] = 0;
  return fnmatch(pattern, text, FNM_NOESCAPE) == 0;
}

static const char *next_component(const char *path, size_t length) {
  return path + length + (path[length] == '/');
}

/* Both strings are walked by components; on a mismatch the last `**` takes one folder more. */
bool project_config_matches(const char *glob, const char *path) {
  const char *retry_glob = NULL, *retry_path = NULL;
  while (*path) {
    size_t glob_length = strcspn(glob, "/"), length = strcspn(path, "/");
    if (is_two_stars(glob, glob_length)) {
      glob = next_component(glob, glob_length);
      if (!*glob) return true;
      retry_glob = glob;
      retry_path = path;
      continue;
    }
    if (glob_length && component_matches(glob, glob_length, path, length)) {
      bool everything_below = glob[glob_length] == '/' && !glob[glob_length + 1];
      glob = next_component(glob, glob_length);
      path = next_component(path, length);
      if (everything_below && *path) return true;
      if (*glob) continue;
      if (!*path) return !everything_below;
    }
    if (!retry_glob) return false;
    retry_path = next_component(retry_path, strcspn(retry_path, "/"));
    glob = retry_glob;
    path = retry_path;
  }
  return false;
}

bool project_config_speaks_of(const char *word, const char *id) {
  size_t prefix = strcspn(word, "*");
  return word[prefix] ? !strncmp(word, id, prefix) : !strcmp(word, id);
}
