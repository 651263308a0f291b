/* Works the names out from the folders of a command and the files that were read: libclang does not say them.
 */
#include "analyzer/frontend/lookups.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"
#include "base/strbuf.h"

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

/* The literal operands of __has_include, __has_include_next and __has_embed. */
static void find_asked(bs_arena *arena, const char *text, path_list *names) {
  for (const char *at = text; (at = strstr(at, "__has_")); at++) {
    size_t word = strspn(at, "_abcdefghijklmnopqrstuvwxyz");
    if (strncmp(at, "__has_include", 13) != 0 && strncmp(at, "__has_embed", 11) != 0) continue;
    const char *operand = at + word + strspn(at + word, " \t(");
    if (*operand != '"' && *operand != '<') continue;
    size_t length = strcspn(operand + 1, "\">\n");
    if (length && operand[1 + length] && operand[1 + length] != '\n')
      *bs_vec_push(names) = bs_arena_strndup(arena, operand + 1, length);
  }
}

static const path_list *asked_in(lookup_memo *memo, const char *path) {
  bool fresh;
  uint32_t i = bs_map_add(&memo->files, bs_hash(path, strlen(path)), memo->names.count, &fresh);
  if (!fresh) return &memo->names.items[i];
  path_list *names = bs_vec_push(&memo->names);
  *names = (path_list){0};
  bs_strbuf text = BS_STRBUF_INIT;
  if (!bs_path_is_installed(path) && bs_path_is_file(path) && bs_strbuf_read_file(&text, path) == 0)
    find_asked(&memo->arena, text.text, names);
  bs_strbuf_fini(&text);
  return names;
}

void lookup_memo_fini(lookup_memo *memo) {
  for (uint32_t i = 0; i < memo->names.count; i++) bs_vec_fini(&memo->names.items[i]);
  bs_vec_fini(&memo->names);
  bs_map_fini(&memo->files);
  bs_arena_fini(&memo->arena);
}

static void add_asked_name(search *s, const char *name) {
  uint32_t known = s->list->lookups.count;
  add_name(s, name, s->list->folders.count);
  if (s->list->lookups.count == known) return;
  for (uint32_t i = 0; i < s->list->folders.count; i++) {
    const char *path = bs_path_normalise(s->arena, s->list->folders.items[i], name);
    if (bs_path_is_file(path)) *bs_vec_push(&s->list->present) = path;
  }
}

/* What a file asks for is looked for beside it, and in all folders. Those where it is do not count as absent.
 */
static void add_asked(search *s, lookup_memo *memo, const path_list *read) {
  for (uint32_t i = 1; i < read->count; i++)
    if (asked_in(memo, read->items[i])->count)
      *bs_vec_push(&s->list->folders) = bs_path_dirname(s->arena, read->items[i]);
  for (uint32_t i = 0; i < read->count; i++) {
    const path_list *names = asked_in(memo, read->items[i]);
    for (uint32_t k = 0; k < names->count; k++) add_asked_name(s, names->items[k]);
  }
}

void lookups_find(bs_arena *arena, lookup_memo *memo, const char *const *arguments, uint32_t narguments,
                  const path_list *read, lookup_list *list) {
  static const char *const options[] = {"-iquote", "-I", "-isystem", "-idirafter"};
  if (!read->count) return;
  search s = {.arena = arena, .list = list};
  *bs_vec_push(&list->folders) = bs_path_dirname(arena, read->items[0]);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    add_folders(&s, options[i], arguments, narguments);
  for (uint32_t i = 1; i < read->count; i++) add_file(&s, read->items[i]);
  add_asked(&s, memo, read);
  bs_map_fini(&s.names);
}

void lookups_fini(lookup_list *list) {
  bs_vec_fini(&list->folders);
  bs_vec_fini(&list->lookups);
  bs_vec_fini(&list->present);
}
