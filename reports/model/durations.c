/* Quantiles come from buckets: the value is right to one part in eight. */
#include "reports/model/durations.h"

#include "base/mem.h"

#include <stdlib.h>

enum { STEP_BITS = 3, STEPS = 1 << STEP_BITS, BUCKETS = (64 - STEP_BITS + 1) * STEPS };

static unsigned bucket_of(uint64_t ns) {
  if (ns < STEPS) return (unsigned)ns;
  unsigned power = 63 - (unsigned)__builtin_clzll(ns);
  return (power - STEP_BITS + 1) * STEPS + (unsigned)(ns >> (power - STEP_BITS) & (STEPS - 1));
}

static uint64_t bucket_low(unsigned bucket) {
  if (bucket < STEPS) return bucket;
  unsigned power = bucket / STEPS + STEP_BITS - 1;
  return (UINT64_C(1) << power) + ((uint64_t)(bucket % STEPS) << (power - STEP_BITS));
}

void durations_fini(durations *d) {
  free(d->buckets);
  *d = (durations){0};
}

static void count_in(durations *d, uint64_t ns, uint64_t count) {
  if (!d->buckets) d->buckets = bs_calloc(BUCKETS, sizeof *d->buckets);
  d->buckets[bucket_of(ns)] += count;
}

void durations_add(durations *d, uint64_t ns) {
  count_in(d, ns, 1);
  durations_add_totals(d, 1, ns, ns);
}

void durations_add_bucket(durations *d, uint64_t low_ns, uint64_t high_ns, uint64_t count) {
  count_in(d, low_ns + (high_ns > low_ns ? (high_ns - low_ns) / 2 : 0), count);
}

void durations_add_totals(durations *d, uint64_t count, uint64_t total_ns, uint64_t max_ns) {
  d->count += count;
  d->total_ns += total_ns;
  if (max_ns > d->max_ns) d->max_ns = max_ns;
}

void durations_merge(durations *d, const durations *other) {
  if (other->buckets && !d->buckets) d->buckets = bs_calloc(BUCKETS, sizeof *d->buckets);
  for (unsigned i = 0; other->buckets && i < BUCKETS; i++) d->buckets[i] += other->buckets[i];
  durations_add_totals(d, other->count, other->total_ns, other->max_ns);
}

uint64_t durations_over(const durations *d, uint64_t ns, uint64_t *total_ns) {
  uint64_t count = 0;
  *total_ns = 0;
  for (unsigned i = 0; d->buckets && i + 1 < BUCKETS; i++) {
    uint64_t middle = bucket_low(i) + (bucket_low(i + 1) - bucket_low(i)) / 2;
    if (middle < ns) continue;
    count += d->buckets[i];
    *total_ns += d->buckets[i] * middle;
  }
  /* The longest is known, however coarse the buckets are. */
  if (!count && d->count && d->max_ns >= ns) {
    count = 1;
    *total_ns = d->max_ns;
  }
  return count;
}

uint64_t durations_quantile(const durations *d, double part) {
  uint64_t all = 0, below = 0;
  if (!d->buckets) return 0;
  if (d->count == 1) return d->max_ns;
  for (unsigned i = 0; i < BUCKETS; i++) all += d->buckets[i];
  if (all && d->max_ns && part * (double)all > (double)(all - 1)) return d->max_ns; /* none but the longest */
  for (unsigned i = 0; i < BUCKETS; i++) {
    below += d->buckets[i];
    if (!all || (double)below < part * (double)all) continue;
    uint64_t low = bucket_low(i), high = i + 1 < BUCKETS ? bucket_low(i + 1) : UINT64_MAX;
    uint64_t middle = low + (high - low) / 2;
    return d->max_ns && middle > d->max_ns ? d->max_ns : middle;
  }
  return 0;
}
