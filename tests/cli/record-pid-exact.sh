# From outside the kernel's breakpoints tell when each iteration began and ended: none that is held is missed, short ones are
# counted, and a wait in a callback that goes through the same code as the loop's ends nothing. Of a loop that comes to its wait
# thousands of times a second they tell the ends only, and no stall is missed for that. Where they are forbidden, looks tell.
# The recorder says which it was.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

cat >loop.c <<'END_C'
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static int silent[2];
__attribute__((noinline)) static void ask(int ms) {
  struct pollfd p = {.fd = silent[0], .events = POLLIN};
  poll(&p, 1, ms);
  __asm__("");
}
int main(int argc, char **argv) {
  const struct itimerspec each = {{0, 50000000}, {0, 50000000}};
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  uint64_t ticks;
  if (pipe(silent)) return 3;
  timerfd_settime(timer, 0, &each, NULL);
  for (int i = 0; i < 80; i++) {
    struct pollfd p = {.fd = timer, .events = POLLIN};
    if (poll(&p, 1, -1) < 1) return 3;
    double before = now();
    if (read(timer, &ticks, sizeof ticks) < 0) continue;
    ask(i % 4 ? 1 : atoi(argv[argc - 1]));
    printf("%.3f\n", now() - before);
  }
}
END_C
cc -g -O1 -o loop loop.c

# probe: whether there are breakpoints that tell (some virtual machines accept them, and no more); else runs a program that may not have any.
cat >without.c <<'END_C'
#include <errno.h>
#include <linux/filter.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
__attribute__((noinline)) static void hit(void) { __asm__ volatile("nop"); }
int main(int argc, char **argv) {
  unsigned long long hits = 0;
  if (argc > 1 && !strcmp(argv[1], "probe")) {
    struct perf_event_attr a = {.type = PERF_TYPE_BREAKPOINT, .size = sizeof a, .bp_type = HW_BREAKPOINT_X};
    a.bp_addr = (unsigned long)hit;
    a.bp_len = sizeof(long);
    a.exclude_kernel = a.exclude_hv = 1;
    int event = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
    if (event < 0) return 1;
    for (int i = 0; i < 5; i++) hit();
    return read(event, &hits, sizeof hits) != sizeof hits || hits != 5 ? 2 : 0;
  }
  struct sock_filter code[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 9;
  execv(argv[1], argv + 1);
  return 9;
}
END_C
cc -O1 -o without without.c

# watch MILLISECONDS [COMMAND]: records the loop to its end.
watch() {
  ./loop "$1" >blocks &
  program=$!
  sleep 0.2
  $2 "$BLOCKSCAN" record -o stalls.db --output json=report.json --pid "$program" --duration 60s --threshold 100ms 2>err
  wait "$program" || fail "the program ended with $?: it was disturbed"
}

probed=0
./without probe || probed=$?
if [ "$probed" = 0 ]; then
  watch 120 ''
  says 'iterations are told by breakpoints'
  # Some pass until the loop is found. From the first stall on there is one for each block, and none is shorter.
  jq -r '[.stalls[] | [.start_ms, .duration_ms]] | sort[] | .[1]' report.json >stalls
  found=$(wc -l <stalls)
  [ "$found" -ge 3 ] || fail "$found stalls"
  awk '$1 >= 100' blocks | tail -n "$found" | paste - stalls |
    awk '$2 < $1 - 1 { print "a stall of " $2 " ms for a block of " $1 " ms"; bad = 1 } END { exit bad }' >&2 || fail 'a block was missed'
  holds 'any(.stalls[]; .api == "poll" and .culprit.function == "ask")'
  # The callbacks of a millisecond are iterations, too.
  holds '.loops | length == 1 and .[0].p50_us < 50000'
  # A twin: nothing is held.
  watch 2 ''
  short=$(awk '$1 >= 100' blocks | wc -l)
  holds "(.stalls | length) <= $short"

  # Always busy between its stalls: each is found, ends when it ended, and began about when it did.
  "$BLOCKSCAN_PROGRAMS/outside" crowd 120 20 >blocks &
  program=$!
  sleep 0.2
  "$BLOCKSCAN" record -o stalls.db --output json=report.json --pid "$program" --duration 60s --threshold 80ms 2>err
  wait "$program" || fail "crowd: the program ended with $?: it was disturbed"
  says '1 loop came to its wait so often that telling all would take more than 1% of the time'
  says 'its beginning known to ± 10 ms'
  # The first may be over before the loop is known; each later one is as long as its block or longer (it may wait for a CPU).
  jq -r '[.stalls[] | [.start_ms, .duration_ms]] | sort[] | .[1]' report.json >stalls
  found=$(wc -l <stalls)
  [ "$found" -ge 18 ] || fail "crowd: $found of 20 stalls"
  cut -d ' ' -f 2 blocks | tail -n "$found" | paste - stalls |
    awk '$2 < $1 - 30 { print "a stall of " $2 " ms for a block of " $1 " ms"; bad = 1 } END { exit bad }' >&2 || fail 'crowd: a block was missed'
  holds 'any(.stalls[]; .api == "clock_nanosleep" and .culprit.function == "rest")'
  holds 'any(.stalls[]; .culprit.function | IN("compute", "now"))'
fi

# Forbidden, or accepted and never told: the looks find the stalls, and the report says why they had to.
if [ "$probed" = 2 ]; then
  watch 120 ''
  says 'no breakpoints told when iterations of 1 loop began and ended: this machine accepts them and never tells of a hit'
  holds '.stalls | length >= 1'
fi
watch 120 ./without
says 'no breakpoints told when iterations of 1 loop began and ended: the kernel permits none'
says 'lengths are exact to ± 10 ms'
holds '.loops | length == 1'
holds '.stalls | length >= 1'
