/* The heading of a stall, the function that is marked in its stack and the sample that is shown are of one
 * thing: its largest part. */
#include "evidence/observed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

#define OWN(name) {.function = name, .file = "server.c", .line = 1, .module = "/srv/server"}
#define LIBRARY(name) {.function = name, .module = "/usr/lib/libz.so"}
static const report_frame on_burn[] = {LIBRARY("deflate"), OWN("burn"), OWN("helper"), OWN("on_tick")},
                          on_nap[] = {OWN("nap"), OWN("helper"), OWN("on_tick")},
                          on_save[] = {OWN("save"), OWN("helper"), OWN("on_tick")},
                          on_log[] = {OWN("log_line"), OWN("on_tick")};
enum { BURN = 1, NAP, SAVE, LOG };
static const struct {
  const report_frame *frames;
  uint32_t count, culprit;
} stacks[] = {{0}, {on_burn, 4, 1}, {on_nap, 3, 0}, {on_save, 3, 0}, {on_log, 2, 0}};

typedef struct made {
  observed_stall stall;
} made;

static bool no_loops(void *p, observed_loop_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)visit, (void)to, (void)error;
  return true;
}
static bool no_calls(void *p, observed_call_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)visit, (void)to, (void)error;
  return true;
}
static bool no_scopes(void *p, observed_scope_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)visit, (void)to, (void)error;
  return true;
}
static bool no_notes(void *p, observed_note_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)visit, (void)to, (void)error;
  return true;
}
static bool one_stall(void *p, observed_stall_visitor *visit, void *to, bs_error *error) {
  (void)error;
  visit(to, &((made *)p)->stall);
  return true;
}
static bool again(void *p, const uint64_t *ids, uint32_t count, observed_stall_visitor *visit, void *to,
                  bs_error *error) {
  (void)ids, (void)count;
  return one_stall(p, visit, to, error);
}
static bool find_stack(void *p, uint64_t id, observed_stack *out) {
  (void)p;
  *out = (observed_stack){.callback = OBSERVED_NONE, .culprit = OBSERVED_NONE};
  if (!id || id >= sizeof stacks / sizeof *stacks) return false;
  *out = (observed_stack){.frames = stacks[id].frames,
                          .count = stacks[id].count,
                          .callback = stacks[id].count - 1,
                          .culprit = stacks[id].culprit};
  return true;
}
static const char **no_files(void *p, uint32_t *count) {
  (void)p;
  *count = 0;
  return NULL;
}

/* What the heading says of the largest part, in the words "PART API FUNCTION": the marked function is that
 * one. */
static const char *told(const stall_times *times, const report_call_time *calls, uint32_t ncalls,
                        const observed_sample *samples, uint32_t nsamples) {
  static char text[128];
  report_parts parts = {0};
  stall_parts(times, calls, ncalls, &parts);
  made m = {{.id = 1,
             .duration_ns = times->duration_ns,
             .cpu_ns = times->cpu_ns,
             .times = *times,
             .kind = stall_kind_of(times, &parts),
             .ended = true,
             .samples = samples,
             .nsamples = nsamples,
             .calls = calls,
             .ncalls = ncalls}};
  const observation o = {&m,    10 * MS,   times->duration_ns, 0,          NULL,
                         NULL,  NULL,      no_loops,           no_calls,   one_stall,
                         again, no_scopes, no_notes,           find_stack, no_files};
  report_document document;
  bs_error error = BS_ERROR_INIT;
  report_document_init(&document);
  assert_true(observed_only(&o, &document, &error));
  assert_int_equal(document.stalls.count, 1);
  const report_stall *stall = &document.stalls.items[0];
  const report_sample *sample = &stall->samples.items[stall->main];
  const report_part *first = &stall->parts.items[0];
  assert_true(stall->has_culprit);
  assert_non_null(first->function);
  assert_string_equal(first->function, stall->culprit.function);
  assert_string_equal(first->function, sample->stack.items[sample->culprit - 1].function);
  snprintf(text, sizeof text, "%s %s %s", report_part_names[first->kind], first->api ? first->api : "-",
           first->function);
  uint64_t ns = 0;
  for (uint32_t i = 0; i < stall->samples.count; i++) ns += stall->samples.items[i].ns;
  assert_true(ns <= stall->duration_ns);
  report_document_fini(&document);
  bs_vec_fini(&parts);
  return text;
}

static const observed_sample nap_then_burn[] = {
    {8 * MS, NAP, "usleep"}, {10 * MS, NAP, "usleep"}, {30 * MS, BURN, NULL}};

static void a_call_below_a_helper_is_the_helpers(void **state) {
  (void)state;
  const report_call_time nap = {"usleep", 1, 60 * MS};
  assert_string_equal(told(&(stall_times){90 * MS, 30 * MS, 0, 0}, &nap, 1, nap_then_burn, 3),
                      "call usleep nap");
}

static void what_computes_below_a_helper_is_the_helpers(void **state) {
  (void)state;
  const report_call_time nap = {"usleep", 1, 20 * MS};
  assert_string_equal(told(&(stall_times){90 * MS, 70 * MS, 0, 0}, &nap, 1, nap_then_burn, 3), "cpu - burn");
}

static void one_call_from_many_functions_is_their_callers(void **state) {
  (void)state;
  const report_call_time nap = {"usleep", 3, 90 * MS};
  const observed_sample two[] = {
      {8 * MS, NAP, "usleep"}, {45 * MS, SAVE, "usleep"}, {80 * MS, LOG, "usleep"}};
  assert_string_equal(told(&(stall_times){90 * MS, 0, 0, 0}, &nap, 1, two, 3), "call usleep helper");
}

/* A thread that comes back from a call and gets no CPU waits for one where the call is. */
static void a_wait_for_a_cpu_in_calls_is_where_they_are(void **state) {
  (void)state;
  const report_call_time sync = {"fsync", 40, 95 * MS};
  const observed_sample all[] = {{8 * MS, SAVE, "fsync"}, {10 * MS, SAVE, "fsync"}, {60 * MS, SAVE, "fsync"}};
  assert_string_equal(told(&(stall_times){100 * MS, 5 * MS, 80 * MS, 0}, &sync, 1, all, 3),
                      "waiting-for-cpu - save");
}

static void one_outside_of_calls_is_where_no_call_is(void **state) {
  (void)state;
  const report_call_time nap = {"usleep", 1, 12 * MS};
  assert_string_equal(told(&(stall_times){90 * MS, 20 * MS, 58 * MS, 0}, &nap, 1, nap_then_burn, 3),
                      "waiting-for-cpu - burn");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_call_below_a_helper_is_the_helpers),
                                     cmocka_unit_test(what_computes_below_a_helper_is_the_helpers),
                                     cmocka_unit_test(one_call_from_many_functions_is_their_callers),
                                     cmocka_unit_test(a_wait_for_a_cpu_in_calls_is_where_they_are),
                                     cmocka_unit_test(one_outside_of_calls_is_where_no_call_is)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
