#include "runtime-check/collect/store_reader.h"

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
  return value > 0 ? (uint64_t)value : 0;
}

static int32_t small_or_none(sqlite3_stmt *st, int column) {
  int64_t value = sqlite3_column_type(st, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, column);
  return value >= 0 && value < INT32_MAX ? (int32_t)value : -1;
}

/* ---- names and stacks ---- */

static uint32_t file_index(store_reader *r, sqlite3_stmt *st, int column) {
  if (sqlite3_column_type(st, column) == SQLITE_NULL) return UINT32_MAX;
  uint32_t name = intern(r, st, column);
  bool is_new;
  uint32_t index = bs_map_add(&r->file_ids, name, r->files.count, &is_new);
  if (is_new) *bs_vec_push(&r->files) = bs_intern_text(&r->strings, name);
  return index;
}

static bool read_addresses(store_reader *r, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(r,
                                    "SELECT a.id, f.function, f.file, f.line, f.inlined, m.path FROM "
                                    "addresses a LEFT JOIN modules m ON m.id = a.module_id"
                                    " LEFT JOIN frames f ON f.address_id = a.id ORDER BY a.id, f.level",
                                    error);
  while (st && reader_next(r, st, error)) {
    bool is_new;
    uint32_t index =
        bs_map_add(&r->address_ids, (uint64_t)sqlite3_column_int64(st, 0), r->addresses.count, &is_new);
    if (is_new) bs_vec_push(&r->addresses)->first = r->frames.count;
    r->addresses.items[index].count++;
    *bs_vec_push(&r->frames) = (read_frame){
        .function = intern(r, st, 1),
        .module = intern(r, st, 5),
        .file = file_index(r, st, 2),
        .line = (uint32_t)reader_count_of(st, 3),
        .inlined = sqlite3_column_int(st, 4),
    };
  }
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

static bool read_stack_rows(store_reader *r, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(
      r,
      "SELECT id, running, omitted, callback_depth, callback_level, culprit_depth, culprit_level"
      " FROM stacks ORDER BY id",
      error);
  while (st && reader_next(r, st, error)) {
    bs_map_set(&r->stack_ids, (uint64_t)sqlite3_column_int64(st, 0), r->stacks.count);
    *bs_vec_push(&r->stacks) = (read_stack){
        .running = sqlite3_column_int(st, 1),
        .omitted = (uint32_t)reader_count_of(st, 2),
        .callback_depth = small_or_none(st, 3),
        .callback_level = small_or_none(st, 4),
        .culprit_depth = small_or_none(st, 5),
        .culprit_level = small_or_none(st, 6),
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
  sqlite3_stmt *st = reader_prepare(r, "SELECT id, library FROM loops ORDER BY id", error);
  while (st && reader_next(r, st, error)) {
    int64_t id = sqlite3_column_int64(st, 0);
    bs_map_set(&r->loop_ids, (uint64_t)id, r->loops.count);
    *bs_vec_push(&r->loops) = (read_loop){id, reader_text_of(r, st, 1)};
  }
  sqlite3_finalize(st);
  st = reader_prepare(r, "SELECT min(threshold_ns) FROM sessions", error);
  if (st && reader_next(r, st, error)) r->threshold_ns = reader_count_of(st, 0);
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

store_reader *store_reader_open(const char *path, bs_error *error) {
  sqlite3 *db = store_file_open(path, error);
  if (!db) return NULL;
  store_reader *r = bs_calloc(1, sizeof *r);
  r->path = bs_strdup(path);
  r->db = db;
  bs_intern_init(&r->strings);
  if (read_loops(r, error) && read_addresses(r, error) && read_stack_rows(r, error) &&
      read_stack_addresses(r, error))
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
  bs_vec_fini(&r->loops);
  bs_vec_fini(&r->longest);
  bs_map_fini(&r->file_ids);
  bs_map_fini(&r->address_ids);
  bs_map_fini(&r->stack_ids);
  bs_map_fini(&r->loop_ids);
  bs_intern_fini(&r->strings);
  sqlite3_close(r->db);
  free(r->path);
  free(r);
}

const char **store_reader_files(store_reader *r, uint32_t *count) {
  *count = r->files.count;
  return r->files.items;
}

uint64_t store_reader_threshold(const store_reader *r) { return r->threshold_ns; }

const char *store_reader_library(const store_reader *r, int64_t loop) {
  uint32_t index;
  if (!bs_map_find(&r->loop_ids, (uint64_t)loop, &index) || !*r->loops.items[index].library) return NULL;
  return r->loops.items[index].library;
}

static void add_frames(const store_reader *r, uint32_t address, stored_frames *frames) {
  const read_address *a = &r->addresses.items[address];
  for (uint32_t i = a->first; i < a->first + a->count; i++) {
    const read_frame *f = &r->frames.items[i];
    *bs_vec_push(frames) = (report_frame){
        .function = bs_intern_text(&r->strings, f->function),
        .file = f->file == UINT32_MAX ? NULL : r->files.items[f->file],
        .line = f->line,
        .module = bs_intern_text(&r->strings, f->module),
        .inlined = f->inlined,
    };
  }
}

/* The depth of a stack's address; those behind the inner ones count the frames that were left out. */
static int32_t depth_of(const read_stack *row, uint32_t index) {
  return (int32_t)(index < STACK_INNER ? index : index + row->omitted);
}

bool store_reader_stack(const store_reader *r, int64_t id, stored_frames *frames, stored_stack *out) {
  uint32_t index;
  frames->count = 0;
  *out = (stored_stack){UINT32_MAX, UINT32_MAX, false};
  if (!bs_map_find(&r->stack_ids, (uint64_t)id, &index)) return false;
  const read_stack *row = &r->stacks.items[index];
  out->running = row->running;
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
  return true;
}

/* ---- calls ---- */

static stored_bucket bucket_from(uint64_t low, uint64_t count) {
  uint32_t next = layout_call_bucket(low) + 1;
  return (stored_bucket){low, next < LAYOUT_CALL_BUCKETS ? layout_call_bucket_ns(next) : low, count};
}

/* One call row with its place and its histogram, which `buckets` steps through. */
static void visit_call(store_reader *r, sqlite3_stmt *st, sqlite3_stmt *histogram, stored_call_visitor *visit,
                       void *context, bs_error *error) {
  BS_VEC(stored_bucket) buckets = {0};
  stored_frames caller = {0};
  uint32_t address;
  sqlite3_bind_int64(histogram, 1, sqlite3_column_int64(st, 0));
  while (reader_next(r, histogram, error))
    *bs_vec_push(&buckets) = bucket_from(reader_count_of(histogram, 0), reader_count_of(histogram, 1));
  sqlite3_reset(histogram);
  if (bs_map_find(&r->address_ids, (uint64_t)sqlite3_column_int64(st, 3), &address))
    add_frames(r, address, &caller);
  const stored_call call = {
      .loop = sqlite3_column_int64(st, 1),
      .hook = reader_text_of(r, st, 2),
      .stack = sqlite3_column_int64(st, 4),
      .caller = caller.items,
      .ncaller = caller.count,
      .count = reader_count_of(st, 5),
      .total_ns = reader_count_of(st, 6),
      .max_ns = reader_count_of(st, 7),
      .buckets = buckets.items,
      .nbuckets = buckets.count,
  };
  visit(context, &call);
  bs_vec_fini(&caller);
  bs_vec_fini(&buckets);
}

bool store_reader_calls(store_reader *r, stored_call_visitor *visit, void *context, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(
      r, "SELECT id, loop_id, hook, address_id, stack_id, count, total_ns, max_ns FROM calls ORDER BY id",
      error);
  sqlite3_stmt *histogram =
      reader_prepare(r, "SELECT low_ns, count FROM call_histogram WHERE call_id = ? ORDER BY low_ns", error);
  while (st && histogram && reader_next(r, st, error)) visit_call(r, st, histogram, visit, context, error);
  sqlite3_finalize(st);
  sqlite3_finalize(histogram);
  return !bs_error_is_set(error);
}

/* ---- stalls ---- */

static int compare_long(const void *a, const void *b) {
  const long_stall *x = a, *y = b;
  if (x->duration_ns != y->duration_ns) return x->duration_ns > y->duration_ns ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

/* Twice as many as are wanted are kept before the shorter half goes. */
static void remember(store_reader *r, const stored_stall *stall) {
  if (stall->duration_ns < r->longest_least) return;
  *bs_vec_push(&r->longest) = (long_stall){stall->duration_ns, stall->start_ns, stall->id};
  if (r->longest.count < 2 * READER_LONGEST) return;
  bs_vec_sort(&r->longest, compare_long);
  r->longest.count = READER_LONGEST;
  r->longest_least = r->longest.items[READER_LONGEST - 1].duration_ns;
}

/* The samples are walked beside the stalls, both in the order of the stalls' ids. */
typedef struct sample_walk {
  sqlite3_stmt *st;
  bool there;
  int64_t stall;
  BS_VEC(stored_sample) samples;
} sample_walk;

static void step_sample(store_reader *r, sample_walk *w, bs_error *error) {
  w->there = reader_next(r, w->st, error);
  if (w->there) w->stall = sqlite3_column_int64(w->st, 0);
}

static void samples_of(store_reader *r, sample_walk *w, int64_t stall, bs_error *error) {
  w->samples.count = 0;
  while (w->there && w->stall < stall) step_sample(r, w, error);
  for (; w->there && w->stall == stall; step_sample(r, w, error))
    *bs_vec_push(&w->samples) = (stored_sample){reader_count_of(w->st, 1), sqlite3_column_int64(w->st, 2)};
}

static const char *kind_of(sqlite3_stmt *st, int column) {
  const char *text = (const char *)sqlite3_column_text(st, column);
  for (int i = STALL_OFF_CPU; text && i <= STALL_MIXED; i++)
    if (!strcmp(text, stall_kind_names[i])) return stall_kind_names[i];
  return stall_kind_names[STALL_MIXED];
}

static stored_stall stall_of(store_reader *r, sqlite3_stmt *st) {
  return (stored_stall){
      .id = sqlite3_column_int64(st, 0),
      .loop = sqlite3_column_int64(st, 1),
      .start_ns = reader_count_of(st, 2),
      .duration_ns = reader_count_of(st, 3),
      .cpu_ns = sqlite3_column_type(st, 4) == SQLITE_NULL ? UINT64_MAX : reader_count_of(st, 4),
      .kind = kind_of(st, 5),
      .ended = sqlite3_column_int(st, 6),
      .hook = sqlite3_column_type(st, 7) == SQLITE_NULL ? NULL : reader_text_of(r, st, 7),
      .scope = reader_text_of(r, st, 8),
  };
}

#define STALL_COLUMNS \
  "SELECT id, loop_id, start_ns, duration_ns, cpu_ns, kind, ended, hook, scope FROM stalls "

bool store_reader_stalls(store_reader *r, stored_stall_visitor *visit, void *context, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(r, STALL_COLUMNS "ORDER BY id", error);
  sample_walk walk = {0};
  walk.st =
      reader_prepare(r, "SELECT stall_id, at_ns, stack_id FROM samples ORDER BY stall_id, at_ns", error);
  if (st && walk.st) step_sample(r, &walk, error);
  while (st && walk.st && reader_next(r, st, error)) {
    stored_stall stall = stall_of(r, st);
    samples_of(r, &walk, stall.id, error);
    stall.samples = walk.samples.items;
    stall.nsamples = walk.samples.count;
    r->stalls++;
    remember(r, &stall);
    visit(context, &stall);
  }
  bs_vec_fini(&walk.samples);
  sqlite3_finalize(walk.st);
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

/* ---- one stall again ---- */

static bool refetch(store_reader *r, int64_t id, sqlite3_stmt *st, sample_walk *walk, stored_stall *out,
                    bs_error *error) {
  sqlite3_bind_int64(st, 1, id);
  sqlite3_bind_int64(walk->st, 1, id);
  bool good = reader_next(r, st, error);
  if (good) {
    *out = stall_of(r, st);
    step_sample(r, walk, error);
    samples_of(r, walk, id, error);
    out->samples = walk->samples.items;
    out->nsamples = walk->samples.count;
  }
  sqlite3_reset(st);
  sqlite3_reset(walk->st);
  return good && !bs_error_is_set(error);
}

bool reader_refetch(store_reader *r, const long_stall *which, uint32_t count, stored_stall_visitor *visit,
                    void *context, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(r, STALL_COLUMNS "WHERE id = ?", error);
  sample_walk walk = {0};
  stored_stall stall;
  walk.st = reader_prepare(
      r, "SELECT stall_id, at_ns, stack_id FROM samples WHERE stall_id = ? ORDER BY at_ns", error);
  for (uint32_t i = 0; st && walk.st && i < count; i++)
    if (refetch(r, which[i].id, st, &walk, &stall, error)) visit(context, &stall);
  bs_vec_fini(&walk.samples);
  sqlite3_finalize(walk.st);
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}
