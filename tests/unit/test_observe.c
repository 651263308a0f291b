/* The two producers of an observation say the same: a recording in memory and the file that was written of it
 * give the same document. */
#include "evidence/observed.h"
#include "reports/formats.h"
#include "runtime-check/collect/observe.h"
#include "runtime-check/collect/store_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

static uint32_t hook_of(const char *api) {
  uint32_t hook = 0;
  while (strcmp(hook_name(hook), api) != 0) hook++;
  return hook;
}

static __attribute__((noinline)) uint64_t here(void) {
  return (uint64_t)(uintptr_t)__builtin_return_address(0);
}

static uint32_t add_stack(recording *r, bool running, uint64_t pc) {
  stack st = {.pc = {pc, pc + 1}, .count = 2, .running = running, .cut = true};
  return recording_stack(r, 0, &st);
}

static void add_stall(recording *r, uint32_t loop, const char *api, uint64_t at, uint64_t duration,
                      uint64_t cpu, uint32_t on) {
  uint32_t hook = api ? hook_of(api) : NO_INDEX;
  recorded_stall *stall = bs_vec_push(&r->stalls);
  *stall = (recorded_stall){.loop = loop,
                            .start = r->began + at,
                            .duration = duration,
                            .cpu_ns = cpu,
                            .ended = true,
                            .settled = true};
  *bs_vec_push(&stall->samples) = (recorded_sample){duration / 2, on, hook, api ? 'S' : 'R'};
  if (api) *bs_vec_push(&stall->calls) = (recorded_call){hook, 1, LAYOUT_SITES, here(), duration - cpu};
  recorded_sum_up(stall, &(stall_looks){0});
}

static void fill(recording *r) {
  uint32_t process = recording_process(r, getpid()), loop = recording_loop(r, process, getpid());
  uint32_t parked = add_stack(r, false, here()), computing = add_stack(r, true, here());
  recorded_loop *l = &r->loops.items[loop];
  *l = (recorded_loop){.process = process,
                       .tid = l->tid,
                       .name = "test",
                       .wait_stack = NO_INDEX,
                       .library = "libuv",
                       .iterations = 20,
                       .busy_ns = 300 * MS,
                       .idle_ns = 5 * MS,
                       .max_ns = 90 * MS};
  l->histogram[layout_bucket(90 * MS)] = 3;
  add_stall(r, loop, "fsync", 10 * MS, 40 * MS, 1 * MS, parked);
  add_stall(r, loop, "fsync", 60 * MS, 30 * MS, 1 * MS, parked);
  add_stall(r, loop, NULL, 100 * MS, 90 * MS, 90 * MS, computing);
  const layout_event call = {.hook = hook_of("fsync"), .caller = here(), .start = 1, .end = 1 + 39 * MS};
  recording_call(r, loop, &call);
  recording_call(r, loop, &call);
}

static void write_document(const observation *o, const rule_set *rules, bs_strbuf *out) {
  report_document document;
  bs_error error = BS_ERROR_INIT;
  report_document_init(&document);
  document.root_path = "/";
  if (!observed_alone(o, rules, NULL, &document, &error)) fail_msg("%s", error.text.text);
  report_write_json(&document, &(report_options){0}, out);
  assert_int_equal(document.stalls.count, 3);
  assert_int_equal(document.all_stalls, 3);
  assert_string_equal(document.stalls.items[2].kind, "on-cpu");
  assert_string_equal(document.stalls.items[0].api, "fsync");
  assert_int_equal(document.recorded_calls.items[0].calls, 2);
  report_document_fini(&document);
}

static void memory_and_file_give_one_document(void **state) {
  (void)state;
  char path[] = "/tmp/blockscan-observe-XXXXXX";
  bs_error error = BS_ERROR_INIT;
  bs_strbuf live = BS_STRBUF_INIT, file = BS_STRBUF_INIT;
  recording r;
  account v;
  rule_set rules;
  memory_observation memory;
  close(mkstemp(path));
  rule_set_init(&rules);
  rule_set_index(&rules);
  assert_true(recording_init(&r, &(recording_options){.file = path, .threshold_ns = 10 * MS}, &error));
  r.store = store_create(path, &error);
  if (!r.store) fail_msg("%s", error.text.text);
  r.session = store_session(r.store, (const char *[]){"test", NULL}, 1, 10 * MS);
  fill(&r);
  r.ended = r.began + 400 * MS;
  r.offered = true;
  account_init(&v, &r);
  recording_store(&r, &v);
  assert_null(store_error(r.store));
  memory_observation_init(&memory, &v);
  write_document(&memory.made, &rules, &live);
  store_close(r.store);
  r.store = NULL;
  store_reader *reader = store_reader_open(path, &error);
  if (!reader) fail_msg("%s", error.text.text);
  write_document(store_reader_observation(reader), &rules, &file);
  assert_string_equal(live.text, file.text);
  store_reader_close(reader);
  memory_observation_fini(&memory);
  account_fini(&v);
  recording_fini(&r);
  rule_set_fini(&rules);
  bs_strbuf_fini(&live);
  bs_strbuf_fini(&file);
  bs_error_fini(&error);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(memory_and_file_give_one_document)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
