/* Hashes by xxHash (XXH3, https://xxhash.com): equal on every machine, so they may be written to files. */
#ifndef BLOCKSCAN_BASE_HASH_H
#define BLOCKSCAN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 64-bit XXH3 of the bytes. */
uint64_t bs_hash(const void *bytes, size_t length);
/* Mixes a number into a hash. */
uint64_t bs_hash_mix(uint64_t hash, uint64_t value);

#endif
