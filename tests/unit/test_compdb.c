/* Compile databases: the forms of an entry, quoting, response files, variants, groups, the root, and the
 * words for each mistake. */
#include "analyzer/frontend/command.h"
#include "analyzer/frontend/frontend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static compdb parsed(const char *text) {
  compdb db;
  bs_error error = BS_ERROR_INIT;
  if (!compdb_parse(&db, "/project/build/compile_commands.json", text, strlen(text), &error))
    fail_msg("%s", error.text.text);
  bs_error_fini(&error);
  return db;
}

static void fails_with(const char *text, const char *expected) {
  compdb db;
  bs_error error = BS_ERROR_INIT;
  assert_false(compdb_parse(&db, "/project/db.json", text, strlen(text), &error));
  if (!strstr(error.text.text, expected)) fail_msg("'%s' does not say '%s'", error.text.text, expected);
  bs_error_fini(&error);
  compdb_fini(&db);
}

static void reads_both_forms(void **state) {
  (void)state;
  compdb db =
      parsed("[{\"directory\": \"sub\", \"file\": \"../b.c\", \"arguments\": [\"cc\", \"-c\", \"../b.c\"]},\n"
             " {\"directory\": \"/x\", \"file\": \"/x/a.c\", \"command\": \"cc -DA=' b' -o a.o a.c\"}]");
  assert_int_equal(db.entries.count, 2);
  const compdb_entry *b = &db.entries.items[0], *a = &db.entries.items[1];
  assert_string_equal(b->directory, "/project/build/sub");
  assert_string_equal(b->file, "/project/build/b.c");
  assert_string_equal(b->output, "");
  assert_int_equal(b->line, 1);
  assert_int_equal(a->line, 2);
  assert_string_equal(a->output, "/x/a.o");
  assert_int_equal(a->narguments, 5);
  assert_string_equal(a->arguments[1], "-DA= b");
  assert_null(a->arguments[5]);
  compdb_fini(&db);
}

static void splits_like_a_shell(void **state) {
  (void)state;
  static const char *const expected[] = {"cc", "-Da=\"x y\"", "it's", "back\\slash", "a b",
                                         "",   "joined",      "$HOME"};
  bs_arena arena = {0};
  path_list words = {0};
  command_split(&arena, " cc  '-Da=\"x y\"' \"it's\" 'back\\slash' a\\ b '' jo\\\nined \"\\$HOME\" ", &words);
  assert_int_equal(words.count, sizeof expected / sizeof *expected);
  for (uint32_t i = 0; i < words.count; i++) assert_string_equal(words.items[i], expected[i]);
  bs_vec_fini(&words);
  bs_arena_fini(&arena);
}

static void keeps_variants_and_drops_doubles(void **state) {
  (void)state;
  compdb db = parsed(
      "[{\"directory\": \"/p\", \"file\": \"a.c\", \"command\": \"cc -c a.c -o one.o\"},"
      " {\"directory\": \"/p\", \"file\": \"a.c\", \"command\": \"cc -c a.c -o two.o -MF two.d\"},"
      " {\"directory\": \"/p\", \"file\": \"a.c\", \"command\": \"cc -c a.c -DX -o three.o\"},"
      " {\"directory\": \"/p\", \"file\": \"a.c\", \"command\": \"cc -c a.c -o CMakeFiles/t.dir/a.o\"}]");
  assert_int_equal(db.entries.count, 3);
  assert_string_equal(db.entries.items[0].output, "/p/one.o");
  assert_string_equal(db.entries.items[1].output, "/p/three.o");
  assert_string_equal(db.entries.items[2].output, "/p/CMakeFiles/t.dir/a.o");
  compdb_fini(&db);
}

static void notes_what_it_skips(void **state) {
  (void)state;
  compdb db = parsed(
      "[{\"directory\": \"/p\", \"file\": \"a.c\", \"command\": \"cc a.c\"},\n 7,\n"
      "{\"file\": \"b.c\"},\n{\"command\": \"cc\"},\n"
      "{\"file\": \"c.S\", \"command\": \"cc c.S\"}, {\"file\": \"d.cu\", \"command\": \"nvcc d.cu\"},\n"
      "{\"file\": \"e.h\", \"command\": \"cc -x c e.h\"}]");
  assert_int_equal(db.entries.count, 3);
  assert_non_null(strstr(db.entries.items[1].lost, "CUDA")); /* host code with callbacks may be in it */
  assert_int_equal(db.lost.count, 3);
  assert_int_equal(db.notes.count, 4);
  assert_string_equal(db.notes.items[0],
                      "compile_commands.json:2: an element that is not an object was skipped");
  assert_string_equal(db.notes.items[1],
                      "compile_commands.json:3: the entry for b.c has neither \"arguments\" nor \"command\""
                      " and was skipped");
  assert_string_equal(db.notes.items[2], "compile_commands.json:4: an entry without \"file\" was skipped");
  assert_string_equal(db.notes.items[3], "skipped 1 entry that is neither C nor C++ sources: .S (1)");
  compdb_fini(&db);
}

static void says_what_is_wrong(void **state) {
  (void)state;
  fails_with("", "db.json:1:1: the file is empty");
  fails_with("\n\n", "db.json:1:1: the file is empty");
  fails_with("[{\"file\": ", "db.json:1:");
  fails_with("[\n{\"file\" 3}]", "db.json:2:");
  fails_with("{}", "expected an array of compile commands");
  fails_with("[]", "no usable entry");
  fails_with("[{}]", "an entry without \"file\"");
  fails_with("[\"\xff\"]", "db.json:1:");
}

static void write_text(const char *folder, const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static void expands_response_files(void **state) {
  (void)state;
  char folder[] = "/tmp/test_compdb.XXXXXX";
  assert_non_null(mkdtemp(folder));
  write_text(folder, "one.rsp", "-DA 'b c'\n@two.rsp \"d\\\"e\" f\\'g");
  write_text(folder, "two.rsp", "inner @two.rsp");
  bs_arena arena = {0};
  path_list words = {0};
  command_split(&arena, "cc @one.rsp @three.rsp last", &words);
  assert_string_equal(command_expand(&arena, folder, false, &words), "two.rsp"); /* of itself, without end */
  assert_string_equal(words.items[1], "-DA");
  assert_string_equal(words.items[2], "b c");
  assert_string_equal(words.items[3], "inner");
  assert_string_equal(words.items[words.count - 3], "d\"e");
  assert_string_equal(words.items[words.count - 2], "f'g");
  assert_string_equal(words.items[words.count - 1], "last");
  bs_vec_fini(&words);
  bs_arena_fini(&arena);
  char path[300];
  snprintf(path, sizeof path, "%s/one.rsp", folder);
  unlink(path);
  snprintf(path, sizeof path, "%s/two.rsp", folder);
  unlink(path);
  rmdir(folder);
}

static void finds_the_group(void **state) {
  (void)state;
  static const struct {
    const char *output, *group;
  } cases[] = {
      {"/p/CMakeFiles/server.dir/src/a.c.o", "CMakeFiles/server.dir"},
      {"/p/lib/CMakeFiles/net.dir/a.c.o", "lib/CMakeFiles/net.dir"},
      {"/p/src/server.p/a.c.o", "src/server.p"},
      {"/p/a.o", ""},
      {"/p/conf.dir/a.o", "conf.dir"},
      {"/p/obj/server/a.o", "obj/server"},
      {"/p/src/server-a.o", "src/server"},
      {"/p/src/.libs/a.o", ""},
      {"/q/CMakeFiles/x.dir/a.o", "x.dir"},
      {"", ""},
  };
  bs_arena arena = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    compdb_entry entry = {.directory = "/p", .file = "/p/a.c", .output = cases[i].output};
    assert_string_equal(compdb_group(&arena, &entry), cases[i].group);
  }
  bs_arena_fini(&arena);
}

static void finds_the_root(void **state) {
  (void)state;
  compdb db =
      parsed("[{\"directory\": \"/project/build\", \"file\": \"../src/a.c\", \"command\": \"cc a.c\"},"
             " {\"directory\": \"/project/build\", \"file\": \"gen.c\", \"command\": \"cc b.c\"},"
             " {\"directory\": \"/project/build\", \"file\": \"../lib/b.c\", \"command\": \"cc b.c\"}]");
  assert_string_equal(compdb_root(&db), "/project");
  compdb_fini(&db);
  db = parsed("[{\"file\": \"/home/x/src/a.c\", \"command\": \"cc a.c\"},"
              " {\"file\": \"/home/x/src/b/b.c\", \"command\": \"cc b.c\"}]");
  assert_string_equal(compdb_root(&db), "/home/x/src/b");
  compdb_fini(&db);
}

/* Bazel's extractor lists headers with the command of a source. Its twin is a file of the same kind that the
 * command itself names. */
static void skips_headers_with_the_command_of_a_source(void **state) {
  (void)state;
  compdb db = parsed("[{\"file\": \"a.inl\", \"command\": \"cc -xc++ -Isrc -o a.o -c a.cc\"},"
                     " {\"file\": \"/usr/include/c++/12/vector\", \"command\": \"cc -xc++ -c a.cc\"},"
                     " {\"file\": \"a.cc\", \"command\": \"cc -xc++ -o a.o -c a.cc\"},"
                     " {\"file\": \"b.inl\", \"command\": \"cc -xc++ -o b.o -c ./b.inl\"}]");
  assert_int_equal(db.entries.count, 2);
  assert_string_equal(db.entries.items[0].file, "/project/build/a.cc");
  assert_string_equal(db.entries.items[1].file, "/project/build/b.inl");
  assert_string_equal(db.notes.items[0],
                      "skipped 2 entries that are neither C nor C++ sources: no extension (1) .inl (1)");
  compdb_fini(&db);
}

/* Generated sources say nothing of where a project begins, however many they are; where the database lies
 * beside the sources, none is generated. */
static void finds_the_root_above_a_build_folder(void **state) {
  (void)state;
  static const char text[] = "[{\"directory\": \".\", \"file\": \"../main.c\", \"command\": \"cc main.c\"},"
                             " {\"directory\": \".\", \"file\": \"x.c\", \"command\": \"cc x.c\"},"
                             " {\"directory\": \".\", \"file\": \"y.c\", \"command\": \"cc y.c\"}]";
  char folder[] = "/tmp/test_compdb.XXXXXX", name[64];
  assert_non_null(mkdtemp(folder));
  snprintf(name, sizeof name, "%s/compile_commands.json", folder);
  for (int made = 0; made < 2; made++) {
    char mark[64];
    snprintf(mark, sizeof mark, "%s/build.ninja", folder);
    if (made) fclose(fopen(mark, "w"));
    compdb db = {0};
    bs_error error = BS_ERROR_INIT;
    assert_true(compdb_parse(&db, name, text, strlen(text), &error));
    assert_string_equal(compdb_root(&db), made ? "/tmp" : folder);
    compdb_fini(&db);
    if (made) remove(mark);
  }
  rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_both_forms),
      cmocka_unit_test(splits_like_a_shell),
      cmocka_unit_test(keeps_variants_and_drops_doubles),
      cmocka_unit_test(notes_what_it_skips),
      cmocka_unit_test(says_what_is_wrong),
      cmocka_unit_test(expands_response_files),
      cmocka_unit_test(finds_the_group),
      cmocka_unit_test(finds_the_root),
      cmocka_unit_test(skips_headers_with_the_command_of_a_source),
      cmocka_unit_test(finds_the_root_above_a_build_folder),
  };
  return cmocka_run_group_tests_name("compdb", tests, NULL, NULL);
}
