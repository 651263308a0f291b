/* Any bytes as facts. The hash at the end is made right first, or nothing would get past it. What is read
 * must come to the same bytes again and must be safe to walk: the dump follows every index. */
#include "analyzer/facts/facts.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const facts_unit *unit) {
  bs_strbuf bytes = BS_STRBUF_INIT, text = BS_STRBUF_INIT;
  facts_unit again;
  facts_encode(unit, &bytes);
  facts_unit_init(&again);
  if (!facts_decode(&again, bytes.text, bytes.length, NULL)) abort();
  facts_dump(&again, &text);
  facts_unit_fini(&again);
  bs_strbuf_fini(&bytes);
  bs_strbuf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { HASH_SIZE = 8 };
  if (size < HASH_SIZE) return 0;
  unsigned char *bytes = malloc(size);
  memcpy(bytes, data, size);
  uint64_t hash = bs_hash(bytes, size - HASH_SIZE);
  for (int i = 0; i < HASH_SIZE; i++) bytes[size - HASH_SIZE + (size_t)i] = (unsigned char)(hash >> (8 * i));
  facts_unit unit;
  bs_error error = BS_ERROR_INIT;
  facts_unit_init(&unit);
  if (facts_decode(&unit, bytes, size, &error))
    check(&unit);
  else if (!bs_error_is_set(&error))
    abort();
  facts_unit_fini(&unit);
  bs_error_fini(&error);
  free(bytes);
  return 0;
}
