# The test that held the loop is named, in a program of many: by googletest's class, cmocka's function.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >loop.h <<'END_C'
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
__attribute__((noinline)) static void hold(int ms) {
  usleep(ms * 1000);
  __asm__("");
}
/* Runs five iterations, the last of them as long. */
__attribute__((noinline)) static void run_loop(int ms) {
  const struct itimerspec often = {{0, 5000000}, {0, 5000000}};
  struct epoll_event e = {.events = EPOLLIN};
  int set = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
  timerfd_settime(timer, 0, &often, nullptr_);
  epoll_ctl(set, EPOLL_CTL_ADD, timer, &e);
  for (int i = 0; i < 6; i++) {
    unsigned long n;
    if (epoll_wait(set, &e, 1, -1) == 1 && read(timer, &n, sizeof n) == sizeof n && i == 4) hold(ms);
  }
  close(timer);
  close(set);
}
END_C
ran=

cat >google.cc <<'END_C'
#include <gtest/gtest.h>
#define nullptr_ nullptr
#include "loop.h"
namespace transfers {
TEST(Upload, Small) { run_loop(0); }
TEST(Upload, Large) { run_loop(120); }
class Download : public testing::Test {};
TEST_F(Download, Slow) { run_loop(130); }
}
int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
END_C
if c++ -g -o google google.cc -lgtest -lpthread 2>/dev/null; then
  ran=yes
  record 0 --threshold 50ms -- ./google
  holds '[.stalls[] | select(.duration_ms > 100 and .api == "usleep") | .test] == ["Upload.Large", "Download.Slow"]'
  says ', in the test Upload.Large'
  says ', in the test Download.Slow'
  ! grep -q Upload.Small err || fail 'a test that held nothing is named'
  "$BLOCKSCAN" report --runtime stalls.db --output json=later.json >/dev/null 2>&1 || true
  [ "$(jq -c '[.stalls[].test]' report.json)" = "$(jq -c '[.stalls[].test]' later.json)" ] || fail 'the file says something else'
fi

cat >mocka.c <<'END_C'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#define nullptr_ NULL
#include "loop.h"
static void small_file(void **state) { (void)state, run_loop(0); }
static void large_file(void **state) { (void)state, run_loop(120); }
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(small_file), cmocka_unit_test(large_file)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
END_C
if cc -g -o mocka mocka.c -lcmocka 2>/dev/null; then
  ran=yes
  record 0 --threshold 50ms -- ./mocka
  holds '[.stalls[] | select(.duration_ms > 100 and .api == "usleep") | .test] == ["large_file"]'
fi
[ "$ran" ] || exit 77
