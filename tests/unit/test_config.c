/* .blockscan.yaml: what is read, what each mistake is answered with, and the globs. */
#include "rules/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool parse(project_config *config, const char *text, bs_error *error) {
  return project_config_parse(config, "/project/.blockscan.yaml", text, strlen(text), error);
}

static void reads_every_key(void **state) {
  (void)state;
  project_config config;
  bs_error error = BS_ERROR_INIT;
  assert_true(parse(&config,
                    "rules: [tools/rules.json, ../shared/more.json]\n"
                    "packs:\n  - /opt/loop.json\n"
                    "wrappers:\n  - {function: my_sleep, like: usleep}\n"
                    "exclude:\n  - path: vendor/**\n    reason: not ours\n"
                    "levels:\n  disk.*: note\n  disk.fsync: error\n  log.stdio: off\n"
                    "startup: [load_config]\n",
                    &error));
  assert_int_equal(config.rules.count, 2);
  assert_string_equal(config.rules.items[0], "/project/tools/rules.json");
  assert_string_equal(config.rules.items[1], "/shared/more.json");
  assert_string_equal(config.packs.items[0], "/opt/loop.json");
  assert_string_equal(config.wrappers.items[0].function, "my_sleep");
  assert_string_equal(config.wrappers.items[0].like, "usleep");
  assert_int_equal(config.wrappers.items[0].line, 5);
  assert_string_equal(config.exclude.items[0].path, "vendor/**");
  assert_string_equal(config.exclude.items[0].reason, "not ours");
  assert_int_equal(config.levels.count, 3);
  assert_string_equal(config.levels.items[0].rule, "disk.*");
  assert_int_equal(config.levels.items[0].severity, RULE_NOTE);
  assert_int_equal(config.levels.items[1].severity, RULE_ERROR);
  assert_true(config.levels.items[2].off);
  assert_string_equal(config.startup.items[0], "load_config");
  project_config_fini(&config);
}

static void accepts_what_says_nothing(void **state) {
  (void)state;
  static const char *const texts[] = {"",     "# only a comment\n",     "---\n", "rules:\nlevels:\n",
                                      "{}\n", "\xef\xbb\xbfrules: []\n"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    project_config config;
    bs_error error = BS_ERROR_INIT;
    assert_true(parse(&config, texts[i], &error));
    assert_int_equal(config.rules.count + config.levels.count, 0);
    project_config_fini(&config);
  }
}

static void names_the_place_of_a_mistake(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"rulez: []\n",
       "1:1: unknown key 'rulez'; did you mean 'rules'? Expected one of 'rules', 'packs', 'wrappers', "
       "'exclude', 'levels', 'startup', 'extra-arg', 'extra-arg-before', 'remove-arg', 'query-driver', "
       "'path-map'"},
      {"rules: []\n\nrules: []\n", "3:1: duplicate key 'rules', first in line 1"},
      {"rules: tools/x.json\n",
       "1:8: a list of rule files is expected here (lines that begin with '- '), not a text"},
      {"rules:\n  - {a: b}\n", "2:5: a rule file is expected here, not a mapping"},
      {"rules: ['']\n", "1:9: a rule file is expected here, not nothing"},
      {"rules: [\"a\\0b\"]\n", "1:9: a rule file is expected here, not a text with a zero byte"},
      {"levels:\n  dns.x: fatal\n",
       "2:10: unknown level 'fatal'; expected one of 'off', 'note', 'warning', 'error'"},
      {"levels:\n  dns.x: warn\n",
       "2:10: unknown level 'warn'; expected one of 'off', 'note', 'warning', 'error'"},
      {"levels:\n  d*s: off\n",
       "2:3: a rule is expected here, or a prefix with one star at its end: 'disk.*'"},
      {"levels: [a]\n",
       "1:9: a mapping from rules to levels is expected here ('disk.open: note'), not a list"},
      {"exclude:\n  - path: a\n", "2:5: 'reason' is missing here"},
      {"exclude:\n  - path: a\n    reasn: b\n",
       "3:5: unknown key 'reasn'; did you mean 'reason'? Expected one of "
       "'path', 'reason', 'rule'"},
      {"wrappers:\n  - my_sleep\n", "2:5: a mapping with 'function' and 'like' is expected here, not a text"},
      {"- rules\n", "1:1: a mapping is expected here ('rules:', 'exclude:' …), not a list"},
      {"? [a]\n: b\n", "1:3: a key is expected here, not a list"},
      {"a: b\n---\nc: d\n",
       "1:1: unknown key 'a'; expected one of 'rules', 'packs', 'wrappers', 'exclude', 'levels', "
       "'startup', 'extra-arg', 'extra-arg-before', 'remove-arg', 'query-driver', 'path-map'"},
      {"rules: []\n---\nc: d\n", "3:1: expected one YAML document; a second one begins here"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    project_config config;
    bs_error error = BS_ERROR_INIT;
    assert_false(parse(&config, cases[i].text, &error));
    const char *prefix = "/project/.blockscan.yaml:";
    assert_memory_equal(error.text.text, prefix, strlen(prefix));
    assert_string_equal(error.text.text + strlen(prefix), cases[i].message);
    bs_error_fini(&error);
    project_config_fini(&config);
  }
}

static void names_the_place_of_bad_yaml(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"rules: [a\nlevels: {}\n", "/project/.blockscan.yaml:2:"},
      {"rules: []\nlevels: \xff\n", "/project/.blockscan.yaml:2:9: "},
      {"rules: *nobody\n", "/project/.blockscan.yaml:1:8: "},
      {"\trules: []\n", "/project/.blockscan.yaml:1:1: "},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    project_config config;
    bs_error error = BS_ERROR_INIT;
    assert_false(parse(&config, cases[i][0], &error));
    assert_memory_equal(error.text.text, cases[i][1], strlen(cases[i][1]));
    bs_error_fini(&error);
    project_config_fini(&config);
  }
}

static void a_missing_file_is_an_error(void **state) {
  (void)state;
  project_config config;
  bs_error error = BS_ERROR_INIT;
  assert_true(project_config_load(&config, NULL, &error));
  assert_null(config.file);
  project_config_fini(&config);
  assert_false(project_config_load(&config, "/nowhere/.blockscan.yaml", &error));
  assert_string_equal(error.text.text, "/nowhere/.blockscan.yaml: No such file or directory");
  bs_error_fini(&error);
  project_config_fini(&config);
}

static void globs(void **state) {
  (void)state;
  static const struct {
    const char *glob, *path;
    bool matches;
  } cases[] = {
      {"src/a.c", "src/a.c", true},
      {"src/a.c", "src/a.cc", false},
      {"src/*.c", "src/a.c", true},
      {"src/*.c", "src/x/a.c", false},
      {"**/*.c", "a.c", true},
      {"**/*.c", "x/y/a.c", true},
      {"src/**", "src/a/b.c", true},
      {"src/**", "src", false},
      {"src/**/t.c", "src/t.c", true},
      {"src/**/t.c", "src/a/b/t.c", true},
      {"src/**/t.c", "src/a/b/u.c", false},
      {"**/x/**/y.c", "a/x/b/x/y.c", true},
      {"**/x/y/**", "x/x/y/z.c", true},
      {"vendor/", "vendor/a.c", true},
      {"vendor/", "vendor/a/b.c", true},
      {"vendor/", "vendor", false},
      {"vendor", "vendor/a.c", false},
      {"a/b", "a", false},
      {"a", "a/b", false},
      {"", "a", false},
      {"[ab].c", "b.c", true},
      {"?.c", "b.c", true},
      {"**", "a/b/c", true},
      {"**/third_party/", "x/third_party/y.c", true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(project_config_matches(cases[i].glob, cases[i].path), cases[i].matches);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_every_key),
      cmocka_unit_test(accepts_what_says_nothing),
      cmocka_unit_test(names_the_place_of_a_mistake),
      cmocka_unit_test(names_the_place_of_bad_yaml),
      cmocka_unit_test(a_missing_file_is_an_error),
      cmocka_unit_test(globs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
