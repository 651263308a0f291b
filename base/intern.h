/* Interned byte strings as 32-bit ids. Id 0 is the empty string; ids count up in the order of first sight. */
#ifndef BLOCKSCAN_BASE_INTERN_H
#define BLOCKSCAN_BASE_INTERN_H

#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>

typedef struct bs_intern {
  bs_arena arena;
  struct bs_intern_entry *entries;
  uint32_t *slots; /* id + 1, open addressing; NULL after a bulk load, until something is looked up */
  uint32_t count, capacity, mask;
} bs_intern;

void bs_intern_init(bs_intern *table);
void bs_intern_fini(bs_intern *table);
/* The id of the string; added when new. */
uint32_t bs_intern_add(bs_intern *table, const char *text, size_t length);
uint32_t bs_intern_adds(bs_intern *table, const char *text);
/* Fills a table that holds no string but "" with `count` strings that are known to differ, "" the first.
 * `texts` holds each with a NUL behind it and is borrowed: it must live as long as the table. `lengths` are
 * their lengths. Nothing is hashed before the first look-up. */
void bs_intern_load(bs_intern *table, const char *texts, const uint32_t *lengths, uint32_t count);
/* The id of the string, or UINT32_MAX when it was never added. */
uint32_t bs_intern_find(const bs_intern *table, const char *text, size_t length);
/* The string of an id, NUL-terminated; lives as long as the table. */
const char *bs_intern_text(const bs_intern *table, uint32_t id);
uint32_t bs_intern_length(const bs_intern *table, uint32_t id);

#endif
