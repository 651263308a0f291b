/* Open addressing with linear probing; keys are scattered first, since many are small numbers side by side.
 */
#include "base/map.h"

#include "base/mem.h"

#include <stdlib.h>

/* Key and value stand together: a look-up is one cache miss. */
struct bs_map_slot {
  uint64_t key;
  uint32_t value; /* value + 1; 0 marks a free slot */
};

size_t bs_map_slot_size(void) { return sizeof(struct bs_map_slot); }

static uint64_t scatter(uint64_t x) { /* the finaliser of splitmix64 */
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

void bs_map_fini(bs_map *map) {
  free(map->slots);
  *map = (bs_map){0};
}

static struct bs_map_slot *slot_of(const bs_map *map, uint64_t key) {
  uint32_t i = (uint32_t)scatter(key) & map->mask;
  while (map->slots[i].value && map->slots[i].key != key) i = (i + 1) & map->mask;
  return &map->slots[i];
}

static void resize(bs_map *map, uint32_t mask) {
  bs_map old = *map;
  map->mask = mask;
  map->slots = bs_calloc((size_t)mask + 1, sizeof *map->slots);
  for (uint32_t i = 0; old.slots && i <= old.mask; i++)
    if (old.slots[i].value) *slot_of(map, old.slots[i].key) = old.slots[i];
  free(old.slots);
}

void bs_map_reserve(bs_map *map, uint32_t count) {
  uint32_t mask = map->mask ? map->mask : 15;
  while (mask / 2 <= count) mask = mask * 2 + 1;
  if (mask > map->mask) resize(map, mask);
}

void bs_map_fetch(const bs_map *map, uint64_t key) {
  if (map->slots) __builtin_prefetch(&map->slots[(uint32_t)scatter(key) & map->mask]);
}

bool bs_map_find(const bs_map *map, uint64_t key, uint32_t *value) {
  if (!map->slots) return false;
  const struct bs_map_slot *slot = slot_of(map, key);
  if (!slot->value) return false;
  *value = slot->value - 1;
  return true;
}

uint32_t bs_map_add(bs_map *map, uint64_t key, uint32_t value, bool *is_new) {
  if (map->count * 2 >= map->mask) resize(map, map->mask ? map->mask * 2 + 1 : 15);
  struct bs_map_slot *slot = slot_of(map, key);
  if (is_new) *is_new = !slot->value;
  if (!slot->value) {
    *slot = (struct bs_map_slot){key, value + 1};
    map->count++;
  }
  return slot->value - 1;
}

void bs_map_set(bs_map *map, uint64_t key, uint32_t value) {
  bs_map_add(map, key, value, NULL);
  slot_of(map, key)->value = value + 1;
}
