/* A long recording in memory: of stalls that are alike the longest stay, the rest are counted, and nothing else moves. */
#include "runtime-check/collect/recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KINDS = 3 };

static void begin(recording *r) {
  *r = (recording){.options = {.fail_over_ns = 9000}};
  bs_vec_push(&r->loops)->wait_stack = NO_INDEX;
  for (uint32_t i = 0; i < KINDS; i++) {
    recorded_stack *s = bs_vec_push(&r->stacks);
    s->pc = bs_calloc(1, sizeof *s->pc);
    s->count = 1;
    s->stored = i + 1;
  }
}

/* Stalls of 1, 2, 3 … ns, of one kind after the other; all but the last one are in the store. */
static void fill(recording *r, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    recorded_stall *stall = bs_vec_push(&r->stalls);
    stall->duration = stall->start = i + 1;
    stall->hook = NO_INDEX;
    stall->settled = stall->ended = i + 1 < count;
    stall->stored = i + 1 < count ? i + 1 : 0;
    *bs_vec_push(&stall->samples) = (recorded_sample){.stack = i % KINDS};
  }
  r->stalls_flushed = count - 1;
}

static void end(recording *r) {
  for (uint32_t i = 0; i < r->stalls.count; i++) bs_vec_fini(&r->stalls.items[i].samples);
  for (uint32_t i = 0; i < r->stacks.count; i++) free(r->stacks.items[i].pc);
  bs_vec_fini(&r->stalls);
  bs_vec_fini(&r->stacks);
  bs_vec_fini(&r->loops);
}

static void a_short_recording_stays_as_it_is(void **state) {
  (void)state;
  recording r;
  begin(&r);
  fill(&r, 1000);
  assert_int_equal(recording_fold(&r), 0);
  assert_int_equal(r.stalls.count, 1000);
  end(&r);
}

static void a_long_one_keeps_the_longest_and_counts_the_rest(void **state) {
  (void)state;
  enum { COUNT = 10000 };
  recording r;
  begin(&r);
  fill(&r, COUNT);
  uint32_t moved = recording_fold(&r);
  assert_int_equal(r.stalls.count + moved, COUNT);
  assert_true(r.stalls.count < 200);
  uint64_t count = 0, total = 0, over = 0;
  for (uint32_t i = 0; i < r.stalls.count; i++) {
    const recorded_stall *stall = &r.stalls.items[i];
    assert_true(!i || stall->start > r.stalls.items[i - 1].start);
    count += 1 + stall->others;
    total += stall->duration + stall->others_ns;
    over += (stall->duration >= 9000) + stall->others_over;
  }
  assert_int_equal(count, COUNT);
  assert_int_equal(total, (uint64_t)COUNT * (COUNT + 1) / 2);
  assert_int_equal(over, COUNT - 9000 + 1);
  assert_false(r.stalls.items[r.stalls.count - 1].settled);
  assert_int_equal(r.stalls_flushed, r.stalls.count - 1);
  assert_non_null(r.stacks.items[0].pc); /* the longest have them */
  end(&r);
}

static void what_no_stall_in_memory_has_is_freed(void **state) {
  (void)state;
  recording r;
  begin(&r);
  for (int i = 0; i < 2; i++) {
    recorded_stack *s = bs_vec_push(&r.stacks);
    s->pc = bs_calloc(1, sizeof *s->pc);
    s->stored = 9;
    s->pinned = i == 1;
  }
  fill(&r, 10000);
  assert_true(recording_fold(&r) > 0);
  assert_null(r.stacks.items[KINDS].pc);
  assert_non_null(r.stacks.items[KINDS + 1].pc);
  end(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_short_recording_stays_as_it_is),
      cmocka_unit_test(a_long_one_keeps_the_longest_and_counts_the_rest),
      cmocka_unit_test(what_no_stall_in_memory_has_is_freed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
