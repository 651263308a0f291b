# A stall is a sum: the parts add up to it, calls have their exact times, and the heading, the marked function, the kind, the file and the
# finding all speak of the largest part.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >mixed.c <<'END_C'
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define APART __attribute__((noinline))
#define END __asm__ volatile("")
static volatile long sink;
/* By the thread's own clock: a busy machine makes it longer, and not more. */
#define COMPUTE(ms) \
  do { \
    struct timespec now, end; \
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end); \
    long until = end.tv_sec * 1000000000L + end.tv_nsec + (ms) * 1000000L; \
    do { \
      for (int i = 0; i < 200000; i++) sink += i; \
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now); \
    } while (now.tv_sec * 1000000000L + now.tv_nsec < until); \
  } while (0)
APART static void encode(int ms) { COMPUTE(ms); END; }
APART static void upload(int ms) { struct pollfd none = {-1, 0, 0}; poll(&none, 1, ms); END; }
#define SMALL(n) APART static void small_##n(void) { COMPUTE(25); END; }
SMALL(1) SMALL(2) SMALL(3) SMALL(4) SMALL(5) SMALL(6) SMALL(7) SMALL(8)
APART static void many_small(void) {
  small_1(); small_2(); small_3(); small_4(); small_5(); small_6(); small_7(); small_8();
  END;
}
APART static void nap_a(void) { usleep(60000); END; }
APART static void nap_b(void) { usleep(70000); END; }
APART static void nap_c(void) { usleep(80000); END; }
APART static void stopped(void) {
  pid_t self = getpid();
  if (fork() == 0) {
    usleep(20000);
    kill(self, SIGSTOP);
    usleep(600000);
    kill(self, SIGCONT);
    _exit(0);
  }
  usleep(60000);
  END;
}
static const char *what;
static int ticks;
static void on_tick(void) {
  if (++ticks != 5) return;
  if (!strcmp(what, "computes")) { upload(100); encode(300); }
  if (!strcmp(what, "polls")) { encode(50); upload(400); }
  if (!strcmp(what, "small")) many_small();
  if (!strcmp(what, "naps")) { nap_a(); nap_b(); nap_c(); }
  if (!strcmp(what, "stopped")) stopped();
  END;
}
int main(int argc, char **argv) {
  const struct itimerspec often = {{0, 5000000}, {0, 5000000}};
  struct epoll_event e = {.events = EPOLLIN};
  int set = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
  what = argv[argc - 1];
  timerfd_settime(timer, 0, &often, NULL);
  epoll_ctl(set, EPOLL_CTL_ADD, timer, &e);
  while (ticks < 10) {
    unsigned long n;
    if (epoll_wait(set, &e, 1, -1) == 1 && read(timer, &n, sizeof n) == sizeof n) on_tick();
  }
}
END_C
cc -g -O1 -fno-optimize-sibling-calls -o mixed mixed.c

# mixed WHAT: the longest stall is in $stall.
stall='[.stalls | sort_by(-.duration_ms)[]][0]'
mixed() {
  record 0 -- ./mixed "$1"
  holds "$stall"' | (.parts | map(.ms) | add) - .duration_ms | fabs < 0.001'
  holds "$stall"' | .parts | map(.ms) | . == (sort | reverse)'
}
# calmly WHAT: the same, until the machine gave the program its CPU; false when it never did, and nothing can be said
# of the largest part.
calmly() {
  for _ in 1 2 3 4 5 6; do
    mixed "$1"
    if jq -e "$(part waiting-for-cpu) < 0.2 * $stall.duration_ms" report.json >/dev/null; then return 0; fi
  done
  return 1
}
# part NAME: its milliseconds, in jq.
part() { echo "([$stall.parts[] | select(.part == \"$1\") | .ms] | add // 0)"; }
# Told everywhere: TEXT of the heading, FUNCTION that is marked.
told() {
  grep -m1 "stall #1" err | grep -qE -- "$1" || fail "the heading is not of: $1"
  [ "$(sed -n 's/^  > \([a-z_]*\) .*/\1/p' err | head -1)" = "$2" ] || fail "the mark is not at $2"
  holds "$stall | .culprit.function == \"$2\""
}

mixed computes
holds "$(part cpu) | . > 285 and . < 330"
holds "$(part call) | . > 60 and . < 130"
holds "$stall | .kind == \"on-cpu\" or .kind == \"runnable\" or .kind == \"mixed\""
holds "[$stall.parts[] | select(.part == \"cpu\").function] == [\"encode\"]"
holds "[$stall.parts[] | select(.api == \"poll\").function] == [\"upload\"]"
told ': [0-9]+% (on the CPU|waiting for a CPU) in encode' encode
holds '.findings[0].sink.function == "encode"'

if calmly polls; then
  told ': [0-9]+% in poll under upload' upload
  holds "$stall | .kind == \"off-cpu\" and .api == \"poll\""
  holds '.findings[] | select(.sink.api == "poll") | .sink.function == "upload"'
  stored off-cpu "SELECT kind FROM stalls ORDER BY duration_ns DESC LIMIT 1"
  stored poll "SELECT hook FROM stalls ORDER BY duration_ns DESC LIMIT 1"
fi
holds "any(.stalls[].calls[]; .api == \"poll\" and .calls == 1 and .total_ms >= 399)"
stored 1 "SELECT count(*) FROM stalls t JOIN stall_calls c ON c.stall_id = t.id WHERE c.hook = 'poll' AND c.total_ns >= 399e6"

# Many short functions are their common caller; one API from several functions, too.
mixed small
told ': [0-9]+% (on the CPU|waiting for a CPU) in many_small' many_small
if calmly naps; then
  told ': [0-9]+% in usleep under on_tick' on_tick
fi
holds "any(.stalls[].calls[]; .api == \"usleep\" and .calls == 3 and .total_ms >= 210)"

# Who is stopped waits for nothing and computes nothing.
if calmly stopped; then
  told ': [0-9]+% stopped by a signal' stopped
  stored stopped "SELECT kind FROM stalls ORDER BY duration_ns DESC LIMIT 1"
fi
holds "$(part stopped) | . > 300"

# A loop that only computes is never off the CPU, however busy the machine is.
for _ in 1 2 3; do
  (end=$(($(date +%s) + 8)); while [ "$(date +%s)" -lt $end ]; do :; done) &
done
record 0 -- ./mixed small
wait
holds '[.stalls[] | select(.duration_ms > 100)] | all(.kind == "on-cpu" or .kind == "runnable" or .kind == "mixed")'
