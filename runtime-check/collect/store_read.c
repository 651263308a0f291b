/* A recording's file as an observation: its stacks and the names in them, which are read at once. */
#include "runtime-check/collect/store_reader.h"

#include <stdio.h>

#include "runtime-check/collect/collect.h"
#include "runtime-check/collect/recording.h"
#include "runtime-check/collect/store_schema.h"

#include <string.h>

/* ---- statements ---- */

sqlite3_stmt *reader_prepare(store_reader *r, const char *sql, bs_error *error) {
  sqlite3_stmt *st = NULL;
  if (sqlite3_prepare_v2(r->db, sql, -1, &st, NULL) == SQLITE_OK) return st;
  bs_error_set(error, "%s: the recording is damaged: %s", r->path, sqlite3_errmsg(r->db));
  return NULL;
}

bool reader_next(store_reader *r, sqlite3_stmt *st, bs_error *error) {
  int status = sqlite3_step(st);
  if (status == SQLITE_ROW) return true;
  if (status != SQLITE_DONE)
    bs_error_set(error, "%s: the recording is damaged: %s", r->path, sqlite3_errmsg(r->db));
  return false;
}

static uint32_t intern(store_reader *r, sqlite3_stmt *st, int column) {
  const char *text = (const char *)sqlite3_column_text(st, column);
  return text ? bs_intern_add(&r->strings, text, (size_t)sqlite3_column_bytes(st, column)) : 0;
}

const char *reader_text_of(store_reader *r, sqlite3_stmt *st, int column) {
  return bs_intern_text(&r->strings, intern(r, st, column));
}

uint64_t reader_count_of(sqlite3_stmt *st, int column) {
  int64_t value = sqlite3_column_int64(st, column);
  return value > 0 ? recorded_bounded((uint64_t)value) : 0;
}

int32_t reader_small_of(sqlite3_stmt *st, int column) {
  int64_t value = sqlite3_column_int64(st, column);
  return value > 0 && value <= INT32_MAX ? (int32_t)value : 0;
}

static int32_t small_or_none(sqlite3_stmt *st, int column) {
  int64_t value = sqlite3_column_type(st, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, column);
  return value >= 0 && value < INT32_MAX ? (int32_t)value : -1;
}

/* ---- names and stacks ---- */

static uint32_t file_of(store_reader *r, uint32_t name) {
  bool is_new;
  uint32_t index = bs_map_add(&r->file_ids, name, r->files.count, &is_new);
  if (is_new) *bs_vec_push(&r->files) = bs_intern_text(&r->strings, name);
  return index;
}

static uint32_t file_index(store_reader *r, sqlite3_stmt *st, int column) {
  return sqlite3_column_type(st, column) == SQLITE_NULL ? UINT32_MAX : file_of(r, intern(r, st, column));
}

static const char *debuginfo;

void store_readers_use_debuginfo(const char *folder) { debuginfo = folder; }

/* Names of an address that had none when it was recorded; false when there are none now either. A file of
 * another build is not believed (symbols.c). */
static bool read_again(store_reader *r, symbols *s, sqlite3_stmt *st, read_address *address) {
  const char *path = (const char *)sqlite3_column_text(st, 5), *id = (const char *)sqlite3_column_text(st, 6);
  const char *known = (const char *)sqlite3_column_text(st, 1);
  if (!s || !path || path[0] != '/' || !id || !*id || (known && *known)) return false;
  const module_row module = {.path = path, .build_id = id, .file = -1};
  frame_list frames = {0};
  symbols_find(s, &module, (uint64_t)sqlite3_column_int64(st, 7), sqlite3_column_int(st, 8), &frames);
  bool found = frames.count && *frames.items[0].function;
  for (uint32_t i = 0; found && i < frames.count; i++) {
    const frame *f = &frames.items[i];
    uint32_t file = UINT32_MAX;
    if (f->file) file = file_of(r, bs_intern_adds(&r->strings, f->file));
    address->count++;
    *bs_vec_push(&r->frames) = (read_frame){.function = bs_intern_adds(&r->strings, f->function),
                                            .module = intern(r, st, 5),
                                            .file = file,
                                            .line = f->line,
                                            .inlined = f->inlined};
  }
  bs_vec_fini(&frames);
  return found;
}

/* The offset as a text, of an address in a file whose build is known; else "". */
static uint32_t place_in_build(store_reader *r, sqlite3_stmt *st) {
  const char *id = (const char *)sqlite3_column_text(st, 6);
  char text[24];
  if (!id || !*id) return 0;
  snprintf(text, sizeof text, "0x%llx", (unsigned long long)sqlite3_column_int64(st, 7));
  return bs_intern_adds(&r->strings, text);
}

static bool read_addresses(store_reader *r, bs_error *error) {
  symbols *s = debuginfo ? symbols_new(debuginfo) : NULL;
  sqlite3_stmt *st = reader_prepare(r,
                                    "SELECT a.id, f.function, f.file, f.line, f.inlined, m.path, m.build_id, "
                                    "a.offset, a.is_return FROM "
                                    "addresses a LEFT JOIN modules m ON m.id = a.module_id"
                                    " LEFT JOIN frames f ON f.address_id = a.id ORDER BY a.id, f.level",
                                    error);
  while (st && reader_next(r, st, error)) {
    bool is_new;
    uint32_t index =
        bs_map_add(&r->address_ids, (uint64_t)sqlite3_column_int64(st, 0), r->addresses.count, &is_new);
    if (is_new) bs_vec_push(&r->addresses)->first = r->frames.count;
    if (read_again(r, s, st, &r->addresses.items[index])) continue;
    r->addresses.items[index].count++;
    const char *known = (const char *)sqlite3_column_text(st, 1);
    *bs_vec_push(&r->frames) = (read_frame){
        .offset = known && *known ? 0 : place_in_build(r, st),
        .build_id = intern(r, st, 6),
        .function = intern(r, st, 1),
        .module = intern(r, st, 5),
        .file = file_index(r, st, 2),
        .line = (uint32_t)reader_small_of(st, 3),
        .inlined = sqlite3_column_int(st, 4),
    };
  }
  if (s) symbols_free(s);
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

static bool read_stack_rows(store_reader *r, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(
      r,
      "SELECT id, running, omitted, callback_depth, callback_level, culprit_depth, culprit_level, cut"
      " FROM stacks ORDER BY id",
      error);
  while (st && reader_next(r, st, error)) {
    bs_map_set(&r->stack_ids, (uint64_t)sqlite3_column_int64(st, 0), r->stacks.count);
    *bs_vec_push(&r->stacks) = (read_stack){
        .running = sqlite3_column_int(st, 1),
        .omitted = (uint32_t)reader_small_of(st, 2),
        .callback_depth = small_or_none(st, 3),
        .callback_level = small_or_none(st, 4),
        .culprit_depth = small_or_none(st, 5),
        .culprit_level = small_or_none(st, 6),
        .cut = sqlite3_column_int(st, 7),
    };
  }
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

static bool read_stack_addresses(store_reader *r, bs_error *error) {
  sqlite3_stmt *st =
      reader_prepare(r, "SELECT stack_id, address_id FROM stack_addresses ORDER BY stack_id, depth", error);
  while (st && reader_next(r, st, error)) {
    uint32_t row, address;
    if (!bs_map_find(&r->stack_ids, (uint64_t)sqlite3_column_int64(st, 0), &row)) continue;
    if (!bs_map_find(&r->address_ids, (uint64_t)sqlite3_column_int64(st, 1), &address)) continue;
    read_stack *owner = &r->stacks.items[row];
    if (!owner->count) owner->first = r->stack_addresses.count;
    owner->count++;
    *bs_vec_push(&r->stack_addresses) = address;
  }
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

static bool read_loops(store_reader *r, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(r, "SELECT id FROM loops ORDER BY id", error);
  while (st && reader_next(r, st, error))
    bs_map_set(&r->loop_ids, (uint64_t)sqlite3_column_int64(st, 0), ++r->loops);
  sqlite3_finalize(st);
  st = reader_prepare(r, "SELECT min(threshold_ns), sum(duration_ns), min(started_ns) FROM sessions", error);
  if (st && reader_next(r, st, error)) {
    r->made.threshold_ns = reader_count_of(st, 0);
    r->made.duration_ns = reader_count_of(st, 1);
    int64_t started = sqlite3_column_int64(st, 2); /* a date: no length or count, which are bounded */
    r->made.started_ns = started > 0 ? (uint64_t)started : 0;
  }
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

static const char *text_of(store_reader *r, sqlite3_stmt *st, int column) {
  const char *text = (const char *)sqlite3_column_text(st, column);
  return text && *text ? bs_intern_text(&r->strings, bs_intern_adds(&r->strings, text)) : NULL;
}

/* Whose recording it is. Older ones of this version do not know where they were made. */
static bool read_origin(store_reader *r, bs_error *error) {
  sqlite3_stmt *st =
      reader_prepare(r, "SELECT 1 FROM pragma_table_info('sessions') WHERE name = 'host'", error);
  bool has_host = st && reader_next(r, st, error);
  sqlite3_finalize(st);
  st = has_host ? reader_prepare(r, "SELECT host FROM sessions ORDER BY id LIMIT 1", error) : NULL;
  if (st && reader_next(r, st, error)) r->made.host = text_of(r, st, 0);
  sqlite3_finalize(st);
  st = reader_prepare(
      r,
      "SELECT p.executable, (SELECT m.build_id FROM modules m WHERE m.path = p.executable AND m.pid = 0) "
      "FROM loops l JOIN processes p ON p.id = l.process_id GROUP BY p.executable "
      "ORDER BY sum(l.iterations) DESC, p.id LIMIT 1",
      error);
  if (st && reader_next(r, st, error)) {
    r->made.program = text_of(r, st, 0);
    r->made.build_id = text_of(r, st, 1);
  }
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

unsigned reader_loop_number(const store_reader *r, int64_t row) {
  uint32_t number = 0;
  return bs_map_find(&r->loop_ids, (uint64_t)row, &number) ? number : 0;
}

static void add_frames(const store_reader *r, uint32_t address, read_frames *frames) {
  const read_address *a = &r->addresses.items[address];
  for (uint32_t i = a->first; i < a->first + a->count; i++) {
    const read_frame *f = &r->frames.items[i];
    *bs_vec_push(frames) = (report_frame){
        .function = bs_intern_text(&r->strings, f->function),
        .file = f->file == UINT32_MAX ? NULL : r->files.items[f->file],
        .line = f->line,
        .module = bs_intern_text(&r->strings, f->module),
        .inlined = f->inlined,
        .build_id = f->offset ? bs_intern_text(&r->strings, f->build_id) : NULL,
        .offset = f->offset ? bs_intern_text(&r->strings, f->offset) : NULL,
    };
  }
}

/* The depth of a stack's address; those behind the inner ones count the frames that were left out. */
static int32_t depth_of(const read_stack *row, uint32_t index) {
  return (int32_t)(index < STACK_INNER ? index : index + row->omitted);
}

static bool find_stack(void *producer, uint64_t id, observed_stack *out) {
  store_reader *r = producer;
  read_frames *frames = &r->stack_frames;
  uint32_t index;
  frames->count = 0;
  *out = (observed_stack){.callback = OBSERVED_NONE, .culprit = OBSERVED_NONE};
  if (!bs_map_find(&r->stack_ids, id, &index)) return false;
  const read_stack *row = &r->stacks.items[index];
  for (uint32_t i = 0; i < row->count; i++) {
    uint32_t first = frames->count;
    int32_t depth = depth_of(row, i);
    add_frames(r, r->stack_addresses.items[row->first + i], frames);
    uint32_t levels = frames->count - first;
    if (row->callback_depth == depth && (uint32_t)row->callback_level < levels)
      out->callback = first + (uint32_t)row->callback_level;
    if (row->culprit_depth == depth && (uint32_t)row->culprit_level < levels)
      out->culprit = first + (uint32_t)row->culprit_level;
  }
  out->frames = frames->items;
  out->count = frames->count;
  out->running = row->running;
  out->cut = row->cut;
  out->omitted = row->omitted;
  return true;
}

void reader_caller(store_reader *r, int64_t address) {
  uint32_t index;
  r->caller.count = 0;
  if (bs_map_find(&r->address_ids, (uint64_t)address, &index)) add_frames(r, index, &r->caller);
}

static const char **list_files(void *producer, uint32_t *count) {
  store_reader *r = producer;
  *count = r->files.count;
  return r->files.items;
}

store_reader *store_reader_open(const char *path, bs_error *error) {
  sqlite3 *db = store_file_open(path, error);
  if (!db) return NULL;
  store_reader *r = bs_calloc(1, sizeof *r);
  r->path = bs_strdup(path);
  r->db = db;
  r->made = (observation){.producer = r,
                          .loops = reader_loops,
                          .calls = reader_calls,
                          .stalls = reader_stalls,
                          .again = reader_stalls_again,
                          .scopes = reader_scopes,
                          .notes = reader_notes,
                          .stack = find_stack,
                          .files = list_files};
  bs_intern_init(&r->strings);
  if (read_loops(r, error) && read_origin(r, error) && read_addresses(r, error) &&
      read_stack_rows(r, error) && read_stack_addresses(r, error))
    return r;
  store_reader_close(r);
  return NULL;
}

void store_reader_close(store_reader *r) {
  if (!r) return;
  bs_vec_fini(&r->files);
  bs_vec_fini(&r->addresses);
  bs_vec_fini(&r->frames);
  bs_vec_fini(&r->stacks);
  bs_vec_fini(&r->stack_addresses);
  bs_vec_fini(&r->stack_frames);
  bs_vec_fini(&r->caller);
  bs_map_fini(&r->file_ids);
  bs_map_fini(&r->address_ids);
  bs_map_fini(&r->stack_ids);
  bs_map_fini(&r->loop_ids);
  bs_intern_fini(&r->strings);
  sqlite3_close(r->db);
  free(r->path);
  free(r);
}

const observation *store_reader_observation(const store_reader *r) { return &r->made; }
