/* Python's frames from another process' memory: lines of each kind of table, and memory that is garbage,
 * whatever version is said to be there. */
#include "runtime-check/python/layout.h"
#include "runtime-check/python/python.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The tables of one function, from its compiler: `for` in line 4, an expression in lines 5 and 6, then
 * line 7. */
static const unsigned char lnotab[] = {0, 1, 4, 2, 8, 1, 2, 1, 2, 255, 6, 2}; /* 3.8, 3.9 */
static const unsigned char ranges[] = {4, 1, 8, 2, 2, 1, 2, 1, 6, 255, 4, 2}; /* 3.10 */
static const unsigned char locations[] = {                                    /* 3.11 */
                                          128, 0,   216, 8,  9,  128, 65,  224, 13,  14,  240, 0,   2,   5,
                                          16,  240, 0,   2,  5,  16,  136, 1,   216, 13,  14,  216, 13,  14,
                                          241, 3,   1,   14, 15, 136, 1,   136, 1,   224, 11,  12,  128, 72};

static void lines_of_each_table(void **state) {
  (void)state;
  static const struct {
    unsigned offset, line;
  } old[] = {{0, 2}, {3, 2}, {4, 4}, {11, 4}, {12, 5}, {14, 6}, {16, 5}, {21, 5}, {22, 7}, {25, 7}},
    new[] = {{0, 1}, {2, 2}, {4, 2}, {6, 4}, {12, 4}, {14, 5}, {16, 6}, {18, 5}, {24, 5}, {26, 7}, {28, 7}};
  for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
    assert_int_equal(python_line_of(PYTHON_LINES_LNOTAB, 1, lnotab, sizeof lnotab, old[i].offset),
                     old[i].line);
    assert_int_equal(python_line_of(PYTHON_LINES_RANGES, 1, ranges, sizeof ranges, old[i].offset),
                     old[i].line);
  }
  for (size_t i = 0; i < sizeof new / sizeof *new; i++)
    assert_int_equal(python_line_of(PYTHON_LINES_LOCATIONS, 1, locations, sizeof locations, new[i].offset),
                     new[i].line);
}

static void no_line_behind_the_code(void **state) {
  (void)state;
  assert_int_equal(python_line_of(PYTHON_LINES_RANGES, 1, ranges, sizeof ranges, 1000), 0);
  assert_int_equal(python_line_of(PYTHON_LINES_LOCATIONS, 1, locations, sizeof locations, 1000), 0);
  assert_int_equal(python_line_of(PYTHON_LINES_LOCATIONS, 1, NULL, 0, 0), 0);
}

/* Tables that end in the middle of an entry, or never end a number. */
static void cut_tables(void **state) {
  (void)state;
  unsigned char bytes[64];
  srand(1);
  for (int round = 0; round < 20000; round++) {
    size_t length = (size_t)rand() % sizeof bytes;
    for (size_t i = 0; i < length; i++) bytes[i] = (unsigned char)(round % 3 ? rand() : rand() | 64);
    for (int how = PYTHON_LINES_LNOTAB; how <= PYTHON_LINES_LOCATIONS; how++)
      python_line_of(how, rand(), bytes, length, (uint64_t)rand() % 500);
  }
}

static void places_are_kept_by_what_they_say(void **state) {
  (void)state;
  python_places *places = python_places_new(), *others = python_places_new();
  const python_place a = {"f", "/srv/app.py", 3}, b = {"f", "/srv/app.py", 4};
  uint64_t one = python_places_add(places, &a), two = python_places_add(places, &b);
  python_place found;
  assert_int_not_equal(one, two);
  assert_int_equal(one & 1, 0);
  assert_true(one < UINT64_C(1) << 56);
  assert_int_equal(python_places_add(places, &a), one);
  assert_int_equal(python_places_add(others, &b), two);
  assert_true(python_places_find(places, one, &found));
  assert_string_equal(found.function, "f");
  assert_string_equal(found.file, "/srv/app.py");
  assert_int_equal(found.line, 3);
  assert_false(python_places_find(others, one, &found));
  python_places_free(places);
  python_places_free(others);
}

static void whose_file(void **state) {
  (void)state;
  assert_true(python_file_is_library("/usr/lib/python3.11/asyncio/events.py"));
  assert_true(python_file_is_library("/srv/venv/lib/python3.12/site-packages/botocore/httpsession.py"));
  assert_true(python_file_is_library("/usr/lib/python3/dist-packages/uvloop/__init__.py"));
  assert_true(python_file_is_library("<frozen runpy>"));
  assert_false(python_file_is_library("/srv/app/asyncio/main.py"));
  assert_false(python_file_is_library("server.py"));
}

/* Memory in which every address leads to another one, or to none: what it says of an address is made of the
 * address and a seed, in words like those that a chain is made of. */
typedef struct garbage {
  unsigned seed, kind;
  uint64_t reads;
} garbage;

static uint64_t word_of(const garbage *g, uint64_t address) {
  uint64_t x = (address + g->seed) * UINT64_C(0x9e3779b97f4a7c15);
  switch (g->kind) {
  case 0: return x;                                    /* noise */
  case 1: return 0x7f0000000000 + (x >> 40) * 8;       /* pointers into one place */
  case 2: return 0x7f0000001000;                       /* all the same: circles */
  case 3: return x >> 62 ? 0x7f0000000000 + (x >> 50) * 16 : x >> 58; /* pointers and small numbers */
  default: return UINT64_MAX;
  }
}

static bool read_garbage(const void *process, uint64_t address, void *bytes, size_t length) {
  garbage *g = (garbage *)(uintptr_t)process;
  g->reads++;
  if (g->seed % 7 == 0 && address % 11 == 0) return false;
  for (size_t i = 0; i < length; i++) {
    uint64_t at = address + i, word = word_of(g, at & ~UINT64_C(7));
    ((unsigned char *)bytes)[i] = (unsigned char)(word >> at % 8 * 8);
  }
  if (length > 8 && address == 0x1000) memcpy(bytes, "xdebugpy", 8);
  return true;
}

static void garbage_is_survived(void **state) {
  (void)state;
  static const uint32_t versions[] = {0x03080000, 0x03090000, 0x030a0000, 0x030b0000, 0x030c0000, 0};
  python_places *places = python_places_new();
  python_chain *chain = calloc(1, sizeof *chain);
  for (unsigned round = 0; round < 3000; round++) {
    garbage g = {.seed = round, .kind = round / 6 % 5};
    const python_memory memory = {read_garbage, &g};
    python *p = python_new(&memory, 0x1000, versions[round % 6]);
    if (!p) continue;
    pid_t thread = (pid_t)word_of(&g, 8);
    for (int i = 0; i < 2; i++) {
      if (!python_chain_read(p, thread > 0 ? thread : 4096, chain)) continue;
      assert_true(chain->count <= PYTHON_FRAMES_MAX);
      for (uint32_t k = 0; k < chain->count && k < 20; k++) python_place_of(p, &chain->frames[k], places);
    }
    const python_frame wild = {.code = word_of(&g, 16) & 0x7ffffffffff0, .at = word_of(&g, 24)};
    python_place_of(p, &wild, places);
    assert_true(g.reads < 100000);
    python_free(p);
  }
  free(chain);
  python_places_free(places);
}

/* A version whose structures nobody knows is none. */
static void unknown_versions(void **state) {
  (void)state;
  garbage g = {.kind = 4};
  const python_memory memory = {read_garbage, &g};
  assert_null(python_new(&memory, 0x2000, 0x03070000));
  assert_null(python_new(&memory, 0x2000, 0x03ff0000));
  assert_null(python_new(&memory, 0x2000, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_of_each_table), cmocka_unit_test(no_line_behind_the_code),
      cmocka_unit_test(cut_tables),          cmocka_unit_test(places_are_kept_by_what_they_say),
      cmocka_unit_test(whose_file),          cmocka_unit_test(garbage_is_survived),
      cmocka_unit_test(unknown_versions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
