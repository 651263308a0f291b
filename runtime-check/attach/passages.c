/* perf_event_open(2). Each of the two events may be hit so many times and is disabled then, by the kernel.
 * Before it comes to that it is given more. One that had no more is opened anew: some kernels (Linux 6.17 and
 * later) do not count what a disabled one is given. */
#include "runtime-check/attach/passages.h"

#include "runtime-check/collect/recording.h"

#include <asm/perf_regs.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
  HITS_MAX = 64, /* of one event between two looks */
  CALM = 4, /* so many looks without a gap, and it may be hit twice as often */
  RING_PAGES = 4, /* holds twice as many records as may be hit */
  INSTRUCTION = 2, /* the length of `syscall` */
};

typedef struct hit {
  struct perf_event_header header;
  uint64_t ip, time, abi, dx, si, di, sp, r10; /* the registers in the order of their numbers */
} hit;

typedef struct event {
  int file;
  uint64_t granted; /* hits, since it was opened */
} event;

struct passages {
  pid_t tid;
  wait_key wait;
  uint64_t pc, since;
  uint32_t limit, calm;
  event in, out;
  struct perf_event_mmap_page *ring;
};

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static bool open_event(event *e, pid_t tid, uint64_t address) {
  struct perf_event_attr a = {.type = PERF_TYPE_BREAKPOINT,
                              .size = sizeof a,
                              .bp_type = HW_BREAKPOINT_X,
                              .bp_addr = address,
                              .bp_len = sizeof(long),
                              .sample_period = 1,
                              .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_REGS_USER,
                              .sample_regs_user = 1 << PERF_REG_X86_DX | 1 << PERF_REG_X86_SI |
                                                  1 << PERF_REG_X86_DI | 1 << PERF_REG_X86_SP |
                                                  1 << PERF_REG_X86_R10,
                              .exclude_kernel = 1,
                              .exclude_hv = 1,
                              .disabled = 1,
                              .use_clockid = 1,
                              .clockid = CLOCK_MONOTONIC};
  e->file = (int)syscall(SYS_perf_event_open, &a, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
  e->granted = 0;
  return e->file >= 0;
}

static void close_event(event *e) {
  if (e->file >= 0) close(e->file);
  e->file = -1;
}

static void close_events(passages *p) {
  if (p->ring) munmap(p->ring, (1 + RING_PAGES) * page());
  p->ring = NULL;
  close_event(&p->in);
  close_event(&p->out);
}

static bool grant(event *e, uint64_t hits) {
  e->granted += hits;
  return ioctl(e->file, PERF_EVENT_IOC_REFRESH, hits) == 0;
}

static bool open_events(passages *p) {
  if (!open_event(&p->in, p->tid, p->pc - INSTRUCTION) || !open_event(&p->out, p->tid, p->pc)) return false;
  void *ring = mmap(NULL, (1 + RING_PAGES) * page(), PROT_READ | PROT_WRITE, MAP_SHARED, p->out.file, 0);
  if (ring == MAP_FAILED) return false;
  p->ring = ring;
  if (ioctl(p->in.file, PERF_EVENT_IOC_SET_OUTPUT, p->out.file) != 0 || !grant(&p->in, p->limit) ||
      !grant(&p->out, p->limit))
    return false;
  p->since = clock_now();
  return true;
}

static bool is_system_call(pid_t pid, uint64_t address) {
  unsigned char code[INSTRUCTION];
  struct iovec to = {code, sizeof code},
               from = {(void *)(uintptr_t)address, sizeof code}; // NOLINT(performance-no-int-to-ptr)
  return process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)sizeof code && code[0] == 0x0f &&
         code[1] == 0x05;
}

passages *passages_new(pid_t pid, pid_t tid, const wait_key *wait, uint64_t pc) {
  if (!is_system_call(pid, pc - INSTRUCTION)) return NULL;
  passages *p = bs_calloc(1, sizeof *p);
  *p = (passages){.tid = tid, .wait = *wait, .pc = pc, .limit = HITS_MAX, .in.file = -1, .out.file = -1};
  if (open_events(p)) return p;
  passages_free(p);
  return NULL;
}

void passages_free(passages *p) {
  if (!p) return;
  close_events(p);
  free(p);
}

uint64_t passages_since(const passages *p) { return p->since; }

/* ---- the ring ---- */

static void copy_record(const passages *p, uint64_t at, void *to, size_t size) {
  const size_t length = RING_PAGES * page();
  const char *data = (const char *)p->ring + page();
  for (size_t i = 0; i < size; i++) ((char *)to)[i] = data[(at + i) % length];
}

/* The same code may serve other waits; a call leaves its arguments as they were. */
static bool is_of_wait(const passages *p, const hit *h) {
  const uint64_t arguments[] = {h->di, h->si, h->dx, h->r10};
  wait_key key;
  return wait_key_of(p->wait.call, arguments, h->sp, &key) && key.key == p->wait.key;
}

/* False: records were lost. */
static bool drain(const passages *p, passage_list *out) {
  bool whole = true;
  uint64_t tail = p->ring->data_tail, head = __atomic_load_n(&p->ring->data_head, __ATOMIC_ACQUIRE);
  while (tail < head) {
    hit h;
    copy_record(p, tail, &h.header, sizeof h.header);
    if (h.header.size < sizeof h.header) return false;
    if (h.header.type == PERF_RECORD_SAMPLE && h.header.size == sizeof h) {
      copy_record(p, tail, &h, sizeof h);
      if (is_of_wait(p, &h)) *bs_vec_push(out) = (passage){h.time, h.ip == p->pc};
    } else {
      whole = false; /* lost, or throttled */
    }
    tail += h.header.size;
  }
  __atomic_store_n(&p->ring->data_tail, tail, __ATOMIC_RELEASE);
  return whole;
}

/* ---- hits that are left ---- */

static uint64_t hits_of(const event *e) {
  uint64_t hits;
  return read(e->file, &hits, sizeof hits) == (ssize_t)sizeof hits ? hits : UINT64_MAX;
}

/* False: it had none left before it was given more. */
static bool refill(event *e, uint32_t limit) {
  uint64_t before = e->granted, hits = hits_of(e);
  if (hits >= before) return false;
  if (before - hits > limit / 2) return true;
  return grant(e, limit - (before - hits)) && hits_of(e) < before;
}

bool passages_read(passages *p, passage_list *out, uint64_t *since) {
  if (!p->ring) return false;
  bool whole = refill(&p->in, p->limit) && refill(&p->out, p->limit);
  whole = drain(p, out) && whole;
  if (whole) {
    if (++p->calm % CALM == 0 && p->limit < HITS_MAX) p->limit *= 2;
    return true;
  }
  p->calm = 0;
  if (p->limit > 1) p->limit /= 2;
  close_events(p);
  bool again = open_events(p);
  if (!again) close_events(p);
  *since = again ? p->since : UINT64_MAX;
  return false;
}
