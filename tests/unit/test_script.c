/* Functions of scripts have a place, which says whether they are the program's own. */
#include "runtime-check/collect/names.h"
#include "runtime-check/collect/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *parsed(const char *name) {
  static char text[256];
  script_place p;
  if (!script_place_parse(name, &p)) return "none";
  snprintf(text, sizeof text, "%.*s|%.*s|%u", (int)p.function_length, p.function, (int)p.file_length, p.file,
           p.line);
  return text;
}

static void names_of_v8_are_places(void **state) {
  (void)state;
  assert_string_equal(parsed("JS:*hold /srv/server.js:2:18"), "hold|/srv/server.js|2");
  assert_string_equal(parsed("LazyCompile:~hold /srv/server.js:2:18"), "hold|/srv/server.js|2");
  assert_string_equal(parsed("JS:^get size file:///srv/a.mjs:12:3"), "get size|/srv/a.mjs|12");
  assert_string_equal(parsed("JS:~ /srv/my server.js:1:1"), "|/srv/my server.js|1");
  assert_string_equal(parsed("Function:~listOnTimeout node:internal/timers:524:25"),
                      "listOnTimeout|node:internal/timers|524");
  /* node 18 names no column. */
  assert_string_equal(parsed("LazyCompile:*hold /srv/server.js:4"), "hold|/srv/server.js|4");
  assert_string_equal(parsed("Function:^processTimers node:internal/timers:497"),
                      "processTimers|node:internal/timers|497");
}

static void other_names_are_none(void **state) {
  (void)state;
  const char *const others[] = {"Builtin:InterpreterEntryTrampoline",
                                "Lcom/foo/Bar;::run",
                                "JS:*wasm-function[3]",
                                "JS:*hold",
                                "RegExp:a b:1:2",
                                "JS:*f :1:2",
                                "JS:",
                                ""};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) assert_string_equal(parsed(others[i]), "none");
}

static bool is_own(const char *file) {
  return frame_is_own(&(report_frame){.function = "f", .file = file, .line = 1, .module = "[jit]"});
}

static void packages_are_nobodys_own(void **state) {
  (void)state;
  assert_true(is_own("/srv/server.js"));
  assert_true(is_own("/usr/lib/ours/server.js"));
  assert_false(is_own("node:fs"));
  assert_false(is_own("/srv/node_modules/express/index.js"));
  assert_false(is_own("/usr/share/nodejs/ws/index.js"));
  /* Neither is node itself, nor code without a name. */
  assert_false(frame_is_own(&(report_frame){.function = "f", .module = "/opt/node/bin/node"}));
  assert_false(frame_is_own(&(report_frame){.function = "", .module = "[jit]"}));
  assert_true(frame_is_own(&(report_frame){.function = "f", .module = "/opt/node/bin/noded"}));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(names_of_v8_are_places),
                                     cmocka_unit_test(other_names_are_none),
                                     cmocka_unit_test(packages_are_nobodys_own)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
