/* The tables and texts that everything else stands on: maps, interned strings, arenas, vectors, paths. */
#include "base/intern.h"
#include "base/map.h"
#include "base/path.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void a_map_keeps_what_it_was_given(void **state) {
  (void)state;
  enum { COUNT = 20000 };
  bs_map map = {0};
  uint32_t value;
  assert_false(bs_map_find(&map, 0, &value));
  for (uint32_t i = 0; i < COUNT; i++) { /* key 0, near keys, keys that differ in their high half only */
    bool is_new = false;
    assert_int_equal(bs_map_add(&map, bs_map_key(i % 7, i / 7), i, &is_new), i);
    assert_true(is_new);
  }
  assert_int_equal(map.count, COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    assert_true(bs_map_find(&map, bs_map_key(i % 7, i / 7), &value));
    assert_int_equal(value, i);
  }
  assert_false(bs_map_find(&map, bs_map_key(7, 0), &value));
  assert_false(bs_map_find(&map, UINT64_MAX, &value));
  bs_map_fini(&map);
}

static void the_first_value_stays_unless_it_is_set(void **state) {
  (void)state;
  bs_map map = {0};
  bool is_new;
  uint32_t value = 0;
  assert_int_equal(bs_map_add(&map, UINT64_MAX, 1, NULL), 1);
  assert_int_equal(bs_map_add(&map, UINT64_MAX, 2, &is_new), 1);
  assert_false(is_new);
  bs_map_set(&map, UINT64_MAX, 3);
  bs_map_set(&map, 5, UINT32_MAX - 1);
  assert_true(bs_map_find(&map, UINT64_MAX, &value));
  assert_int_equal(value, 3);
  assert_true(bs_map_find(&map, 5, &value));
  assert_int_equal(value, UINT32_MAX - 1);
  assert_int_equal(map.count, 2);
  bs_map_fini(&map);
  assert_false(bs_map_find(&map, 5, &value)); /* empty, and ready again */
}

static void ids_count_up_by_first_sight(void **state) {
  (void)state;
  bs_intern table;
  bs_intern_init(&table);
  assert_int_equal(bs_intern_adds(&table, ""), 0);
  assert_int_equal(bs_intern_adds(&table, "one"), 1);
  assert_int_equal(bs_intern_adds(&table, "two"), 2);
  assert_int_equal(bs_intern_add(&table, "one more", 3), 1);
  assert_int_equal(bs_intern_find(&table, "two", 3), 2);
  assert_int_equal(bs_intern_find(&table, "tw", 2), UINT32_MAX);
  assert_int_equal(bs_intern_add(&table, "a\0b", 3), 3); /* bytes, not only text */
  assert_int_equal(bs_intern_add(&table, "a\0c", 3), 4);
  assert_int_equal(bs_intern_length(&table, 3), 3);
  assert_string_equal(bs_intern_text(&table, 2), "two");
  bs_intern_fini(&table);
}

static void many_strings_stay_where_they_are(void **state) {
  (void)state;
  enum { COUNT = 10000 };
  bs_intern table;
  char text[16];
  bs_intern_init(&table);
  uint32_t first = bs_intern_adds(&table, "s0");
  const char *where = bs_intern_text(&table, first);
  for (uint32_t i = 0; i < COUNT; i++) {
    snprintf(text, sizeof text, "s%u", i);
    assert_int_equal(bs_intern_adds(&table, text), i + 1);
  }
  assert_ptr_equal(bs_intern_text(&table, first), where);
  for (uint32_t i = 0; i < COUNT; i += 97) {
    snprintf(text, sizeof text, "s%u", i);
    assert_int_equal(bs_intern_find(&table, text, strlen(text)), i + 1);
  }
  bs_intern_fini(&table);
}

static void strings_loaded_at_once_are_found_and_added_to(void **state) {
  (void)state;
  static const char texts[] = "\0one\0three";
  static const uint32_t lengths[] = {0, 3, 5};
  bs_intern table;
  bs_intern_init(&table);
  bs_intern_load(&table, texts, lengths, 3);
  assert_string_equal(bs_intern_text(&table, 2), "three");
  assert_int_equal(bs_intern_find(&table, "one", 3), 1);
  assert_int_equal(bs_intern_adds(&table, "three"), 2);
  assert_int_equal(bs_intern_adds(&table, "four"), 3);
  bs_intern_fini(&table);
}

static void arenas_give_zeroed_and_aligned_memory(void **state) {
  (void)state;
  bs_arena arena = {0};
  for (size_t size = 0; size < 200000; size = size * 3 + 1) {
    unsigned char *memory = bs_arena_alloc(&arena, size);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
    for (size_t i = 0; i < size; i++) assert_int_equal(memory[i], 0);
    memset(memory, 0xff, size);
  }
  assert_string_equal(bs_arena_strndup(&arena, "abcdef", 3), "abc");
  assert_string_equal(bs_arena_printf(&arena, "%s-%d", "x", 7), "x-7");
  bs_arena_fini(&arena);
}

static int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void vectors_grow_zeroed_and_sort(void **state) {
  (void)state;
  BS_VEC(int) v = {0};
  bs_vec_sort(&v, compare_ints); /* empty: items is NULL */
  for (int i = 0; i < 1000; i++) {
    int *item = bs_vec_push(&v);
    assert_int_equal(*item, 0);
    *item = (i * 617) % 1000;
  }
  bs_vec_sort(&v, compare_ints);
  for (int i = 0; i < 1000; i++) assert_int_equal(v.items[i], i);
  bs_vec_fini(&v);
  assert_null(v.items);
}

static void paths_are_made_absolute_and_plain(void **state) {
  (void)state;
  static const struct {
    const char *base, *path, *expected;
  } cases[] = {
      {"/a/b", "c.c", "/a/b/c.c"},
      {"/a/b", "../c.c", "/a/c.c"},
      {"/a/b", "./x/./../c.c", "/a/b/c.c"},
      {"/a/b", "/x//y/", "/x/y"},
      {"/", "c.c", "/c.c"},
      {"/a", "../../../c.c", "/c.c"},
      {"/a", "..", "/"},
      {"/a", "", "/a"},
      {"/a/", "...", "/a/..."},
      {"/a", "/..hidden/.x", "/..hidden/.x"},
  };
  bs_arena arena = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(bs_path_normalise(&arena, cases[i].base, cases[i].path), cases[i].expected);
  bs_arena_fini(&arena);
}

static void paths_are_told_relative_to_a_root(void **state) {
  (void)state;
  assert_string_equal(bs_path_relative("/a", "/a/b.c"), "b.c");
  assert_string_equal(bs_path_relative("/a/", "/a/b.c"), "b.c");
  assert_string_equal(bs_path_relative("/", "/a/b.c"), "a/b.c");
  assert_string_equal(bs_path_relative("/a", "/ab/c.c"), "/ab/c.c");
  assert_string_equal(bs_path_relative("/a", "/a"), "/a");
}

static void paths_have_a_last_part_and_a_folder(void **state) {
  (void)state;
  bs_arena arena = {0};
  assert_string_equal(bs_path_basename("/a/b.c"), "b.c");
  assert_string_equal(bs_path_basename("b.c"), "b.c");
  assert_string_equal(bs_path_basename("/a/"), "");
  assert_string_equal(bs_path_dirname(&arena, "/a/b.c"), "/a");
  assert_string_equal(bs_path_dirname(&arena, "/b.c"), "/");
  assert_string_equal(bs_path_dirname(&arena, "b.c"), ".");
  bs_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_map_keeps_what_it_was_given),
      cmocka_unit_test(the_first_value_stays_unless_it_is_set),
      cmocka_unit_test(ids_count_up_by_first_sight),
      cmocka_unit_test(many_strings_stay_where_they_are),
      cmocka_unit_test(strings_loaded_at_once_are_found_and_added_to),
      cmocka_unit_test(arenas_give_zeroed_and_aligned_memory),
      cmocka_unit_test(vectors_grow_zeroed_and_sort),
      cmocka_unit_test(paths_are_made_absolute_and_plain),
      cmocka_unit_test(paths_are_told_relative_to_a_root),
      cmocka_unit_test(paths_have_a_last_part_and_a_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
