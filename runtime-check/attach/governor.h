/* How often a thread's breakpoints may be hit. Each hit costs the watched thread some microseconds, and so
 * does each arming while it runs (the other CPU is interrupted). The governor allows them not quite a
 * hundredth of the time that passes, and keeps up to a quarter of a second's worth for a burst.
 *
 * While that is enough, every passage of the wait is told. A loop whose passages cost more is told the end of
 * the iteration that a look finds it in: one hit. What that leaves is saved, and when the whole reserve is
 * there, all passages are told again for as long as it lasts. Private to the room. */
#ifndef BLOCKSCAN_ATTACH_GOVERNOR_H
#define BLOCKSCAN_ATTACH_GOVERNOR_H

#include <stdbool.h>
#include <stdint.h>

enum {
  GOVERNOR_SHARE = 128, /* one in so many nanoseconds may be spent */
  GOVERNOR_HITS_MAX = 64, /* of one breakpoint between two looks */
};
#define GOVERNOR_RESERVE_NS UINT64_C(250000000) /* saved is what so long a time brings, at most */
#define GOVERNOR_ARM_MAX_NS \
  UINT64_C(100000) /* what took longer was waited for, and cost the thread no more */

typedef struct governor {
  uint64_t hit_ns, arm_ns; /* what one costs the thread */
  uint64_t at; /* until when `left` is counted, ns */
  int64_t left; /* to be spent, ns; below 0: spent in advance */
  uint64_t armed_at;
  bool all; /* all passages are told, not only ends */
} governor;

/* `hit_ns` is measured; the reserve is full. */
governor governor_of(uint64_t now, uint64_t hit_ns);
/* What was spent since then, and what the time until `now` has brought: decides `all`. */
void governor_count(governor *g, uint64_t now, uint64_t hits);
/* A breakpoint was armed, which took so long from outside: what the thread lost is no more. */
void governor_armed(governor *g, uint64_t now, uint64_t took_ns);
/* How often each of the two breakpoints may be hit until the next look while `all` are told: what the reserve
 * is enough for, 1 to GOVERNOR_HITS_MAX. */
uint32_t governor_hits(const governor *g);
/* Whether one breakpoint may be armed for one hit: so often that this alone keeps to the share, whatever was
 * spent before. */
bool governor_may_arm(const governor *g, uint64_t now);

#endif
