/* Heads: which units get one, what is in it, what stands in its place; and that a unit behind a precompiled
 * head has the facts that it has alone. */
#include "analyzer/frontend/heads.h"
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/blockscan-heads-XXXXXX";

static const char *put(bs_arena *arena, const char *name, const char *text) {
  const char *path = bs_arena_printf(arena, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  return path;
}

typedef struct fixture {
  compdb db;
  head_plan plan;
  const char *resources;
} fixture;

static void add_entry(fixture *f, const char *name, const char *text, const char *flag) {
  bs_arena *arena = &f->db.arena;
  const char *path = put(arena, name, text);
  const char **words = bs_arena_alloc(arena, 5 * sizeof *words);
  words[0] = strstr(name, ".cc") ? "c++" : "cc";
  words[1] = "-c";
  words[2] = path;
  words[3] = flag;
  words[4] = NULL;
  *bs_vec_push(&f->db.entries) = (compdb_entry){.directory = folder,
                                                .file = path,
                                                .output = "",
                                                .arguments = words,
                                                .narguments = flag ? 4 : 3,
                                                .line = 1};
}

static void plan(fixture *f) {
  const char *version;
  bs_error error = BS_ERROR_INIT;
  uint32_t all[64];
  for (uint32_t i = 0; i < f->db.entries.count; i++) all[i] = i;
  assert_true(toolchain_find(&f->db.arena, &version, &f->resources, &error));
  heads_find(&f->plan, &f->db, all, f->db.entries.count, f->resources);
}

static void finish(fixture *f) {
  heads_fini(&f->plan);
  for (uint32_t i = 0; i < f->db.entries.count; i++) unlink(f->db.entries.items[i].file);
  compdb_fini(&f->db);
}

static void add_many(fixture *f, const char *prefix, const char *head, unsigned count, const char *flag) {
  for (unsigned i = 0; i < count; i++) {
    const char *name = bs_arena_printf(&f->db.arena, "%s%u.c", prefix, i);
    const char *text = bs_arena_printf(&f->db.arena, "%sint %s%u;\n", head, prefix, i);
    add_entry(f, name, text, flag);
  }
}

/* The head of the first entry, and how many entries have it. */
static void expect(const fixture *f, const char *text, uint32_t units) {
  const parse_head *head = f->plan.heads[0];
  uint32_t count = 0;
  if (!text) {
    assert_null(head);
    return;
  }
  assert_non_null(head);
  assert_string_equal(head->text, text);
  for (uint32_t i = 0; i < f->db.entries.count; i++) count += f->plan.heads[i] == head;
  assert_int_equal(count, units);
}

static void test_enough_units_share(void **state) {
  (void)state;
  fixture f = {0};
  add_many(&f, "a", "// x\n#define A 1 /* one */\n# include <stdio.h>\n", 8, NULL);
  plan(&f);
  expect(&f, "#define A 1\n# include <stdio.h>\n", 8);
  finish(&f);
  f = (fixture){0};
  add_many(&f, "a", "#include <stdio.h>\n", 7, NULL);
  plan(&f);
  expect(&f, NULL, 0);
  finish(&f);
}

static void test_the_longest_that_enough_share(void **state) {
  (void)state;
  fixture f = {0};
  add_many(&f, "a", "#include <stdio.h>\n#include <errno.h>\n#include <math.h>\n", 8, NULL);
  add_many(&f, "b", "#include <stdio.h>\n#include <errno.h>\n", 1, NULL);
  add_many(&f, "c", "#include <stdio.h>\n", 3, NULL);
  plan(&f);
  expect(&f, "#include <stdio.h>\n#include <errno.h>\n#include <math.h>\n", 8);
  assert_string_equal(f.plan.heads[8]->text, "#include <stdio.h>\n#include <errno.h>\n");
  assert_string_equal(f.plan.heads[9]->text, "#include <stdio.h>\n");
  finish(&f);
}

static void test_other_command_other_head(void **state) {
  (void)state;
  fixture f = {0};
  add_many(&f, "a", "#include <stdio.h>\n", 5, NULL);
  add_many(&f, "b", "#include <stdio.h>\n", 5, "-DX");
  plan(&f);
  expect(&f, NULL, 0);
  finish(&f);
}

static void test_headers_of_the_folder(void **state) {
  (void)state;
  fixture f = {0};
  const char *path = put(&f.db.arena, "own.h", "int own;\n");
  add_many(&f, "a", "#include \"own.h\"\n#include \"other.h\"\n", 8, NULL);
  plan(&f);
  expect(&f, bs_arena_printf(&f.db.arena, "#include \"%s\"\n#include \"other.h\"\n", path), 8);
  unlink(path);
  finish(&f);
}

static void facts_of(const fixture *f, uint32_t i, const parse_head *head, bs_strbuf *out) {
  bs_arena arena = {0};
  path_list files = {0};
  facts_unit unit;
  parse_request request = {
      .root = folder, .entry = &f->db.entries.items[i], .resource_directory = f->resources, .head = head};
  facts_unit_init(&unit);
  assert_true(parse_unit(&request, &unit, &arena, &files));
  facts_encode(&unit, out);
  for (uint32_t k = 0; k < files.count; k++) bs_strbuf_addf(out, "%s\n", files.items[k]);
  facts_unit_fini(&unit);
  bs_vec_fini(&files);
  bs_arena_fini(&arena);
}

static void test_small_heads_are_not_made(void **state) {
  (void)state;
  static const char *const names[] = {"head-0.h", "head-0.files", "head-0.names", "head-0.lock"};
  fixture f = {0};
  bs_strbuf facts = BS_STRBUF_INIT;
  add_many(&f, "a", "#include <stddef.h>\n", 8, NULL);
  plan(&f);
  heads_place(&f.plan, folder);
  facts_of(&f, 0, f.plan.heads[0], &facts);
  assert_int_not_equal(access(bs_arena_printf(&f.db.arena, "%s/head-0.pch", folder), F_OK), 0);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_int_equal(unlink(bs_arena_printf(&f.db.arena, "%s/%s", folder, names[i])), 0);
  bs_strbuf_fini(&facts);
  finish(&f);
}

/* What a head ends at: each of these is the second line. */
static void test_ends(void **state) {
  (void)state;
  static const char *const ends[] = {
      "#if X",  "#include NAME",       "#define X \"//\"", "#define X \\\n 1", "#pragma once",
      "int x;", "#include_next <a.h>", "#undef X",         "#include <a.h> x", "// one \\\n two",
      "/* open"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    fixture f = {0};
    add_many(&f, "a", bs_arena_printf(&f.db.arena, "#include <stdio.h>\n%s\n#include <math.h>\n", ends[i]), 8,
             NULL);
    plan(&f);
    expect(&f, "#include <stdio.h>\n", 8);
    finish(&f);
  }
}

static void test_defines_alone_are_no_head(void **state) {
  (void)state;
  fixture f = {0};
  add_many(&f, "a", "#define A\n", 9, NULL);
  plan(&f);
  expect(&f, NULL, 0);
  finish(&f);
}

static void test_blank(void **state) {
  (void)state;
  char text[] = "\xef\xbb\xbf#define A 1 // one\n#include <a.h> /* b */\n#include <c.h>\nint x;\n";
  char shorter[] = "#include <a.h>\nint x;\n";
  size_t end = head_blank(text, strlen(text), 2);
  assert_string_equal(text,
                      "\xef\xbb\xbf            // one\n               /* b */\n#include <c.h>\nint x;\n");
  assert_int_equal(end, 3 + 19 + 14);
  assert_int_equal(head_blank(shorter, strlen(shorter), 2), 0);
  assert_string_equal(shorter, "#include <a.h>\nint x;\n");
}

static void test_facts_behind_a_head(void **state) {
  (void)state;
  static const char *const names[] = {"head-0.h", "head-0.pch", "head-0.files", "head-0.names",
                                      "head-0.lock"};
  fixture f = {0};
  const char *path = put(&f.db.arena, "own.h",
                         "#include <unistd.h>\nstatic inline void nap(int s) { sleep(s); }\n"
                         "static void (*const table[])(int) = {nap};\n");
  add_many(&f, "a", "#include \"own.h\"\nvoid f(int i) { table[i](1); }\n", 8, NULL);
  plan(&f);
  heads_place(&f.plan, folder);
  f.plan.heads[0]->least_bytes = 0;
  for (uint32_t i = 0; i < 2; i++) {
    bs_strbuf alone = BS_STRBUF_INIT, behind = BS_STRBUF_INIT;
    facts_of(&f, i, NULL, &alone);
    facts_of(&f, i, f.plan.heads[i], &behind);
    assert_int_equal(alone.length, behind.length);
    assert_memory_equal(alone.text, behind.text, alone.length);
    bs_strbuf_fini(&alone);
    bs_strbuf_fini(&behind);
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *made = bs_arena_printf(&f.db.arena, "%s/%s", folder, names[i]);
    assert_int_equal(access(made, F_OK), 0);
    unlink(made);
  }
  unlink(path);
  finish(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_enough_units_share),
      cmocka_unit_test(test_the_longest_that_enough_share),
      cmocka_unit_test(test_other_command_other_head),
      cmocka_unit_test(test_headers_of_the_folder),
      cmocka_unit_test(test_ends),
      cmocka_unit_test(test_defines_alone_are_no_head),
      cmocka_unit_test(test_blank),
      cmocka_unit_test(test_facts_behind_a_head),
      cmocka_unit_test(test_small_heads_are_not_made),
  };
  if (!mkdtemp(folder)) return 1;
  int failed = cmocka_run_group_tests_name("heads", tests, NULL, NULL);
  rmdir(folder);
  return failed;
}
