/* What of an entry's input is gone, where the parser would not say so: a compiler takes a missing sysroot or
 * folder in silence, and the unit that it sees is another one. */
#include "analyzer/frontend/frontend.h"
#include "analyzer/frontend/options.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct looking {
  compdb *db;
  bs_map folders; /* hash of a folder -> whether it is there */
} looking;

static bool is_folder(looking *l, const char *path) {
  bool fresh;
  uint64_t key = bs_hash(path, strlen(path));
  uint32_t there = bs_map_add(&l->folders, key, 0, &fresh);
  if (!fresh) return there;
  there = bs_path_is_folder(path);
  bs_map_set(&l->folders, key, there);
  return there;
}

/* The operand of an option that names a folder which everything else stands on, or NULL. */
static const char *base_folder(const char *const *words, uint32_t count) {
  static const char *const joined[] = {"--sysroot=", "--gcc-toolchain=", "--gcc-install-dir=", NULL};
  static const char *const separate[] = {"--sysroot", "-isysroot", NULL};
  for (int i = 0; joined[i]; i++)
    if (strncmp(words[0], joined[i], strlen(joined[i])) == 0) return words[0] + strlen(joined[i]);
  for (int i = 0; separate[i]; i++)
    if (strcmp(words[0], separate[i]) == 0) return count > 1 ? words[1] : NULL;
  return strncmp(words[0], "-isysroot", 9) == 0 ? words[0] + 9 : NULL;
}

static const char *find_base(looking *l, const compdb_entry *entry) {
  bs_arena *arena = &l->db->arena;
  for (uint32_t i = 1; i < entry->narguments; i++) {
    const char *folder = base_folder(entry->arguments + i, entry->narguments - i);
    if (!folder || !*folder) continue;
    const char *path = bs_path_normalise(arena, entry->directory, folder);
    if (is_folder(l, path)) continue;
    bool sysroot = strstr(entry->arguments[i], "sysroot") != NULL;
    return bs_arena_printf(arena, "the %s %s does not exist here", sysroot ? "sysroot" : "toolchain", folder);
  }
  return NULL;
}

/* The operand of an option that names a file: "--config=x", "-specs=x", "-ivfsoverlay x". */
static const char *operand_of(const char *option, const char *const *words, uint32_t count) {
  size_t length = strlen(option);
  if (strncmp(words[0], option, length) != 0) return NULL;
  const char *rest = words[0] + length;
  if (!*rest) return count > 1 ? words[1] : NULL;
  return *rest == '=' ? rest + 1 : NULL;
}

/* Files of options and of other files that are not read, or not here: what they say is lost. A bare name of
 * specs is one of GCC's own. */
static const char *find_file(const looking *l, const compdb_entry *entry) {
  bs_arena *arena = &l->db->arena;
  for (uint32_t i = 1; i < entry->narguments; i++) {
    const char *const *words = entry->arguments + i;
    uint32_t count = entry->narguments - i;
    const char *file = operand_of("--config", words, count);
    if (file)
      return bs_arena_printf(arena, "the configuration file %s cannot be read: its flags are lost", file);
    if (strncmp(words[0], "-ivfsoverlay", 12) == 0)
      return "a file that overlays others (-ivfsoverlay) is not read";
    file = operand_of("-specs", words, count);
    if (!file) file = operand_of("--specs", words, count);
    if (file && strchr(file, '/') && access(bs_path_normalise(arena, entry->directory, file), R_OK) != 0)
      return bs_arena_printf(arena, "the specs %s are not here: their flags are lost", file);
  }
  return NULL;
}

/* Whether a folder of headers is named relative to the entry's own. */
static bool has_relative_folder(const compdb_entry *entry) {
  for (uint32_t i = 1; i < entry->narguments; i++) {
    const option_row *row = entry->arguments[i][0] == '-' ? option_find(entry->arguments[i]) : NULL;
    if (!row || row->use != OPTION_FOLDER) continue;
    const char *folder = entry->arguments[i] + strlen(row->name);
    if (!*folder && i + 1 < entry->narguments) folder = entry->arguments[i + 1];
    if (*folder && !strchr("/=$", *folder)) return true;
  }
  return false;
}

static bool is_source(const char *word) {
  static const char *const endings[] = {".c", ".cc", ".cpp", ".cxx", ".C", ".c++", ".cp", ".m", ".mm", NULL};
  const char *dot = strrchr(bs_path_basename(word), '.');
  for (int i = 0; dot && endings[i]; i++)
    if (strcmp(dot, endings[i]) == 0) return true;
  return false;
}

/* The sources that a command names; `count` of them at most. */
static uint32_t list_sources(const compdb_entry *entry, const char **sources, uint32_t count) {
  uint32_t found = 0;
  for (uint32_t i = compdb_compiler(entry) + 1; i < entry->narguments && found < count; i++) {
    const char *word = entry->arguments[i];
    const option_row *row = word[0] == '-' ? option_find(word) : NULL;
    if (row && option_takes_next(row, word)) i++;
    if (word[0] != '-' && is_source(word)) sources[found++] = word;
  }
  return found;
}

/* "cc a.c b.c -o prog" under one entry, of a.c: nobody looks at b.c. Files are told apart by themselves, for
 * an entry may name its own by another path. */
static void find_unlisted(compdb *db) {
  enum { MOST = 64 };
  bs_map listed = {0};
  for (uint32_t i = 0; i < db->entries.count; i++)
    bs_map_set(&listed, bs_hash(db->entries.items[i].file, strlen(db->entries.items[i].file)), 1);
  for (uint32_t i = 0; i < db->entries.count; i++) {
    const compdb_entry *entry = &db->entries.items[i];
    const char *sources[MOST];
    uint32_t count = list_sources(entry, sources, MOST);
    for (uint32_t k = 0; count > 1 && k < count; k++) {
      struct stat own, other;
      const char *path = bs_path_normalise(&db->arena, entry->directory, sources[k]);
      bool fresh;
      bs_map_add(&listed, bs_hash(path, strlen(path)), 1, &fresh);
      if (!fresh || stat(path, &other) != 0) continue;
      if (stat(entry->file, &own) == 0 && own.st_ino == other.st_ino && own.st_dev == other.st_dev) continue;
      *bs_vec_push(&db->lost) = bs_arena_printf(
          &db->arena, "line %u: its command compiles %s as well, which has no entry of its own", entry->line,
          sources[k]);
    }
  }
  bs_map_fini(&listed);
}

void compdb_find_lost(compdb *db) {
  looking l = {.db = db};
  for (uint32_t i = 0; i < db->entries.count; i++) {
    compdb_entry *entry = &db->entries.items[i];
    if (entry->lost) continue;
    if (!is_folder(&l, entry->directory) && has_relative_folder(entry))
      entry->lost = bs_arena_printf(&db->arena, "its folder %s does not exist here", entry->directory);
    else
      entry->lost = find_base(&l, entry);
    if (!entry->lost) entry->lost = find_file(&l, entry);
  }
  bs_map_fini(&l.folders);
  find_unlisted(db);
}
