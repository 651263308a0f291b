/* The cache: rows hold until a file that was read changes or one that was missed appears; damage is no
 * error. */
#include "analyzer/cache/cache.h"
#include "analyzer/facts/facts.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct place {
  char folder[64], cache[96], read[80], absent[80];
  bs_strbuf facts;
  unsigned warnings;
} place;

static void count_warning(void *context, const char *text) {
  (void)text;
  ((place *)context)->warnings++;
}

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk) {
  (void)st, (void)kind, (void)walk;
  return remove(path);
}

static int make_place(void **state) {
  place *p = bs_calloc(1, sizeof *p);
  *state = p;
  strcpy(p->folder, "/tmp/test_cache.XXXXXX");
  if (!mkdtemp(p->folder)) return -1;
  snprintf(p->cache, sizeof p->cache, "%s/c", p->folder);
  snprintf(p->read, sizeof p->read, "%s/a.c", p->folder);
  snprintf(p->absent, sizeof p->absent, "%s/a.h", p->folder);
  if (mkdir(p->cache, 0700) != 0) return -1;
  write_text(p->read, "int x;");
  facts_unit unit;
  facts_unit_init(&unit);
  p->facts = (bs_strbuf)BS_STRBUF_INIT;
  facts_encode(&unit, &p->facts);
  facts_unit_fini(&unit);
  return 0;
}

static int remove_place(void **state) {
  place *p = *state;
  nftw(p->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  bs_strbuf_fini(&p->facts);
  free(p);
  return 0;
}

static cache *open_cache(place *p) { return cache_open(p->cache, count_warning, p); }

/* Stores a row that read a.c and missed a.h, as if it had been parsed in the future: nothing changes after
 * that. */
static void put(place *p, cache *c, uint64_t key, int64_t started) {
  const char *read[] = {p->read}, *folders[] = {p->folder};
  const cache_lookup lookups[] = {{"a.h", 1}, {"a.c", 1}}; /* a.c is there: it must not make the row void */
  cache_row row = {key, p->facts.text, p->facts.length, read, folders, lookups, 1, 1, 2, started};
  cache_put(c, &row);
}

static void put_alone(place *p, uint64_t key) {
  cache *c = open_cache(p);
  assert_non_null(c);
  put(p, c, key, cache_now() + 1000000000);
  cache_close(c);
}

static bool finds(place *p, uint64_t key) {
  cache *c = open_cache(p);
  assert_non_null(c);
  bs_arena arena = {0};
  const void *bytes;
  size_t length;
  bool found = cache_find(c, key, &arena, &bytes, &length);
  if (found) {
    assert_int_equal(length, p->facts.length);
    assert_memory_equal(bytes, p->facts.text, length);
  }
  bs_arena_fini(&arena);
  cache_close(c);
  return found;
}

static void finds_what_was_put(void **state) {
  place *p = *state;
  put_alone(p, 7);
  assert_true(finds(p, 7));
  assert_false(finds(p, 8));
  assert_int_equal(p->warnings, 0);
}

static void notices_changed_content(void **state) {
  place *p = *state;
  put_alone(p, 7);
  write_text(p->read, "int y;"); /* of the same size, within the same second */
  assert_false(finds(p, 7));
  write_text(p->read, "int x;");
  assert_true(finds(p, 7));
  unlink(p->read);
  assert_false(finds(p, 7));
}

static void notices_what_appears(void **state) {
  place *p = *state;
  put_alone(p, 7);
  write_text(p->absent, "");
  assert_false(finds(p, 7));
  unlink(p->absent);
  assert_true(finds(p, 7));
}

static void keeps_no_row_of_a_file_that_changed_meanwhile(void **state) {
  place *p = *state;
  cache *c = open_cache(p);
  put(p, c, 7, 1);
  cache_close(c);
  assert_false(finds(p, 7));
}

static void reads_a_file_once(void **state) {
  place *p = *state;
  cache *c = open_cache(p);
  uint64_t first, second;
  assert_true(cache_hash_file(c, p->read, &first));
  unlink(p->read);
  assert_true(cache_hash_file(c, p->read, &second));
  assert_true(first == second);
  assert_false(cache_hash_file(c, p->absent, &second));
  assert_false(cache_hash_file(c, p->folder, &second));
  cache_close(c);
}

static void begins_anew_after_damage(void **state) {
  place *p = *state;
  put_alone(p, 7);
  char path[128], other[160];
  snprintf(path, sizeof path, "%s/facts.db", p->cache);
  snprintf(other, sizeof other, "%s.broken-1", path);
  write_text(path, "This was a database once; now it is longer than a head of a hundred bytes, and says "
                   "nothing at all.\n");
  assert_false(finds(p, 7));
  assert_int_equal(p->warnings, 1);
  assert_int_equal(access(other, F_OK), 0);
  put_alone(p, 7);
  assert_true(finds(p, 7));
  assert_int_equal(p->warnings, 1);
}

static void does_without_a_folder(void **state) {
  place *p = *state;
  snprintf(p->cache, sizeof p->cache, "%s/c", p->read);
  assert_null(open_cache(p));
  assert_int_equal(p->warnings, 1);
  cache_close(NULL);
}

/* Runs SQL behind the cache's back; returns the first number that it gives. */
static int64_t sql(place *p, const char *text) {
  char path[128];
  snprintf(path, sizeof path, "%s/facts.db", p->cache);
  sqlite3 *db;
  sqlite3_stmt *s;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
  int64_t value = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
  sqlite3_finalize(s);
  sqlite3_close(db);
  return value;
}

static void forgets_what_was_not_used_for_long(void **state) {
  place *p = *state;
  put_alone(p, 1);
  put_alone(p, 2);
  int64_t today = sql(p, "SELECT used FROM unit");
  sql(p, "UPDATE unit SET used = used - 29");
  assert_true(finds(p, 1));
  assert_int_equal(sql(p, "SELECT used FROM unit WHERE key = 1"), today);
  assert_int_equal(sql(p, "SELECT used FROM unit WHERE key = 2"), today - 29);
  sql(p, "UPDATE unit SET used = used - 2");
  put_alone(p, 3);
  assert_false(finds(p, 2));
  assert_true(finds(p, 1));
  assert_true(finds(p, 3));
}

static void keeps_a_bounded_size(void **state) {
  place *p = *state;
  put_alone(p, 1);
  put_alone(p, 2);
  sql(p, "UPDATE unit SET used = used - 1, size = 2000 << 20 WHERE key = 1");
  sql(p, "UPDATE unit SET size = 100 << 20 WHERE key = 2");
  put_alone(p, 3);
  assert_false(finds(p, 1));
  assert_true(finds(p, 2));
  assert_true(finds(p, 3));
}

static void leaves_a_newer_cache_alone(void **state) {
  place *p = *state;
  put_alone(p, 1);
  sql(p, "PRAGMA user_version = 99");
  assert_null(open_cache(p));
  assert_int_equal(p->warnings, 1);
  assert_int_equal(sql(p, "SELECT count(*) FROM unit"), 1);
}

static void serves_two_at_once(void **state) {
  place *p = *state;
  cache *a = open_cache(p), *b = open_cache(p);
  put(p, a, 1, cache_now() + 1000000000);
  put(p, b, 2, cache_now() + 1000000000);
  cache_flush(a);
  cache_flush(b);
  cache_close(a);
  cache_close(b);
  assert_true(finds(p, 1));
  assert_true(finds(p, 2));
  assert_int_equal(p->warnings, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(finds_what_was_put),    TEST(notices_changed_content),
      TEST(notices_what_appears),  TEST(keeps_no_row_of_a_file_that_changed_meanwhile),
      TEST(reads_a_file_once),     TEST(begins_anew_after_damage),
      TEST(does_without_a_folder), TEST(forgets_what_was_not_used_for_long),
      TEST(keeps_a_bounded_size),  TEST(leaves_a_newer_cache_alone),
      TEST(serves_two_at_once),
  };
  return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
