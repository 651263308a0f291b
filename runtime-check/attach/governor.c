/* A token bucket whose tokens are nanoseconds of the watched thread. */
#include "runtime-check/attach/governor.h"

enum { ARM_START_NS = 20000, ARM_WEIGHT = 8 };

static int64_t reserve(void) { return (int64_t)(GOVERNOR_RESERVE_NS / GOVERNOR_SHARE); }

governor governor_of(uint64_t now, uint64_t hit_ns) {
  return (governor){
      .hit_ns = hit_ns ? hit_ns : 1, .arm_ns = ARM_START_NS, .at = now, .left = reserve(), .all = true};
}

void governor_count(governor *g, uint64_t now, uint64_t hits) {
  uint64_t passed = now > g->at ? now - g->at : 0;
  if (passed > GOVERNOR_RESERVE_NS) passed = GOVERNOR_RESERVE_NS;
  g->at = now;
  g->left += (int64_t)(passed / GOVERNOR_SHARE) - (int64_t)(hits * g->hit_ns);
  if (g->left < -reserve()) g->left = -reserve();
  if (g->left >= reserve()) {
    g->left = reserve();
    g->all = true;
  } else if (g->left < 0) {
    g->all = false;
  }
}

void governor_armed(governor *g, uint64_t now, uint64_t took_ns) {
  g->armed_at = now;
  if (took_ns > GOVERNOR_ARM_MAX_NS) took_ns = GOVERNOR_ARM_MAX_NS;
  g->left -= (int64_t)took_ns;
  g->arm_ns = (g->arm_ns * (ARM_WEIGHT - 1) + took_ns) / ARM_WEIGHT;
}

uint32_t governor_hits(const governor *g) {
  int64_t pairs = reserve() / (int64_t)(2 * g->hit_ns);
  return pairs < 1 ? 1 : pairs > GOVERNOR_HITS_MAX ? GOVERNOR_HITS_MAX : (uint32_t)pairs;
}

bool governor_may_arm(const governor *g, uint64_t now) {
  return now >= g->armed_at + GOVERNOR_SHARE * (g->hit_ns + g->arm_ns);
}
