/* A recorded program may have been built elsewhere: /home/ci/build/src/a.c is the scan's src/a.c. The folder
 * that most of its files have in front of a name that the scan knows is taken for the root, and is cut off
 * all of them. */
#include "evidence/join_internal.h"

#include "base/hash.h"
#include "base/path.h"
#include "runtime-check/collect/names.h"

#include <string.h>

typedef struct known_file {
  const char *path;
  uint32_t next;
} known_file;

typedef struct known_files {
  bs_map by_name, by_path;
  BS_VEC(known_file) files;
} known_files;

static uint64_t hash_text(const char *text) { return bs_hash(text, strlen(text)); }

static void know(known_files *k, const char *path) {
  bool is_new;
  if (!path || !*path) return;
  bs_map_add(&k->by_path, hash_text(path), 0, &is_new);
  if (!is_new) return;
  uint64_t name = hash_text(bs_path_basename(path));
  uint32_t next = UINT32_MAX;
  bs_map_find(&k->by_name, name, &next);
  bs_map_set(&k->by_name, name, k->files.count);
  *bs_vec_push(&k->files) = (known_file){path, next};
}

static void know_all(known_files *k, const report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    know(k, f->sink.file);
    for (uint32_t e = 0; e < f->entries.count; e++) {
      know(k, f->entries.items[e].file);
      for (uint32_t s = 0; s < f->entries.items[e].path.count; s++)
        know(k, f->entries.items[e].path.items[s]->place.file);
    }
  }
}

/* The debug information may have names relative to a folder that it does not tell. */
static const char *without_dots(const char *path) {
  for (;;) {
    if (!strncmp(path, "./", 2))
      path += 2;
    else if (!strncmp(path, "../", 3))
      path += 3;
    else
      return path;
  }
}

/* Whether `path` is `end`, or ends in a slash and it. */
static bool ends_in(const char *path, const char *end) {
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && !strcmp(path + length - tail, end) &&
         (length == tail || *end == '/' || path[length - tail - 1] == '/');
}

/* The longest name that the scan has for a recorded file, or NULL. */
static const char *find_known(const known_files *k, const char *recorded) {
  const char *best = NULL;
  uint32_t i = UINT32_MAX;
  bs_map_find(&k->by_name, hash_text(bs_path_basename(recorded)), &i);
  for (; i != UINT32_MAX; i = k->files.items[i].next) {
    const char *path = k->files.items[i].path;
    if (!ends_in(recorded, path) && !ends_in(path, recorded)) continue;
    if (!best || strlen(path) > strlen(best) || (strlen(path) == strlen(best) && strcmp(path, best) < 0))
      best = path;
  }
  return best;
}

/* The length of what stands in front of the known name that most files have, as a text of the arena; ""
 * without one. */
static const char *find_prefix(bs_arena *arena, const known_files *k, const char *const *files,
                               uint32_t count) {
  bs_map votes = {0};
  const char *best = "";
  uint32_t most = 0;
  for (uint32_t i = 0; i < count; i++) {
    const char *known = files[i] ? find_known(k, files[i]) : NULL;
    if (!known || !ends_in(files[i], known) || *known == '/') continue;
    const char *prefix = bs_arena_strndup(arena, files[i], strlen(files[i]) - strlen(known));
    uint32_t votes_for = 0;
    bs_map_find(&votes, hash_text(prefix), &votes_for);
    bs_map_set(&votes, hash_text(prefix), ++votes_for);
    if (votes_for <= most) continue;
    most = votes_for;
    best = prefix;
  }
  bs_map_fini(&votes);
  return best;
}

static const char *name_file(const join *j, const known_files *k, const char *prefix, const char *recorded) {
  size_t length = strlen(prefix);
  if (length && !strncmp(recorded, prefix, length)) return recorded + length;
  const char *plain = without_dots(recorded), *known = find_known(k, plain);
  if (known) return known;
  return *j->document->root_path ? bs_path_relative(j->document->root_path, recorded) : recorded;
}

void join_name_files(join *j, const char **files, uint32_t count) {
  known_files k = {0};
  know_all(&k, j->document);
  const char *prefix = find_prefix(&j->document->arena, &k, files, count);
  uint32_t known = 0, path;
  for (uint32_t i = 0; i < count; i++) {
    if (!files[i]) continue;
    files[i] = name_file(j, &k, prefix, files[i]);
    known += bs_map_find(&k.by_path, hash_text(files[i]), &path);
  }
  if (k.files.count && !known)
    *bs_vec_push(&j->document->notes) = "the recording and the scan have no source file in common: it is of "
                                        "another program, or of one without debug information";
  bs_map_fini(&k.by_name);
  bs_map_fini(&k.by_path);
  bs_vec_fini(&k.files);
}

bool join_is_of_project(const report_frame *frame) {
  return frame->file && *frame->file && *frame->file != '/' && frame_is_own(frame);
}

int join_same_file(const char *recorded, const char *known) {
  if (!recorded || !known || !strcmp(recorded, known)) return 2;
  return !strcmp(bs_path_basename(recorded), bs_path_basename(known));
}
