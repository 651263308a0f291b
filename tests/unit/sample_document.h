/* Documents with every field of the model, built by hand, for the tests of the output formats: what only a
 * join, a comparison or a recording fills is in them as well. `samples.c` prints them in any format for the
 * shell tests. */
#ifndef SAMPLE_DOCUMENT_H
#define SAMPLE_DOCUMENT_H

#include "sample_report.h"

static inline void sample_id(report_finding *finding, unsigned number) {
  snprintf(finding->id, sizeof finding->id, "%016x", number + 0xa0);
}

static inline report_entry *sample_entry(report_document *document, report_finding *finding,
                                         const char *function, const char *file, unsigned line) {
  report_entry *entry = report_add_entry(finding);
  entry->function = function;
  entry->file = file;
  entry->line = line;
  entry->confidence = RULE_CERTAIN;
  entry->has_registered = true;
  entry->registered = sample_place("main", "src/main.c", 12, 3);
  entry->via = "uv_timer_start";
  entry->loop = "libuv";
  entry->role = RULE_ROLE_TIMER;
  sample_step(document, entry, sample_place(function, file, line + 4, 5), REPORT_DIRECT);
  sample_step(document, entry, finding->sink, REPORT_DIRECT);
  return entry;
}

/* The findings of sample_report.h with verdicts; one that only a recording knows. */
static inline void sample_verdicts(report_document *document) {
  static const report_runtime runtimes[] = {
      {.verdict = REPORT_CONFIRMED,
       .calls = 340,
       .stalls = 12,
       .total_ns = 2000000000,
       .max_ns = 212000000,
       .p50_ns = 40000000,
       .p99_ns = 200000000,
       .held_ns = 1900000000},
      {.verdict = REPORT_OBSERVED_FAST,
       .calls = 8000,
       .total_ns = 9000000,
       .max_ns = 1200000,
       .p50_ns = 900,
       .p99_ns = 800000},
      {.verdict = REPORT_NOT_EXERCISED},
  };
  for (uint32_t i = 0; i < 3 && i < document->findings.count; i++)
    document->findings.items[i].runtime = runtimes[i];
  report_finding *finding = sample_finding(document, "disk.fsync", RULE_ERROR, "fsync",
                                           "fsync() waits until the device has written everything",
                                           sample_place("flush", "src/store.c", 40, 7));
  finding->category = RULE_DISK;
  sample_entry(document, finding, "on_flush", "src/store.c", 30)->seen = 3;
  finding->runtime = (report_runtime){.verdict = REPORT_RUNTIME_ONLY,
                                      .calls = 3,
                                      .stalls = 2,
                                      .total_ns = 90000000,
                                      .max_ns = 60000000,
                                      .p50_ns = 30000000,
                                      .p99_ns = 60000000,
                                      .held_ns = 85000000,
                                      .missed = "ops->flush at src/store.c:22 has no known target",
                                      .remark = "it was on two stacks"};
}

/* The first finding is a new caller of an old function, the second is old; one is gone. */
static inline void sample_comparison(report_document *document) {
  document->is_comparison = true;
  document->compared_with = "revision 1a2b3c4";
  for (uint32_t i = 0; i < document->findings.count; i++)
    document->findings.items[i].change = i == 1 ? REPORT_UNCHANGED : REPORT_NEW;
  report_finding *first = &document->findings.items[0];
  first->has_anchor = true;
  first->anchor = sample_place("on_read", "src/server.c", 120, 5);
  report_finding *gone = report_add_fixed(document);
  gone->rule = "sleep.usleep";
  gone->severity = RULE_WARNING;
  gone->confidence = RULE_CERTAIN;
  gone->message = "usleep() sleeps";
  gone->api = "usleep";
  gone->sink = sample_place("wait_a_bit", "src/old.c", 9, 3);
  sample_id(gone, 900);
}

static inline void sample_frame(report_sample *sample, const char *function, const char *file, unsigned line,
                                bool inlined) {
  *bs_vec_push(&sample->stack) =
      (report_frame){function, file, line, file ? "build/server" : "libc.so.6", inlined, NULL, NULL};
}

/* fsync <- flush (inlined into) on_flush <- uv_run <- main */
static inline report_sample *sample_sample(report_stall *stall, uint64_t at_ns) {
  report_sample *sample = bs_vec_push(&stall->samples);
  sample->at_ns = at_ns;
  sample_frame(sample, at_ns ? "" : "fsync", NULL, 0, false);
  sample_frame(sample, "flush", "src/store.c", 40, true);
  sample_frame(sample, "on_flush", "src/store.c", 34, false);
  sample_frame(sample, "main", "src/main.c", 50, false);
  return sample;
}

static inline report_stall *sample_stall(report_document *document, unsigned loop, uint64_t start_ns,
                                         uint64_t duration_ns) {
  report_stall *stall = bs_vec_push(&document->stalls);
  stall->loop = loop;
  stall->start_ns = start_ns;
  stall->duration_ns = duration_ns;
  stall->cpu_ns = UINT64_MAX;
  stall->kind = "off-cpu";
  stall->ended = true;
  return stall;
}

/* Three loops; the last has no stall, the first has a stall of three samples and one without a stack, the
 * second has one that did not end. */
static inline void sample_recording(report_document *document) {
  document->tool_version = "1.2.3";
  document->is_recording = true;
  document->threshold_ns = 10000000;
  for (unsigned i = 1; i <= 3; i++) {
    report_loop *loop = bs_vec_push(&document->recorded_loops);
    *loop = (report_loop){.id = i,
                          .process = 100,
                          .thread = 100 + (int)i,
                          .name = i == 1 ? "server" : "",
                          .library = i == 1 ? "libuv" : "own",
                          .iterations = 1000 * i,
                          .busy_ns = 900000000,
                          .idle_ns = 4000000000,
                          .p50_ns = 3000,
                          .p99_ns = 70000000,
                          .max_ns = 212000000};
    *bs_vec_push(&loop->histogram) = (report_bucket){2048, 990 * i};
    *bs_vec_push(&loop->histogram) = (report_bucket){67108864, 10 * i};
  }
  report_stall *stall = sample_stall(document, 1, 500000000, 212000000);
  *bs_vec_push(&stall->parts) = (report_part){REPORT_PART_CALL, "fsync", "flush", 212000000};
  stall->cpu_ns = 1000000;
  stall->api = "fsync";
  stall->rule = "disk.fsync";
  stall->callback = "on_flush";
  stall->has_culprit = true;
  stall->culprit = sample_place("flush", "src/store.c", 40, 0);
  sample_sample(stall, 0);
  sample_sample(stall, 10000000);
  sample_sample(stall, 30000000);
  stall = sample_stall(document, 1, 900000000, 12000000);
  stall->kind = "runnable";
  stall = sample_stall(document, 2, 100, 5000000000);
  stall->kind = "on-cpu";
  stall->ended = false;
  sample_sample(stall, 0);
  stall->scope = "reload";
  report_scope *scope = bs_vec_push(&document->scopes);
  *scope = (report_scope){"reload",  "stalled", 1,       100,          101, 490000000,
                          230000000, 20000000,  "fsync", "disk.fsync", {0}};
  report_sample *sample = bs_vec_push(&scope->samples);
  sample->at_ns = 20000000;
  sample_frame(sample, "flush", "src/store.c", 40, false);
  scope = bs_vec_push(&document->scopes);
  *scope = (report_scope){"first start", "missed", 0, 100, 103, 0, 900000, 10000000, NULL, NULL, {0}};
  report_call *call = bs_vec_push(&document->recorded_calls);
  *call = (report_call){.loop = 1,
                        .api = "fsync",
                        .rule = "disk.fsync",
                        .calls = 3,
                        .total_ns = 90000000,
                        .max_ns = 60000000,
                        .p50_ns = 30000000,
                        .p99_ns = 60000000};
  *bs_vec_push(&call->stack) = (report_frame){"flush", "src/store.c", 40, "build/server", true, NULL, NULL};
  *bs_vec_push(&call->stack) =
      (report_frame){"on_flush", "src/store.c", 34, "build/server", false, NULL, NULL};
}

static inline void sample_cuts(report_document *document) {
  report_cut *cut = bs_vec_push(&document->cuts);
  cut->place = sample_place("resolve", "src/dns.c", 1, 0);
  cut->loop = "libuv";
  *bs_vec_push(&cut->findings) = 0;
  *bs_vec_push(&cut->findings) = 1;
  cut->paths = 3;
  cut->advice = "run it in uv_queue_work() and go on in the done callback";
  cut->code = "uv_queue_work(loop, &job->request, work, done);\n";
  cut->without = (report_prediction){.loop = 1,
                                     .max_ns = 12000000,
                                     .p99_ns = 2000000,
                                     .held_ns = 12000000,
                                     .busy_ns = 31000000,
                                     .most_max_ns = 15000000,
                                     .most_p99_ns = 2000000,
                                     .most_held_ns = 15000000,
                                     .most_busy_ns = 34000000,
                                     .was_max_ns = 120000000,
                                     .was_p99_ns = 30000000,
                                     .was_held_ns = 180000000,
                                     .was_busy_ns = 200000000,
                                     .time_ns = 1000000000};
}

static inline void sample_ids(report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++) sample_id(&document->findings.items[i], i);
}

/* What a scan gives. */
static inline void sample_static(report_document *document) {
  sample_findings(document);
  sample_ids(document);
  sample_ledger(document);
}

/* One of everything. */
static inline void sample_everything(report_document *document) {
  sample_findings(document);
  sample_verdicts(document);
  sample_ids(document);
  sample_ledger(document);
  sample_comparison(document);
  sample_recording(document);
  sample_cuts(document);
}

/* Names and texts that every format has to escape in its own way. */
static inline void sample_odd(report_document *document) {
  static const char *const texts[] = {
      "</script><img src=x onerror=alert(1)>",
      "a \"quoted\" 'name' & 100% <b>|`*_[x](y)_*`~#1 @user :x: ${x} {0} \\n",
      "line\nbreak\r\ttab\x01\x1b[31m\x7f",
      "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\x85",
      "bad\xff\xc0\x80utf\xed\xa0\x80",
      "std::map<int, foo[2]>::operator[](int&&)::{lambda()#1}",
      "::error file=x::y,z:w%0A;semi;colon 12",
      "1. --> ]]> --- | a | b |",
  };
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    report_finding *finding = sample_finding(document, "odd.name", RULE_WARNING, texts[i], texts[i],
                                             sample_place(texts[i], texts[i], i + 1, i + 1));
    sample_id(finding, i);
    finding->advice = texts[i];
    finding->manual = "https://example.org/a b?c=<d>";
    report_entry *entry = sample_entry(document, finding, texts[i], texts[i], 10 + i);
    entry->via = texts[i];
    entry->registered = sample_place(texts[i], texts[i], 3, 3);
    report_step *step = (report_step *)(uintptr_t)entry->path.items[0];
    step->how = REPORT_FIELD;
    step->through = texts[i];
    step->has_because = true;
    step->because = sample_place(texts[i], texts[i], 5, 5);
    step->candidates = 2;
    *bs_vec_push(&document->notes) = texts[i];
    *bs_vec_push(&document->broken_units) = (report_broken_unit){texts[i], 1, texts[i]};
    report_loop *loop = bs_vec_push(&document->recorded_loops);
    *loop = (report_loop){.id = i + 1, .name = texts[i], .library = texts[i], .iterations = 10};
    report_stall *stall = sample_stall(document, i + 1, 0, 20000000);
    stall->api = stall->callback = texts[i];
    report_sample *sample = bs_vec_push(&stall->samples);
    *bs_vec_push(&sample->stack) = (report_frame){texts[i], texts[i], 7, texts[i], false, NULL, NULL};
    report_cut *cut = bs_vec_push(&document->cuts);
    *cut = (report_cut){
        .place = finding->sink, .loop = texts[i], .paths = 1, .advice = texts[i], .code = texts[i]};
    *bs_vec_push(&cut->findings) = i;
  }
  document->is_recording = true;
  document->tool_version = "1.2.3";
}

/* `count` findings in 50 files, each with `entries` callbacks that are `depth` calls away. */
static inline void sample_many(report_document *document, unsigned count, unsigned entries, unsigned depth) {
  bs_arena *arena = &document->arena;
  document->tool_version = "1.2.3";
  document->entry_points = entries;
  for (unsigned i = 0; i < count; i++) {
    const char *file = bs_arena_printf(arena, "src/module_%u/file_%u.c", i % 10, i % 50);
    report_finding *finding = sample_finding(
        document, bs_arena_printf(arena, "disk.call%u", i % 40), (enum rule_severity)(i % 3), "read",
        "read() waits for the disk", sample_place(bs_arena_printf(arena, "function_%u", i), file, 10 + i, 3));
    sample_id(finding, i);
    finding->advice = "a worker thread, or io_uring";
    for (unsigned k = 0; k < entries; k++) {
      report_entry *entry = report_add_entry(finding);
      entry->function = bs_arena_printf(arena, "on_event_%u", k);
      entry->file = "src/server.c";
      entry->line = 100 + k;
      entry->confidence = RULE_LIKELY;
      for (unsigned d = 0; d + 1 < depth; d++)
        sample_step(document, entry,
                    sample_place(bs_arena_printf(arena, "step_%u_%u", k, d), file, 20 + d, 7), REPORT_DIRECT);
      sample_step(document, entry, finding->sink, REPORT_DIRECT);
    }
  }
}

#endif
