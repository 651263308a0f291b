/* The names of what is watched, and the loop libraries that a stack can tell by a module's file name, or by
 * the names of their functions where they were linked in. */
#include "runtime-check/collect/recording.h"

#include "base/path.h"

#include <string.h>

typedef struct library_row {
  const char *name;
  const char *file; /* how the shared library's name begins */
  const char *prefix; /* how its internal functions begin, where it is linked in; or NULL */
  const char *run[6]; /* the functions that run a loop: whatever it calls has one of them above it */
} library_row;

static const library_row libraries[] = {
    {"libuv", "libuv.so", "uv__", {"uv_run", NULL}},
    {"libevent", "libevent", "event_process_active", {"event_base_loop", "event_base_dispatch", NULL}},
    {"libev", "libev.so", NULL, {"ev_run", "ev_invoke_pending", NULL}},
    {"glib",
     "libglib-2.0.so",
     "g_main_",
     {"g_main_loop_run", "g_main_context_iteration", "g_main_context_dispatch", NULL}},
    {"sd-event", "libsystemd.so", NULL, {"sd_event_loop", "sd_event_run", "sd_event_dispatch", NULL}},
    {"libwayland",
     "libwayland-",
     NULL,
     {"wl_display_run", "wl_event_loop_dispatch", "wl_display_dispatch", "wl_display_dispatch_queue",
      "wl_display_roundtrip", NULL}},
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

bool is_preload_library(const char *path) {
  static const char name[] = "libblockscan.so";
  return !strncmp(bs_path_basename(path), name, sizeof name - 1);
}

static bool is_run(const library_row *l, const char *function) {
  for (const char *const *p = l->run; *p; p++)
    if (!strcmp(*p, function)) return true;
  return false;
}

const char *loop_library_of_function(const char *function) {
  for (int i = 0; i < LIBRARIES; i++) {
    const char *prefix = libraries[i].prefix;
    if ((prefix && !strncmp(function, prefix, strlen(prefix))) || is_run(&libraries[i], function))
      return libraries[i].name;
  }
  return NULL;
}

const char *loop_library_of_run(const char *function) {
  for (int i = 0; i < LIBRARIES; i++)
    if (is_run(&libraries[i], function)) return libraries[i].name;
  return NULL;
}
