/* What a loop would be without a finding: shares come out of stalls, and the loop's figures follow. */
#include "evidence/predict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

/* A loop with 98 iterations of about 1 ms and the stalls that follow. */
static void open_document(report_document *d) {
  report_document_init(d);
  d->is_recording = true;
  d->threshold_ns = 10 * MS;
  report_loop *loop = bs_vec_push(&d->recorded_loops);
  loop->id = 7;
  loop->iterations = 98;
  *bs_vec_push(&loop->histogram) = (report_bucket){1 * MS, 98};
}

static uint32_t add_finding(report_document *d) {
  report_add_finding(d);
  return d->findings.count - 1;
}

static uint32_t add_stall(report_document *d, uint64_t ms) {
  report_loop *loop = &d->recorded_loops.items[0];
  *bs_vec_push(&d->held) = (report_held){.loop = 7, .duration_ns = ms * MS};
  *bs_vec_push(&loop->histogram) = (report_bucket){ms * MS, 1};
  loop->iterations++;
  if (ms * MS > loop->max_ns) loop->max_ns = ms * MS;
  loop->p99_ns = loop->max_ns;
  return d->held.count - 1;
}

static void add_share(report_document *d, uint32_t stall, uint32_t finding, uint64_t ms) {
  *bs_vec_push(&d->shares) = (report_share){stall, finding, ms * MS, 0};
}

/* A share of which so much was computed. */
static void add_computed(report_document *d, uint32_t stall, uint32_t finding, uint64_t ms,
                         uint64_t computed_ms) {
  *bs_vec_push(&d->shares) = (report_share){stall, finding, ms * MS, computed_ms * MS};
}

static const report_prediction *without(const report_document *d, uint32_t finding) {
  return &d->findings.items[finding].runtime.without;
}

static void shares_come_out(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t parse = add_finding(&d), upload = add_finding(&d), idle = add_finding(&d);
  uint32_t shorter = add_stall(&d, 100), longer = add_stall(&d, 300);
  add_share(&d, shorter, parse, 95);
  add_share(&d, longer, parse, 100);
  add_share(&d, longer, upload, 195);
  report_predict(&d);
  assert_int_equal(without(&d, parse)->loop, 7);
  assert_int_equal(without(&d, parse)->was_held_ns, 400 * MS);
  assert_int_equal(without(&d, parse)->held_ns, 200 * MS); /* 5 ms are no stall */
  assert_int_equal(without(&d, parse)->max_ns, 200 * MS);
  assert_int_equal(without(&d, upload)->held_ns, 205 * MS);
  assert_int_equal(without(&d, upload)->max_ns, 105 * MS); /* the longer one is still the longest */
  assert_int_equal(without(&d, idle)->loop, 0);
  assert_int_equal(d.without.held_ns, 0); /* both, together */
  assert_int_equal(d.without.was_held_ns, 400 * MS);
  report_document_fini(&d);
}

static void what_no_stall_is_left_of_is_an_ordinary_iteration(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t all = add_finding(&d);
  uint32_t first = add_stall(&d, 100), second = add_stall(&d, 300);
  add_share(&d, first, all, 99);
  add_share(&d, second, all, 400); /* samples may say more than the stall took */
  report_predict(&d);
  assert_int_equal(without(&d, all)->held_ns, 0);
  uint64_t longest = without(&d, all)->max_ns, p99 = without(&d, all)->p99_ns;
  assert_true(longest >= 1 * MS && longest <= 2 * MS);
  assert_true(p99 >= 1 * MS * 9 / 10 && p99 <= 2 * MS);
  report_document_fini(&d);
}

static void cuts_are_ranked_by_what_they_give_back(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t little = add_finding(&d), much = add_finding(&d), more = add_finding(&d);
  uint32_t stall = add_stall(&d, 300);
  add_share(&d, stall, little, 20);
  add_share(&d, stall, much, 100);
  add_share(&d, stall, more, 150);
  report_cut *cut = bs_vec_push(&d.cuts);
  cut->place.function = "small";
  *bs_vec_push(&cut->findings) = little;
  cut = bs_vec_push(&d.cuts);
  cut->place.function = "large";
  *bs_vec_push(&cut->findings) = much;
  *bs_vec_push(&cut->findings) = more;
  report_predict(&d);
  assert_string_equal(d.cuts.items[0].place.function, "large");
  assert_int_equal(d.cuts.items[0].without.max_ns, 50 * MS);
  assert_int_equal(d.cuts.items[1].without.max_ns, 280 * MS);
  report_document_fini(&d);
}

/* A call that waits may become one that doesn't, and what it computes stays; one that computes can only
 * leave. */
static void what_a_waiting_call_computes_may_stay(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t upload = add_finding(&d), parse = add_finding(&d);
  uint32_t shorter = add_stall(&d, 100), longer = add_stall(&d, 300);
  add_computed(&d, shorter, upload, 98, 8);
  add_computed(&d, longer, upload, 200, 30);
  add_computed(&d, longer, parse, 95, 90);
  report_predict(&d);
  assert_int_equal(without(&d, upload)->held_ns, 100 * MS);
  assert_int_equal(without(&d, upload)->most_held_ns, 140 * MS); /* 10 ms of the one, 130 ms of the other */
  assert_int_equal(without(&d, upload)->most_max_ns, 130 * MS);
  assert_int_equal(without(&d, parse)->most_held_ns, without(&d, parse)->held_ns);
  assert_int_equal(without(&d, parse)->most_p99_ns, without(&d, parse)->p99_ns);
  assert_int_equal(d.without.held_ns, 0);
  assert_int_equal(d.without.most_held_ns, 45 * MS); /* of both: 5 + 30 ms, and 10 ms */
  assert_int_equal(d.without.most_max_ns, 35 * MS);
  report_document_fini(&d);
}

/* A stall is not in the bucket that begins with its length: the bucket is no ordinary iteration for that. */
static void the_bucket_of_a_stall_is_its_own(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t all = add_finding(&d), stall = add_stall(&d, 300);
  d.held.items[stall].duration_ns = 310 * MS;
  d.recorded_loops.items[0].max_ns = 310 * MS;
  add_share(&d, stall, all, 305);
  report_predict(&d);
  assert_int_equal(without(&d, all)->max_ns, 5 * MS);
  report_document_fini(&d);
}

/* Stalls of another loop are no business of this one. */
static void loops_are_apart(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t here = add_finding(&d), stall = add_stall(&d, 100);
  add_share(&d, stall, here, 60);
  report_loop *other = bs_vec_push(&d.recorded_loops);
  other->id = 8;
  other->max_ns = 900 * MS;
  *bs_vec_push(&other->histogram) = (report_bucket){900 * MS, 1};
  *bs_vec_push(&d.held) = (report_held){.loop = 8, .duration_ns = 900 * MS};
  report_predict(&d);
  assert_int_equal(without(&d, here)->loop, 7);
  assert_int_equal(without(&d, here)->was_held_ns, 100 * MS);
  assert_int_equal(without(&d, here)->held_ns, 40 * MS);
  assert_int_equal(without(&d, here)->max_ns, 40 * MS);
  report_document_fini(&d);
}

/* What no sample is of: the finding had nine tenths of what was seen, and another nobody's the rest. */
static void what_was_not_seen_is_as_what_was(void **state) {
  report_document d;
  (void)state;
  open_document(&d);
  uint32_t parse = add_finding(&d), seen = add_stall(&d, 100), blurred = add_stall(&d, 300);
  add_share(&d, seen, parse, 90);
  add_share(&d, blurred, parse, 90);
  d.held.items[blurred].unseen_ns = 200 * MS;
  report_predict(&d);
  assert_int_equal(without(&d, parse)->max_ns, 30 * MS); /* 300 - 90 - 200 × 180/200 */
  assert_int_equal(without(&d, parse)->held_ns, 40 * MS);
  report_document_fini(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_come_out),
      cmocka_unit_test(what_no_stall_is_left_of_is_an_ordinary_iteration),
      cmocka_unit_test(cuts_are_ranked_by_what_they_give_back),
      cmocka_unit_test(what_a_waiting_call_computes_may_stay),
      cmocka_unit_test(the_bucket_of_a_stall_is_its_own),
      cmocka_unit_test(loops_are_apart),
      cmocka_unit_test(what_was_not_seen_is_as_what_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
