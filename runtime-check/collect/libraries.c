/* The names of what is watched, and the loop libraries that a stack can tell by a module's file name, or by the names of their functions where they were linked in. */
#include "collect/recording.h"

#include "base/path.h"

#include <string.h>

typedef struct library_row {
  const char *name;
  const char *file;         /* how the shared library's name begins */
  const char *run[6];       /* functions that callbacks are called under: all of them, or prefixes that end in '*' */
} library_row;

static const library_row libraries[] = {
    {"libuv", "libuv.so", {"uv_run", "uv__*", NULL}},
    {"libevent", "libevent", {"event_base_loop", "event_base_dispatch", "event_process_active*", NULL}},
    {"libev", "libev.so", {"ev_run", "ev_invoke_pending", NULL}},
    {"glib", "libglib-2.0.so", {"g_main_loop_run", "g_main_context_iteration", "g_main_context_dispatch", "g_main_dispatch", NULL}},
    {"sd-event", "libsystemd.so", {"sd_event_loop", "sd_event_run", "sd_event_dispatch", NULL}},
    {"libwayland", "libwayland-", {"wl_display_run", "wl_event_loop_dispatch*", "wl_display_dispatch*", NULL}},
};

const char *hook_name(uint32_t hook) {
  const hook_row *row = hook_row_of(hook);
  return row ? row->name : "";
}

const char *hook_rule(uint32_t hook) {
  const hook_row *row = hook_row_of(hook);
  return row ? row->rule : "";
}

bool hook_exists(const char *name) {
  for (uint32_t i = 0; i < HOOK_COUNT; i++)
    if (!strcmp(hook_name(i), name)) return true;
  return false;
}

enum { LIBRARIES = sizeof libraries / sizeof *libraries };

const char *loop_library_of_path(const char *path) {
  const char *file = bs_path_basename(path);
  for (int i = 0; i < LIBRARIES; i++)
    if (!strncmp(file, libraries[i].file, strlen(libraries[i].file))) return libraries[i].name;
  return NULL;
}

static bool matches(const char *pattern, const char *function) {
  size_t length = strlen(pattern);
  if (pattern[length - 1] != '*') return !strcmp(pattern, function);
  return !strncmp(pattern, function, length - 1);
}

const char *loop_library_of_function(const char *function) {
  for (int i = 0; i < LIBRARIES; i++)
    for (const char *const *p = libraries[i].run; *p; p++)
      if (matches(*p, function)) return libraries[i].name;
  return NULL;
}
