/* A recording as a document of the finding model: its loops, its calls, its longest stalls and scopes. */
#include "runtime-check/collect/store_reader.h"

#include "runtime-check/collect/recording.h"

#include <string.h>

typedef struct filling {
  store_reader *r;
  report_document *document;
  uint32_t first_loop; /* number of the recording's first loop in the document */
  stored_frames frames;
} filling;

static unsigned loop_number(const filling *f, int64_t loop) {
  uint32_t index = 0;
  bs_map_find(&f->r->loop_ids, (uint64_t)loop, &index);
  return f->first_loop + index + 1;
}

static const char *rule_of(const char *hook) {
  for (uint32_t i = 0; hook && i < HOOK_COUNT; i++)
    if (!strcmp(hook_name(i), hook)) return hook_rule(i);
  return "";
}

/* ---- loops ---- */

/* The loop's histogram, into the document and into the form that quantiles are taken from. */
static bool fill_histogram(filling *f, sqlite3_stmt *st, int64_t loop, report_loop *out,
                           recorded_loop *totals, bs_error *error) {
  sqlite3_bind_int64(st, 1, loop);
  while (reader_next(f->r, st, error)) {
    report_bucket bucket = {reader_count_of(st, 0), reader_count_of(st, 1)};
    *bs_vec_push(&out->histogram) = bucket;
    totals->histogram[layout_bucket(bucket.low_ns)] += bucket.count;
  }
  sqlite3_reset(st);
  return !bs_error_is_set(error);
}

static bool fill_loop(filling *f, sqlite3_stmt *st, sqlite3_stmt *histogram, bs_error *error) {
  recorded_loop totals = {.max_ns = reader_count_of(st, 8)};
  report_loop *out = bs_vec_push(&f->document->recorded_loops);
  const char *library = reader_text_of(f->r, st, 4);
  *out = (report_loop){
      .id = loop_number(f, sqlite3_column_int64(st, 0)),
      .process = sqlite3_column_int(st, 1),
      .thread = sqlite3_column_int(st, 2),
      .name = reader_text_of(f->r, st, 3),
      .library = *library ? library : "own",
      .iterations = reader_count_of(st, 5),
      .busy_ns = reader_count_of(st, 6),
      .idle_ns = reader_count_of(st, 7),
      .max_ns = totals.max_ns,
      .dropped_events = reader_count_of(st, 9),
      .unplaced_calls = reader_count_of(st, 10),
  };
  if (!fill_histogram(f, histogram, sqlite3_column_int64(st, 0), out, &totals, error)) return false;
  out->p50_ns = loop_quantile(&totals, 0.5);
  out->p99_ns = loop_quantile(&totals, 0.99);
  return true;
}

static bool fill_loops(filling *f, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(
      f->r,
      "SELECT l.id, p.pid, l.tid, l.name, l.library, l.iterations, l.busy_ns, l.idle_ns,"
      " l.max_ns, l.dropped, l.unplaced_calls FROM loops l JOIN processes p ON p.id = l.process_id"
      " ORDER BY l.id",
      error);
  sqlite3_stmt *histogram = reader_prepare(
      f->r, "SELECT low_ns, count FROM loop_histogram WHERE loop_id = ? ORDER BY low_ns", error);
  while (st && histogram && reader_next(f->r, st, error))
    if (!fill_loop(f, st, histogram, error)) break;
  sqlite3_finalize(st);
  sqlite3_finalize(histogram);
  return !bs_error_is_set(error);
}

/* ---- calls ---- */

static uint64_t call_quantile(const stored_call *call, double part) {
  uint64_t counts[LAYOUT_CALL_BUCKETS] = {0};
  for (uint32_t i = 0; i < call->nbuckets; i++)
    counts[layout_call_bucket(call->buckets[i].low_ns)] += call->buckets[i].count;
  return histogram_quantile(counts, LAYOUT_CALL_BUCKETS, layout_call_bucket_ns, call->max_ns, part);
}

static void fill_call(void *context, const stored_call *call) {
  filling *f = context;
  stored_stack of;
  report_call *out = bs_vec_push(&f->document->recorded_calls);
  *out = (report_call){
      .loop = loop_number(f, call->loop),
      .api = call->hook,
      .rule = rule_of(call->hook),
      .calls = call->count,
      .total_ns = call->total_ns,
      .max_ns = call->max_ns,
      .p50_ns = call_quantile(call, 0.5),
      .p99_ns = call_quantile(call, 0.99),
  };
  bool has_stack = store_reader_stack(f->r, call->stack, &f->frames, &of) && f->frames.count;
  const report_frame *frames = has_stack ? f->frames.items : call->caller;
  uint32_t count = has_stack ? f->frames.count : call->ncaller;
  for (uint32_t i = 0; i < count; i++) *bs_vec_push(&out->stack) = frames[i];
}

/* ---- stalls ---- */

static const char *text_or_null(const char *text) { return text && *text ? text : NULL; }

/* Where the stall was, by its first stack. */
static void fill_place(const filling *f, const stored_stack *of, report_stall *out) {
  const report_frame *frames = f->frames.items;
  if (of->callback != UINT32_MAX) out->callback = text_or_null(frames[of->callback].function);
  if (of->culprit == UINT32_MAX) return;
  const report_frame *culprit = &frames[of->culprit];
  out->has_culprit = true;
  out->culprit = (report_place){.function = culprit->function,
                                .file = culprit->file ? culprit->file : culprit->module,
                                .line = culprit->line};
}

/* False when the sample's stack is not known: it has no frames then. */
static bool fill_sample(filling *f, const stored_sample *from, report_sample *sample, stored_stack *of) {
  sample->at_ns = from->at_ns;
  if (!store_reader_stack(f->r, from->stack, &f->frames, of)) return false;
  for (uint32_t i = 0; i < f->frames.count; i++) *bs_vec_push(&sample->stack) = f->frames.items[i];
  return true;
}

static void fill_stall(void *context, const stored_stall *stall) {
  filling *f = context;
  report_stall *out = bs_vec_push(&f->document->stalls);
  *out = (report_stall){
      .loop = loop_number(f, stall->loop),
      .start_ns = stall->start_ns,
      .duration_ns = stall->duration_ns,
      .cpu_ns = stall->cpu_ns,
      .kind = stall->kind,
      .ended = stall->ended,
      .api = stall->hook,
      .rule = text_or_null(rule_of(stall->hook)),
      .scope = text_or_null(stall->scope),
  };
  for (uint32_t i = 0; i < stall->nsamples; i++) {
    stored_stack of;
    if (fill_sample(f, &stall->samples[i], bs_vec_push(&out->samples), &of) && !i) fill_place(f, &of, out);
  }
}

static int by_duration(const void *a, const void *b) {
  const long_stall *x = a, *y = b;
  if (x->duration_ns != y->duration_ns) return x->duration_ns > y->duration_ns ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static int by_start(const void *a, const void *b) {
  const long_stall *x = a, *y = b;
  if (x->start_ns != y->start_ns) return x->start_ns < y->start_ns ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static bool fill_stalls(filling *f, bs_error *error) {
  store_reader *r = f->r;
  bs_vec_sort(&r->longest, by_duration);
  if (r->longest.count > READER_LONGEST) r->longest.count = READER_LONGEST;
  bs_vec_sort(&r->longest, by_start);
  if (r->stalls > r->longest.count)
    *bs_vec_push(&f->document->notes) = bs_arena_printf(
        &f->document->arena,
        "the %u longest of %llu recorded stalls are told one by one; the others are counted in the verdicts",
        r->longest.count, (unsigned long long)r->stalls);
  return reader_refetch(r, r->longest.items, r->longest.count, fill_stall, f, error);
}

/* ---- scopes ---- */

static const char *outcome_of(const char *text) {
  for (int i = 0; i <= LAYOUT_SCOPE_MISSED; i++)
    if (!strcmp(text, scope_outcome_names[i])) return scope_outcome_names[i];
  return scope_outcome_names[LAYOUT_SCOPE_STALLED];
}

/* A scope's row without its samples. */
static report_scope scope_of(const filling *f, sqlite3_stmt *st) {
  const char *hook = text_or_null(reader_text_of(f->r, st, 8));
  uint32_t index;
  bool has_loop = bs_map_find(&f->r->loop_ids, (uint64_t)sqlite3_column_int64(st, 3), &index);
  return (report_scope){
      .process = sqlite3_column_int(st, 1),
      .thread = sqlite3_column_int(st, 2),
      .loop = has_loop ? loop_number(f, sqlite3_column_int64(st, 3)) : 0,
      .name = reader_text_of(f->r, st, 4),
      .start_ns = reader_count_of(st, 5),
      .duration_ns = reader_count_of(st, 6),
      .threshold_ns = reader_count_of(st, 7),
      .outcome = outcome_of(reader_text_of(f->r, st, 9)),
      .api = hook,
      .rule = text_or_null(rule_of(hook)),
  };
}

static bool fill_scope(filling *f, sqlite3_stmt *st, sqlite3_stmt *samples, bs_error *error) {
  report_scope *out = bs_vec_push(&f->document->scopes);
  *out = scope_of(f, st);
  sqlite3_bind_int64(samples, 1, sqlite3_column_int64(st, 0));
  while (reader_next(f->r, samples, error)) {
    stored_stack of;
    const stored_sample sample = {reader_count_of(samples, 0), sqlite3_column_int64(samples, 1)};
    fill_sample(f, &sample, bs_vec_push(&out->samples), &of);
  }
  sqlite3_reset(samples);
  return !bs_error_is_set(error);
}

static bool note_other_scopes(filling *f, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(f->r, "SELECT count(*) FROM scopes", error);
  if (st && reader_next(f->r, st, error) && reader_count_of(st, 0) > READER_LONGEST)
    *bs_vec_push(&f->document->notes) =
        bs_arena_printf(&f->document->arena, "the %d longest of %llu recorded scopes are told",
                        READER_LONGEST, (unsigned long long)reader_count_of(st, 0));
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

/* The longest ones, in the order that they ended in. */
static bool fill_scopes(filling *f, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(f->r,
                                    "SELECT * FROM (SELECT s.id, p.pid, s.tid, s.loop_id, s.name, "
                                    "s.start_ns, s.duration_ns, s.threshold_ns,"
                                    " s.hook, s.outcome FROM scopes s JOIN processes p ON p.id = s.process_id"
                                    " ORDER BY s.duration_ns DESC, s.id LIMIT ?) ORDER BY 1",
                                    error);
  sqlite3_stmt *samples = reader_prepare(
      f->r, "SELECT at_ns, stack_id FROM scope_samples WHERE scope_id = ? ORDER BY at_ns, id", error);
  if (st) sqlite3_bind_int(st, 1, READER_LONGEST);
  while (st && samples && reader_next(f->r, st, error))
    if (!fill_scope(f, st, samples, error)) break;
  sqlite3_finalize(samples);
  sqlite3_finalize(st);
  return !bs_error_is_set(error) && note_other_scopes(f, error);
}

static bool fill_notes(filling *f, bs_error *error) {
  sqlite3_stmt *st = reader_prepare(f->r, "SELECT text FROM notes ORDER BY session_id, line", error);
  while (st && reader_next(f->r, st, error)) *bs_vec_push(&f->document->notes) = reader_text_of(f->r, st, 0);
  sqlite3_finalize(st);
  return !bs_error_is_set(error);
}

bool store_reader_fill(store_reader *r, report_document *document, bs_error *error) {
  filling f = {.r = r, .document = document, .first_loop = document->recorded_loops.count};
  document->is_recording = true;
  if (!document->threshold_ns || r->threshold_ns < document->threshold_ns)
    document->threshold_ns = r->threshold_ns;
  bool good = fill_loops(&f, error) && store_reader_calls(r, fill_call, &f, error) &&
              fill_stalls(&f, error) && fill_scopes(&f, error) && fill_notes(&f, error);
  bs_vec_fini(&f.frames);
  return good;
}
