/* Stalls with their samples, loops, and what was called on them, from the JSON report. */
#include "reports/model/json_reader.h"

#include <string.h>

static bool read_frame(report_reader *r, const json_t *object, report_frame *frame) {
  frame->function = frame->module = "";
  return reader_text(r, object, "function", false, &frame->function) &&
         reader_text(r, object, "file", false, &frame->file) &&
         reader_unsigned(r, object, "line", false, &frame->line) &&
         reader_text(r, object, "module", false, &frame->module) &&
         reader_bool(r, object, "inlined", &frame->inlined);
}

static bool read_sampled_frame(report_reader *r, const json_t *object, void *context) {
  report_sample *sample = context;
  return read_frame(r, object, bs_vec_push(&sample->stack));
}

static bool read_calling_frame(report_reader *r, const json_t *object, void *context) {
  report_call *call = context;
  return read_frame(r, object, bs_vec_push(&call->stack));
}

/* The number of a frame from 1; 0 without one, or when the stack has none of that number. */
static bool read_frame_number(report_reader *r, const json_t *object, const char *key,
                              const report_sample *sample, unsigned *number) {
  uint64_t index = UINT64_MAX;
  if (!reader_count(r, object, key, false, &index)) return false;
  *number = index < sample->stack.count ? (unsigned)index + 1 : 0;
  return true;
}

static bool fill_sample(report_reader *r, const json_t *object, report_sample *sample) {
  return reader_time(r, object, "at_ms", true, JSON_MS, &sample->at_ns) &&
         reader_time(r, object, "ms", false, JSON_MS, &sample->ns) &&
         reader_text(r, object, "api", false, &sample->api) &&
         reader_each(r, object, "stack", true, read_sampled_frame, sample) &&
         read_frame_number(r, object, "callback", sample, &sample->callback) &&
         read_frame_number(r, object, "culprit", sample, &sample->culprit);
}

static bool read_sample(report_reader *r, const json_t *object, void *context) {
  report_stall *stall = context;
  return fill_sample(r, object, bs_vec_push(&stall->samples));
}

static bool read_scope_sample(report_reader *r, const json_t *object, void *context) {
  report_scope *scope = context;
  return fill_sample(r, object, bs_vec_push(&scope->samples));
}

static bool read_part(report_reader *r, const json_t *object, void *context) {
  report_stall *stall = context;
  report_part *part = bs_vec_push(&stall->parts);
  unsigned kind = 0;
  bool good = reader_name(r, object, "part", true, report_part_names, REPORT_PART_KINDS, &kind) &&
              reader_text(r, object, "api", false, &part->api) &&
              reader_text(r, object, "function", false, &part->function) &&
              reader_time(r, object, "ms", true, JSON_MS, &part->ns);
  part->kind = (enum report_part_kind)kind;
  if (part->kind == REPORT_PART_CALL && !part->api) part->api = "";
  return good;
}

static bool read_call_time(report_reader *r, const json_t *object, void *context) {
  report_stall *stall = context;
  report_call_time *time = bs_vec_push(&stall->calls);
  time->api = "";
  return reader_text(r, object, "api", true, &time->api) &&
         reader_count(r, object, "calls", true, &time->calls) &&
         reader_time(r, object, "total_ms", true, JSON_MS, &time->ns);
}

static bool read_alike(report_reader *r, const json_t *object, report_stall *stall) {
  json_t *alike;
  if (!reader_object(r, object, "alike", false, &alike)) return false;
  if (!alike) return true;
  reader_enter(r, "alike", SIZE_MAX);
  if (!reader_count(r, alike, "stalls", true, &stall->alike) ||
      !reader_time(r, alike, "total_ms", true, JSON_MS, &stall->alike_ns))
    return false;
  reader_leave(r);
  return true;
}

static bool read_culprit(report_reader *r, const json_t *object, report_stall *stall) {
  json_t *culprit;
  stall->culprit.function = stall->culprit.file = "";
  if (!reader_object(r, object, "culprit", false, &culprit)) return false;
  stall->has_culprit = culprit != NULL;
  if (!culprit) return true;
  reader_enter(r, "culprit", SIZE_MAX);
  if (!reader_place(r, culprit, &stall->culprit)) return false;
  reader_leave(r);
  return true;
}

bool reader_stall(report_reader *r, const json_t *object, void *context) {
  static const char *const kinds[] = {"off-cpu", "on-cpu", "runnable", "mixed"};
  (void)context;
  report_stall *stall = bs_vec_push(&r->document->stalls);
  unsigned kind = 0;
  stall->cpu_ns = UINT64_MAX;
  stall->ended = true;
  bool good = reader_unsigned(r, object, "loop", true, &stall->loop) &&
              reader_time(r, object, "start_ms", true, JSON_MS, &stall->start_ns) &&
              reader_time(r, object, "duration_ms", true, JSON_MS, &stall->duration_ns) &&
              reader_time(r, object, "cpu_ms", false, JSON_MS, &stall->cpu_ns) &&
              reader_name(r, object, "kind", true, kinds, 4, &kind) &&
              reader_bool(r, object, "ended", &stall->ended) &&
              reader_text(r, object, "api", false, &stall->api) &&
              reader_text(r, object, "rule", false, &stall->rule) &&
              reader_text(r, object, "callback", false, &stall->callback) &&
              reader_text(r, object, "scope", false, &stall->scope) && read_culprit(r, object, stall) &&
              reader_each(r, object, "parts", false, read_part, stall) &&
              reader_each(r, object, "calls", false, read_call_time, stall) && read_alike(r, object, stall) &&
              reader_unsigned(r, object, "main", false, &stall->main) &&
              reader_each(r, object, "samples", true, read_sample, stall);
  stall->kind = kinds[kind];
  if (stall->main >= stall->samples.count) stall->main = 0;
  return good;
}

bool reader_scope(report_reader *r, const json_t *object, void *context) {
  static const char *const outcomes[] = {"stalled", "expected", "missed"};
  (void)context;
  report_scope *scope = bs_vec_push(&r->document->scopes);
  unsigned outcome = 0, process = 0, thread = 0;
  scope->name = "";
  bool good = reader_text(r, object, "name", true, &scope->name) &&
              reader_name(r, object, "outcome", true, outcomes, 3, &outcome) &&
              reader_unsigned(r, object, "loop", false, &scope->loop) &&
              reader_unsigned(r, object, "process", true, &process) &&
              reader_unsigned(r, object, "thread", true, &thread) &&
              reader_time(r, object, "start_ms", true, JSON_MS, &scope->start_ns) &&
              reader_time(r, object, "duration_ms", true, JSON_MS, &scope->duration_ns) &&
              reader_time(r, object, "threshold_ms", true, JSON_MS, &scope->threshold_ns) &&
              reader_text(r, object, "api", false, &scope->api) &&
              reader_text(r, object, "rule", false, &scope->rule) &&
              reader_each(r, object, "samples", true, read_scope_sample, scope);
  scope->outcome = outcomes[outcome];
  scope->process = (int)process;
  scope->thread = (int)thread;
  return good;
}

bool reader_call(report_reader *r, const json_t *object, void *context) {
  (void)context;
  report_call *call = bs_vec_push(&r->document->recorded_calls);
  call->api = call->rule = "";
  return reader_unsigned(r, object, "loop", true, &call->loop) &&
         reader_text(r, object, "api", true, &call->api) &&
         reader_text(r, object, "rule", false, &call->rule) &&
         reader_count(r, object, "calls", true, &call->calls) &&
         reader_time(r, object, "total_ms", false, JSON_MS, &call->total_ns) &&
         reader_time(r, object, "max_ms", false, JSON_MS, &call->max_ns) &&
         reader_time(r, object, "p50_ms", false, JSON_MS, &call->p50_ns) &&
         reader_time(r, object, "p99_ms", false, JSON_MS, &call->p99_ns) &&
         reader_each(r, object, "stack", false, read_calling_frame, call);
}

static bool read_bucket(report_reader *r, const json_t *object, void *context) {
  report_loop *loop = context;
  report_bucket *bucket = bs_vec_push(&loop->histogram);
  return reader_time(r, object, "low_us", true, JSON_US, &bucket->low_ns) &&
         reader_count(r, object, "count", true, &bucket->count);
}

bool reader_loop(report_reader *r, const json_t *object, void *context) {
  (void)context;
  report_loop *loop = bs_vec_push(&r->document->recorded_loops);
  unsigned process = 0, thread = 0;
  loop->name = loop->library = "";
  bool good = reader_unsigned(r, object, "id", true, &loop->id) &&
              reader_unsigned(r, object, "process", true, &process) &&
              reader_unsigned(r, object, "thread", true, &thread) &&
              reader_text(r, object, "name", false, &loop->name) &&
              reader_text(r, object, "library", false, &loop->library) &&
              reader_count(r, object, "iterations", true, &loop->iterations) &&
              reader_time(r, object, "busy_ms", false, JSON_MS, &loop->busy_ns) &&
              reader_time(r, object, "idle_ms", false, JSON_MS, &loop->idle_ns) &&
              reader_time(r, object, "p50_us", false, JSON_US, &loop->p50_ns) &&
              reader_time(r, object, "p99_us", false, JSON_US, &loop->p99_ns) &&
              reader_time(r, object, "max_us", false, JSON_US, &loop->max_ns) &&
              reader_count(r, object, "dropped_events", false, &loop->dropped_events) &&
              reader_count(r, object, "unplaced_calls", false, &loop->unplaced_calls) &&
              reader_count(r, object, "stalls", false, &loop->stalls) &&
              reader_each(r, object, "histogram", false, read_bucket, loop);
  loop->process = (int)process;
  loop->thread = (int)thread;
  return good;
}
