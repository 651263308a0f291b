/* Two breakpoints, and the governor's decision on them at each look. */
#include "runtime-check/attach/passages.h"

#include "runtime-check/attach/breakpoint.h"
#include "runtime-check/attach/governor.h"
#include "runtime-check/collect/recording.h"

#include <sys/uio.h>

enum {
  INSTRUCTION = 2, /* the length of `syscall` */
  UNTOLD_MAX = 3, /* ways back in a row */
};

struct passages {
  pid_t tid;
  wait_key wait;
  uint64_t pc, since;
  breakpoint in, out;
  hit_ring ring;
  governor governor;
  bool all; /* both are armed */
  bool many; /* not all were told, once */
  bool went_in; /* the latest that was told since they were armed */
  uint64_t latest; /* hit that was told */
  unsigned untold; /* ways back that nothing told of, since then */
};

static bool arm(passages *p, breakpoint *b, uint32_t times) {
  if (!breakpoint_arm(b, &p->ring, p->tid, b == &p->in ? p->pc - INSTRUCTION : p->pc, times)) return false;
  governor_armed(&p->governor, clock_now(), b->took_ns);
  return true;
}

/* In a loop that waits `out` is the first: it is armed before. */
static bool arm_all(passages *p) {
  uint32_t times = governor_hits(&p->governor);
  p->went_in = false;
  p->all = arm(p, &p->out, times) && arm(p, &p->in, times);
  p->since = p->all ? clock_now() : PASSAGES_LOST;
  return p->all;
}

static void arm_end(passages *p) {
  p->went_in = false;
  p->since = arm(p, &p->in, 1) ? clock_now() : PASSAGES_LOST;
}

static bool is_system_call(pid_t pid, uint64_t address) {
  unsigned char code[INSTRUCTION];
  struct iovec to = {code, sizeof code},
               from = {(void *)(uintptr_t)address, sizeof code}; // NOLINT(performance-no-int-to-ptr)
  return process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)sizeof code && code[0] == 0x0f &&
         code[1] == 0x05;
}

passages *passages_new(pid_t pid, pid_t tid, const wait_key *wait, uint64_t pc, const char **why) {
  const breakpoint_trial *trial = breakpoint_try();
  *why = trial->problem ? trial->problem : "a wait is not made by the instruction `syscall`";
  if (trial->problem || !is_system_call(pid, pc - INSTRUCTION)) return NULL;
  passages *p = bs_calloc(1, sizeof *p);
  *p = (passages){.tid = tid, .wait = *wait, .pc = pc, .in.file = -1, .out.file = -1};
  p->governor = governor_of(clock_now(), trial->hit_ns);
  if (hit_ring_open(&p->ring, tid) && arm_all(p)) return p;
  *why = "all of a thread's are in use";
  passages_free(p);
  return NULL;
}

void passages_free(passages *p) {
  if (!p) return;
  breakpoint_disarm(&p->in);
  breakpoint_disarm(&p->out);
  hit_ring_close(&p->ring);
  free(p);
}

uint64_t passages_since(const passages *p) { return p->since; }

bool passages_tell_all(const passages *p) { return p->all; }

bool passages_came_back(passages *p, uint64_t since) {
  bool told = !p->all || p->since > since || p->latest >= since;
  return !told && ++p->untold >= UNTOLD_MAX;
}

bool passages_were_many(const passages *p) { return p->many; }

/* ---- what came ---- */

/* The same code may serve other waits; a call leaves its arguments as they were. */
static bool is_of_wait(const passages *p, const hit *h) {
  const uint64_t arguments[] = {h->di, h->si, h->dx, h->r10};
  wait_key key;
  return wait_key_of(p->wait.call, arguments, h->sp, &key) && key.key == p->wait.key;
}

/* Returns the number of hits; *whole is set to false when records were lost. */
static uint64_t drain(passages *p, passage_list *out, bool *whole) {
  uint64_t count = 0;
  for (hit h; hit_ring_take(&p->ring, &h, whole); count++) {
    bool in = h.ip != p->pc;
    (in ? &p->in : &p->out)->hits++;
    p->went_in = in;
    p->latest = h.time;
    p->untold = 0;
    if (is_of_wait(p, &h)) *bs_vec_push(out) = (passage){h.time, !in};
  }
  return count;
}

/* After as many ways into the wait as are told there may be others. A thread that has come out is told until
 * it goes in, whatever is left of `out`. */
static bool is_over(const passages *p) {
  return breakpoint_is_spent(&p->in) || (p->went_in && (!p->all || breakpoint_is_spent(&p->out)));
}

/* ---- what is told next ---- */

/* The thread is on the way to `in`. If it has come there before `out` was armed, who knows where it is now.
 */
static void arm_out(passages *p, uint32_t times) {
  p->all = arm(p, &p->out, times);
  if (!p->all)
    p->since = PASSAGES_LOST;
  else if (!hit_ring_is_empty(&p->ring))
    p->since = PASSAGES_UNTOLD;
}

static void give_more(passages *p, uint32_t times) {
  if (p->in.granted - p->in.hits <= times / 2) breakpoint_grant(&p->in, times);
  if (!p->all || breakpoint_is_spent(&p->out))
    arm_out(p, times);
  else if (p->out.granted - p->out.hits <= times / 2)
    breakpoint_grant(&p->out, times);
}

static void tell_all(passages *p) {
  if (p->since == PASSAGES_UNTOLD)
    arm_all(p);
  else
    give_more(p, governor_hits(&p->governor));
}

/* The way of one iteration into its wait, from the look that finds it at work. */
static void tell_ends(passages *p, bool works) {
  if (p->all) breakpoint_disarm(&p->out);
  if (p->all && p->went_in) p->since = PASSAGES_UNTOLD;
  p->all = false;
  p->many = true;
  if (p->since != PASSAGES_UNTOLD) return;
  if (works && governor_may_arm(&p->governor, clock_now()))
    arm_end(p);
  else if (!breakpoint_is_spent(&p->in))
    breakpoint_disarm(&p->in); /* each hit costs, and tells nothing */
}

bool passages_read(passages *p, bool works, passage_list *out, uint64_t *since) {
  bool whole = true;
  uint64_t hits = drain(p, out, &whole), before = p->since;
  if (!whole || is_over(p)) p->since = PASSAGES_UNTOLD;
  governor_count(&p->governor, clock_now(), hits);
  if (p->governor.all)
    tell_all(p);
  else
    tell_ends(p, works);
  *since = p->since;
  return before < PASSAGES_UNTOLD && p->since == before;
}
