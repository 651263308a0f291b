/* A typed growing array: `BS_VEC(int) v = {0}; *bs_vec_push(&v) = 7; v.items[0]; v.count;
 * bs_vec_fini(&v);` */
#ifndef BLOCKSCAN_BASE_VEC_H
#define BLOCKSCAN_BASE_VEC_H

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BS_VEC(T) \
  struct { \
    T *items; \
    uint32_t count, capacity; \
  }

/* Makes room for `more` more items. */
#define bs_vec_reserve(v, more) \
  ((v)->count + (uint32_t)(more) > (v)->capacity \
       ? (void)((v)->items = bs_vec_grow((v)->items, &(v)->capacity, (v)->count + (uint32_t)(more), \
                                         sizeof *(v)->items)) \
       : (void)0)

/* The address of a new, zeroed last item; valid until the next push. */
#define bs_vec_push(v) \
  (bs_vec_reserve((v), 1), memset(&(v)->items[(v)->count], 0, sizeof *(v)->items), &(v)->items[(v)->count++])

#define bs_vec_fini(v) (free((v)->items), (v)->items = NULL, (v)->count = (v)->capacity = 0)

/* Moves the items into an arena, with which they end: for what is complete, and never grows again. */
#define bs_vec_settle(v, arena) \
  ((v)->items = bs_arena_take((arena), (v)->items, (v)->count * sizeof *(v)->items), \
   (v)->capacity = (v)->count)

#define bs_vec_sort(v, compare) \
  ((v)->count > 1 ? qsort((v)->items, (v)->count, sizeof *(v)->items, (compare)) : (void)0)

static inline void *bs_vec_grow(void *items, uint32_t *capacity, uint32_t need, size_t size) {
  uint32_t c = *capacity ? *capacity : 8;
  while (c < need) c += c / 2 + 1;
  *capacity = c;
  return bs_realloc(items, c * size);
}

#endif
