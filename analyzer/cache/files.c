/* Hashes of files for one run, by path; a stat that is as in the cache saves the reading. */
#include "analyzer/cache/files.h"

#include "base/hash.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
  bs_intern_init(&files->components);
  bs_vec_push(&files->states);
}

void files_fini(file_table *files) {
  for (uint32_t i = 0; i < files->listings.count; i++) bs_map_fini(&files->listings.items[i]);
  bs_vec_fini(&files->listings);
  bs_intern_fini(&files->components);
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

static void look(file_table *files, uint32_t index) {
  file_state *state = &files->states.items[index];
  const char *path = bs_intern_text(&files->paths, index);
  struct stat st;
  state->looked = true;
  state->exists = stat(path, &st) == 0;
  if (!state->exists || !S_ISREG(st.st_mode)) return;
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

void files_replace(file_table *files, uint32_t index, uint64_t hash) {
  file_state *state = &files->states.items[index];
  state->stamp = (file_stamp){.hash = hash};
  state->looked = state->exists = state->readable = state->replaced = true;
  state->dirty = false;
}

bool files_hash(file_table *files, uint32_t index, uint64_t *hash) {
  file_state *state = &files->states.items[index];
  if (!state->looked) look(files, index);
  *hash = state->stamp.hash;
  return state->readable;
}

/* The names in a folder; none when there is no such folder. */
static const bs_map *list_folder(file_table *files, uint32_t folder) {
  file_state *state = &files->states.items[folder];
  if (!state->listing) {
    bs_map *names = bs_vec_push(&files->listings);
    state->listing = files->listings.count;
    DIR *stream = opendir(bs_intern_text(&files->paths, folder));
    for (struct dirent *entry; stream && (entry = readdir(stream));)
      bs_map_add(names, bs_intern_adds(&files->components, entry->d_name), 0, NULL);
    if (stream) closedir(stream);
  }
  return &files->listings.items[state->listing - 1];
}

static uint32_t first_component(file_table *files, uint32_t name) {
  file_state *state = &files->states.items[name];
  const char *text = bs_intern_text(&files->paths, name);
  if (!state->first) state->first = bs_intern_add(&files->components, text, strcspn(text, "/"));
  return state->first;
}

bool files_exist(file_table *files, uint32_t folder, uint32_t name) {
  uint32_t first = first_component(files, name), value;
  const char *text = bs_intern_text(&files->paths, name);
  /* Most names are not there by their first component: that costs no system call. "." and ".." are in
   * every folder. */
  if (!bs_map_find(list_folder(files, folder), first, &value)) return false;
  char path[4096];
  int length = snprintf(path, sizeof path, "%s/%s", bs_intern_text(&files->paths, folder), text);
  return length < 0 || (size_t)length >= sizeof path || access(path, F_OK) == 0;
}

bool files_changed_since(const file_table *files, uint32_t index, int64_t since) {
  const file_stamp *stamp = &files->states.items[index].stamp;
  if (files->states.items[index].replaced) return false;
  int64_t last = stamp->modified > stamp->changed ? stamp->modified : stamp->changed;
  return last + TICK_NANOSECONDS >= since;
}
