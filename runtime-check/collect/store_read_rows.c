/* The rows of a recording's file, one at a time: loops, calls, stalls with their samples, scopes, notes. */
#include "runtime-check/collect/recording.h"
#include "runtime-check/collect/store_reader.h"

#include <string.h>

/* A column's text, or NULL when it has none. */

static const char *text_or_null(store_reader *r, sqlite3_stmt *st, int column) {
  const char *text = sqlite3_column_type(st, column) == SQLITE_NULL ? "" : reader_text_of(r, st, column);
  return *text ? text : NULL;
}

/* ---- loops ---- */

/* The loop's histogram, into the loop and into the form that quantiles are taken from. */
static bool read_histogram(store_reader *r, sqlite3_stmt *st, int64_t row, report_loop *out,
                           recorded_loop *totals, bs_error *error) {
  sqlite3_bind_int64(st, 1, row);
  while (reader_next(r, st, error)) {
    report_bucket bucket = {reader_count_of(st, 0), reader_count_of(st, 1)};
    *bs_vec_push(&out->histogram) = bucket;
    totals->histogram[layout_bucket(bucket.low_ns)] += bucket.count;
  }
  sqlite3_reset(st);
  return !bs_error_is_set(error);
}

static void visit_loop(store_reader *r, sqlite3_stmt *st, sqlite3_stmt *histogram,
                       observed_loop_visitor *visit, void *to, bs_error *error) {
  recorded_loop totals = {.max_ns = reader_count_of(st, 8)};
  const char *library = reader_text_of(r, st, 4);
  report_loop loop = {
      .id = reader_loop_number(r, sqlite3_column_int64(st, 0)),
      .process = reader_small_of(st, 1),
      .thread = reader_small_of(st, 2),
      .name = reader_text_of(r, st, 3),
      .library = *library ? library : "own",
      .iterations = reader_count_of(st, 5),
      .busy_ns = reader_count_of(st, 6),
      .idle_ns = reader_count_of(st, 7),
      .max_ns = totals.max_ns,
      .dropped_events = reader_count_of(st, 9),
      .unplaced_calls = reader_count_of(st, 10),
  };
  if (read_histogram(r, histogram, sqlite3_column_int64(st, 0), &loop, &totals, error)) {
    loop.p50_ns = loop_quantile(&totals, 0.5);
    loop.p99_ns = loop_quantile(&totals, 0.99);
    visit(to, &loop, reader_count_of(st, 11));
  }
  bs_vec_fini(&loop.histogram);
}

bool reader_loops(void *producer, observed_loop_visitor *visit, void *to, bs_error *error) {
  store_reader *r = producer;
  sqlite3_stmt *st =
      reader_prepare(r,
                     "SELECT l.id, p.pid, l.tid, l.name, l.library, l.iterations, l.busy_ns, l.idle_ns,"
                     " l.max_ns, l.dropped, l.unplaced_calls, l.wait_stack_id FROM loops l JOIN processes p "
                     "ON p.id = l.process_id"
                     " ORDER BY l.id",
                     error);
  sqlite3_stmt *histogram =
      reader_prepare(r, "SELECT low_ns, count FROM loop_histogram WHERE loop_id = ? ORDER BY low_ns", error);
  while (st && histogram && reader_next(r, st, error)) visit_loop(r, st, histogram, visit, to, error);
  sqlite3_finalize(st);
  sqlite3_finalize(histogram);
  return !bs_error_is_set(error);
}

/* ---- calls ---- */

/* One call row with its place and its histogram, which `histogram` steps through. */
static void visit_call(store_reader *r, sqlite3_stmt *st, sqlite3_stmt *histogram,
                       observed_call_visitor *visit, void *to, bs_error *error) {
  BS_VEC(report_range) buckets = {0};
  sqlite3_bind_int64(histogram, 1, sqlite3_column_int64(st, 0));
  while (reader_next(r, histogram, error))
    *bs_vec_push(&buckets) = call_bucket(reader_count_of(histogram, 0), reader_count_of(histogram, 1));
  sqlite3_reset(histogram);
  reader_caller(r, sqlite3_column_int64(st, 3));
  const observed_call call = {
      .loop = reader_loop_number(r, sqlite3_column_int64(st, 1)),
      .api = reader_text_of(r, st, 2),
      .stack = reader_count_of(st, 4),
      .caller = r->caller.items,
      .ncaller = r->caller.count,
      .count = reader_count_of(st, 5),
      .total_ns = reader_count_of(st, 6),
      .max_ns = reader_count_of(st, 7),
      .buckets = buckets.items,
      .nbuckets = buckets.count,
      .nested = sqlite3_column_int(st, 8) != 0,
  };
  visit(to, &call);
  bs_vec_fini(&buckets);
}

bool reader_calls(void *producer, observed_call_visitor *visit, void *to, bs_error *error) {
  store_reader *r = producer;
  sqlite3_stmt *st = reader_prepare(
      r,
      "SELECT id, loop_id, hook, address_id, stack_id, count, total_ns, max_ns, nested FROM calls"
      " ORDER BY id",
      error);
  sqlite3_stmt *histogram =
      reader_prepare(r, "SELECT low_ns, count FROM call_histogram WHERE call_id = ? ORDER BY low_ns", error);
  while (st && histogram && reader_next(r, st, error)) visit_call(r, st, histogram, visit, to, error);
  sqlite3_finalize(st);
  sqlite3_finalize(histogram);
  return !bs_error_is_set(error);
}

/* ---- stalls ---- */

/* Rows that belong to stalls are walked beside them, both in the order of the stalls' ids. */
typedef struct side_walk {
  sqlite3_stmt *st; /* its first column is the stall's id */
  bool there;
  int64_t stall;
} side_walk;

static void step(store_reader *r, side_walk *w, bs_error *error) {
  w->there = reader_next(r, w->st, error);
  if (w->there) w->stall = sqlite3_column_int64(w->st, 0);
}

/* Whether the row is the stall's; rows of stalls before it are passed. */
static bool is_at(store_reader *r, side_walk *w, int64_t stall, bs_error *error) {
  while (w->there && w->stall < stall) step(r, w, error);
  return w->there && w->stall == stall;
}

typedef struct stall_walk {
  sqlite3_stmt *stalls;
  side_walk samples, calls;
  BS_VEC(observed_sample) of_samples;
  BS_VEC(report_call_time) of_calls;
} stall_walk;

static observed_sample sample_of(store_reader *r, sqlite3_stmt *st) {
  return (observed_sample){reader_count_of(st, 1), reader_count_of(st, 2), text_or_null(r, st, 3)};
}

static const char *kind_of(sqlite3_stmt *st, int column) {
  static const char *const kinds[] = {"off-cpu", "on-cpu", "runnable", "stopped"};
  const char *text = (const char *)sqlite3_column_text(st, column);
  for (size_t i = 0; text && i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(text, kinds[i])) return kinds[i];
  return "mixed";
}

/* The stall at the row of `w->stalls`, with what the rows beside it tell. */
static observed_stall stall_at(store_reader *r, stall_walk *w, bs_error *error) {
  sqlite3_stmt *st = w->stalls;
  int64_t id = sqlite3_column_int64(st, 0);
  w->of_samples.count = w->of_calls.count = 0;
  for (; is_at(r, &w->samples, id, error); step(r, &w->samples, error))
    *bs_vec_push(&w->of_samples) = sample_of(r, w->samples.st);
  for (; is_at(r, &w->calls, id, error); step(r, &w->calls, error))
    *bs_vec_push(&w->of_calls) = (report_call_time){
        reader_text_of(r, w->calls.st, 1), reader_count_of(w->calls.st, 2), reader_count_of(w->calls.st, 3)};
  return (observed_stall){
      .id = (uint64_t)id,
      .loop = reader_loop_number(r, sqlite3_column_int64(st, 1)),
      .start_ns = reader_count_of(st, 2),
      .duration_ns = reader_count_of(st, 3),
      .cpu_ns = sqlite3_column_type(st, 4) == SQLITE_NULL ? UINT64_MAX : reader_count_of(st, 4),
      .times = {.duration_ns = reader_count_of(st, 3),
                .cpu_ns = reader_count_of(st, 9),
                .wait_ns = reader_count_of(st, 10),
                .stopped_ns = reader_count_of(st, 11)},
      .kind = kind_of(st, 5),
      .ended = sqlite3_column_int(st, 6),
      .api = text_or_null(r, st, 7),
      .scope = text_or_null(r, st, 8),
      .samples = w->of_samples.items,
      .nsamples = w->of_samples.count,
      .calls = w->of_calls.items,
      .ncalls = w->of_calls.count,
  };
}

#define STALL_COLUMNS \
  "SELECT id, loop_id, start_ns, duration_ns, cpu_ns, kind, ended, hook, scope, on_cpu_ns, wait_ns, " \
  "stopped_ns " \
  "FROM stalls "
#define SAMPLE_COLUMNS "SELECT stall_id, at_ns, stack_id, hook FROM samples "
#define CALL_COLUMNS "SELECT stall_id, hook, count, total_ns FROM stall_calls "

static bool begin_walk(store_reader *r, stall_walk *w, bool one, bs_error *error) {
  w->stalls = reader_prepare(r, one ? STALL_COLUMNS "WHERE id = ?" : STALL_COLUMNS "ORDER BY id", error);
  w->samples.st = reader_prepare(
      r, one ? SAMPLE_COLUMNS "WHERE stall_id = ? ORDER BY at_ns" : SAMPLE_COLUMNS "ORDER BY stall_id, at_ns",
      error);
  w->calls.st = reader_prepare(
      r, one ? CALL_COLUMNS "WHERE stall_id = ? ORDER BY hook" : CALL_COLUMNS "ORDER BY stall_id, hook",
      error);
  return w->stalls && w->samples.st && w->calls.st;
}

static void end_walk(stall_walk *w) {
  bs_vec_fini(&w->of_samples);
  bs_vec_fini(&w->of_calls);
  sqlite3_finalize(w->stalls);
  sqlite3_finalize(w->samples.st);
  sqlite3_finalize(w->calls.st);
}

bool reader_stalls(void *producer, observed_stall_visitor *visit, void *to, bs_error *error) {
  store_reader *r = producer;
  stall_walk w = {0};
  if (begin_walk(r, &w, false, error)) {
    step(r, &w.samples, error);
    step(r, &w.calls, error);
    while (!bs_error_is_set(error) && reader_next(r, w.stalls, error)) {
      const observed_stall stall = stall_at(r, &w, error);
      visit(to, &stall);
    }
  }
  end_walk(&w);
  return !bs_error_is_set(error);
}

static void visit_again(store_reader *r, stall_walk *w, uint64_t id, observed_stall_visitor *visit, void *to,
                        bs_error *error) {
  sqlite3_stmt *const statements[] = {w->stalls, w->samples.st, w->calls.st};
  for (int i = 0; i < 3; i++) sqlite3_bind_int64(statements[i], 1, (int64_t)id);
  if (reader_next(r, w->stalls, error)) {
    step(r, &w->samples, error);
    step(r, &w->calls, error);
    const observed_stall stall = stall_at(r, w, error);
    visit(to, &stall);
  }
  for (int i = 0; i < 3; i++) sqlite3_reset(statements[i]);
}

bool reader_stalls_again(void *producer, const uint64_t *ids, uint32_t count, observed_stall_visitor *visit,
                         void *to, bs_error *error) {
  store_reader *r = producer;
  stall_walk w = {0};
  bool good = begin_walk(r, &w, true, error);
  for (uint32_t i = 0; good && i < count && !bs_error_is_set(error); i++)
    visit_again(r, &w, ids[i], visit, to, error);
  end_walk(&w);
  return !bs_error_is_set(error);
}

/* ---- scopes ---- */

static const char *outcome_of(const char *text) {
  for (int i = 0; i <= LAYOUT_SCOPE_MISSED; i++)
    if (!strcmp(text, scope_outcome_names[i])) return scope_outcome_names[i];
  return scope_outcome_names[LAYOUT_SCOPE_STALLED];
}

static void visit_scope(store_reader *r, sqlite3_stmt *st, sqlite3_stmt *samples,
                        observed_scope_visitor *visit, void *to, bs_error *error) {
  BS_VEC(observed_sample) taken = {0};
  sqlite3_bind_int64(samples, 1, sqlite3_column_int64(st, 0));
  while (reader_next(r, samples, error)) *bs_vec_push(&taken) = sample_of(r, samples);
  sqlite3_reset(samples);
  const observed_scope scope = {
      .process = reader_small_of(st, 1),
      .thread = reader_small_of(st, 2),
      .loop = reader_loop_number(r, sqlite3_column_int64(st, 3)),
      .name = reader_text_of(r, st, 4),
      .start_ns = reader_count_of(st, 5),
      .duration_ns = reader_count_of(st, 6),
      .threshold_ns = reader_count_of(st, 7),
      .api = text_or_null(r, st, 8),
      .outcome = outcome_of(reader_text_of(r, st, 9)),
      .samples = taken.items,
      .nsamples = taken.count,
  };
  visit(to, &scope);
  bs_vec_fini(&taken);
}

bool reader_scopes(void *producer, observed_scope_visitor *visit, void *to, bs_error *error) {
  store_reader *r = producer;
  sqlite3_stmt *st = reader_prepare(
      r,
      "SELECT s.id, p.pid, s.tid, s.loop_id, s.name, s.start_ns, s.duration_ns, s.threshold_ns, s.hook,"
      " s.outcome FROM scopes s JOIN processes p ON p.id = s.process_id ORDER BY s.id",
      error);
  sqlite3_stmt *samples = reader_prepare(
      r, "SELECT scope_id, at_ns, stack_id, hook FROM scope_samples WHERE scope_id = ? ORDER BY at_ns, id",
      error);
  while (st && samples && reader_next(r, st, error)) visit_scope(r, st, samples, visit, to, error);
  sqlite3_finalize(samples);
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

/* ---- notes ---- */

bool reader_notes(void *producer, observed_note_visitor *visit, void *to, bs_error *error) {
  store_reader *r = producer;
  sqlite3_stmt *st = reader_prepare(r, "SELECT text FROM notes ORDER BY session_id, line", error);
  while (st && reader_next(r, st, error)) visit(to, reader_text_of(r, st, 0));
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}
