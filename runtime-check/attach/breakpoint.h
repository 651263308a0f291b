/* A hardware breakpoint of one thread of another process, which the kernel counts and tells of without
 * stopping the thread (perf_event_open(2), PERF_TYPE_BREAKPOINT). Private to the room. */
#ifndef BLOCKSCAN_ATTACH_BREAKPOINT_H
#define BLOCKSCAN_ATTACH_BREAKPOINT_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What is told of a hit; the registers are in the order of their numbers. */
typedef struct hit {
  struct perf_event_header header;
  uint64_t ip, time, abi, dx, si, di, sp, r10;
} hit;

/* Where hits are told, oldest first. Both breakpoints of a thread share one: it belongs to an event that
 * counts nothing, so that they can be closed and opened. */
typedef struct hit_ring {
  int owner;
  struct perf_event_mmap_page *memory; /* NULL: none */
} hit_ring;

bool hit_ring_open(hit_ring *ring, pid_t tid);
void hit_ring_close(hit_ring *ring);
/* Takes the oldest. *whole is set to false when some were lost. False: there is none. */
bool hit_ring_take(hit_ring *ring, hit *out, bool *whole);
bool hit_ring_is_empty(const hit_ring *ring);

typedef struct breakpoint {
  int file; /* -1: not armed */
  uint64_t granted, hits; /* since it was armed */
  uint64_t edge; /* with so many hits it may have been off when it was given more */
  uint64_t took_ns; /* to close the one before and to arm it: the thread's CPU is interrupted for less */
} breakpoint;

/* It may be hit so many times. */
bool breakpoint_arm(breakpoint *b, const hit_ring *ring, pid_t tid, uint64_t address, uint32_t times);
void breakpoint_disarm(breakpoint *b);
/* Gives it more, so that there are `times` left. */
void breakpoint_grant(breakpoint *b, uint32_t times);
/* True: it was hit as often as it may be, and tells no more. */
bool breakpoint_is_spent(const breakpoint *b);
/* What breakpoints are worth on this machine: tried once, on the caller's own. */
typedef struct breakpoint_trial {
  const char *problem; /* why there are none, a part of a sentence; NULL: they work */
  uint64_t hit_ns; /* what a hit costs a thread */
} breakpoint_trial;
const breakpoint_trial *breakpoint_try(void);

#endif
