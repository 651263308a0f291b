/* Which test of a test program was running: the frameworks' own functions are on the stack, outside of the
 * loop. */
#include "evidence/observed_internal.h"

#include "base/path.h"
#include "runtime-check/collect/names.h"

#include <string.h>

static bool is_of_library(const report_frame *f, const char *name) {
  return !strncmp(bs_path_basename(f->module), name, strlen(name));
}

/* "Upload.Large" of "ns::Upload_Large_Test::TestBody()", as googletest names the class of a test. */
static const char *googletest_name(bs_arena *arena, const char *function) {
  const char *end = strstr(function, "_Test::TestBody");
  if (!end) end = strstr(function, "_Test<"); /* of a test for several types */
  if (!end || !strstr(end, "::TestBody")) return NULL;
  const char *start = end;
  while (start > function && start[-1] != ':' && start[-1] != ' ') start--;
  const char *between = memchr(start, '_', (size_t)(end - start));
  if (!between) return NULL;
  return bs_arena_printf(arena, "%.*s.%.*s", (int)(between - start), start, (int)(end - between - 1),
                         between + 1);
}

static const char *catch_name(bs_arena *arena, const report_frame *f) {
  static const char *const names[] = {"CATCH2_INTERNAL_TEST_", "C_A_T_C_H"};
  for (size_t i = 0; f->file && i < sizeof names / sizeof *names; i++)
    if (strstr(f->function, names[i]))
      return bs_arena_printf(arena, "%s:%u", bs_path_basename(f->file), f->line);
  return NULL;
}

/* What calls test functions by their addresses. */
static bool runs_tests(const report_frame *f) {
  return is_of_library(f, "libcmocka.so") || !strcmp(f->function, "g_test_run_suite");
}

static bool is_of_pytest(const report_frame *f) {
  return frame_is_python(f) && f->file && (strstr(f->file, "/_pytest/") || strstr(f->file, "/pluggy/"));
}

/* The function that the frame at `i`, of a framework, has called. */
static const char *called_test(bs_arena *arena, const observed_stack *s, uint32_t i) {
  const report_frame *f = &s->frames[i], *inner = &s->frames[i - 1];
  if (is_of_pytest(f) && frame_is_python(inner) && frame_is_own(inner))
    return bs_arena_printf(arena, "%s::%s", bs_path_basename(inner->file), inner->function);
  if (!runs_tests(f)) return NULL;
  while (i && (runs_tests(&s->frames[i]) || is_of_library(&s->frames[i], "libglib-2.0.so"))) i--;
  return frame_is_own(&s->frames[i]) && *s->frames[i].function ? s->frames[i].function : NULL;
}

const char *observed_test_of(bs_arena *arena, const observed_stack *s) {
  const char *name = NULL;
  for (uint32_t i = s->count; i-- > 0 && !name;) {
    name = googletest_name(arena, s->frames[i].function);
    if (!name) name = catch_name(arena, &s->frames[i]);
    if (!name && i) name = called_test(arena, s, i);
  }
  return name;
}
