/* Which task asyncio runs: `asyncio.tasks._current_tasks`, a dictionary from loops to tasks, which asyncio's
 * C part and uvloop fill. It is found by the interpreter's dictionary of modules, once. */
#include "runtime-check/python/interpreter.h"

#include <stdio.h>

enum { ENTRIES_MAX = 1 << 16, INDEX_BYTES_MAX = 24, TASKS_MAX = 256, TYPE_AT = 8 };

typedef struct entry {
  uint64_t key, value;
} entry;
typedef BS_VEC(entry) entry_list;

/* The entries of a dictionary that are in use. False: it is none that is known, or has changed meanwhile. */
static bool read_entries(const python *p, uint64_t dictionary, uint64_t most, entry_list *out) {
  const python_objects *o = &p->layout.objects;
  uint64_t keys, values, count;
  unsigned char index_bytes, kind;
  out->count = 0;
  if (!python_read_word(p, dictionary + o->keys, &keys) ||
      !python_read_word(p, dictionary + o->values, &values) ||
      !python_read(p, keys + o->index_bytes, &index_bytes, 1) || !python_read(p, keys + o->kind, &kind, 1) ||
      !python_read_word(p, keys + o->entries, &count))
    return false;
  if (values || kind > 1 || index_bytes > INDEX_BYTES_MAX || count > most) return false;
  const size_t words = kind ? 2 : 3; /* of an entry; a general one has its hash first */
  uint64_t *all = bs_calloc(count * words + 1, sizeof *all);
  bool good = !count || python_read(p, keys + o->indices + (UINT64_C(1) << index_bytes), all,
                                    count * words * sizeof *all);
  for (uint64_t i = 0; good && i < count; i++) {
    const uint64_t *e = all + i * words + (words - 2);
    if (e[0] && e[1]) *bs_vec_push(out) = (entry){e[0], e[1]};
  }
  free(all);
  return good;
}

static bool is_text(const python *p, uint64_t object, const char *wanted) {
  uint64_t length;
  if (!python_read_word(p, object + p->layout.text_length, &length) || length != strlen(wanted)) return false;
  char *text = python_text(p, object);
  bool same = text && !strcmp(text, wanted);
  free(text);
  return same;
}

static uint64_t find(const python *p, uint64_t dictionary, const char *key) {
  entry_list entries = {0};
  uint64_t found = 0;
  if (read_entries(p, dictionary, ENTRIES_MAX, &entries))
    for (uint32_t i = 0; i < entries.count && !found; i++)
      if (is_text(p, entries.items[i].key, key)) found = entries.items[i].value;
  bs_vec_fini(&entries);
  return found;
}

void python_find_tasks(python *p) {
  const python_layout *l = &p->layout;
  uint64_t interpreter, modules, used, module, names;
  if (!l->objects.modules || p->tasks || !python_read_word(p, p->runtime + l->interpreters, &interpreter) ||
      !python_read_word(p, interpreter + l->objects.modules, &modules) ||
      !python_read_word(p, modules + l->objects.used, &used) || used == p->modules_used)
    return;
  p->modules_used = used;
  module = find(p, modules, "asyncio.tasks");
  if (!module || !python_read_word(p, module + l->objects.namespace, &names)) return;
  p->tasks = find(p, names, "_current_tasks");
  if (!p->tasks) p->modules_used = 0; /* it is being imported */
  if (!python_read_word(p, modules + TYPE_AT, &p->dictionary_type)) p->tasks = 0;
}

static bool is_task(const python *p, uint64_t object) {
  static const char wanted[] = "_asyncio.Task";
  uint64_t type, name;
  char text[sizeof wanted];
  return python_read_word(p, object + TYPE_AT, &type) &&
         python_read_word(p, type + p->layout.objects.type_name, &name) &&
         python_read(p, name, text, sizeof text) && !memcmp(text, wanted, sizeof wanted);
}

/* Names that asyncio gives by itself differ for each task and say nothing. */
static bool is_given(const char *name) {
  unsigned number;
  char rest;
  return *name && sscanf(name, "Task-%u%c", &number, &rest) != 1;
}

/* Whether the task's coroutine is among the frames. */
static bool is_on(const python *p, const python_chain *chain, uint64_t task) {
  const python_objects *o = &p->layout.objects;
  uint64_t coroutine, code;
  if (!python_read_word(p, task + o->task_coroutine, &coroutine) ||
      !python_read_word(p, coroutine + o->coroutine_code, &code))
    return false;
  for (uint32_t i = 0; i < chain->count; i++)
    if (chain->frames[i].code == code) return true;
  return false;
}

bool python_task_name(python *p, const python_chain *chain, char *out, size_t size) {
  uint64_t type, name;
  if (!p->tasks || !python_read_word(p, p->tasks + TYPE_AT, &type) || type != p->dictionary_type)
    return false;
  entry_list running = {0};
  bool one = read_entries(p, p->tasks, TASKS_MAX, &running) && running.count == 1;
  uint64_t task = one ? running.items[0].value : 0;
  bs_vec_fini(&running);
  if (!task || !is_task(p, task) || !is_on(p, chain, task) ||
      !python_read_word(p, task + p->layout.objects.task_name, &name))
    return false;
  char *text = python_text(p, name);
  bool given = text && is_given(text);
  if (given) snprintf(out, size, "%s", text);
  free(text);
  return given;
}
