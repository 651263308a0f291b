/* What breakpoints may cost a thread that is watched from outside: a hundredth of its time, in the long run
 * whatever its loop does; all passages while that is enough, and ends of iterations all the time. */
#include "runtime-check/attach/governor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HIT = 9000, ARM = 30000, PERIOD = 10000000 };
#define SECOND UINT64_C(1000000000)

/* What a look of a loop that passes its wait `passes` times in a period costs, and what it was told. */
typedef struct played {
  uint64_t spent, looks_all, looks_end, looks_blind;
} played;

/* Both breakpoints while all are told; else one, for one hit. */
static void play(governor *g, uint64_t *now, uint64_t until, uint64_t passes, played *p) {
  uint64_t left = governor_hits(g), hits = 0;
  while (*now < until) {
    *now += PERIOD;
    if (g->all) hits = 2 * (passes < left ? passes : left);
    p->spent += hits * HIT;
    governor_count(g, *now, hits);
    hits = 0;
    p->looks_all += g->all;
    left = governor_hits(g);
    if (!g->all && governor_may_arm(g, *now)) {
      governor_armed(g, *now, ARM);
      p->spent += ARM;
      hits = passes > 0;
      p->looks_end++;
    }
    p->looks_blind += !g->all && g->armed_at != *now;
  }
}

static played run(uint64_t passes, uint64_t ns) {
  uint64_t now = SECOND;
  governor g = governor_of(now, HIT);
  played p = {0};
  play(&g, &now, now + ns, passes, &p);
  return p;
}

static void keeps_to_its_share(void **state) {
  (void)state;
  for (uint64_t passes = 1; passes < 5000; passes = passes * 3 / 2 + 1) {
    played p = run(passes, 60 * SECOND);
    uint64_t reserve = GOVERNOR_RESERVE_NS / GOVERNOR_SHARE;
    assert_true(p.spent <= 60 * SECOND / GOVERNOR_SHARE + 2 * reserve);
  }
}

static void slow_loops_are_told_whole(void **state) {
  (void)state;
  const uint64_t looks = 60 * SECOND / PERIOD;
  for (uint64_t passes = 0; passes <= 4; passes++) {
    played p = run(passes, 60 * SECOND);
    assert_int_equal(p.looks_all, looks);
    assert_int_equal(p.looks_end, 0);
  }
}

static void fast_loops_are_told_an_end_at_each_look(void **state) {
  (void)state;
  for (uint64_t passes = 8; passes < 5000; passes *= 2) {
    played p = run(passes, 60 * SECOND);
    assert_true(p.looks_all > 0); /* now and then all are */
    assert_true(p.looks_end > 60 * SECOND / PERIOD / 10);
    assert_int_equal(p.looks_blind, 0);
  }
}

static void a_burst_takes_from_the_reserve(void **state) {
  (void)state;
  uint64_t now = SECOND;
  governor g = governor_of(now, HIT);
  played p = {0};
  play(&g, &now, now + 10 * SECOND, 2, &p); /* few for long */
  play(&g, &now, now + 2 * PERIOD, 50, &p);
  play(&g, &now, now + 10 * SECOND, 2, &p);
  assert_int_equal(p.looks_end, 0);
}

static void hits_are_bounded(void **state) {
  (void)state;
  governor g = governor_of(SECOND, HIT);
  assert_int_equal(governor_hits(&g), GOVERNOR_HITS_MAX);
  governor_count(&g, SECOND, UINT32_MAX);
  assert_false(g.all);
  assert_true(g.left >= -(int64_t)(GOVERNOR_RESERVE_NS / GOVERNOR_SHARE)); /* a debt ends */
  governor_count(&g, SECOND + 2 * GOVERNOR_RESERVE_NS, 0); /* no time brings more than the reserve */
  assert_true(g.left <= 0);
  governor_count(&g, SECOND + 4 * GOVERNOR_RESERVE_NS, 0);
  assert_true(g.all);
  assert_int_equal(governor_hits(&g), GOVERNOR_HITS_MAX);
}

static void as_many_hits_as_the_reserve_is_for(void **state) {
  (void)state;
  for (uint64_t cost = 100; cost < 10000000; cost *= 2) {
    governor g = governor_of(SECOND, cost);
    uint64_t hits = governor_hits(&g), reserve = GOVERNOR_RESERVE_NS / GOVERNOR_SHARE;
    assert_true(hits >= 1 && hits <= GOVERNOR_HITS_MAX);
    assert_true(hits == 1 || 2 * hits * cost <= reserve);
  }
}

static void dear_ones_are_armed_less_often(void **state) {
  (void)state;
  governor g = governor_of(SECOND, HIT);
  governor_armed(&g, SECOND, 1000 * SECOND); /* it was waited for */
  assert_true(g.arm_ns < GOVERNOR_ARM_MAX_NS);
  for (int i = 0; i < 100; i++) governor_armed(&g, SECOND, 60000);
  assert_true(g.arm_ns >= 59000 && g.arm_ns <= 60000);
  assert_false(governor_may_arm(&g, SECOND + 6 * PERIOD / 10));
  assert_true(governor_may_arm(&g, SECOND + PERIOD));
}

static void clocks_that_go_back_bring_nothing(void **state) {
  (void)state;
  governor g = governor_of(SECOND, 0);
  assert_true(g.hit_ns > 0);
  governor_count(&g, SECOND, 100000);
  int64_t left = g.left;
  governor_count(&g, SECOND - 1, 0);
  assert_int_equal(g.left, left);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keeps_to_its_share),
      cmocka_unit_test(slow_loops_are_told_whole),
      cmocka_unit_test(fast_loops_are_told_an_end_at_each_look),
      cmocka_unit_test(a_burst_takes_from_the_reserve),
      cmocka_unit_test(hits_are_bounded),
      cmocka_unit_test(as_many_hits_as_the_reserve_is_for),
      cmocka_unit_test(dear_ones_are_armed_less_often),
      cmocka_unit_test(clocks_that_go_back_bring_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
