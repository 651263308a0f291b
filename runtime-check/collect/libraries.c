/* The names of what is watched, and the loop libraries: which one a module's file name or a function's name
 * belongs to. What they are called by stands in the loop packs (rules/loops and a project's own), which the
 * analysis of sources reads, too: so a loop has one name everywhere.
 *
 * The packs are the process': a recorder has one recording, and names of frames are asked for in many
 * places. */
#include "runtime-check/collect/recording.h"

#include "base/path.h"
#include "rules/rules.h"
#include "runtime-check/python/python.h"

#include <string.h>

static const rule_set *known;

void loop_libraries_use(const rule_set *rules) { known = rules; }

const char *const scope_outcome_names[SCOPE_OUTCOMES] = {"stalled", "expected", "missed"};

const char *hook_name(uint32_t hook) {
  const hook_row *row = hook_row_of(hook);
  return row ? row->name : "";
}

const char *hook_api(uint32_t hook) { return hook == UINT32_MAX ? NULL : hook_name(hook); }

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

/* "asyncio" is a folder of the file, "selectors.py" its name. */
static bool is_of_package(const char *file, const char *package) {
  size_t length = strlen(package);
  for (const char *at = file; (at = strstr(at, package)); at++)
    if (at > file && at[-1] == '/' && (at[length] == '/' || !at[length])) return true;
  return false;
}

static const loop_pack *pack_of_python(const char *file) {
  if (!file || !python_file_is_library(file)) return NULL;
  for (uint32_t i = 0; known && i < known->packs.count; i++) {
    const loop_pack *pack = known->packs.items[i];
    for (uint32_t k = 0; k < pack->python.count; k++)
      if (is_of_package(file, pack->python.items[k])) return pack;
  }
  return NULL;
}

bool frame_is_python(const report_frame *f) { return f->module && !strcmp(f->module, PYTHON_MODULE); }

static bool is_engines(const report_frame *f) {
  return f->module && !strcmp(f->module, JIT_MODULE) && f->file && f->line;
}

bool frame_is_script(const report_frame *f) { return frame_is_python(f) || is_engines(f); }

const char *loop_library_of_frame(const report_frame *f) {
  if (frame_is_python(f)) {
    const loop_pack *pack = pack_of_python(f->file);
    return pack ? pack->name : NULL;
  }
  if (is_engines(f)) return NULL;
  const char *library = f->module ? loop_library_of_path(f->module) : NULL;
  return library ? library : loop_library_of_function(f->function);
}

/* An extension module of a Python library for loops does nothing but to run one. */
static const char *library_of_extension(const char *module) {
  const char *file = bs_path_basename(module);
  for (uint32_t i = 0; known && i < known->packs.count; i++) {
    const loop_pack *pack = known->packs.items[i];
    if (pack->python.count && begins_with_any(file, pack->modules.items, pack->modules.count))
      return pack->name;
  }
  return NULL;
}

const char *loop_library_of_run_frame(const report_frame *f) {
  if (is_engines(f)) return NULL;
  if (!frame_is_python(f)) {
    const char *library = f->module ? library_of_extension(f->module) : NULL;
    return library ? library : loop_library_of_run(f->function);
  }
  const loop_pack *pack = pack_of_python(f->file);
  const char *dot = strrchr(f->function, '.'), *last = dot ? dot + 1 : f->function;
  return pack && is_any(last, pack->python_turns.items, pack->python_turns.count) ? pack->name : NULL;
}
