/* Reads and writes files of facts, one unit or an archive of many. */
#include "analyzer/driver/inputs.h"

#include "analyzer/facts/archive.h"
#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <string.h>

typedef BS_VEC(program_input) input_list;

/* What is taken from one file. */
typedef struct taking {
  bs_arena *arena;
  input_list *inputs;
  bs_map *seen; /* hash of facts -> input: what two archives hold both is one unit */
  const char *name;
  bs_strbuf text; /* of the file that is read */
} taking;

static void take_unit(void *context, const void *bytes, size_t length) {
  taking *t = context;
  bool fresh;
  uint32_t i = bs_map_add(t->seen, bs_hash(bytes, length), t->inputs->count, &fresh);
  const program_input *known = fresh ? NULL : &t->inputs->items[i];
  if (known && known->length == length && !memcmp(known->bytes, bytes, length)) return;
  *bs_vec_push(t->inputs) = (program_input){bytes, length, t->name, NULL};
}

/* The facts in a file, or in an archive. */
static bool take_file(taking *t, const char *file, bs_error *error) {
  bs_strbuf_clear(&t->text);
  t->name = file;
  bool good = bs_strbuf_read_file(&t->text, file) == 0 ||
              bs_error_set(error, "%s: cannot be read: %s", file, strerror(errno));
  const char *bytes = good ? bs_arena_strndup(t->arena, t->text.text, t->text.length) : NULL;
  if (good && !facts_is_archive(bytes, t->text.length)) {
    take_unit(t, bytes, t->text.length);
  } else if (good && !facts_archive_read(bytes, t->text.length, take_unit, t, error)) {
    bs_error_context(error, "%s", file);
    good = false;
  }
  return good;
}

bool inputs_take(bs_arena *arena, const char *const *files, uint32_t count, program_input **inputs,
                 uint32_t *ninputs, bs_error *error) {
  input_list list = {0};
  bs_map seen = {0};
  taking t = {arena, &list, &seen, NULL, BS_STRBUF_INIT};
  bool good = true;
  for (uint32_t i = 0; i < count && good; i++) good = take_file(&t, files[i], error);
  *ninputs = list.count;
  *inputs = bs_arena_alloc(arena, (list.count + (size_t)1) * sizeof **inputs);
  if (list.count) memcpy(*inputs, list.items, list.count * sizeof **inputs);
  bs_vec_fini(&list);
  bs_map_fini(&seen);
  bs_strbuf_fini(&t.text);
  return good;
}

bool inputs_write_archive(const char *path, const char *const *files, uint32_t count, bs_error *error) {
  bs_arena arena = {0};
  bs_strbuf bytes = BS_STRBUF_INIT;
  program_input *units;
  uint32_t nunits;
  bool good = inputs_take(&arena, files, count, &units, &nunits, error);
  if (good) facts_archive_begin(&bytes, nunits);
  for (uint32_t i = 0; good && i < nunits; i++) {
    good = facts_intact(units[i].bytes, units[i].length) ||
           bs_error_set(error, "%s: not facts of this version, or damaged", units[i].name);
    facts_archive_add(&bytes, units[i].bytes, units[i].length);
  }
  good = good && bs_file_replace(path, &bytes, error);
  bs_strbuf_fini(&bytes);
  bs_arena_fini(&arena);
  return good;
}
