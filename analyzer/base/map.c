#include "base/map.h"

#include "base/mem.h"

#include <stdlib.h>

static uint64_t scatter(uint64_t x) { /* the finaliser of splitmix64 */
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

void bs_map_fini(bs_map *map) {
  free(map->keys);
  free(map->values);
  *map = (bs_map){0};
}

static uint32_t slot_of(const bs_map *map, uint64_t key) {
  uint32_t i = (uint32_t)scatter(key) & map->mask;
  while (map->values[i] && map->keys[i] != key) i = (i + 1) & map->mask;
  return i;
}

static void grow(bs_map *map) {
  bs_map old = *map;
  map->mask = old.mask ? old.mask * 2 + 1 : 15;
  map->keys = bs_malloc(((size_t)map->mask + 1) * sizeof *map->keys);
  map->values = bs_calloc((size_t)map->mask + 1, sizeof *map->values);
  for (uint32_t i = 0; old.values && i <= old.mask; i++) {
    if (!old.values[i]) continue;
    uint32_t s = slot_of(map, old.keys[i]);
    map->keys[s] = old.keys[i];
    map->values[s] = old.values[i];
  }
  free(old.keys);
  free(old.values);
}

bool bs_map_find(const bs_map *map, uint64_t key, uint32_t *value) {
  if (!map->values) return false;
  uint32_t i = slot_of(map, key);
  if (!map->values[i]) return false;
  *value = map->values[i] - 1;
  return true;
}

uint32_t bs_map_add(bs_map *map, uint64_t key, uint32_t value, bool *is_new) {
  if (map->count * 2 >= map->mask) grow(map);
  uint32_t i = slot_of(map, key);
  if (is_new) *is_new = !map->values[i];
  if (!map->values[i]) {
    map->keys[i] = key;
    map->values[i] = value + 1;
    map->count++;
  }
  return map->values[i] - 1;
}

void bs_map_set(bs_map *map, uint64_t key, uint32_t value) {
  bs_map_add(map, key, value, NULL);
  map->values[slot_of(map, key)] = value + 1;
}
