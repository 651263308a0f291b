/* Many durations in little memory: counts in buckets, eight for each power of two of nanoseconds. */
#ifndef BLOCKSCAN_REPORTS_MODEL_DURATIONS_H
#define BLOCKSCAN_REPORTS_MODEL_DURATIONS_H

#include <stdint.h>

/* Ready when zeroed. */
typedef struct durations {
  uint64_t *buckets; /* NULL while there is none */
  uint64_t count, total_ns, max_ns;
} durations;

void durations_fini(durations *d);
void durations_add(durations *d, uint64_t ns);
/* Adds a bucket of another histogram: `count` durations of low_ns up to high_ns. Totals are told by
 * durations_add_totals. */
void durations_add_bucket(durations *d, uint64_t low_ns, uint64_t high_ns, uint64_t count);
void durations_add_totals(durations *d, uint64_t count, uint64_t total_ns, uint64_t max_ns);
/* Adds all of another's. */
void durations_merge(durations *d, const durations *other);
/* How many lasted `ns` or longer, by their buckets, and for how long together. */
uint64_t durations_over(const durations *d, uint64_t ns, uint64_t *total_ns);
/* The duration that `part` (0 to 1) of them do not exceed, in nanoseconds, about 6% off at most; 0 without
 * any. */
uint64_t durations_quantile(const durations *d, double part);

#endif
