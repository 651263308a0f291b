/* The index that stands for a watched call in the shared memory, and its name and rule: hooks.def as numbers.
 * Both sides of the memory are of one build, so that the numbers may change from one version to the next. */
#ifndef BLOCKSCAN_SHARED_HOOKS_H
#define BLOCKSCAN_SHARED_HOOKS_H

#include "runtime-check/shared/layout.h"

#include <stddef.h>

enum {
#define WAIT(name, ...) HOOK_##name,
#define WAIT_LIBRARY(name, ...) HOOK_##name,
#define WAIT_OTHER(type, name, ...) HOOK_##name,
#define RUN(name, ...) HOOK_##name,
#define HOOK(type, name, ...) HOOK_##name,
#define HOOK_VOID(name, ...) HOOK_##name,
#define HOOK_FORMAT(type, name, ...) HOOK_##name,
#define HOOK_FORMAT_VOID(name, ...) HOOK_##name,
#define HOOK_FD(type, name, ...) HOOK_##name, HOOK_##name##_file,
#define HOOK_OPENS(type, name, ...) HOOK_##name,
#define HOOK_LOCK(name, ...) HOOK_##name,
#define HOOK_OWN(type, name, ...) HOOK_##name,
#include "runtime-check/shared/hooks.def"
  HOOK_COUNT
};
_Static_assert((int)HOOK_COUNT <= (int)LAYOUT_WAIT_HOOK, "the counters of a slot have room for all hooks");

typedef struct hook_row {
  const char *name; /* of the function, as the linker knows it: two rows may share one */
  const char *rule; /* of rules/blocking; NULL: a run function, of which the rules are asked */
} hook_row;

/* Run functions have numbers of their own, from 1. */
enum {
  RUN_NONE,
#define RUN(name, ...) RUN_##name,
#include "runtime-check/shared/hooks.def"
  RUN_COUNT
};

/* The name of a run function, or NULL when there is none of that number. */
static inline const char *run_name_of(uint32_t run) {
  static const char *const names[RUN_COUNT] = {
      NULL,
#define RUN(name, ...) #name,
#include "runtime-check/shared/hooks.def"
  };
  return run < RUN_COUNT ? names[run] : NULL;
}

/* The row of an index, or NULL when there is none. */
static inline const hook_row *hook_row_of(uint32_t hook) {
  static const hook_row rows[HOOK_COUNT] = {
#define WAIT(name, rule, ...) {#name, rule},
#define WAIT_LIBRARY(name, rule, ...) {#name, rule},
#define WAIT_OTHER(type, name, rule, ...) {#name, rule},
#define RUN(name, ...) {#name, NULL},
#define HOOK(type, name, rule, ...) {#name, rule},
#define HOOK_VOID(name, rule, ...) {#name, rule},
#define HOOK_FORMAT(type, name, rule, ...) {#name, rule},
#define HOOK_FORMAT_VOID(name, rule, ...) {#name, rule},
#define HOOK_FD(type, name, rule, file_rule, ...) {#name, rule}, {#name, file_rule},
#define HOOK_OPENS(type, name, rule, ...) {#name, rule},
#define HOOK_LOCK(name, rule, ...) {#name, rule},
#define HOOK_OWN(type, name, rule, ...) {#name, rule},
#include "runtime-check/shared/hooks.def"
  };
  return hook < HOOK_COUNT ? &rows[hook] : NULL;
}

#endif
