/* Precompiled headers: those of another compiler cannot be read, and need not be. Each unit gets the header
 * itself in the place of what was made of it. */
#include "analyzer/frontend/frontend.h"
#include "base/path.h"

#include <string.h>
#include <unistd.h>

typedef struct replacing {
  compdb *db;
  const compdb_entry *entry;
} replacing;

static bool exists(const char *path) { return access(path, F_OK) == 0; }

/* The header behind `name` when only a precompiled one is in `folder`. */
static const char *header_in(const replacing *r, const char *folder, const char *name) {
  static const char *const suffixes[] = {".gch", ".pch", NULL};
  bs_arena *arena = &r->db->arena;
  const char *path = bs_path_normalise(arena, bs_path_normalise(arena, r->entry->directory, folder), name);
  for (int i = 0; suffixes[i]; i++) {
    const char *header = compdb_precompiled_header(r->db, bs_arena_printf(arena, "%s%s", path, suffixes[i]));
    if (header) return exists(path) ? NULL : header;
  }
  return NULL;
}

/* The folder that an -I or -iquote names; NULL for another word. */
static const char *folder_of(const char *const *words, uint32_t count) {
  static const char *const options[] = {"-I", "-iquote", "-isystem", NULL};
  for (int i = 0; options[i]; i++) {
    size_t length = strlen(options[i]);
    if (strncmp(words[0], options[i], length) != 0) continue;
    if (words[0][length]) return words[0] + length;
    return count > 1 ? words[1] : NULL;
  }
  return NULL;
}

/* "-include all.hpp" finds all.hpp.gch in a folder of the command line before it finds any all.hpp. */
static const char *find_header(const replacing *r, const char *name) {
  const compdb_entry *e = r->entry;
  const char *header = header_in(r, ".", name);
  for (uint32_t i = 1; i < e->narguments && !header && name[0] != '/'; i++) {
    const char *folder = folder_of(e->arguments + i, e->narguments - i);
    if (folder) header = header_in(r, folder, name);
  }
  return header;
}

static bool is_word(const char *word, const char *wanted) { return strcmp(word, wanted) == 0; }

/* Over -Xclang, with which CMake wraps both words. */
static uint32_t operand_of(const compdb_entry *e, uint32_t i) {
  uint32_t at = i + 1;
  if (at < e->narguments && is_word(e->arguments[at], "-Xclang")) at++;
  return at < e->narguments ? at : 0;
}

/* Whether the command includes this header itself, as CMake's do beside -include-pch. */
static bool includes(const compdb_entry *e, bs_arena *arena, const char *header) {
  for (uint32_t i = 1; i < e->narguments; i++) {
    if (!is_word(e->arguments[i], "-include")) continue;
    uint32_t at = operand_of(e, i);
    if (at && is_word(bs_path_normalise(arena, e->directory, e->arguments[at]), header)) return true;
  }
  return false;
}

/* Of "-include-pch x.h.pch": the header that the database knows, or that stands beside it. */
static const char *find_source(const replacing *r, const char *precompiled) {
  bs_arena *arena = &r->db->arena;
  const char *path = bs_path_normalise(arena, r->entry->directory, precompiled);
  const char *header = compdb_precompiled_header(r->db, path), *dot = strrchr(path, '.');
  if (header || !dot) return header;
  const char *stem = bs_arena_strndup(arena, path, (size_t)(dot - path));
  bool named = strcmp(dot, ".pch") == 0 || strcmp(dot, ".gch") == 0;
  return named && (exists(stem) || includes(r->entry, arena, stem)) ? stem : NULL;
}

static void replace_word(replacing *r, const char **words, uint32_t i) {
  uint32_t at = operand_of(r->entry, i);
  if (at && is_word(words[i], "-include")) {
    const char *header = find_header(r, words[at]);
    if (header) words[at] = header;
  } else if (at && is_word(words[i], "-include-pch")) {
    const char *header = find_source(r, words[at]);
    if (!header) return;
    /* An option that says nothing takes the place of one that is there already. */
    words[i] = includes(r->entry, &r->db->arena, header) ? "-MT" : "-include";
    words[at] = header;
  }
}

static bool mentions(const compdb_entry *e) {
  for (uint32_t i = 1; i < e->narguments; i++)
    if (strncmp(e->arguments[i], "-include", 8) == 0) return true;
  return false;
}

void compdb_replace_precompiled(compdb *db) {
  for (uint32_t k = 0; k < db->entries.count; k++) {
    compdb_entry *entry = &db->entries.items[k];
    replacing r = {db, entry};
    if (!mentions(entry)) continue;
    const char **words = bs_arena_alloc(&db->arena, (entry->narguments + (size_t)1) * sizeof *words);
    memcpy(words, entry->arguments, entry->narguments * sizeof *words);
    words[entry->narguments] = NULL;
    for (uint32_t i = 1; i < entry->narguments; i++) replace_word(&r, words, i);
    entry->arguments = words;
  }
}
