/* The names of what is watched, and the loop libraries: which one a module's file name or a function's name
 * belongs to. What they are called by stands in the loop packs (rules/loops and a project's own), which the
 * analysis of sources reads, too: so a loop has one name everywhere.
 *
 * The packs are the process': a recorder has one recording, and names of frames are asked for in many
 * places. */
#include "runtime-check/collect/recording.h"

#include "base/path.h"
#include "rules/rules.h"

#include <string.h>

static const rule_set *known;

void loop_libraries_use(const rule_set *rules) { known = rules; }

const char *hook_name(uint32_t hook) {
  const hook_row *row = hook_row_of(hook);
  return row ? row->name : "";
}

static const char *hook_rule(uint32_t hook) {
  const hook_row *row = hook_row_of(hook);
  if (!row) return "";
  if (row->rule) return row->rule;
  const rule *const *rules = known ? rule_set_for_function(known, row->name) : NULL;
  return rules && *rules ? (*rules)->id : "";
}

const char *hook_rule_of(const char *api) {
  for (uint32_t i = 0; i < HOOK_COUNT; i++)
    if (!strcmp(hook_name(i), api)) return hook_rule(i);
  return "";
}

bool hook_exists(const char *name) {
  for (uint32_t i = 0; i < HOOK_COUNT; i++)
    if (!strcmp(hook_name(i), name)) return true;
  return false;
}

static bool begins_with_any(const char *text, const char *const *beginnings, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (!strncmp(text, beginnings[i], strlen(beginnings[i]))) return true;
  return false;
}

static bool is_any(const char *text, const char *const *names, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(text, names[i])) return true;
  return false;
}

const char *loop_library_of_path(const char *path) {
  const char *file = bs_path_basename(path);
  for (uint32_t i = 0; known && i < known->packs.count; i++) {
    const loop_pack *pack = known->packs.items[i];
    if (begins_with_any(file, pack->modules.items, pack->modules.count)) return pack->name;
  }
  return NULL;
}

const char *loop_library_of_run(const char *function) {
  if (!known || !*function) return NULL;
  const pack_row *const *rows = rule_set_rows_for_function(known, function);
  for (; rows && *rows; rows++)
    if ((*rows)->kind == PACK_RUN) return (*rows)->pack->name;
  for (uint32_t i = 0; i < known->packs.count; i++) {
    const loop_pack *pack = known->packs.items[i];
    if (is_any(function, pack->turns.items, pack->turns.count) ||
        is_any(function, pack->dispatchers.items, pack->dispatchers.count))
      return pack->name;
  }
  return NULL;
}

const char *loop_library_of_function(const char *function) {
  for (uint32_t i = 0; known && i < known->packs.count; i++) {
    const loop_pack *pack = known->packs.items[i];
    if (begins_with_any(function, pack->prefixes.items, pack->prefixes.count)) return pack->name;
  }
  return loop_library_of_run(function);
}
