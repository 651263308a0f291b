/* The part of the JSON report that tells of a run: verdicts, stalls with their samples, the loops, and what
 * was called on them. */
#include "reports/model/json.h"

#include <string.h>

/* Nanoseconds in another unit: an integer part and up to six decimals, never in the form of an exponent. */
static void add_scaled(bs_strbuf *out, const char *before, uint64_t ns, uint64_t unit, int decimals) {
  bs_strbuf_addf(out, "%s%llu.%0*llu", before, (unsigned long long)(ns / unit), decimals,
                 (unsigned long long)(ns % unit));
}

static void add_ms(bs_strbuf *out, const char *before, uint64_t ns) {
  add_scaled(out, before, ns, 1000000, 6);
}
static void add_us(bs_strbuf *out, const char *before, uint64_t ns) { add_scaled(out, before, ns, 1000, 3); }

static void add_or_null(bs_strbuf *out, const char *before, const char *text) {
  if (text && *text)
    report_json_text(out, before, text);
  else
    bs_strbuf_addf(out, "%snull", before);
}

void report_json_add_runtime(bs_strbuf *out, const report_runtime *runtime) {
  if (runtime->verdict == REPORT_NO_VERDICT) return;
  report_json_text(out, ",\n      \"runtime\": {\"verdict\": ", report_verdict_names[runtime->verdict]);
  report_json_number(out, ", \"calls\": ", runtime->calls);
  report_json_number(out, ", \"stalls\": ", runtime->stalls);
  add_ms(out, ", \"total_ms\": ", runtime->total_ns);
  add_ms(out, ", \"max_ms\": ", runtime->max_ns);
  add_ms(out, ", \"p50_ms\": ", runtime->p50_ns);
  add_ms(out, ", \"p99_ms\": ", runtime->p99_ns);
  add_ms(out, ", \"held_ms\": ", runtime->held_ns);
  if (runtime->missed) report_json_text(out, ", \"missed\": ", runtime->missed);
  if (runtime->remark) report_json_text(out, ", \"remark\": ", runtime->remark);
  bs_strbuf_addc(out, '}');
}

static void add_frame(bs_strbuf *out, const report_frame *frame) {
  report_json_text(out, "{\"function\": ", frame->function);
  add_or_null(out, ", \"file\": ", frame->file);
  if (frame->line)
    report_json_number(out, ", \"line\": ", frame->line);
  else
    bs_strbuf_adds(out, ", \"line\": null");
  report_json_text(out, ", \"module\": ", frame->module);
  bs_strbuf_adds(out, frame->inlined ? ", \"inlined\": true}" : ", \"inlined\": false}");
}

static void add_stack(bs_strbuf *out, const report_frame *frames, uint32_t count) {
  bs_strbuf_adds(out, ", \"stack\": [");
  for (uint32_t i = 0; i < count; i++) {
    if (i) bs_strbuf_adds(out, ", ");
    add_frame(out, &frames[i]);
  }
  bs_strbuf_adds(out, "]}");
}

static void add_sample(bs_strbuf *out, const report_sample *sample) {
  add_ms(out, "{\"at_ms\": ", sample->at_ns);
  if (sample->ns) add_ms(out, ", \"ms\": ", sample->ns);
  if (sample->api) report_json_text(out, ", \"api\": ", sample->api);
  if (sample->callback) report_json_number(out, ", \"callback\": ", sample->callback - 1);
  if (sample->culprit) report_json_number(out, ", \"culprit\": ", sample->culprit - 1);
  add_stack(out, sample->stack.items, sample->stack.count);
}

/* The last member of what is sampled, and its end. */
static void add_samples(bs_strbuf *out, const report_sample *samples, uint32_t count) {
  bs_strbuf_adds(out, ",\n      \"samples\": [");
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf_adds(out, i ? ",\n        " : "\n        ");
    add_sample(out, &samples[i]);
  }
  bs_strbuf_adds(out, count ? "\n      ]\n    }" : "]\n    }");
}

static void add_call(bs_strbuf *out, const report_call *call) {
  report_json_number(out, "    {\"loop\": ", call->loop);
  report_json_text(out, ", \"api\": ", call->api);
  add_or_null(out, ", \"rule\": ", call->rule);
  report_json_number(out, ", \"calls\": ", call->calls);
  add_ms(out, ", \"total_ms\": ", call->total_ns);
  add_ms(out, ", \"max_ms\": ", call->max_ns);
  add_ms(out, ", \"p50_ms\": ", call->p50_ns);
  add_ms(out, ", \"p99_ms\": ", call->p99_ns);
  add_stack(out, call->stack.items, call->stack.count);
}

static void add_parts(bs_strbuf *out, const report_stall *stall) {
  if (!stall->parts.count) return;
  bs_strbuf_adds(out, ",\n      \"parts\": [");
  for (uint32_t i = 0; i < stall->parts.count; i++) {
    const report_part *part = &stall->parts.items[i];
    report_json_text(out, i ? ", {\"part\": " : "{\"part\": ", report_part_names[part->kind]);
    if (part->api) report_json_text(out, ", \"api\": ", part->api);
    if (part->function) report_json_text(out, ", \"function\": ", part->function);
    add_ms(out, ", \"ms\": ", part->ns);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_addc(out, ']');
}

static void add_call_times(bs_strbuf *out, const report_stall *stall) {
  bs_strbuf_adds(out, ",\n      \"calls\": [");
  for (uint32_t i = 0; i < stall->calls.count; i++) {
    report_json_text(out, i ? ", {\"api\": " : "{\"api\": ", stall->calls.items[i].api);
    report_json_number(out, ", \"calls\": ", stall->calls.items[i].calls);
    add_ms(out, ", \"total_ms\": ", stall->calls.items[i].ns);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_addc(out, ']');
}

static void add_stall(bs_strbuf *out, const report_stall *stall) {
  report_json_number(out, "    {\n      \"loop\": ", stall->loop);
  add_ms(out, ",\n      \"start_ms\": ", stall->start_ns);
  add_ms(out, ",\n      \"duration_ms\": ", stall->duration_ns);
  if (stall->cpu_ns != UINT64_MAX) add_ms(out, ",\n      \"cpu_ms\": ", stall->cpu_ns);
  /* Who reads kinds knows four; `parts` tell that it was stopped. */
  report_json_text(out, ",\n      \"kind\": ", strcmp(stall->kind, "stopped") != 0 ? stall->kind : "off-cpu");
  bs_strbuf_adds(out, stall->ended ? ",\n      \"ended\": true" : ",\n      \"ended\": false");
  add_or_null(out, ",\n      \"api\": ", stall->api);
  add_or_null(out, ",\n      \"rule\": ", stall->rule);
  add_or_null(out, ",\n      \"callback\": ", stall->callback);
  bs_strbuf_adds(out, ",\n      \"culprit\": ");
  if (stall->has_culprit) {
    report_json_open_place(out, &stall->culprit);
    bs_strbuf_addc(out, '}');
  } else {
    bs_strbuf_adds(out, "null");
  }
  if (stall->scope) report_json_text(out, ",\n      \"scope\": ", stall->scope);
  add_parts(out, stall);
  add_call_times(out, stall);
  if (stall->alike) {
    report_json_number(out, ",\n      \"alike\": {\"stalls\": ", stall->alike);
    add_ms(out, ", \"total_ms\": ", stall->alike_ns);
    bs_strbuf_addc(out, '}');
  }
  if (stall->samples.count) report_json_number(out, ",\n      \"main\": ", stall->main);
  add_samples(out, stall->samples.items, stall->samples.count);
}

static void add_scope(bs_strbuf *out, const report_scope *scope) {
  report_json_text(out, "    {\n      \"name\": ", scope->name);
  report_json_text(out, ",\n      \"outcome\": ", scope->outcome);
  if (scope->loop)
    report_json_number(out, ",\n      \"loop\": ", scope->loop);
  else
    bs_strbuf_adds(out, ",\n      \"loop\": null");
  report_json_number(out, ",\n      \"process\": ", (uint64_t)scope->process);
  report_json_number(out, ",\n      \"thread\": ", (uint64_t)scope->thread);
  add_ms(out, ",\n      \"start_ms\": ", scope->start_ns);
  add_ms(out, ",\n      \"duration_ms\": ", scope->duration_ns);
  add_ms(out, ",\n      \"threshold_ms\": ", scope->threshold_ns);
  add_or_null(out, ",\n      \"api\": ", scope->api);
  add_or_null(out, ",\n      \"rule\": ", scope->rule);
  add_samples(out, scope->samples.items, scope->samples.count);
}

static void add_loop(bs_strbuf *out, const report_loop *loop) {
  report_json_number(out, "    {\"id\": ", loop->id);
  report_json_number(out, ", \"process\": ", (uint64_t)loop->process);
  report_json_number(out, ", \"thread\": ", (uint64_t)loop->thread);
  report_json_text(out, ", \"name\": ", loop->name);
  report_json_text(out, ", \"library\": ", loop->library);
  report_json_number(out, ", \"iterations\": ", loop->iterations);
  add_ms(out, ", \"busy_ms\": ", loop->busy_ns);
  add_ms(out, ", \"idle_ms\": ", loop->idle_ns);
  add_us(out, ", \"p50_us\": ", loop->p50_ns);
  add_us(out, ", \"p99_us\": ", loop->p99_ns);
  add_us(out, ", \"max_us\": ", loop->max_ns);
  report_json_number(out, ", \"dropped_events\": ", loop->dropped_events);
  report_json_number(out, ", \"unplaced_calls\": ", loop->unplaced_calls);
  report_json_number(out, ", \"stalls\": ", loop->stalls);
  bs_strbuf_adds(out, ", \"histogram\": [");
  for (uint32_t i = 0; i < loop->histogram.count; i++) {
    add_us(out, i ? ", {\"low_us\": " : "{\"low_us\": ", loop->histogram.items[i].low_ns);
    report_json_number(out, ", \"count\": ", loop->histogram.items[i].count);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_adds(out, "]}");
}

void report_json_add_recording(bs_strbuf *out, const report_document *document) {
  add_ms(out, "  \"recording\": {\"threshold_ms\": ", document->threshold_ns);
  add_ms(out, ", \"duration_ms\": ", document->recorded_ns);
  report_json_number(out, ", \"stalls\": ", document->all_stalls);
  add_ms(out, ", \"stalled_ms\": ", document->stalls_ns);
  add_ms(out, ", \"longest_ms\": ", document->longest_ns);
  bs_strbuf_adds(out, "},\n  \"stalls\": [");
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    bs_strbuf_adds(out, i ? ",\n" : "\n");
    add_stall(out, &document->stalls.items[i]);
  }
  bs_strbuf_adds(out, document->stalls.count ? "\n  ],\n  \"scopes\": [" : "],\n  \"scopes\": [");
  for (uint32_t i = 0; i < document->scopes.count; i++) {
    bs_strbuf_adds(out, i ? ",\n" : "\n");
    add_scope(out, &document->scopes.items[i]);
  }
  bs_strbuf_adds(out, document->scopes.count ? "\n  ],\n  \"loops\": [" : "],\n  \"loops\": [");
  for (uint32_t i = 0; i < document->recorded_loops.count; i++) {
    bs_strbuf_adds(out, i ? ",\n" : "\n");
    add_loop(out, &document->recorded_loops.items[i]);
  }
  bs_strbuf_adds(out, document->recorded_loops.count ? "\n  ],\n  \"calls\": [" : "],\n  \"calls\": [");
  for (uint32_t i = 0; i < document->recorded_calls.count; i++) {
    bs_strbuf_adds(out, i ? ",\n" : "\n");
    add_call(out, &document->recorded_calls.items[i]);
  }
  bs_strbuf_adds(out, document->recorded_calls.count ? "\n  ],\n" : "],\n");
}
