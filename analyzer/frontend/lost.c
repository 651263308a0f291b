/* What of an entry's input is gone, where the parser would not say so: a compiler takes a missing sysroot or
 * folder in silence, and the unit that it sees is another one. */
#include "analyzer/frontend/language.h"
#include "analyzer/frontend/options.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"
#include "base/strbuf.h"

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

/* Specs that come with GCC and its C libraries: what they say is about the linker, or where headers are. */
static bool is_own_specs(const char *name) {
  static const char *const own[] = {"nano",     "nosys",    "rdimon",   "rdpmon", "redboot",
                                    "picolibc", "aprofile", "semihost", "sim",    "htif",
                                    "linux",    "pid",      "musl-gcc", NULL};
  size_t length = strcspn(name, "-.");
  for (int i = 0; own[i]; i++)
    if (strncmp(name, own[i], strlen(own[i])) == 0 && strlen(own[i]) <= length + 4) return true;
  return false;
}

/* Whether specs, which are not read, choose what the preprocessor sees. */
static bool changes_source(const char *path) {
  static const char *const words[] = {" -D", " -U", "-include", "-imacros", "%include", "%{D", NULL};
  bs_strbuf text = BS_STRBUF_INIT;
  bool changes = !bs_path_is_file(path) || bs_strbuf_read_file(&text, path) != 0 || !text.length;
  for (int i = 0; words[i] && !changes; i++) changes = strstr(text.text, words[i]) != NULL;
  bs_strbuf_fini(&text);
  return changes;
}

/* The complaint about GCC's specs, or NULL. A bare name is one of GCC's own, or a file in the folder. */
static const char *find_specs(const looking *l, const compdb_entry *entry, const char *file) {
  bs_arena *arena = &l->db->arena;
  const char *path = bs_path_normalise(arena, entry->directory, file);
  bool there = access(path, R_OK) == 0;
  if (!there && !strchr(file, '/') && is_own_specs(file)) return NULL;
  if (there && !changes_source(path)) return NULL;
  return there ? bs_arena_printf(arena, "the specs %s are not read: their flags are lost", file)
               : bs_arena_printf(arena, "the specs %s are not here: their flags are lost", file);
}

/* Files of options and of other files that are not read, or not here: what they say is lost. */
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
    const char *lost = file ? find_specs(l, entry, file) : NULL;
    if (lost) return lost;
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

/* Whether a source that a command names is the entry's own, which may have another path: over a link, or from
 * another folder. */
static bool is_own(const compdb_entry *entry, const char *source, const char *path) {
  struct stat own, other;
  if (stat(path, &other) != 0) return strcmp(bs_path_basename(source), bs_path_basename(entry->file)) == 0;
  return stat(entry->file, &own) == 0 && own.st_ino == other.st_ino && own.st_dev == other.st_dev;
}

/* One source of `count`. A single one that is not here is the entry's own, by a path of another folder. */
static void judge_source(compdb *db, bs_map *listed, const compdb_entry *entry, const char *source,
                         uint32_t count) {
  const char *path = bs_path_normalise(&db->arena, entry->directory, source);
  bool here = bs_path_is_file(path), named = language_of_file(source) != LANGUAGE_OTHER, fresh;
  bs_map_add(listed, bs_hash(path, strlen(path)), 1, &fresh);
  if (!fresh || is_own(entry, source, path) || (!here && (count == 1 || !named))) return;
  const char *text =
      bs_arena_printf(&db->arena, "line %u: its command compiles %s%s, which has no entry of its own",
                      entry->line, source, count > 1 ? " as well" : "");
  *bs_vec_push(&db->notes) = text;
  *bs_vec_push(&db->lost) = text;
}

/* "cc a.c b.c -o prog" under one entry, of a.c: nobody looks at b.c. */
static void find_unlisted(compdb *db) {
  bs_map listed = {0};
  path_list sources = {0};
  for (uint32_t i = 0; i < db->entries.count; i++)
    bs_map_set(&listed, bs_hash(db->entries.items[i].file, strlen(db->entries.items[i].file)), 1);
  for (uint32_t i = 0; i < db->entries.count; i++) {
    sources.count = 0;
    const compdb_entry *entry = &db->entries.items[i];
    uint32_t first = compdb_compiler(entry) + 1;
    if (first < entry->narguments)
      language_sources((const char *const *)entry->arguments + first, entry->narguments - first, &sources);
    for (uint32_t k = 0; k < sources.count; k++)
      judge_source(db, &listed, &db->entries.items[i], sources.items[k], sources.count);
  }
  bs_vec_fini(&sources);
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
