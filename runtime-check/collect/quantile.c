/* Buckets of the histograms in shared memory: quantiles of a loop's iterations, and how long calls took. */
#include "runtime-check/collect/recording.h"

uint64_t loop_quantile(const recorded_loop *loop, double part) {
  uint64_t total = 0, below = 0, max_ns = loop->max_ns;
  for (uint32_t i = 0; i < LAYOUT_BUCKETS; i++) total += loop->histogram[i];
  for (uint32_t i = 0; i < LAYOUT_BUCKETS && total; i++) {
    below += loop->histogram[i];
    if ((double)below < part * (double)total) continue;
    uint64_t end = i + 1 < LAYOUT_BUCKETS ? layout_bucket_ns(i + 1) : max_ns;
    return end < max_ns || !max_ns ? end : max_ns;
  }
  return 0;
}

report_range call_bucket(uint64_t low_ns, uint64_t count) {
  uint32_t next = layout_call_bucket(low_ns) + 1;
  return (report_range){low_ns, next < LAYOUT_CALL_BUCKETS ? layout_call_bucket_ns(next) : UINT64_MAX, count};
}
