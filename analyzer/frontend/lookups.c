/* Works the names out from the folders of a command and the files that were read: libclang does not say them.
 */
#include "analyzer/frontend/lookups.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <ctype.h>

typedef struct search {
  bs_arena *arena;
  lookup_list *list;
  bs_map names; /* hash of a name -> its index */
} search;

static void add_folders(search *s, const char *option, const char *const *arguments, uint32_t count) {
  size_t length = strlen(option);
  for (uint32_t i = 0; i < count; i++) {
    if (strncmp(arguments[i], option, length) != 0) continue;
    const char *folder = arguments[i] + length;
    if (!*folder) folder = i + 1 < count ? arguments[++i] : "";
    if (*folder == '/') *bs_vec_push(&s->list->folders) = bs_path_normalise(s->arena, "/", folder);
  }
}

static void add_name(search *s, const char *name, uint32_t depth) {
  uint32_t i = bs_map_add(&s->names, bs_hash(name, strlen(name)), s->list->lookups.count, NULL);
  if (i == s->list->lookups.count) *bs_vec_push(&s->list->lookups) = (lookup){name, depth};
  if (s->list->lookups.items[i].depth < depth) s->list->lookups.items[i].depth = depth;
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
  const path_list *folders = &s->list->folders;
  bool found = false;
  for (uint32_t i = 0; i < folders->count; i++) {
    const char *name = bs_path_relative(folders->items[i], path);
    if (name == path) continue;
    found = true;
    if (i > 0) add_name(s, name, i);
  }
  const char *name = found ? NULL : system_name(path);
  if (name) add_name(s, name, folders->count);
}

void lookups_find(bs_arena *arena, const char *const *arguments, uint32_t narguments, const path_list *read,
                  lookup_list *list) {
  static const char *const options[] = {"-iquote", "-I", "-isystem", "-idirafter"};
  if (!read->count) return;
  search s = {.arena = arena, .list = list};
  *bs_vec_push(&list->folders) = bs_path_dirname(arena, read->items[0]);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    add_folders(&s, options[i], arguments, narguments);
  for (uint32_t i = 1; i < read->count; i++) add_file(&s, read->items[i]);
  bs_map_fini(&s.names);
}

void lookups_fini(lookup_list *list) {
  bs_vec_fini(&list->folders);
  bs_vec_fini(&list->lookups);
}
