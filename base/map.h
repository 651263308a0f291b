/* A hash map from 64-bit keys to 32-bit values. Key 0 is allowed. Nothing is ever removed. */
#ifndef BLOCKSCAN_BASE_MAP_H
#define BLOCKSCAN_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bs_map {
  struct bs_map_slot *slots; /* open addressing */
  uint32_t count, mask;
} bs_map;

/* A map is ready when zeroed. */
void bs_map_fini(bs_map *map);
/* Makes room for `count` keys in all, so that adding them moves nothing. */
void bs_map_reserve(bs_map *map, uint32_t count);
/* Sets *value and returns true when the key is there. */
bool bs_map_find(const bs_map *map, uint64_t key, uint32_t *value);
/* Has the processor fetch what will be looked at for a key. */
void bs_map_fetch(const bs_map *map, uint64_t key);
/* The value of the key; a new key gets `value` (below UINT32_MAX). *is_new may be NULL. */
uint32_t bs_map_add(bs_map *map, uint64_t key, uint32_t value, bool *is_new);
/* Sets the value of a key, new or not. */
void bs_map_set(bs_map *map, uint64_t key, uint32_t value);

/* The size of a slot, for those who write a map's mask + 1 slots to a file as they are. */
size_t bs_map_slot_size(void);

static inline uint64_t bs_map_key(uint32_t high, uint32_t low) { return (uint64_t)high << 32 | low; }

#endif
