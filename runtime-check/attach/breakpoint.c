/* perf_event_open(2). An event may be hit so many times and is disabled then, by the kernel; a hit is one
 * record of the ring, so nobody has to ask for its count, which would interrupt the thread. Before it comes
 * to the limit it is given more. One that had no more is opened anew: some kernels (Linux 6.17 and later) do
 * not count what a disabled one is given. */
#include "runtime-check/attach/breakpoint.h"

#include "runtime-check/collect/recording.h"

#include <asm/perf_regs.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
  RING_PAGES = 4, /* holds more records than two breakpoints may be hit between two looks */
  COST_BATCHES = 7,
  COST_HITS = 16,
  COST_UNKNOWN_NS = 10000,
};

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static int open_event(struct perf_event_attr *a, pid_t tid) {
  a->size = sizeof *a;
  a->exclude_kernel = a->exclude_hv = a->disabled = a->use_clockid = 1;
  a->clockid = CLOCK_MONOTONIC;
  return (int)syscall(SYS_perf_event_open, a, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* ---- the ring ---- */

bool hit_ring_open(hit_ring *ring, pid_t tid) {
  struct perf_event_attr nothing = {.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY};
  *ring = (hit_ring){.owner = open_event(&nothing, tid)};
  if (ring->owner < 0) return false;
  void *memory = mmap(NULL, (1 + RING_PAGES) * page(), PROT_READ | PROT_WRITE, MAP_SHARED, ring->owner, 0);
  if (memory != MAP_FAILED) ring->memory = memory;
  return ring->memory;
}

void hit_ring_close(hit_ring *ring) {
  if (ring->memory) munmap(ring->memory, (1 + RING_PAGES) * page());
  if (ring->owner >= 0) close(ring->owner);
  *ring = (hit_ring){.owner = -1};
}

static void copy_record(const hit_ring *ring, uint64_t at, void *to, size_t size) {
  const size_t length = RING_PAGES * page();
  const char *data = (const char *)ring->memory + page();
  for (size_t i = 0; i < size; i++) ((char *)to)[i] = data[(at + i) % length];
}

bool hit_ring_take(hit_ring *ring, hit *out, bool *whole) {
  uint64_t tail = ring->memory->data_tail, head = __atomic_load_n(&ring->memory->data_head, __ATOMIC_ACQUIRE);
  bool found = false;
  while (!found && tail < head) {
    copy_record(ring, tail, &out->header, sizeof out->header);
    found = out->header.type == PERF_RECORD_SAMPLE && out->header.size == sizeof *out;
    if (found)
      copy_record(ring, tail, out, sizeof *out);
    else
      *whole = false; /* lost, or throttled */
    if (out->header.size < sizeof out->header) break;
    tail += out->header.size;
  }
  __atomic_store_n(&ring->memory->data_tail, tail, __ATOMIC_RELEASE);
  return found;
}

bool hit_ring_is_empty(const hit_ring *ring) {
  return ring->memory->data_tail == __atomic_load_n(&ring->memory->data_head, __ATOMIC_ACQUIRE);
}

/* ---- one breakpoint ---- */

static bool grant(breakpoint *b, uint64_t hits) {
  b->granted += hits;
  return ioctl(b->file, PERF_EVENT_IOC_REFRESH, hits) == 0;
}

bool breakpoint_arm(breakpoint *b, const hit_ring *ring, pid_t tid, uint64_t address, uint32_t times) {
  struct perf_event_attr a = {.type = PERF_TYPE_BREAKPOINT,
                              .bp_type = HW_BREAKPOINT_X,
                              .bp_addr = address,
                              .bp_len = sizeof(long),
                              .sample_period = 1,
                              .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_REGS_USER,
                              .sample_regs_user = 1 << PERF_REG_X86_DX | 1 << PERF_REG_X86_SI |
                                                  1 << PERF_REG_X86_DI | 1 << PERF_REG_X86_SP |
                                                  1 << PERF_REG_X86_R10};
  uint64_t before = clock_now();
  breakpoint_disarm(b);
  *b = (breakpoint){.file = -1, .took_ns = clock_now() - before};
  b->file = open_event(&a, tid);
  bool good = b->file >= 0 && ioctl(b->file, PERF_EVENT_IOC_SET_OUTPUT, ring->owner) == 0;
  before = clock_now();
  good = good && grant(b, times);
  b->took_ns += clock_now() - before;
  int problem = errno;
  if (!good) breakpoint_disarm(b);
  errno = problem;
  return good;
}

void breakpoint_disarm(breakpoint *b) {
  if (b->file >= 0) close(b->file);
  b->file = -1;
}

/* The last hit may come at this moment: it is granted more, and off all the same. So with as many hits as
 * were granted before, it counts as spent. */
void breakpoint_grant(breakpoint *b, uint32_t times) {
  uint64_t left = b->granted - b->hits;
  if (b->file < 0 || left >= times) return;
  b->edge = b->granted;
  grant(b, times - left);
}

bool breakpoint_is_spent(const breakpoint *b) {
  return b->file >= 0 && (b->hits >= b->granted || (b->edge && b->hits == b->edge));
}

/* ---- what a hit costs ---- */

__attribute__((noinline)) static void hit_me(void) { __asm__ volatile("nop"); }

static uint64_t batch_ns(void) {
  uint64_t before = clock_now();
  for (int i = 0; i < COST_HITS; i++) hit_me();
  return (clock_now() - before) / COST_HITS;
}

static int compare(const void *a, const void *b) {
  const uint64_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* Some virtual machines accept a breakpoint and never tell that it was hit. */
static void measure(breakpoint_trial *trial, hit_ring *ring) {
  uint64_t taken[COST_BATCHES];
  bool whole = true;
  for (int i = 0; i < COST_BATCHES; i++) {
    hit h;
    unsigned hits = 0;
    taken[i] = batch_ns();
    while (hit_ring_take(ring, &h, &whole)) hits++;
    if (hits == COST_HITS) continue;
    trial->problem = "this machine accepts them and never tells of a hit";
    return;
  }
  qsort(taken, COST_BATCHES, sizeof *taken, compare);
  trial->hit_ns = taken[COST_BATCHES / 2];
}

static const char *refusal(int problem) {
  if (problem == EACCES || problem == EPERM)
    return "the kernel permits none (kernel.perf_event_paranoid, or a filter of system calls)";
  if (problem == ENOSPC || problem == EBUSY) return "all are in use";
  return "the kernel has none";
}

static breakpoint_trial tried(void) {
  breakpoint_trial trial = {.hit_ns = COST_UNKNOWN_NS};
  hit_ring ring;
  breakpoint b = {.file = -1};
  pid_t tid = (pid_t)syscall(SYS_gettid);
  if (hit_ring_open(&ring, tid) && breakpoint_arm(&b, &ring, tid, (uint64_t)(uintptr_t)hit_me, INT32_MAX))
    measure(&trial, &ring);
  else
    trial.problem = refusal(errno);
  breakpoint_disarm(&b);
  hit_ring_close(&ring);
  return trial;
}

const breakpoint_trial *breakpoint_try(void) {
  static breakpoint_trial trial;
  if (!trial.hit_ns) trial = tried();
  return &trial;
}
