/* Quantiles of the histograms in shared memory: of a loop's iterations, and of the calls of a place. */
#include "runtime-check/collect/recording.h"

uint64_t histogram_quantile(const uint64_t *counts, uint32_t n, uint64_t (*low_ns)(uint32_t bucket),
                            uint64_t max_ns, double part) {
  uint64_t total = 0, below = 0;
  for (uint32_t i = 0; i < n; i++) total += counts[i];
  for (uint32_t i = 0; i < n && total; i++) {
    below += counts[i];
    if ((double)below < part * (double)total) continue;
    uint64_t end = i + 1 < n ? low_ns(i + 1) : max_ns;
    return end < max_ns || !max_ns ? end : max_ns;
  }
  return 0;
}

uint64_t loop_quantile(const recorded_loop *loop, double part) {
  return histogram_quantile(loop->histogram, LAYOUT_BUCKETS, layout_bucket_ns, loop->max_ns, part);
}
