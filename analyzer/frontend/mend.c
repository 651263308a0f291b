/* Paths and words of an entry are compared as its own system would, then exchanged. */
#include "analyzer/frontend/mend.h"

#include "analyzer/frontend/language.h"
#include "analyzer/frontend/options.h"
#include "base/path.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* ---- paths ---- */

bool mend_is_windows(const char *path) {
  return isalpha((unsigned char)path[0]) && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

static bool same_char(char a, char b, bool windows) {
  if (a == '\\') a = '/';
  if (b == '\\') b = '/';
  return windows ? tolower((unsigned char)a) == tolower((unsigned char)b) : a == b;
}

/* The length of the map's folder at the start of `path`, 0 when it is another. */
static size_t matches_map(const path_map *map, const char *path) {
  size_t length = strlen(map->from);
  bool windows = mend_is_windows(map->from);
  while (length > 1 && strchr("/\\", map->from[length - 1])) length--;
  for (size_t i = 0; i < length; i++)
    if (!path[i] || !same_char(map->from[i], path[i], windows)) return 0;
  return !path[length] || strchr("/\\\"':;,", path[length]) ? length : 0;
}

static char *with_slashes(char *text) {
  for (char *c = text; *c; c++)
    if (*c == '\\') *c = '/';
  return text;
}

static bool is_mapped(const path_map *map, const char *path) {
  size_t length = strlen(map->to);
  return strncmp(path, map->to, length) == 0 && (!path[length] || path[length] == '/');
}

static const char *map_at(bs_arena *arena, const path_map *maps, uint32_t count, const char *word, size_t at,
                          bool again) {
  for (uint32_t i = 0; i < count; i++) {
    size_t length = matches_map(&maps[i], word + at);
    if (!length || (again && is_mapped(&maps[i], word + at))) continue;
    char *mapped = bs_arena_printf(arena, "%.*s%s%s", (int)at, word, maps[i].to, word + at + length);
    return mend_is_windows(maps[i].from) ? with_slashes(mapped) : mapped;
  }
  return NULL;
}

const char *mend_path(bs_arena *arena, const path_map *maps, uint32_t count, bool windows, const char *path) {
  const char *mapped = map_at(arena, maps, count, path, 0, false);
  if (mapped) return mapped;
  return windows && strchr(path, '\\') ? with_slashes(bs_arena_strdup(arena, path)) : path;
}

const char *mend_path_again(bs_arena *arena, const path_map *maps, uint32_t count, const char *path) {
  const char *mapped = map_at(arena, maps, count, path, 0, true);
  return mapped ? mapped : path;
}

/* Whether a path may begin here: at the word's start, or inside an option before the first slash. */
static const char *mend_word(bs_arena *arena, const path_map *maps, uint32_t count, const char *word,
                             bool again) {
  bool option = word[0] == '-' || word[0] == '@';
  for (size_t at = 0; word[at]; at++) {
    const char *mapped = map_at(arena, maps, count, word, at, again);
    if (mapped) return mapped;
    if (!option || word[at] == '/' || word[at] == '\\') break;
  }
  return word;
}

void mend_paths(bs_arena *arena, const path_map *maps, uint32_t count, bool windows, bool again,
                path_list *words) {
  for (uint32_t i = 0; i < words->count; i++) {
    const char *word = words->items[i];
    bool macro = strncmp(word, "-D", 2) == 0 || strncmp(word, "/D", 2) == 0;
    if (count) word = mend_word(arena, maps, count, word, again);
    if (windows && !macro && strchr(word, '\\')) word = with_slashes(bs_arena_strdup(arena, word));
    words->items[i] = word;
  }
}

/* ---- words ---- */

static bool covers(const command_mend *mend, const char *path) {
  return !mend->covers || mend->covers(mend->glob, path);
}

static bool removes(const command_mend *mends, uint32_t count, const char *path, const char *word) {
  for (uint32_t i = 0; i < count; i++)
    if (mends[i].kind == MEND_REMOVE && covers(&mends[i], path) && fnmatch(mends[i].word, word, 0) == 0)
      return true;
  return false;
}

static void add_of_kind(path_list *out, const command_mend *mends, uint32_t count, const char *path,
                        enum mend_kind kind) {
  for (uint32_t i = 0; i < count; i++)
    if (mends[i].kind == kind && covers(&mends[i], path)) *bs_vec_push(out) = mends[i].word;
}

static void set_words(compdb *db, compdb_entry *entry, const path_list *words) {
  const char **copy = bs_arena_alloc(&db->arena, (words->count + (size_t)1) * sizeof *copy);
  memcpy(copy, words->items, words->count * sizeof *copy);
  copy[words->count] = NULL;
  entry->arguments = copy;
  entry->narguments = words->count;
}

static void mend_entry(compdb *db, compdb_entry *entry, const char *path, const command_mend *mends,
                       uint32_t count) {
  path_list out = {0};
  uint32_t compiler = language_launchers(entry->arguments, entry->narguments);
  for (uint32_t i = 0; i < entry->narguments; i++) {
    const char *word = entry->arguments[i];
    const option_row *row = word[0] == '-' ? option_find(word) : NULL;
    uint32_t length =
        i > compiler && row && option_takes_next(row, word) && i + 1 < entry->narguments ? 2 : 1;
    if (i <= compiler || !removes(mends, count, path, word))
      for (uint32_t k = 0; k < length; k++) *bs_vec_push(&out) = entry->arguments[i + k];
    if (i == compiler) add_of_kind(&out, mends, count, path, MEND_ADD_BEFORE);
    i += length - 1;
  }
  add_of_kind(&out, mends, count, path, MEND_ADD);
  set_words(db, entry, &out);
  bs_vec_fini(&out);
}

void mend_commands(compdb *db, const char *root, const command_mend *mends, uint32_t count) {
  for (uint32_t i = 0; count && i < db->entries.count; i++) {
    compdb_entry *entry = &db->entries.items[i];
    const char *path = bs_path_relative(root, entry->file);
    bool any = false;
    for (uint32_t k = 0; k < count && !any; k++) any = covers(&mends[k], path);
    if (any) mend_entry(db, entry, path, mends, count);
  }
}
