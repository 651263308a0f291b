/* GitHub's hash of a line: the values of its own tests, and of a direct computation that rolls nothing. */
#include "base/vec.h"
#include "reports/line_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void expect(const char *text, const char *const *hashes, uint32_t count) {
  uint32_t made;
  char **lines = line_hashes(text, strlen(text), &made);
  assert_int_equal(made, count);
  for (uint32_t i = 0; i < made; i++) {
    if (hashes) assert_string_equal(lines[i], hashes[i]);
    free(lines[i]);
  }
  free(lines);
}

/* From github/codeql-action, src/fingerprints.test.ts. */
static void known_values(void **state) {
  (void)state;
  static const char *const empty[] = {"c129715d7a2bc9a3:1"};
  static const char *const letters[] = {"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1",
                                        "a23a3dc5e078b07b:1"};
  static const char *const open[] = {"8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1",
                                     "c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1"};
  static const char *const ended[] = {"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1",
                                      "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1",
                                      "c129715d7a2bc9a3:1"};
  expect("", empty, 1);
  expect(" a\nb\n  \t\tc\n d", letters, 4);
  expect(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", open, 6);
  expect(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", ended, 7);
  expect(" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", ended, 7);
  expect(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", ended, 7);
  expect(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", ended, 7);
}

static void equal_lines_are_numbered(void **state) {
  (void)state;
  static const char *const hashes[] = {"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3",
                                       "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6",
                                       "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1",
                                       "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"};
  char text[10 * 28 + 1] = "";
  for (int i = 0; i < 10; i++) strcat(text, "Lorem ipsum dolor sit amet.\n");
  expect(text, hashes, 11);
}

/* The hash of the 100 units behind a line's beginning, in which blanks do not count. */
static uint64_t direct(const uint16_t *units, size_t count, size_t start) {
  uint64_t hash = 0;
  unsigned taken = 0;
  for (size_t i = start; i < count && taken < 100; i++) {
    if (units[i] == ' ' || units[i] == '\t') continue;
    hash = hash * 37 + units[i];
    taken++;
  }
  if (taken < 100) {
    hash = hash * 37 + 65535;
    taken++;
  }
  for (; taken < 100; taken++) hash *= 37;
  return hash;
}

static void beyond_ascii(void **state) {
  (void)state;
  /* é, €, 😀 (two units), a byte that is none, the first two of three bytes: one U+FFFD each */
  static const char text[] = "\xc3\xa9(\xe2\x82\xac);\n\xf0\x9f\x98\x80 x;\n\xff\xe2\x82|\n";
  static const uint16_t units[] = {0xe9, '(', 0x20ac, ')',  ';',    '\n',   0xd83d, 0xde00,
                                   ' ',  'x', ';',    '\n', 0xfffd, 0xfffd, '|',    '\n'};
  static const size_t starts[] = {0, 6, 12, 16};
  uint32_t made;
  char **lines = line_hashes(text, sizeof text - 1, &made), wanted[32];
  assert_int_equal(made, 4);
  for (uint32_t i = 0; i < made; i++) {
    snprintf(wanted, sizeof wanted, "%llx:1",
             (unsigned long long)direct(units, sizeof units / sizeof *units, starts[i]));
    assert_string_equal(lines[i], wanted);
    free(lines[i]);
  }
  free(lines);
}

static void long_lines(void **state) {
  (void)state;
  enum { LENGTH = 5000 };
  char text[LENGTH + 1];
  uint16_t units[LENGTH];
  for (int i = 0; i < LENGTH; i++) text[i] = (char)(i % 331 == 330 ? '\n' : 'a' + i * i % 23);
  for (int i = 0; i < LENGTH; i++) units[i] = (uint16_t)text[i];
  text[LENGTH] = 0;
  uint32_t made;
  char **lines = line_hashes(text, LENGTH, &made), wanted[32];
  assert_int_equal(made, LENGTH / 331 + 1);
  for (uint32_t i = 0; i < made; i++) {
    int length = snprintf(wanted, sizeof wanted, "%llx:", (unsigned long long)direct(units, LENGTH, i * 331));
    assert_memory_equal(lines[i], wanted, (size_t)length);
    free(lines[i]);
  }
  free(lines);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_values),
      cmocka_unit_test(equal_lines_are_numbered),
      cmocka_unit_test(beyond_ascii),
      cmocka_unit_test(long_lines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
