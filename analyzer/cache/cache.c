/* Rows of facts by their keys. A row counts only when all files that it depends on are as they were, and all
 * names that were looked for in vain are still absent. Rows are written several in one transaction. */
#include "analyzer/cache/cache.h"

#include "analyzer/cache/database.h"
#include "analyzer/cache/files.h"
#include "analyzer/facts/facts.h"
#include "base/hash.h"
#include "base/vec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
  FLUSH_ROWS = 32,           /* rows in one transaction */
  KEEP_DAYS = 30,            /* an unused row is forgotten after that */
  KEEP_MEGABYTES = 2048,     /* facts in all; the least recently used go first */
};

/* `name` is in none of the folders from..to-1 of a row. */
typedef struct absence {
  uint32_t name, from, to;
} absence;

typedef struct pending {
  uint64_t key;
  const void *bytes;
  size_t length;
  BS_VEC(uint32_t) read, folders; /* indices of files */
  BS_VEC(absence) absences;
} pending;

struct cache {
  database db;
  char *directory;
  cache_warn *warn;
  void *context;
  bool writable, stored;
  file_table files;
  BS_VEC(pending) pending;
  BS_VEC(uint32_t) folders; /* of the row that is looked at */
  BS_VEC(uint64_t) used; /* keys whose date is to be set to today */
};

int64_t cache_now(void) { return files_now(); }

static int64_t today(void) { return (int64_t)time(NULL) / 86400; }

/* Warns once and stops writing. */
static void give_up_writing(cache *c) {
  if (c->writable) {
    bs_strbuf text = BS_STRBUF_INIT;
    bs_strbuf_addf(&text, "the cache in %s cannot be written: %s", c->directory, database_error(&c->db));
    c->warn(c->context, text.text);
    bs_strbuf_fini(&text);
  }
  c->writable = false;
}

static void load_files(cache *c) {
  sqlite3_stmt *s = c->db.statements[DATABASE_LIST_FILES];
  while (sqlite3_step(s) == SQLITE_ROW) {
    file_stamp stamp = {.size = sqlite3_column_int64(s, 2),
                        .modified = sqlite3_column_int64(s, 3),
                        .changed = sqlite3_column_int64(s, 4),
                        .inode = sqlite3_column_int64(s, 5),
                        .hashed = sqlite3_column_int64(s, 6),
                        .hash = (uint64_t)sqlite3_column_int64(s, 7)};
    const char *path = (const char *)sqlite3_column_text(s, 1);
    if (path) files_load(&c->files, sqlite3_column_int64(s, 0), path, &stamp);
  }
  sqlite3_reset(s);
}

cache *cache_open(const char *directory, cache_warn *warn, void *context) {
  cache *c = bs_calloc(1, sizeof *c);
  *c = (cache){.directory = bs_strdup(directory), .warn = warn, .context = context, .writable = true};
  files_init(&c->files);
  bs_strbuf warning = BS_STRBUF_INIT;
  bool ok = database_open(&c->db, directory, &warning);
  if (warning.length) warn(context, warning.text);
  bs_strbuf_fini(&warning);
  if (ok) {
    load_files(c);
    return c;
  }
  c->writable = false;
  cache_close(c);
  return NULL;
}

/* The file is damaged although its head is not: it is set aside and the run goes on with an empty one. */
static void start_anew(cache *c) {
  bs_strbuf warning = BS_STRBUF_INIT;
  bool ok = database_replace(&c->db, c->directory, &warning);
  c->warn(c->context, warning.text);
  bs_strbuf_fini(&warning);
  c->writable = ok;
  for (uint32_t i = 0; i < c->files.states.count; i++) c->files.states.items[i].id = 0;
  bs_map_fini(&c->files.by_id);
  c->used.count = 0;
}

void cache_replace_file(cache *c, const char *path, uint64_t hash) {
  files_replace(&c->files, files_add(&c->files, path), hash);
}

bool cache_hash_file(cache *c, const char *path, uint64_t *hash) {
  return files_hash(&c->files, files_add(&c->files, path), hash);
}

/* The dependencies of a row: files read, as (id, 8 bytes of hash); folders of the search, as ids;
 * absences, as (id of the name, from, to); a count before each. Numbers are LEB128. */

static void put_number(bs_strbuf *out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bs_strbuf_addc(out, (char)(value | 0x80));
  bs_strbuf_addc(out, (char)value);
}

static bool take_number(const unsigned char **at, const unsigned char *end, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
    unsigned char byte = *(*at)++;
    *value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

static bool are_unchanged(cache *c, const unsigned char **at, const unsigned char *end) {
  uint64_t count, id, then, now;
  if (!take_number(at, end, &count)) return false;
  for (; count; count--) {
    uint32_t file;
    if (!take_number(at, end, &id) || end - *at < (ptrdiff_t)sizeof then) return false;
    memcpy(&then, *at, sizeof then);
    *at += sizeof then;
    if (!files_find_id(&c->files, (int64_t)id, &file) || !files_hash(&c->files, file, &now) || now != then)
      return false;
  }
  return true;
}

/* The index of the file whose id comes next. */
static bool take_file(cache *c, const unsigned char **at, const unsigned char *end, uint32_t *file) {
  uint64_t id;
  return take_number(at, end, &id) && files_find_id(&c->files, (int64_t)id, file);
}

static bool take_folders(cache *c, const unsigned char **at, const unsigned char *end, uint64_t *count) {
  c->folders.count = 0;
  if (!take_number(at, end, count)) return false;
  for (uint64_t i = 0; i < *count; i++)
    if (!take_file(c, at, end, bs_vec_push(&c->folders))) return false;
  return true;
}

static bool are_still_absent(cache *c, const unsigned char **at, const unsigned char *end) {
  uint64_t nfolders, count, from, to;
  if (!take_folders(c, at, end, &nfolders) || !take_number(at, end, &count)) return false;
  for (; count; count--) {
    uint32_t name;
    if (!take_file(c, at, end, &name) || !take_number(at, end, &from) || !take_number(at, end, &to))
      return false;
    if (to > nfolders) return false;
    for (; from < to; from++)
      if (files_exist(&c->files, c->folders.items[from], name)) return false;
  }
  return *at == end;
}

bool cache_find(cache *c, uint64_t key, bs_arena *arena, const void **bytes, size_t *length) {
  sqlite3_stmt *s = c->db.statements[DATABASE_FIND_UNIT];
  if (!s) return false;
  sqlite3_bind_int64(s, 1, (sqlite3_int64)key);
  int code = sqlite3_step(s);
  bool found = false;
  if (code == SQLITE_ROW) {
    const unsigned char *at = sqlite3_column_blob(s, 1);
    const unsigned char *end = at ? at + sqlite3_column_bytes(s, 1) : NULL;
    found = at && are_unchanged(c, &at, end) && are_still_absent(c, &at, end);
  }
  if (found) {
    const void *blob = sqlite3_column_blob(s, 2);
    *length = (size_t)sqlite3_column_bytes(s, 2);
    found = blob && facts_intact(blob, *length);
    if (found)
      *bytes = memcpy(bs_arena_alloc(arena, *length), blob, *length);
    else
      code = SQLITE_CORRUPT;
  }
  if (found && sqlite3_column_int64(s, 0) != today()) *bs_vec_push(&c->used) = key;
  sqlite3_reset(s);
  if (database_is_damage(code)) start_anew(c);
  return found;
}

static void free_pending(pending *p) {
  bs_vec_fini(&p->read);
  bs_vec_fini(&p->folders);
  bs_vec_fini(&p->absences);
}

static void drop_pending(cache *c) {
  for (uint32_t i = 0; i < c->pending.count; i++) free_pending(&c->pending.items[i]);
  c->pending.count = 0;
}

/* Notes the folders that have no such name; neighbours as one. */
static void add_absences(cache *c, pending *p, const cache_lookup *lookup) {
  uint32_t name = files_add(&c->files, lookup->name), from = 0;
  for (uint32_t i = 0; i <= lookup->depth; i++) {
    if (i < lookup->depth && !files_exist(&c->files, p->folders.items[i], name)) continue;
    if (i > from) *bs_vec_push(&p->absences) = (absence){name, from, i};
    from = i + 1;
  }
}

void cache_put(cache *c, const cache_row *row) {
  if (!c->writable) return;
  pending p = {.key = row->key, .bytes = row->bytes, .length = row->length};
  bool holds = true;
  for (uint32_t i = 0; i < row->nread && holds; i++) {
    uint32_t file = files_add(&c->files, row->read[i]);
    uint64_t hash;
    holds = files_hash(&c->files, file, &hash) && !files_changed_since(&c->files, file, row->started);
    *bs_vec_push(&p.read) = file;
  }
  if (!holds) {
    free_pending(&p);
    return;
  }
  for (uint32_t i = 0; i < row->nfolders; i++)
    *bs_vec_push(&p.folders) = files_add(&c->files, row->folders[i]);
  for (uint32_t i = 0; i < row->nlookups; i++) add_absences(c, &p, &row->lookups[i]);
  *bs_vec_push(&c->pending) = p;
  if (c->pending.count >= FLUSH_ROWS) cache_flush(c);
}

/* Writes a file's row when the database has none, or an older one. That of a replaced file says nothing of
 * the disk. */
static bool write_file(cache *c, uint32_t index) {
  file_state *state = &c->files.states.items[index];
  if (state->id && !state->dirty) return true;
  sqlite3_stmt *s = c->db.statements[DATABASE_PUT_FILE];
  const file_stamp *stamp = &state->stamp;
  sqlite3_bind_text(s, 1, bs_intern_text(&c->files.paths, index), -1, SQLITE_STATIC);
  const int64_t values[] = {stamp->size,  stamp->modified, stamp->changed,
                            stamp->inode, stamp->hashed,   (int64_t)stamp->hash};
  for (int i = 0; i < 6; i++) sqlite3_bind_int64(s, i + 2, values[i]);
  bool ok = sqlite3_step(s) == SQLITE_ROW;
  if (ok) files_set_id(&c->files, index, sqlite3_column_int64(s, 0));
  if (ok) state->dirty = false;
  return sqlite3_reset(s) == SQLITE_OK && ok;
}

static bool put_file(cache *c, uint32_t index, bs_strbuf *out) {
  if (!write_file(c, index)) return false;
  put_number(out, (uint64_t)c->files.states.items[index].id);
  return true;
}

static bool write_dependencies(cache *c, const pending *p, bs_strbuf *out) {
  put_number(out, p->read.count);
  for (uint32_t i = 0; i < p->read.count; i++) {
    if (!put_file(c, p->read.items[i], out)) return false;
    const file_stamp *stamp = &c->files.states.items[p->read.items[i]].stamp;
    bs_strbuf_add(out, &stamp->hash, sizeof stamp->hash);
  }
  put_number(out, p->folders.count);
  for (uint32_t i = 0; i < p->folders.count; i++)
    if (!put_file(c, p->folders.items[i], out)) return false;
  put_number(out, p->absences.count);
  for (uint32_t i = 0; i < p->absences.count; i++) {
    const absence *a = &p->absences.items[i];
    if (!put_file(c, a->name, out)) return false;
    put_number(out, a->from);
    put_number(out, a->to);
  }
  return true;
}

static bool write_unit(cache *c, const pending *p, bs_strbuf *scratch) {
  bs_strbuf_clear(scratch);
  if (!write_dependencies(c, p, scratch)) return false;
  sqlite3_stmt *s = c->db.statements[DATABASE_PUT_UNIT];
  sqlite3_bind_int64(s, 1, (sqlite3_int64)p->key);
  sqlite3_bind_int64(s, 2, today());
  sqlite3_bind_int64(s, 3, (sqlite3_int64)p->length);
  sqlite3_bind_blob64(s, 4, scratch->text, scratch->length, SQLITE_STATIC);
  sqlite3_bind_blob64(s, 5, p->bytes, p->length, SQLITE_STATIC);
  bool ok = sqlite3_step(s) == SQLITE_DONE;
  return sqlite3_reset(s) == SQLITE_OK && ok;
}

static bool write_pending(cache *c) {
  bs_strbuf scratch = BS_STRBUF_INIT;
  bool ok = database_begin(&c->db);
  for (uint32_t i = 0; i < c->pending.count && ok; i++) ok = write_unit(c, &c->pending.items[i], &scratch);
  bs_strbuf_fini(&scratch);
  return ok && database_commit(&c->db);
}

/* Ids that were given out in a transaction that did not come to be. */
static void forget_ids(cache *c) {
  for (uint32_t i = 0; i < c->files.states.count; i++) c->files.states.items[i].id = 0;
  bs_map_fini(&c->files.by_id);
}

void cache_flush(cache *c) {
  if (!c->pending.count) return;
  if (c->writable && c->db.handle) {
    if (write_pending(c)) {
      c->stored = true;
    } else {
      int code = sqlite3_errcode(c->db.handle);
      if (database_is_damage(code)) {
        database_rollback(&c->db);
        start_anew(c);
      } else {
        if (code != SQLITE_BUSY)
          give_up_writing(c); /* another run writes for long: this batch is not kept, that is all */
        database_rollback(&c->db);
        forget_ids(c);
      }
    }
  }
  drop_pending(c);
}

/* Sets the dates of used rows, and the stamps of files that were touched but not changed. */
static bool write_uses(cache *c) {
  sqlite3_stmt *s = c->db.statements[DATABASE_TOUCH_UNIT];
  bool ok = true;
  for (uint32_t i = 0; i < c->files.states.count && ok; i++)
    if (c->files.states.items[i].dirty && c->files.states.items[i].id) ok = write_file(c, i);
  for (uint32_t i = 0; i < c->used.count && ok; i++) {
    sqlite3_bind_int64(s, 1, (sqlite3_int64)c->used.items[i]);
    sqlite3_bind_int64(s, 2, today());
    ok = sqlite3_step(s) == SQLITE_DONE;
    sqlite3_reset(s);
  }
  return ok;
}

static bool has_dirty_files(const cache *c) {
  for (uint32_t i = 0; i < c->files.states.count; i++)
    if (c->files.states.items[i].dirty && c->files.states.items[i].id) return true;
  return false;
}

static void tidy(cache *c) {
  if (!c->stored && !c->used.count && !has_dirty_files(c)) return;
  bool ok = database_begin(&c->db) && write_uses(c);
  if (ok && c->stored) ok = database_prune(&c->db, today() - KEEP_DAYS, (int64_t)KEEP_MEGABYTES << 20);
  if (!ok || !database_commit(&c->db)) database_rollback(&c->db);
}

void cache_close(cache *c) {
  if (!c) return;
  cache_flush(c);
  if (c->writable && c->db.handle) tidy(c);
  drop_pending(c);
  database_close(&c->db);
  bs_vec_fini(&c->pending);
  bs_vec_fini(&c->used);
  bs_vec_fini(&c->folders);
  files_fini(&c->files);
  free(c->directory);
  free(c);
}
