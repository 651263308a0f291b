/* Facts that are well formed and say nonsense, through link, solve, search and report. Most mutations change
 * one number of one row, so that the facts still can be decoded. The last byte of the input says whether the
 * unit is linked alone or with itself. */
#include "analyzer/facts/facts.h"
#include "base/hash.h"
#include "fuzz_check.h"

enum { HASH_SIZE = 8 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

static void set_hash(unsigned char *bytes, size_t size) {
  uint64_t hash = bs_hash(bytes, size - HASH_SIZE);
  for (int i = 0; i < HASH_SIZE; i++) bytes[size - HASH_SIZE + (size_t)i] = (unsigned char)(hash >> (8 * i));
}

/* Any BS_VEC: they are all laid out alike. */
typedef BS_VEC(void) any_vec;
typedef struct table {
  size_t offset, size;
} table;
#define TABLE(member) {offsetof(facts_unit, member), sizeof *((facts_unit *)0)->member.items}
static const table tables[] = {
    TABLE(functions), TABLE(nodes),  TABLE(flows),  TABLE(integers),  TABLE(calls),        TABLE(stores),
    TABLE(arguments), TABLE(guards), TABLE(cycles), TABLE(overrides), TABLE(suppressions), TABLE(layouts),
    TABLE(casts),     TABLE(calls),  TABLE(flows),  TABLE(arguments),
};

static unsigned state;
static unsigned any(unsigned below) {
  state = state * 1664525 + 1013904223;
  return below ? (state >> 8) % below : 0;
}

/* One number, one byte, or a whole row that is another one's. */
static void change(facts_unit *unit) {
  const table *t = &tables[any(sizeof tables / sizeof *tables)];
  any_vec rows;
  memcpy(&rows, (char *)unit + t->offset, sizeof rows);
  if (!rows.count) return;
  char *row = (char *)rows.items + t->size * any(rows.count),
       *other = (char *)rows.items + t->size * any(rows.count);
  size_t word = any((unsigned)(t->size / 4)) * 4;
  uint32_t value = any(4) ? any(rows.count + 8) : any(UINT32_MAX >> any(32));
  switch (any(8)) {
  case 0: memmove(row, other, t->size); break;
  case 1: memmove(row + word, other + word, 4); break;
  case 2: row[any((unsigned)t->size)] = (char)any(16); break;
  case 3: row[any((unsigned)t->size)] ^= (char)(1 << any(8)); break;
  default: memcpy(row + word, &value, 4); break;
  }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed) {
  state = seed;
  if (size <= HASH_SIZE || any(20) == 0) return LLVMFuzzerMutate(data, size, max);
  facts_unit unit;
  bs_strbuf bytes = BS_STRBUF_INIT;
  facts_unit_init(&unit);
  uint8_t last = data[size - 1];
  set_hash(data, size);
  bool good = facts_decode(&unit, data, size, NULL);
  for (unsigned n = 1 + any(4); good && n; n--) change(&unit);
  if (good) facts_encode(&unit, &bytes);
  good = good && bytes.length <= max;
  if (good) {
    size = bytes.length;
    memcpy(data, bytes.text, size);
  }
  data[size - 1] = any(10) ? last : (uint8_t)any(256);
  facts_unit_fini(&unit);
  bs_strbuf_fini(&bytes);
  return good ? size : LLVMFuzzerMutate(data, size, max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size <= HASH_SIZE) return 0;
  unsigned char *bytes = malloc(size);
  memcpy(bytes, data, size);
  set_hash(bytes, size);
  const program_input inputs[] = {{bytes, size, "one.bsf", NULL}, {bytes, size, "two.bsf", NULL}};
  if (facts_intact(bytes, size)) fuzz_check_program(inputs, 1 + data[size - 1] % 2);
  free(bytes);
  return 0;
}
