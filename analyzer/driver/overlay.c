/* Files over files: the description for clang, and the compile database as the other state has it. */
#include "analyzer/driver/overlay.h"

#include "analyzer/frontend/language.h"
#include "base/path.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* YAML, of which JSON is a part. */
bool overlay_describe(overlay *o, bs_error *error) {
  if (!o->files.count) return true;
  json_t *roots = json_array();
  for (uint32_t i = 0; i < o->files.count; i++)
    json_array_append_new(roots, json_pack("{s:s, s:s, s:s}", "type", "file", "name", o->files.items[i].path,
                                           "external-contents", o->files.items[i].contents));
  json_t *all = json_pack("{s:i, s:s, s:b, s:o}", "version", 0, "case-sensitive", "true",
                          "use-external-names", 0, "roots", roots);
  const char *path = bs_arena_printf(&o->arena, "%s/overlay.yaml", o->folder.path);
  bool good = all && json_dump_file(all, path, 0) == 0;
  json_decref(all);
  if (good) o->description = path;
  return good || bs_error_set(error, "cannot write %s: %s", path, strerror(errno));
}

void overlay_fini(overlay *o) {
  scratch_remove(&o->folder);
  bs_vec_fini(&o->files);
  bs_vec_fini(&o->absent);
  bs_vec_fini(&o->gone);
  bs_arena_fini(&o->arena);
}

bool overlay_is_empty(const overlay *o) { return !o->files.count && !o->absent.count; }

static const char *contents_of(const overlay *o, const char *path) {
  for (uint32_t i = 0; i < o->files.count; i++)
    if (!strcmp(o->files.items[i].path, path)) return o->files.items[i].contents;
  return path;
}

void overlay_link(overlay *o, const char *folder, const char *root, const char *file) {
  if (*file == '/') return; /* outside the root: it is read where it is */
  char *link = bs_arena_printf(&o->arena, "%s/%s", folder, file);
  for (char *slash = strchr(link + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    mkdir(link, 0700);
    *slash = '/';
  }
  (void)!symlink(contents_of(o, bs_path_normalise(&o->arena, root, file)), link); /* there already, mostly */
}

/* ---- the database ---- */

static const overlay_absence *find_absence(const overlay *o, const char *path) {
  for (uint32_t i = 0; i < o->absent.count; i++)
    if (!strcmp(o->absent.items[i].path, path)) return &o->absent.items[i];
  return NULL;
}

/* The entry for another file: its own name is exchanged wherever it stands among the arguments. */
static compdb_entry entry_for(compdb *db, const compdb_entry *like, const char *file) {
  compdb_entry entry = *like;
  entry.file = bs_arena_strdup(&db->arena, file);
  const char **arguments = bs_arena_alloc(&db->arena, (like->narguments + 1) * sizeof *arguments);
  for (uint32_t i = 0; i < like->narguments; i++) {
    const char *word = like->arguments[i];
    bool is_file = *word != '-' && !strcmp(bs_path_normalise(&db->arena, like->directory, word), like->file);
    arguments[i] = is_file ? entry.file : word;
  }
  entry.arguments = arguments;
  return entry;
}

static bool has_entry(const compdb *db, const char *file) {
  for (uint32_t i = 0; i < db->entries.count; i++)
    if (!strcmp(db->entries.items[i].file, file)) return true;
  return false;
}

/* Of the same language, in the same folder. */
static const compdb_entry *find_neighbour(compdb *db, const char *file) {
  const char *folder = bs_path_dirname(&db->arena, file), *extension = language_extension(file);
  for (uint32_t i = 0; i < db->entries.count; i++) {
    const char *other = db->entries.items[i].file;
    if (!strcmp(language_extension(other), extension) && !strcmp(bs_path_dirname(&db->arena, other), folder))
      return &db->entries.items[i];
  }
  return NULL;
}

static int compare_entries(const void *a, const void *b) {
  const compdb_entry *x = a, *y = b;
  int files = strcmp(x->file, y->file);
  return files ? files : x->line < y->line ? -1 : x->line > y->line;
}

void overlay_apply(const overlay *o, compdb *db) {
  BS_VEC(compdb_entry) entries = {0};
  for (uint32_t i = 0; i < db->entries.count; i++) {
    const overlay_absence *absence = find_absence(o, db->entries.items[i].file);
    if (!absence)
      *bs_vec_push(&entries) = db->entries.items[i];
    else if (absence->was && !has_entry(db, absence->was))
      *bs_vec_push(&entries) = entry_for(db, &db->entries.items[i], absence->was);
  }
  for (uint32_t i = 0; i < o->gone.count; i++) {
    bool listed = has_entry(db, o->gone.items[i]);
    for (uint32_t k = 0; k < entries.count && !listed; k++)
      listed = !strcmp(entries.items[k].file, o->gone.items[i]);
    const compdb_entry *like = listed ? NULL : find_neighbour(db, o->gone.items[i]);
    if (like) *bs_vec_push(&entries) = entry_for(db, like, o->gone.items[i]);
  }
  bs_vec_sort(&entries, compare_entries);
  bs_vec_fini(&db->entries);
  db->entries.items = entries.items;
  db->entries.count = entries.count;
  db->entries.capacity = entries.capacity;
}
