#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t bs_hash(const void *bytes, size_t length) { return XXH3_64bits(bytes, length); }

uint64_t bs_hash_mix(uint64_t hash, uint64_t value) {
  uint64_t pair[2] = {hash, value};
  return XXH3_64bits(pair, sizeof pair);
}
