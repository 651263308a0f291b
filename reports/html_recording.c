/* The tables of a run in an HTML report: loops with their histograms, stalls with their stacks, watched
 * calls. Each frame and each stack is there once. Times are nanoseconds. */
#include "reports/html.h"
#include "reports/model/json.h"
#include "reports/phrase.h"

enum { AROUND_CULPRIT = 2 };

/* The columns of the tables, in the order in which their cells are written. */
static const char stall_columns[] = "[\"loop\",\"startNs\",\"durationNs\",\"cpuNs\",\"kind\",\"ended\","
                                    "\"api\",\"rule\",\"callback\",\"function\","
                                    "\"file\",\"line\",\"scope\",\"sum\",\"main\",\"weights\",\"samples\"]";
static const char scope_columns[] =
    "[\"loop\",\"name\",\"outcome\",\"process\",\"thread\",\"startNs\",\"durationNs\","
    "\"thresholdNs\",\"api\",\"samples\"]";
static const char call_columns[] =
    "[\"loop\",\"api\",\"rule\",\"calls\",\"totalNs\",\"maxNs\",\"p50Ns\",\"p99Ns\",\"stack\",\"nested\"]";

typedef struct packed_frame {
  uint32_t function, file, line, module, inlined;
} packed_frame;

typedef struct run_tables {
  html_tables *tables;
  bs_intern frames, stacks; /* packed; [0] is none */
  bs_strbuf *out;
} run_tables;

static uint32_t frame_number(run_tables *run, const report_frame *frame) {
  packed_frame packed = {html_number(run->tables, frame->function), html_number(run->tables, frame->file),
                         frame->line, html_number(run->tables, frame->module), frame->inlined};
  return bs_intern_add(&run->frames, (const char *)&packed, sizeof packed);
}

static uint32_t stack_number(run_tables *run, const report_frame *frames, uint32_t count) {
  if (!count) return 0;
  BS_VEC(uint32_t) numbers = {0};
  for (uint32_t i = 0; i < count; i++) *bs_vec_push(&numbers) = frame_number(run, &frames[i]);
  uint32_t number = bs_intern_add(&run->stacks, (const char *)numbers.items, count * sizeof *numbers.items);
  bs_vec_fini(&numbers);
  return number;
}

static void add_cell(run_tables *run, uint64_t number) { report_json_number(run->out, ",", number); }

static void add_text_cell(run_tables *run, const char *text) {
  add_cell(run, html_number(run->tables, text));
}

static void add_loop(run_tables *run, const report_loop *loop) {
  bs_strbuf *out = run->out;
  report_json_number(out, "{\"id\":", loop->id);
  report_json_number(out, ",\"process\":", (uint64_t)loop->process);
  report_json_number(out, ",\"thread\":", (uint64_t)loop->thread);
  report_json_text(out, ",\"name\":", loop->name);
  report_json_text(out, ",\"library\":", loop->library);
  report_json_number(out, ",\"iterations\":", loop->iterations);
  report_json_number(out, ",\"busyNs\":", loop->busy_ns);
  report_json_number(out, ",\"idleNs\":", loop->idle_ns);
  report_json_number(out, ",\"p50Ns\":", loop->p50_ns);
  report_json_number(out, ",\"p99Ns\":", loop->p99_ns);
  report_json_number(out, ",\"maxNs\":", loop->max_ns);
  report_json_number(out, ",\"dropped\":", loop->dropped_events);
  bs_strbuf_adds(out, ",\"histogram\":[");
  for (uint32_t i = 0; i < loop->histogram.count; i++) {
    report_json_number(out, i ? "," : "", loop->histogram.items[i].low_ns);
    add_cell(run, loop->histogram.items[i].count);
  }
  bs_strbuf_adds(out, "]}");
}

/* The samples as [nanoseconds since the stall or scope began, number of the stack, …]. */
static void add_samples(run_tables *run, const report_sample *samples, uint32_t count) {
  bs_strbuf_adds(run->out, ",[");
  for (uint32_t i = 0; i < count; i++) {
    const report_sample *sample = &samples[i];
    report_json_number(run->out, i ? "," : "", sample->at_ns);
    add_cell(run, stack_number(run, sample->stack.items, sample->stack.count));
  }
  bs_strbuf_adds(run->out, "]]");
}

/* What it was made of in words, its main sample, and what each sample stands for. */
static void add_sum(run_tables *run, const report_stall *stall) {
  bs_arena arena = {0};
  add_text_cell(run, phrase_parts(&arena, stall));
  bs_arena_fini(&arena);
  add_cell(run, stall->main);
  bs_strbuf_adds(run->out, ",[");
  for (uint32_t i = 0; i < stall->samples.count; i++)
    report_json_number(run->out, i ? "," : "", stall->samples.items[i].ns);
  bs_strbuf_addc(run->out, ']');
}

static void add_stall(run_tables *run, const report_stall *stall) {
  report_json_number(run->out, "\n[", stall->loop);
  add_cell(run, stall->start_ns);
  add_cell(run, stall->duration_ns);
  if (stall->cpu_ns == UINT64_MAX)
    bs_strbuf_adds(run->out, ",null");
  else
    add_cell(run, stall->cpu_ns);
  add_text_cell(run, stall->kind);
  add_cell(run, stall->ended);
  add_text_cell(run, stall->api);
  add_text_cell(run, stall->rule);
  add_text_cell(run, stall->callback);
  add_text_cell(run, stall->has_culprit ? stall->culprit.function : "");
  add_text_cell(run, stall->has_culprit ? stall->culprit.file : "");
  add_cell(run, stall->has_culprit ? stall->culprit.line : 0);
  add_text_cell(run, stall->scope);
  add_sum(run, stall);
  add_samples(run, stall->samples.items, stall->samples.count);
  if (stall->has_culprit) html_source_want(run->tables->source, &stall->culprit, AROUND_CULPRIT);
}

static void add_scope(run_tables *run, const report_scope *scope) {
  report_json_number(run->out, "\n[", scope->loop);
  add_text_cell(run, scope->name);
  add_text_cell(run, scope->outcome);
  add_cell(run, (uint64_t)scope->process);
  add_cell(run, (uint64_t)scope->thread);
  add_cell(run, scope->start_ns);
  add_cell(run, scope->duration_ns);
  add_cell(run, scope->threshold_ns);
  add_text_cell(run, scope->api);
  add_samples(run, scope->samples.items, scope->samples.count);
}

static void add_call(run_tables *run, const report_call *call) {
  report_json_number(run->out, "\n[", call->loop);
  add_text_cell(run, call->api);
  add_text_cell(run, call->rule);
  add_cell(run, call->calls);
  add_cell(run, call->total_ns);
  add_cell(run, call->max_ns);
  add_cell(run, call->p50_ns);
  add_cell(run, call->p99_ns);
  add_cell(run, stack_number(run, call->stack.items, call->stack.count));
  add_cell(run, call->nested);
  bs_strbuf_addc(run->out, ']');
}

/* Rows of the numbers that an item holds, however many they are. */
static void add_rows(run_tables *run, const char *before, const bs_intern *rows) {
  bs_strbuf_adds(run->out, before);
  for (uint32_t i = 1; i < rows->count; i++) {
    const char *text = bs_intern_text(rows, i);
    bs_strbuf_adds(run->out, i > 1 ? ",\n[" : "\n[");
    for (uint32_t j = 0; j < bs_intern_length(rows, i) / sizeof(uint32_t); j++) {
      uint32_t number;
      memcpy(&number, text + j * sizeof number, sizeof number);
      report_json_number(run->out, j ? "," : "", number);
    }
    bs_strbuf_addc(run->out, ']');
  }
  bs_strbuf_addc(run->out, ']');
}

#define ADD_ALL(run, before, list, add) \
  do { \
    bs_strbuf_adds((run)->out, before); \
    for (uint32_t i = 0; i < (list).count; i++) { \
      if (i) bs_strbuf_addc((run)->out, ','); \
      add(run, &(list).items[i]); \
    } \
    bs_strbuf_addc((run)->out, ']'); \
  } while (0)

static void add_run(run_tables *run, const report_document *document) {
  report_json_number(run->out, "{\"thresholdNs\":", document->threshold_ns);
  report_json_number(run->out, ",\"startedMs\":", document->started_ns / 1000000);
  report_json_number(run->out, ",\"allStalls\":", document->all_stalls);
  report_json_number(run->out, ",\"allHeldNs\":", document->stalls_ns);
  ADD_ALL(run, ",\n\"loops\":[", document->recorded_loops, add_loop);
  bs_strbuf_addf(run->out, ",\n\"stallColumns\":%s,\"scopeColumns\":%s,\"callColumns\":%s", stall_columns,
                 scope_columns, call_columns);
  ADD_ALL(run, ",\n\"stalls\":[", document->stalls, add_stall);
  ADD_ALL(run, ",\n\"scopes\":[", document->scopes, add_scope);
  ADD_ALL(run, ",\n\"calls\":[", document->recorded_calls, add_call);
  add_rows(run, ",\n\"frames\":[", &run->frames);
  add_rows(run, ",\n\"stacks\":[", &run->stacks);
  bs_strbuf_addc(run->out, '}');
}

void html_write_recording(html_tables *tables, bs_strbuf *out) {
  run_tables run = {.tables = tables, .out = out};
  bs_intern_init(&run.frames);
  bs_intern_init(&run.stacks);
  add_run(&run, tables->document);
  bs_intern_fini(&run.stacks);
  bs_intern_fini(&run.frames);
}
