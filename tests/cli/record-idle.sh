# While no loop of the program runs the recorder sleeps; and it is there when one is held after all.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
wakeups() { cat /proc/"$1"/task/*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'; }
"$BLOCKSCAN" record -o stalls.db --output json=report.json -- "$BLOCKSCAN_PROGRAMS/idle" >ready 2>err &
recorder=$!
while kill -0 $recorder && ! [ -s ready ]; do sleep 0.1; done
sleep 1.2
before=$(wakeups $recorder)
sleep 1
after=$(wakeups $recorder)
# Ten of them look for programs that did not load the library, which are looked for more often in the beginning.
wait $recorder || fail "record: exit code $?"
[ $((after - before)) -le 30 ] || fail "the recorder woke $((after - before)) times in a second"
holds '[.stalls[] | select(.culprit.function == "save" and .duration_ms >= 40 and .samples != [])] | length == 5'
holds '[.stalls[].loop] | unique | length == 2'

# Ten short timers in a second wake it once each, as a rule; and it is there for the stall that comes.
cat >timers.c <<'END_C'
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
static volatile long sink;
__attribute__((noinline)) static void hold(void) {
  struct timespec now, end;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  do {
    for (int i = 0; i < 20000; i++) sink += i;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  } while ((now.tv_sec - end.tv_sec) * 1000000000L + now.tv_nsec - end.tv_nsec < 60000000L);
  __asm__("");
}
int main(void) {
  struct epoll_event e = {.events = EPOLLIN};
  int events = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const struct itimerspec each = {{0, 100000000}, {0, 100000000}};
  uint64_t expired;
  timerfd_settime(timer, 0, &each, NULL);
  epoll_ctl(events, EPOLL_CTL_ADD, timer, &e);
  for (int i = 0; i < 82; i++) {
    if (epoll_wait(events, &e, 1, -1) == 1 && read(timer, &expired, sizeof expired) < 0) return 1;
    if (i == 40 && write(1, "settled", 7) != 7) return 1;
    if (i > 75 && i % 2) hold();
  }
}
END_C
cc -g -O1 -o timers timers.c
"$BLOCKSCAN" record -o stalls.db --output json=report.json -- ./timers >settled 2>err &
recorder=$!
while kill -0 $recorder && ! [ -s settled ]; do sleep 0.1; done
before=$(wakeups $recorder)
sleep 3
after=$(wakeups $recorder)
wait $recorder || fail "record: exit code $?"
[ $(((after - before) / 3)) -le 20 ] || fail "the recorder woke $(((after - before) / 3)) times in a second beside ten timers"
holds '[.stalls[] | select(.culprit.function == "hold" and .samples != [])] | length == 3'
