/* A stall whose samples all missed a call still belongs to it, where all calls of that API are one finding.
 */
#include "evidence/observed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

#define OWN(name) {.function = name, .file = "server.c", .line = 1, .module = "/srv/server"}
static const report_frame on_burn[] = {OWN("burn"), OWN("on_tick")}, on_nap[] = {OWN("nap"), OWN("on_tick")},
                          on_rest[] = {OWN("rest"), OWN("on_tick")};
enum { BURN = 1, NAP, REST };
static const report_frame *const stacks[] = {NULL, on_burn, on_nap, on_rest};

/* Calls of usleep from `places` functions, and one stall of 90 ms, 60 of them in usleep. */
static bool the_loops(void *p, observed_loop_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)error;
  const report_loop loop = {
      .id = 1, .library = "libuv", .iterations = 10, .max_ns = 90 * MS, .busy_ns = 95 * MS};
  visit(to, &loop, 0);
  return true;
}
static bool the_calls(void *p, observed_call_visitor *visit, void *to, bs_error *error) {
  (void)error;
  const report_frame nowhere = {.function = "", .module = ""};
  for (uint32_t i = 0; i < *(const uint32_t *)p; i++)
    visit(to, &(observed_call){.loop = 1,
                               .stack = NAP + i,
                               .api = "usleep",
                               .caller = &nowhere,
                               .ncaller = 1,
                               .count = 1,
                               .total_ns = 60 * MS,
                               .max_ns = 60 * MS});
  return true;
}
static bool the_stall(void *p, observed_stall_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)error;
  static const observed_sample sample = {10 * MS, BURN, NULL};
  static const report_call_time nap = {"usleep", 1, 60 * MS};
  visit(to, &(observed_stall){.id = 1,
                              .loop = 1,
                              .duration_ns = 90 * MS,
                              .cpu_ns = 30 * MS,
                              .times = {90 * MS, 30 * MS, 0, 0},
                              .kind = "off-cpu",
                              .ended = true,
                              .samples = &sample,
                              .nsamples = 1,
                              .calls = &nap,
                              .ncalls = 1});
  return true;
}
static bool again(void *p, const uint64_t *ids, uint32_t count, observed_stall_visitor *visit, void *to,
                  bs_error *error) {
  (void)ids, (void)count;
  return the_stall(p, visit, to, error);
}
static bool no_scopes(void *p, observed_scope_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)visit, (void)to, (void)error;
  return true;
}
static bool no_notes(void *p, observed_note_visitor *visit, void *to, bs_error *error) {
  (void)p, (void)visit, (void)to, (void)error;
  return true;
}
static bool find_stack(void *p, uint64_t id, observed_stack *out) {
  (void)p;
  *out = (observed_stack){.callback = OBSERVED_NONE, .culprit = OBSERVED_NONE};
  if (!id || id >= sizeof stacks / sizeof *stacks) return false;
  *out = (observed_stack){.frames = stacks[id], .count = 2, .callback = 1, .culprit = 0};
  return true;
}
static const char **no_files(void *p, uint32_t *count) {
  (void)p;
  *count = 0;
  return NULL;
}

/* How long usleep's findings held the loop, together. */
static uint64_t held_by_usleep(uint32_t places) {
  const observation o = {&places,   10 * MS,   100 * MS, 0,         NULL,     NULL,       NULL,    the_loops,
                         the_calls, the_stall, again,    no_scopes, no_notes, find_stack, no_files};
  static const char text[] =
      "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"sleep.usleep\","
      " \"functions\": [\"usleep\"], \"category\": \"sleep\", \"latency\": \"milliseconds\","
      " \"message\": \"sleeps\"}]}";
  bs_error error = BS_ERROR_INIT;
  rule_set rules;
  report_document document;
  rule_set_init(&rules);
  if (!rule_set_load_text(&rules, "test.json", text, sizeof text - 1, &error))
    fail_msg("%s", error.text.text);
  rule_set_index(&rules);
  report_document_init(&document);
  document.root_path = "/";
  if (!observed_alone(&o, &rules, NULL, &document, &error)) fail_msg("%s", error.text.text);
  uint64_t held = 0;
  for (uint32_t i = 0; i < document.findings.count; i++)
    if (!strcmp(document.findings.items[i].api, "usleep")) held += document.findings.items[i].runtime.held_ns;
  report_document_fini(&document);
  rule_set_fini(&rules);
  bs_error_fini(&error);
  return held;
}

static void calls_of_one_place_are_its(void **state) {
  (void)state;
  assert_int_equal(held_by_usleep(1), 60 * MS);
}

static void calls_of_two_places_are_nobodys(void **state) {
  (void)state;
  assert_true(held_by_usleep(2) < 60 * MS);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(calls_of_one_place_are_its),
                                     cmocka_unit_test(calls_of_two_places_are_nobodys)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
