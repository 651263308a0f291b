/* The command line's shared parts: options, the search for a database, reports in files, completions, the
 * manual page. */
#include "analyzer/driver/project.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static error_t parse(const struct argp *argp, void *input, char **words) {
  int argc = 0;
  while (words[argc]) argc++;
  return argp_parse(argp, argc, words, ARGP_NO_EXIT, NULL, input);
}

#define WORDS(...) ((char *[]){(char[]){"blockscan"}, __VA_ARGS__, NULL})
#define WORD(text) ((char[]){text})

static void analysis_options_are_read(void **state) {
  (void)state;
  analysis_options options;
  analysis_options_init(&options);
  assert_int_equal(options.unit_seconds, 120);
  assert_true(options.jobs >= 1);
  assert_int_equal(parse(&cli_analysis_argp, &options,
                         WORDS(WORD("--rules=a.json"), WORD("--rules=b.json"), WORD("--max-broken=7"),
                               WORD("-q"), WORD("db.json"))),
                   0);
  assert_int_equal(parse(&cli_parsing_argp, &options, WORDS(WORD("-j3"), WORD("--no-cache"))), 0);
  assert_int_equal(options.jobs, 3);
  assert_int_equal(options.rule_files.count, 2);
  assert_string_equal(options.rule_files.items[1], "b.json");
  assert_true(options.no_cache && options.quiet && !options.verbose);
  assert_int_equal(options.max_broken, 7);
  assert_string_equal(options.database, "db.json");
  analysis_options_fini(&options);
}

static void report_options_are_read(void **state) {
  (void)state;
  cli_report options;
  cli_report_init(&options);
  assert_int_equal(options.fail_on, RULE_WARNING);
  assert_int_equal(options.min_confidence, RULE_LIKELY);
  assert_int_equal(
      parse(&cli_report_argp, &options,
            WORDS(WORD("--output"), WORD("json=out.json"), WORD("-otext"), WORD("--fail-on=never"),
                  WORD("--confidence=certain"), WORD("--color"), WORD("--notes"), WORD("--max-paths=0"))),
      0);
  assert_int_equal(options.outputs.count, 2);
  assert_string_equal(options.outputs.items[0].format, "json");
  assert_string_equal(options.outputs.items[0].file, "out.json");
  assert_string_equal(options.outputs.items[1].format, "text");
  assert_null(options.outputs.items[1].file);
  assert_int_equal(options.fail_on, RULE_SEVERITIES);
  assert_int_equal(options.min_confidence, RULE_CERTAIN);
  assert_int_equal(options.color, REPORT_COLOR_ALWAYS);
  assert_true(options.show_notes);
  assert_int_equal(options.max_paths, 0);
  cli_report_fini(&options);
}

static void make_file(bs_arena *arena, const char *folder, const char *file) {
  char *path = bs_arena_printf(arena, "%s/%s", folder, file);
  for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
    *slash = '/';
  }
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fclose(out);
}

static char *new_folder(bs_arena *arena) {
  char *folder = bs_arena_strdup(arena, "/tmp/blockscan-test-XXXXXX");
  assert_non_null(mkdtemp(folder));
  return folder;
}

static void remove_folder(bs_arena *arena, const char *folder) {
  assert_int_equal(system(bs_arena_printf(arena, "rm -r %s", folder)), 0);
}

static void a_database_is_found(void **state) {
  (void)state;
  static const char *const cases[][3] = {
      /* file, working folder, what is found */
      {"compile_commands.json", ".", "compile_commands.json"},
      {"build/compile_commands.json", ".", "build/compile_commands.json"},
      {"out/compile_commands.json", ".", "out/compile_commands.json"},
      {"build-debug/compile_commands.json", ".", "build-debug/compile_commands.json"},
      {"build/compile_commands.json", "src/deep", "/build/compile_commands.json"},
  };
  bs_arena arena = {0};
  char *before = getcwd(NULL, 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bs_error error = BS_ERROR_INIT;
    const char *folder = new_folder(&arena), *path = NULL;
    make_file(&arena, folder, cases[i][0]);
    make_file(&arena, folder, "src/deep/x");
    assert_int_equal(chdir(folder) || chdir(cases[i][1]), 0);
    assert_true(project_find_database(&arena, NULL, &path, &error));
    if (cases[i][2][0] == '/')
      assert_string_equal(path, bs_arena_printf(&arena, "%s%s", folder, cases[i][2]));
    else
      assert_string_equal(path, cases[i][2]);
    assert_true(project_find_database(&arena, folder, &path, &error));
    assert_string_equal(path, bs_arena_printf(&arena, "%s/%s", folder, cases[i][0]));
    assert_int_equal(chdir(before), 0);
    remove_folder(&arena, folder);
  }
  free(before);
  bs_arena_fini(&arena);
}

static void without_a_database_it_says_how_to_make_one(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"CMakeLists.txt", "\n  cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON"},
      {"meson.build", "\n  meson setup build\nBuild once, too"},
      {"MODULE.bazel", "\n  bazel run @hedron_compile_commands//:refresh_all\nThe rule is of"},
      {"Makefile", "\n  make clean; bear -- make\nbear is a package"},
      {"configure", "\n  ./configure && bear -- make"},
      {"main.c", "\n  bear -- BUILD COMMAND"},
  };
  bs_arena arena = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bs_error error = BS_ERROR_INIT;
    const char *folder = new_folder(&arena), *path = NULL;
    make_file(&arena, folder, cases[i][0]);
    assert_false(project_find_database(&arena, folder, &path, &error));
    assert_non_null(strstr(error.text.text, cases[i][1]));
    bs_error_fini(&error);
    remove_folder(&arena, folder);
  }
  bs_error error = BS_ERROR_INIT;
  const char *path;
  assert_false(project_find_database(&arena, "sacn", &path, &error));
  assert_string_equal(error.text.text,
                      "sacn: No such file or directory (and not a verb; 'blockscan --help' lists the verbs)");
  bs_error_fini(&error);
  bs_arena_fini(&arena);
}

static void colours_follow_the_environment(void **state) {
  (void)state;
  static const char *const names[] = {"NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"};
  for (int i = 0; i < 3; i++) unsetenv(names[i]);
  int fd = open("/dev/null", O_WRONLY);
  assert_false(cli_use_color(REPORT_COLOR_AUTO, fd));
  assert_true(cli_use_color(REPORT_COLOR_ALWAYS, fd));
  setenv("CLICOLOR_FORCE", "1", 1);
  assert_true(cli_use_color(REPORT_COLOR_AUTO, fd));
  assert_false(cli_use_color(REPORT_COLOR_NEVER, fd));
  setenv("NO_COLOR", "1", 1);
  assert_false(cli_use_color(REPORT_COLOR_AUTO, fd));
  assert_true(cli_use_color(REPORT_COLOR_ALWAYS, fd));
  close(fd);
}

static void the_exit_code_follows_the_level(void **state) {
  (void)state;
  cli_report options;
  cli_report_init(&options);
  report_document document;
  report_document_init(&document);
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_CLEAN);
  report_finding *finding = report_add_finding(&document);
  finding->severity = RULE_WARNING;
  finding->confidence = RULE_POSSIBLE;
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_CLEAN);
  finding->confidence = RULE_LIKELY;
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_FINDINGS);
  options.fail_on = RULE_ERROR;
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_CLEAN);
  options.fail_on = RULE_NOTE;
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_FINDINGS);
  finding->suppressed.by = "comment";
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_CLEAN);
  finding->suppressed.by = NULL;
  options.fail_on = RULE_SEVERITIES;
  assert_int_equal(cli_report_exit_code(&document, &options), EXIT_CLEAN);
  report_document_fini(&document);
  cli_report_fini(&options);
}

static void reports_go_into_files(void **state) {
  (void)state;
  bs_arena arena = {0};
  const char *folder = new_folder(&arena);
  cli_report options;
  cli_report_init(&options);
  report_document document;
  report_document_init(&document);
  const char *file = bs_arena_printf(&arena, "%s/out.json", folder),
             *link = bs_arena_printf(&arena, "%s/link", folder);
  assert_int_equal(symlink("out.json", link), 0);
  make_file(&arena, folder, "out.json");
  *bs_vec_push(&options.outputs) = (cli_output){"json", link};
  assert_int_equal(cli_write_reports(&document, &options), 0);
  bs_strbuf text = BS_STRBUF_INIT;
  struct stat st;
  assert_true(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
  assert_int_equal(bs_strbuf_read_file(&text, file), 0);
  assert_memory_equal(text.text, "{\n  \"schema\"", 12);
  bs_strbuf_fini(&text);
  options.outputs.items[0].file = bs_arena_printf(&arena, "%s/none/out.json", folder);
  assert_int_equal(cli_write_reports(&document, &options), EXIT_ERROR);
  options.outputs.items[0].file = "/dev/full";
  assert_int_equal(cli_write_reports(&document, &options), EXIT_ERROR);
  options.outputs.items[0].file = "/dev/null";
  assert_int_equal(cli_write_reports(&document, &options), 0);
  report_document_fini(&document);
  cli_report_fini(&options);
  remove_folder(&arena, folder);
  bs_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(analysis_options_are_read),
      cmocka_unit_test(report_options_are_read),
      cmocka_unit_test(a_database_is_found),
      cmocka_unit_test(without_a_database_it_says_how_to_make_one),
      cmocka_unit_test(colours_follow_the_environment),
      cmocka_unit_test(the_exit_code_follows_the_level),
      cmocka_unit_test(reports_go_into_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
