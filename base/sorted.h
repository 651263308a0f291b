/* Sorted numbers. */
#ifndef BLOCKSCAN_BASE_SORTED_H
#define BLOCKSCAN_BASE_SORTED_H

#include <stdint.h>

/* The index of the first of the rising `items` that is not below `value`; `count` when all are. */
static inline uint32_t bs_sorted_place(const uint32_t *items, uint32_t count, uint32_t value) {
  uint32_t low = 0, high = count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (items[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

#endif
