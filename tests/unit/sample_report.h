/* A small document with one of everything, for the tests of the output formats. */
#ifndef SAMPLE_REPORT_H
#define SAMPLE_REPORT_H

#include "reports/model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline report_place sample_place(const char *function, const char *file, unsigned line,
                                        unsigned column) {
  return (report_place){function, file, line, column};
}

static inline report_finding *sample_finding(report_document *document, const char *rule_id,
                                             enum rule_severity severity, const char *api,
                                             const char *message, report_place sink) {
  report_finding *finding = report_add_finding(document);
  memcpy(finding->id, "0123456789abcdef", 17);
  finding->rule = rule_id;
  finding->severity = severity;
  finding->confidence = RULE_LIKELY;
  finding->category = RULE_DNS;
  finding->latency = RULE_SECONDS;
  finding->bound_ns = 5000000000;
  finding->api = api;
  finding->message = message;
  finding->sink = sink;
  return finding;
}

static inline report_step *sample_step(report_document *document, report_entry *entry, report_place place,
                                       enum report_how how) {
  report_step *step = report_add_step(&document->arena, entry);
  step->place = place;
  step->how = how;
  return step;
}

/* on_read -> conn->handler = load_page -> resolve -> getaddrinfo, and a second one in the same function. */
static inline void sample_findings(report_document *document) {
  report_place sink = sample_place("resolve", "src/dns.c", 2, 11);
  report_finding *finding = sample_finding(document, "dns.getaddrinfo", RULE_ERROR, "getaddrinfo",
                                           "getaddrinfo() waits for the name server", sink);
  finding->advice = "uv_getaddrinfo() with a callback";
  finding->manual = "getaddrinfo(3)";
  finding->why = "hints may lack AI_NUMERICHOST";
  report_entry *entry = report_add_entry(finding);
  entry->function = "on_read";
  entry->file = "src/server.c";
  entry->line = 100;
  entry->loop = "libuv";
  entry->role = RULE_ROLE_IO;
  entry->confidence = RULE_LIKELY;
  entry->has_registered = true;
  entry->registered = sample_place("on_connect", "src/server.c", 88, 3);
  entry->via = "uv_read_start";
  report_step *step =
      sample_step(document, entry, sample_place("on_read", "src/server.c", 120, 5), REPORT_FIELD);
  step->has_because = true;
  step->because = sample_place("conn_init", "src/conn.c", 12, 3);
  step->candidates = 3;
  step->through = "conn->handler";
  step->confidence = RULE_LIKELY;
  sample_step(document, entry, sample_place("load_page", "src/cache.c", 33, 10), REPORT_DIRECT);
  sample_step(document, entry, sink, REPORT_DIRECT);
  entry = report_add_entry(finding);
  entry->function = "on_timer";
  entry->file = "src/server.c";
  entry->line = 200;
  entry->loop = "libuv";
  entry->role = RULE_ROLE_TIMER;
  entry->confidence = RULE_POSSIBLE;
  finding = sample_finding(document, "disk.open", RULE_WARNING, "fopen", "fopen() waits for the disk",
                           sample_place("resolve", "src/dns.c", 4, 9));
  finding->advice = "open it in uv_queue_work()";
  *report_add_entry(finding) = (report_entry){.function = "on_read",
                                              .file = "src/server.c",
                                              .line = 100,
                                              .loop = "libuv",
                                              .via = "",
                                              .confidence = RULE_LIKELY};
  finding = sample_finding(document, "log.stdio", RULE_NOTE, "fprintf", "fprintf() writes to a file",
                           sample_place("log_line", "src/log.c", 9, 3));
  finding = sample_finding(document, "lock.wait", RULE_ERROR, "sem_wait",
                           "sem_wait() waits for another thread", sample_place("take", "src/lock.c", 19, 3));
  finding->confidence = RULE_POSSIBLE;
  finding = sample_finding(document, "sleep.usleep", RULE_WARNING, "usleep", "usleep() sleeps",
                           sample_place("nap", "src/nap.c", 7, 3));
  finding->suppressed = (report_suppression){"comment", "only in tests"};
}

static inline void sample_ledger(report_document *document) {
  document->tool_version = "1.2.3";
  document->libclang_version = "19.1.7";
  document->units = 14;
  document->functions = 220;
  document->entry_points = 5;
  document->rules = 300;
  document->unresolved_indirect_calls = 1;
  document->capped_indirect_calls = 2;
  *bs_vec_push(&document->broken_units) =
      (report_broken_unit){"src/foo.c", 3, "src/foo.c:3:10: 'bar.h' file not found"};
  *bs_vec_push(&document->notes) = "suppression at src/x.c:3 is not used";
  *bs_vec_push(&document->loops) = "libuv: uv_run in main (src/main.c:40)";
}

/* A new folder with src/dns.c in it; the caller frees the name. */
static inline char *sample_sources(const char *dns) {
  char *root = strdup("/tmp/blockscan-test-XXXXXX"), path[256];
  if (!mkdtemp(root)) abort();
  snprintf(path, sizeof path, "mkdir %s/src", root);
  if (system(path) != 0) abort();
  snprintf(path, sizeof path, "%s/src/dns.c", root);
  FILE *file = fopen(path, "w");
  if (!file || fputs(dns, file) < 0 || fclose(file) != 0) abort();
  return root;
}

static inline void sample_remove(char *root) {
  char command[256];
  snprintf(command, sizeof command, "rm -r %s", root);
  if (system(command) != 0) abort();
  free(root);
}

/* What a recording adds. */
static inline void sample_run(report_document *document) {
  document->is_recording = true;
  report_stall *stall = bs_vec_push(&document->stalls);
  *stall = (report_stall){.loop = 1,
                          .start_ns = 1234567890123456,
                          .duration_ns = 212000001,
                          .cpu_ns = 999999,
                          .kind = "off-cpu",
                          .ended = true,
                          .api = "fsync",
                          .rule = "disk.fsync",
                          .callback = "on_read",
                          .test = "Upload.Large",
                          .has_culprit = true,
                          .culprit = sample_place("flush", "src/log.c", 31, 0)};
  report_sample *sample = bs_vec_push(&stall->samples);
  sample->at_ns = 10000000;
  *bs_vec_push(&sample->stack) = (report_frame){"fsync", NULL, 0, "/lib/libc.so.6", false, NULL, NULL};
  *bs_vec_push(&sample->stack) = (report_frame){"flush", "src/log.c", 31, "server", true, NULL, NULL};
  *bs_vec_push(&document->stalls) =
      (report_stall){.loop = 2, .duration_ns = 7, .cpu_ns = UINT64_MAX, .kind = "mixed", .ended = false};
  *bs_vec_push(&document->recorded_loops) = (report_loop){.id = 1,
                                                          .process = 4711,
                                                          .thread = 4712,
                                                          .name = "main",
                                                          .library = "libuv",
                                                          .iterations = 1000000,
                                                          .busy_ns = 1,
                                                          .idle_ns = 60000000000,
                                                          .p50_ns = 1001,
                                                          .p99_ns = 20000,
                                                          .max_ns = 212000001,
                                                          .dropped_events = 3,
                                                          .unplaced_calls = 2,
                                                          .thread_of = "libcurl.so.4"};
  *bs_vec_push(&document->recorded_loops.items[0].histogram) = (report_bucket){1001, 999999};
  *bs_vec_push(&document->recorded_loops.items[0].histogram) = (report_bucket){212000001, 1};
  document->threshold_ns = 10000001;
  report_call *call = bs_vec_push(&document->recorded_calls);
  *call = (report_call){.loop = 1,
                        .api = "fsync",
                        .rule = "disk.fsync",
                        .calls = 7,
                        .total_ns = 700,
                        .max_ns = 300,
                        .p50_ns = 100,
                        .p99_ns = 300};
  *bs_vec_push(&call->stack) = (report_frame){"flush", "src/log.c", 31, "server", false, NULL, NULL};
  *bs_vec_push(&document->recorded_calls) = (report_call){.loop = 1, .api = "own", .rule = "", .calls = 1};
}

/* What a comparison adds. */
static inline void sample_compared(report_document *document) {
  document->is_comparison = true;
  document->compared_with = "revision 1a2b3c4";
  report_finding *finding = &document->findings.items[0];
  finding->change = REPORT_NEW;
  finding->has_anchor = true;
  finding->anchor = sample_place("on_read", "src/server.c", 120, 5);
  document->findings.items[1].change = REPORT_UNCHANGED;
  document->findings.items[1].has_moved = true;
  document->findings.items[1].moved_from = sample_place("resolve", "src/old.c", 4, 9);
  *report_add_fixed(document) = *sample_finding(document, "disk.stat", RULE_NOTE, "stat", "stat() waits",
                                                sample_place("gone", "src/gone.c", 3, 0));
  document->findings.count--;
}

#endif
