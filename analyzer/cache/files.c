#include "cache/files.h"

#include "base/hash.h"
#include "base/strbuf.h"

#include <sys/stat.h>
#include <time.h>

/* A file written twice within a tick of its file system's clock has the same stat both times: what was
 * that young when it was hashed is hashed again. Two seconds are FAT's tick, the coarsest there is. */
#define RACY_NANOSECONDS INT64_C(2000000000)
/* Linux stamps files with the time of the last timer interrupt: 100 a second at the least. */
#define TICK_NANOSECONDS INT64_C(10000000)

static int64_t nanoseconds(struct timespec t) { return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }

int64_t files_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return nanoseconds(t);
}

void files_init(file_table *files) {
  *files = (file_table){0};
  bs_intern_init(&files->paths);
  bs_vec_push(&files->states);
}

void files_fini(file_table *files) {
  bs_intern_fini(&files->paths);
  bs_vec_fini(&files->states);
  bs_map_fini(&files->by_id);
}

uint32_t files_add(file_table *files, const char *path) {
  uint32_t index = bs_intern_adds(&files->paths, path);
  while (files->states.count <= index) bs_vec_push(&files->states);
  return index;
}

void files_set_id(file_table *files, uint32_t index, int64_t id) {
  files->states.items[index].id = id;
  bs_map_set(&files->by_id, (uint64_t)id, index);
}

void files_load(file_table *files, int64_t id, const char *path, const file_stamp *stamp) {
  uint32_t index = files_add(files, path);
  files->states.items[index].stamp = *stamp;
  files_set_id(files, index, id);
}

bool files_find_id(const file_table *files, int64_t id, uint32_t *index) {
  return bs_map_find(&files->by_id, (uint64_t)id, index);
}

static bool is_same(const file_stamp *a, const file_stamp *b) {
  return a->size == b->size && a->modified == b->modified && a->changed == b->changed && a->inode == b->inode;
}

static bool hash_content(const char *path, file_stamp *stamp) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool ok = bs_strbuf_read_file(&text, path) == 0;
  if (ok) stamp->hash = bs_hash(text.text, text.length);
  bs_strbuf_fini(&text);
  return ok;
}

static void look(file_table *files, uint32_t index, bool at_content) {
  file_state *state = &files->states.items[index];
  const char *path = bs_intern_text(&files->paths, index);
  struct stat st;
  state->looked = true;
  state->exists = stat(path, &st) == 0;
  if (!state->exists || !S_ISREG(st.st_mode) || !at_content) return;
  file_stamp now = {
      .size = st.st_size, .modified = nanoseconds(st.st_mtim), .changed = nanoseconds(st.st_ctim)};
  now.inode = (int64_t)st.st_ino;
  const file_stamp *old = &state->stamp;
  state->readable = old->hashed && is_same(old, &now) && now.modified + RACY_NANOSECONDS < old->hashed;
  if (state->readable) return;
  now.hashed = files_now();
  state->readable = hash_content(path, &now);
  state->stamp = now;
  state->dirty = state->readable;
}

bool files_exist(file_table *files, uint32_t index) {
  if (!files->states.items[index].looked) look(files, index, false);
  return files->states.items[index].exists;
}

bool files_hash(file_table *files, uint32_t index, uint64_t *hash) {
  file_state *state = &files->states.items[index];
  if (!state->looked || (state->exists && !state->readable)) look(files, index, true);
  *hash = state->stamp.hash;
  return state->readable;
}

bool files_changed_since(const file_table *files, uint32_t index, int64_t since) {
  const file_stamp *stamp = &files->states.items[index].stamp;
  int64_t last = stamp->modified > stamp->changed ? stamp->modified : stamp->changed;
  return last + TICK_NANOSECONDS >= since;
}
