#include "frontend/lookups.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <ctype.h>

typedef struct search {
  bs_arena *arena;
  path_list folders; /* in the order of the search, the main file's first */
  path_list *absent;
  bs_map seen;
} search;

static void add_folders(search *s, const char *option, const char *const *arguments, uint32_t count) {
  size_t length = strlen(option);
  for (uint32_t i = 0; i < count; i++) {
    if (strncmp(arguments[i], option, length) != 0) continue;
    const char *folder = arguments[i] + length;
    if (!*folder) folder = i + 1 < count ? arguments[++i] : "";
    if (*folder == '/') *bs_vec_push(&s->folders) = bs_path_normalise(s->arena, "/", folder);
  }
}

static void add_absent(search *s, const char *folder, const char *name) {
  char path[4096];
  size_t a = strlen(folder), b = strlen(name);
  if (a + b + 2 > sizeof path) return;
  memcpy(path, folder, a);
  path[a] = '/';
  memcpy(path + a + 1, name, b + 1);
  bool is_new;
  bs_map_add(&s->seen, bs_hash(path, a + b + 1), 0, &is_new);
  if (is_new) *bs_vec_push(s->absent) = bs_arena_strndup(s->arena, path, a + b + 1);
}

/* The name by which a header of the system is included: what follows the last "/include/", the folders of
 * libstdc++ ("c++/12") and of the machine ("x86_64-linux-gnu") not counted. NULL when it does not look
 * like one. */
static const char *system_name(const char *path) {
  const char *name = NULL;
  for (const char *at = path; (at = strstr(at, "/include/")); at++) name = at + strlen("/include/");
  if (name && strncmp(name, "c++/", 4) == 0 && isdigit((unsigned char)name[4])) {
    const char *slash = strchr(name + 4, '/');
    name = slash ? slash + 1 : name;
  }
  size_t first = name ? strcspn(name, "/") : 0;
  if (name && name[first] == '/' && memmem(name, first, "-linux-", 7)) name += first + 1;
  return name;
}

static void add_file(search *s, const char *path) {
  bool found = false;
  for (uint32_t i = 0; i < s->folders.count; i++) {
    const char *name = bs_path_relative(s->folders.items[i], path);
    if (name == path) continue;
    found = true;
    for (uint32_t k = 0; k < i; k++) add_absent(s, s->folders.items[k], name);
  }
  const char *name = found ? NULL : system_name(path);
  for (uint32_t i = 0; name && i < s->folders.count; i++) add_absent(s, s->folders.items[i], name);
}

void lookups_absent(bs_arena *arena, const char *const *arguments, uint32_t narguments, const path_list *read,
                    path_list *absent) {
  static const char *const options[] = {"-iquote", "-I", "-isystem", "-idirafter"};
  if (!read->count) return;
  search s = {.arena = arena, .absent = absent};
  *bs_vec_push(&s.folders) = bs_path_dirname(arena, read->items[0]);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    add_folders(&s, options[i], arguments, narguments);
  for (uint32_t i = 1; i < read->count; i++) add_file(&s, read->items[i]);
  bs_map_fini(&s.seen);
  bs_vec_fini(&s.folders);
}
