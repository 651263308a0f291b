/* Hashes of bytes by xxHash (XXH3, https://xxhash.com), and of numbers: equal on every machine, so they may
 * be written to files. */
#ifndef BLOCKSCAN_BASE_HASH_H
#define BLOCKSCAN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 64-bit XXH3 of the bytes. */
uint64_t bs_hash(const void *bytes, size_t length);
/* Mixes a number into a hash. */
static inline uint64_t bs_hash_mix(uint64_t hash, uint64_t number) {
  uint64_t x = hash * UINT64_C(0x9e3779b97f4a7c15) ^ number; /* then the finaliser of MurmurHash3 */
  x = (x ^ (x >> 33)) * UINT64_C(0xff51afd7ed558ccd);
  x = (x ^ (x >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
  return x ^ (x >> 33);
}

#endif
