# The test that held the loop is named, in a program of many: by googletest's class, cmocka's and GLib's function,
# Catch2's line; JUnit has a case for it.
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
  # A case each in JUnit: failed where the bound is broken, told where there is none.
  record 1 --threshold 50ms --fail-over 50ms --output junit=failed.xml -- ./google
  record 0 --threshold 50ms --fail-over 60s --output junit=kept.xml -- ./google
  cat >cases.py <<'END_PY'
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()
cases = {case.get("name"): case for case in suite.iter("testcase")}
assert int(suite.get("tests")) == len(suite.findall("testcase"))
assert int(suite.get("failures")) == len(list(suite.iter("failure")))
assert "Upload.Small" not in cases
for name in "Upload.Large", "Download.Slow":
    outcome = cases[name].find(sys.argv[2])
    assert cases[name].get("classname") == "./google" and "> hold" in outcome.text and f"in the test {name}" in outcome.text
END_PY
  python3 cases.py failed.xml failure || fail 'JUnit of a broken bound'
  python3 cases.py kept.xml system-out || fail 'JUnit of a bound that was kept'
  record 0 --threshold 50ms -- ./google
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

cat >catch.cc <<'END_C'
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
#define nullptr_ nullptr
#include "loop.h"
TEST_CASE("a small file") { run_loop(0); }
TEST_CASE("a large file") { run_loop(120); }
END_C
if c++ -g -o catch catch.cc -lCatch2Main -lCatch2 2>/dev/null || c++ -g -o catch catch.cc 2>/dev/null; then
  ran=yes
  record 0 --threshold 50ms --output junit=catch.xml -- ./catch
  line=$(grep -n 'a large file' catch.cc | cut -d : -f 1)
  holds "[.stalls[] | select(.duration_ms > 100 and .api == \"usleep\") | .test | test(\"catch.cc:$line\$\")] == [true]"
  grep -q "name=\"[^\"]*catch.cc:$line\"" catch.xml || fail "no case of Catch2's"
fi

cat >glib.c <<'END_C'
#include <glib.h>
#define nullptr_ NULL
#include "loop.h"
static void small_file(void) { run_loop(0); }
static void large_file(void) { run_loop(120); }
int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/small", small_file);
  g_test_add_func("/large", large_file);
  return g_test_run();
}
END_C
# shellcheck disable=SC2046
if cc -g -o glib glib.c $(pkg-config --cflags --libs glib-2.0 2>/dev/null) 2>/dev/null; then
  ran=yes
  record 0 --threshold 50ms -- ./glib
  holds '[.stalls[] | select(.duration_ms > 100 and .api == "usleep") | .test] == ["large_file"]'
fi
[ "$ran" ] || exit 77
