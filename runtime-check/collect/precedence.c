/* A deadline is met only when the watchdog gets a CPU at once, even one on which a program computes. Two
 * requests help, both without harm where they are refused: short turns (a thread that asks for less than
 * others is let in front of them: Linux 6.12 and later, sched_setattr(2), for everybody), and a lower nice
 * value (with CAP_SYS_NICE). Threads that are made meanwhile have the same. */
#include "runtime-check/collect/watch.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TURN_NS = 100000 /* the shortest there is */, AHEAD = 10 /* of the program, as nice(2) counts */ };

/* The kernel's struct sched_attr in its first size; its header cannot be included beside <sched.h>. */
typedef struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
} attributes;

static void set_turn(uint64_t ns) {
  attributes a = {.size = sizeof a};
  if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) != 0 || a.policy != SCHED_OTHER) return;
  a.size = sizeof a;
  a.runtime = ns;
  syscall(SYS_sched_setattr, 0, &a, 0);
}

int precedence_take(void) {
  int before = getpriority(PRIO_PROCESS, 0);
  setpriority(PRIO_PROCESS, 0, before - AHEAD);
  set_turn(TURN_NS);
  return before;
}

void precedence_drop(int before) {
  setpriority(PRIO_PROCESS, 0, before);
  set_turn(0);
}
