/* A recording over time, in Chrome's trace event format, which Perfetto and chrome://tracing show: a track
 * for each loop, on it the loop's time as a whole, in that each stalled iteration, and in that the functions
 * of its samples and the call that they were in. Iterations that were short are counted, not drawn: a
 * recording has them as a histogram. Named scopes are spans of their own, for they may begin before the
 * iteration that they end in. */
#include "base/map.h"
#include "reports/formats.h"
#include "reports/model/json.h"
#include "reports/phrase.h"
#include "reports/stacks.h"

#include <string.h>

enum { CALLS_LISTED = 20 };

typedef struct span {
  const char *name, *file;
  unsigned line;
  bool is_call; /* a watched call, not a function of the program */
  uint64_t begin_ns, end_ns;
} span;

typedef struct trace {
  bs_strbuf *out;
  const report_document *document;
  bs_arena arena; /* emptied after each stall */
  bs_map loops; /* id -> number in the document */
  bool has_events;
} trace;

/* Times of the format are microseconds, and readers add them up as floating-point numbers: whole ones, so
 * that a span ends exactly where the last one in it does, and where the next begins. */
enum { TIME_UNIT_NS = 1000 };

static void begin_event(trace *t, const char *phase, int process, int thread) {
  bs_strbuf_addf(t->out, "%s\n{\"ph\":\"%s\",\"pid\":%d,\"tid\":%d", t->has_events ? "," : "", phase, process,
                 thread);
  t->has_events = true;
}

static void name_track(trace *t, const char *what, int process, int thread, const char *name) {
  begin_event(t, "M", process, thread);
  report_json_text(t->out, ",\"name\":", what);
  report_json_text(t->out, ",\"args\":{\"name\":", name);
  bs_strbuf_adds(t->out, "}}");
}

static void begin_span(trace *t, const report_loop *loop, const char *category, const char *name,
                       uint64_t begin_ns, uint64_t length_ns) {
  begin_event(t, "X", loop->process, loop->thread);
  report_json_text(t->out, ",\"cat\":", category);
  report_json_text(t->out, ",\"name\":", name);
  uint64_t begin = begin_ns / TIME_UNIT_NS;
  report_json_number(t->out, ",\"ts\":", begin);
  report_json_number(t->out, ",\"dur\":", (begin_ns + length_ns) / TIME_UNIT_NS - begin);
}

/* ---- loops ---- */

static uint64_t whole_time(const report_document *d) {
  uint64_t end = d->recorded_ns;
  for (uint32_t i = 0; i < d->stalls.count; i++) {
    const report_stall *stall = &d->stalls.items[i];
    if (stall->start_ns + stall->duration_ns > end) end = stall->start_ns + stall->duration_ns;
  }
  return end;
}

/* The calls of one loop by what they cost, as they stand in the document. */
static void add_calls(trace *t, const report_loop *loop) {
  unsigned listed = 0;
  for (uint32_t i = 0; i < t->document->recorded_calls.count && listed < CALLS_LISTED; i++) {
    const report_call *call = &t->document->recorded_calls.items[i];
    if (call->loop != loop->id) continue;
    const report_frame *at = call->stack.count ? &call->stack.items[0] : NULL;
    report_json_text(t->out, listed++ ? ",{\"api\":" : ",\"calls\":[{\"api\":", call->api);
    if (at) report_json_text(t->out, ",\"in\":", stack_frame_name(&t->arena, at));
    report_json_number(t->out, ",\"count\":", call->calls);
    report_json_number(t->out, ",\"total_ns\":", call->total_ns);
    report_json_number(t->out, ",\"longest_ns\":", call->max_ns);
    bs_strbuf_addc(t->out, '}');
  }
  if (listed) bs_strbuf_addc(t->out, ']');
}

static void add_loop(trace *t, const report_loop *loop, uint64_t end_ns) {
  const char *name = stack_loop_name(&t->arena, loop);
  name_track(t, "process_name", loop->process, loop->thread,
             bs_arena_printf(&t->arena, "process %d", loop->process));
  name_track(t, "thread_name", loop->process, loop->thread, name);
  begin_span(t, loop, "loop", name, 0, end_ns);
  report_json_number(t->out, ",\"args\":{\"iterations\":", loop->iterations);
  report_json_number(t->out, ",\"busy_ns\":", loop->busy_ns);
  report_json_number(t->out, ",\"p50_ns\":", loop->p50_ns);
  report_json_number(t->out, ",\"p99_ns\":", loop->p99_ns);
  report_json_number(t->out, ",\"longest_ns\":", loop->max_ns);
  add_calls(t, loop);
  bs_strbuf_adds(t->out, "}}");
}

/* ---- stalls ---- */

/* What a stall's spans are made of: those that are open, outermost first, are the first `depth` of `open`. */
typedef BS_VEC(span) span_list;

/* The functions that a sample tells of, outermost first, and the watched call. */
static void take_frames(trace *t, const report_sample *sample, span_list *frames) {
  uint32_t top = sample->shown && sample->shown < sample->stack.count ? sample->shown : sample->stack.count;
  frames->count = 0;
  for (uint32_t i = top; i--;) {
    const report_frame *f = &sample->stack.items[i];
    *bs_vec_push(frames) = (span){stack_frame_name(&t->arena, f), f->file, f->line, false, 0, 0};
  }
  const span *last = frames->count ? &frames->items[frames->count - 1] : NULL;
  if (sample->api && (!last || strcmp(last->name, sample->api) != 0))
    *bs_vec_push(frames) = (span){sample->api, NULL, 0, true, 0, 0};
}

static void add_function(trace *t, const report_loop *loop, const report_stall *stall, const span *s) {
  begin_span(t, loop, s->is_call ? "call" : "function", s->name, stall->start_ns + s->begin_ns,
             s->end_ns - s->begin_ns);
  if (s->file) report_json_text(t->out, ",\"args\":{\"file\":", s->file);
  if (s->file) report_json_number(t->out, ",\"line\":", s->line);
  bs_strbuf_adds(t->out, s->file ? "}}" : "}");
}

/* Frames that follow each other in two samples are one span. The list is in the order of the beginnings. */
static void merge_samples(trace *t, const report_stall *stall, span_list *spans) {
  span_list frames = {0};
  BS_VEC(uint32_t) open = {0};
  uint64_t before = 0;
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    uint64_t at = i && stall->samples.items[i].at_ns > before ? stall->samples.items[i].at_ns : before;
    if (at > stall->duration_ns) at = stall->duration_ns;
    before = at;
    take_frames(t, &stall->samples.items[i], &frames);
    uint32_t same = 0;
    while (same < open.count && same < frames.count &&
           !strcmp(spans->items[open.items[same]].name, frames.items[same].name))
      same++;
    while (open.count > same) spans->items[open.items[--open.count]].end_ns = at;
    for (; same < frames.count; same++) {
      *bs_vec_push(&open) = spans->count;
      span *s = bs_vec_push(spans);
      *s = frames.items[same];
      s->begin_ns = at;
    }
  }
  while (open.count) spans->items[open.items[--open.count]].end_ns = stall->duration_ns;
  bs_vec_fini(&open);
  bs_vec_fini(&frames);
}

static void add_stall(trace *t, const report_stall *stall) {
  uint32_t number;
  if (!bs_map_find(&t->loops, stall->loop, &number)) return;
  const report_loop *loop = &t->document->recorded_loops.items[number];
  const char *name = stall->callback ? stall->callback : "iteration";
  span_list spans = {0};
  begin_span(t, loop, "stall", name, stall->start_ns, stall->duration_ns);
  report_json_text(t->out, ",\"args\":{\"kind\":", stall->kind);
  if (stall->api) report_json_text(t->out, ",\"call\":", stall->api);
  if (stall->rule && *stall->rule) report_json_text(t->out, ",\"rule\":", stall->rule);
  if (stall->has_culprit)
    report_json_text(t->out, ",\"where\":",
                     bs_arena_printf(&t->arena, "%s, %s", stall->culprit.function,
                                     phrase_place(&t->arena, &stall->culprit)));
  report_json_text(t->out, ",\"made of\":", phrase_parts(&t->arena, stall));
  if (stall->cpu_ns != UINT64_MAX) report_json_number(t->out, ",\"cpu_ns\":", stall->cpu_ns);
  bs_strbuf_adds(t->out, stall->ended ? "}}" : ",\"ended\":false}}");
  merge_samples(t, stall, &spans);
  for (uint32_t i = 0; i < spans.count; i++)
    if (spans.items[i].end_ns > spans.items[i].begin_ns) add_function(t, loop, stall, &spans.items[i]);
  bs_vec_fini(&spans);
  bs_arena_fini(&t->arena);
}

static void add_scope(trace *t, uint32_t index) {
  const report_scope *scope = &t->document->scopes.items[index];
  for (int end = 0; end < 2; end++) {
    begin_event(t, end ? "e" : "b", scope->process, scope->thread);
    report_json_text(t->out, ",\"cat\":\"scope\",\"name\":", scope->name);
    report_json_number(t->out, ",\"id\":", index + UINT64_C(1));
    report_json_number(t->out, ",\"ts\":", (scope->start_ns + (end ? scope->duration_ns : 0)) / TIME_UNIT_NS);
    if (!end) report_json_text(t->out, ",\"args\":{\"outcome\":", scope->outcome);
    bs_strbuf_adds(t->out, end ? "}" : "}}");
  }
}

void report_write_trace(const report_document *document, const report_options *options, bs_strbuf *out) {
  (void)options;
  trace t = {.out = out, .document = document};
  uint64_t end_ns = whole_time(document);
  bs_strbuf_adds(out, "{\"displayTimeUnit\":\"ms\",\n\"otherData\":{");
  report_json_text(out, "\"exporter\":", bs_arena_printf(&t.arena, "blockscan %s", document->tool_version));
  report_json_number(out, ",\"threshold_ns\":", document->threshold_ns);
  for (uint32_t i = 0; i < document->incomplete.count; i++)
    report_json_text(out, bs_arena_printf(&t.arena, ",\"incomplete %u\":", i + 1),
                     document->incomplete.items[i].text);
  bs_strbuf_adds(out, "},\n\"traceEvents\":[");
  for (uint32_t i = 0; i < document->recorded_loops.count; i++) {
    bs_map_add(&t.loops, document->recorded_loops.items[i].id, i, NULL);
    add_loop(&t, &document->recorded_loops.items[i], end_ns);
  }
  for (uint32_t i = 0; i < document->stalls.count; i++) add_stall(&t, &document->stalls.items[i]);
  for (uint32_t i = 0; i < document->scopes.count; i++) add_scope(&t, i);
  bs_strbuf_adds(out, "\n]}\n");
  bs_map_fini(&t.loops);
  bs_arena_fini(&t.arena);
}
