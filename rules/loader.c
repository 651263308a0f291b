/* A rule set: reads files, takes what they hold when all of it is right, and finds the bundled folder. */
#include "rules/loader.h"

#include "base/hash.h"
#include "base/path.h"
#include "rules/table.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BLOCKING, FILE_LOOP, FILE_DESCRIPTORS, FILE_KINDS };
static const char *const file_kinds[FILE_KINDS] = {"blocking", "loop", "descriptors"};

/* What one file holds, before it is known to be right. */
typedef struct contents {
  rule_list rules;
  loop_pack *pack;
  descriptor_list rows;
  rule_json_strings forks;
} contents;

void rule_set_init(rule_set *set) {
  *set = (rule_set){0};
  set->index = rule_index_new();
}

void rule_set_fini(rule_set *set) {
  for (uint32_t i = 0; i < set->rules.count; i++) rule_fini(set->rules.items[i]);
  for (uint32_t i = 0; i < set->packs.count; i++) pack_fini(set->packs.items[i]);
  bs_vec_fini(&set->rules);
  bs_vec_fini(&set->packs);
  rule_index_free(set->index);
  bs_arena_fini(&set->arena);
  *set = (rule_set){0};
}

static bool has_kind(rule_json_reader *reader, const rule_json_at *root) {
  if (json_is_object(root->value) && json_is_string(json_object_get(root->value, "kind"))) return true;
  if (!json_is_object(root->value)) {
    rule_json_problem_at(reader, root, "a rule file must be an object in { }");
    return false;
  }
  json_t *kind = json_object_get(root->value, "kind");
  rule_json_at member = {root, kind, "kind", 0};
  if (kind)
    rule_json_problem_at(reader, &member, "'kind' must be a string");
  else
    rule_json_problem_at(reader, root,
                         "a rule file needs the key 'kind': 'blocking', 'loop' or 'descriptors'");
  return false;
}

static void read_contents(rule_json_reader *reader, size_t length, contents *out) {
  json_t *value = rule_json_reader_parse(reader, length);
  rule_json_at root = {NULL, value, NULL, 0};
  if (value && has_kind(reader, &root)) {
    switch (rule_json_get_name(reader, &root, "kind", file_kinds, FILE_KINDS, FILE_KINDS)) {
    case FILE_BLOCKING: load_rules(reader, &root, &out->rules); break;
    case FILE_LOOP: out->pack = load_pack(reader, &root); break;
    case FILE_DESCRIPTORS: load_descriptors(reader, &root, &out->rows, &out->forks); break;
    default: break;
    }
  }
  json_decref(value);
  rule_json_reader_sort(reader);
}

static void contents_fini(contents *held) {
  for (uint32_t i = 0; i < held->rules.count; i++) rule_fini(held->rules.items[i]);
  bs_vec_fini(&held->rules);
  pack_fini(held->pack);
  bs_vec_fini(&held->rows);
  bs_vec_fini(&held->forks);
}

/* The place of an id in the sorted set; *found says whether it is there. */
static uint32_t rule_place(const rule_set *set, const char *id, bool *found) {
  uint32_t low = 0, high = set->rules.count;
  *found = false;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = strcmp(set->rules.items[middle]->id, id);
    if (order == 0) *found = true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void take_rule(rule_set *set, rule *r) {
  bool found;
  uint32_t place = rule_place(set, r->id, &found);
  if (found) {
    rule_fini(set->rules.items[place]);
  } else {
    bs_vec_push(&set->rules);
    memmove(&set->rules.items[place + 1], &set->rules.items[place],
            (set->rules.count - 1 - place) * sizeof *set->rules.items);
  }
  set->rules.items[place] = r;
}

static void take_pack(rule_set *set, loop_pack *pack) {
  uint32_t place = 0;
  while (place < set->packs.count && strcmp(set->packs.items[place]->name, pack->name) < 0) place++;
  if (place < set->packs.count && strcmp(set->packs.items[place]->name, pack->name) == 0) {
    pack_fini(set->packs.items[place]);
  } else {
    bs_vec_push(&set->packs);
    memmove(&set->packs.items[place + 1], &set->packs.items[place],
            (set->packs.count - 1 - place) * sizeof *set->packs.items);
  }
  set->packs.items[place] = pack;
}

static void take_contents(rule_set *set, contents *held) {
  for (uint32_t i = 0; i < held->rules.count; i++) take_rule(set, held->rules.items[i]);
  held->rules.count = 0;
  if (held->pack) take_pack(set, held->pack);
  held->pack = NULL;
  rule_index_add_descriptors(set->index, &held->rows, &held->forks);
}

bool rule_set_load_text(rule_set *set, const char *path, const char *text, size_t length, bs_error *error) {
  rule_json_reader reader = {.path = path, .text = text, .arena = &set->arena};
  contents held = {0};
  read_contents(&reader, length, &held);
  bool good = reader.problems.count == 0;
  if (good) {
    take_contents(set, &held);
    set->hash = bs_hash_mix(set->hash, bs_hash(text, length));
  } else {
    bs_error_set(error, "%s", reader.problems.items[0].text);
  }
  contents_fini(&held);
  rule_json_reader_fini(&reader);
  return good;
}

bool rule_set_load_file(rule_set *set, const char *path, bs_error *error) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = bs_strbuf_read_file(&text, path) == 0;
  if (good)
    good = rule_set_load_text(set, path, text.text, text.length, error);
  else
    bs_error_set(error, "%s: cannot read this rule file: %s", path, strerror(errno));
  bs_strbuf_fini(&text);
  return good;
}

unsigned rule_set_check_text(const char *path, const char *text, size_t length, rule_report *report,
                             void *context) {
  bs_arena arena = {0};
  rule_json_reader reader = {.path = path, .text = text, .arena = &arena};
  contents held = {0};
  read_contents(&reader, length, &held);
  unsigned count = reader.problems.count;
  for (unsigned i = 0; i < count; i++) report(context, reader.problems.items[i].text);
  contents_fini(&held);
  rule_json_reader_fini(&reader);
  bs_arena_fini(&arena);
  return count;
}

unsigned rule_set_check_file(const char *path, rule_report *report, void *context) {
  bs_strbuf text = BS_STRBUF_INIT;
  unsigned count = 1;
  if (bs_strbuf_read_file(&text, path) == 0) {
    count = rule_set_check_text(path, text.text, text.length, report, context);
  } else {
    bs_error error = BS_ERROR_INIT;
    bs_error_set(&error, "%s: cannot read this rule file: %s", path, strerror(errno));
    report(context, error.text.text);
    bs_error_fini(&error);
  }
  bs_strbuf_fini(&text);
  return count;
}

static bool is_json(const char *name) {
  size_t length = strlen(name);
  return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".json") == 0;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The files of a folder of rules, read but not parsed: there are hundreds, one behind the other. */
typedef struct file_text {
  const char *path;
  size_t start, length;
} file_text;
typedef struct file_texts {
  BS_VEC(file_text) files;
  bs_strbuf bytes; /* each file's with a zero byte behind them */
} file_texts;

static const char *text_of(const file_texts *texts, const file_text *file) {
  return texts->bytes.text + file->start;
}

static bool read_text(file_texts *texts, const char *path, bs_error *error) {
  size_t start = texts->bytes.length;
  if (bs_strbuf_read_file(&texts->bytes, path) != 0)
    return bs_error_set(error, "%s: cannot read this rule file: %s", path, strerror(errno));
  *bs_vec_push(&texts->files) = (file_text){path, start, texts->bytes.length - start};
  bs_strbuf_add(&texts->bytes, "", 1);
  return true;
}

/* The names of the *.json in a folder, sorted. */
static bool list_folder(const char *path, bs_arena *arena, rule_json_strings *names) {
  DIR *folder = opendir(path);
  struct dirent *entry;
  if (!folder) return false;
  while (errno = 0, (entry = readdir(folder)))
    if (is_json(entry->d_name)) *bs_vec_push(names) = bs_arena_strdup(arena, entry->d_name);
  int failed = errno;
  closedir(folder);
  bs_vec_sort(names, by_name);
  errno = failed;
  return !failed;
}

static bool read_part(file_texts *texts, bs_arena *arena, const char *folder, const char *part,
                      bs_error *error) {
  const char *path = bs_arena_printf(arena, "%s/%s", folder, part);
  rule_json_strings names = {0};
  bool good = list_folder(path, arena, &names) ||
              bs_error_set(error, "%s: cannot read this folder of rules: %s", path, strerror(errno));
  for (uint32_t i = 0; good && i < names.count; i++)
    good = read_text(texts, bs_arena_printf(arena, "%s/%s", path, names.items[i]), error);
  bs_vec_fini(&names);
  return good;
}

static bool read_folder(file_texts *texts, bs_arena *arena, const char *folder, bs_error *error) {
  const char *descriptors = bs_arena_printf(arena, "%s/descriptors.json", folder);
  return read_part(texts, arena, folder, "blocking", error) &&
         read_part(texts, arena, folder, "loops", error) &&
         (access(descriptors, F_OK) != 0 || read_text(texts, descriptors, error));
}

/* The folder of the running program. */
static const char *own_folder(bs_arena *arena) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0) return ".";
  path[length] = 0;
  return bs_path_dirname(arena, path);
}

static bool load_table_at(rule_set *set, const char *path, uint64_t hash) {
  bs_strbuf bytes = BS_STRBUF_INIT;
  bool good = access(path, R_OK) == 0 && bs_strbuf_read_file(&bytes, path) == 0;
  if (good) {
    char *kept = bs_arena_alloc(&set->arena, bytes.length + 1);
    memcpy(kept, bytes.text, bytes.length);
    good = rule_table_load(set, kept, bytes.length, hash);
  }
  bs_strbuf_fini(&bytes);
  return good;
}

/* The table that the build made of these files, from beside them or beside the program. */
static bool load_table(rule_set *set, bs_arena *arena, const char *folder, const file_texts *texts) {
  uint64_t hash = 0;
  if (set->rules.count || set->packs.count || set->hash) return false;
  for (uint32_t i = 0; i < texts->files.count; i++)
    hash = bs_hash_mix(hash, bs_hash(text_of(texts, &texts->files.items[i]), texts->files.items[i].length));
  return load_table_at(set, bs_arena_printf(arena, "%s/" RULE_TABLE_FILE, folder), hash) ||
         load_table_at(set, bs_arena_printf(arena, "%s/" RULE_TABLE_FILE, own_folder(arena)), hash);
}

bool rule_set_load_folder(rule_set *set, const char *folder, bs_error *error) {
  bs_arena arena = {0};
  file_texts texts = {.bytes = BS_STRBUF_INIT};
  bool good = read_folder(&texts, &arena, folder, error);
  if (good && !load_table(set, &arena, folder, &texts))
    for (uint32_t i = 0; good && i < texts.files.count; i++) {
      const file_text *file = &texts.files.items[i];
      good = rule_set_load_text(set, file->path, text_of(&texts, file), file->length, error);
    }
  bs_vec_fini(&texts.files);
  bs_strbuf_fini(&texts.bytes);
  bs_arena_fini(&arena);
  return good;
}

static bool holds_rules(bs_arena *arena, const char *folder) {
  return access(bs_arena_printf(arena, "%s/blocking", folder), F_OK) == 0 &&
         access(bs_arena_printf(arena, "%s/loops", folder), F_OK) == 0;
}

/* The source folder counts only for a binary that stands in its build tree: an installed one has its own
 * rules. */
const char *rule_set_find_folder(bs_arena *arena, bs_error *error) {
  const char *given = getenv("BLOCKSCAN_RULES");
  if (given && *given) {
    if (holds_rules(arena, given)) return given;
    bs_error_set(error, "BLOCKSCAN_RULES=%s: expected a folder with 'blocking' and 'loops' in it", given);
    return NULL;
  }
  const char *self = own_folder(arena);
  const char *installed = bs_path_normalise(arena, self, "../share/blockscan/rules");
  if (holds_rules(arena, installed)) return installed;
  const char *beside = bs_path_normalise(arena, self, "../rules");
  if (holds_rules(arena, beside)) return beside;
#ifdef BLOCKSCAN_SOURCE_RULES
  if (holds_rules(arena, BLOCKSCAN_SOURCE_RULES)) return BLOCKSCAN_SOURCE_RULES;
#endif
  bs_error_set(error,
               "cannot find the bundled rules; looked in %s and %s; set BLOCKSCAN_RULES to their folder",
               installed, beside);
  return NULL;
}

const loop_pack *rule_set_find_pack(const rule_set *set, const char *name) {
  for (uint32_t i = 0; i < set->packs.count; i++)
    if (!strcmp(set->packs.items[i]->name, name)) return set->packs.items[i];
  return NULL;
}

const rule *rule_set_find(const rule_set *set, const char *id) {
  bool found;
  uint32_t place = rule_place(set, id, &found);
  return found ? set->rules.items[place] : NULL;
}

/* The text of a rule's own advice, or of its file's, for a loop or for any; NULL without. */
static const char *advice_of(const rule *r, const char *loop, bool general) {
  const char *any = NULL;
  for (uint32_t i = 0; i < r->advice.count; i++) {
    const rule_advice *a = &r->advice.items[i];
    if (a->general != general) continue;
    if (strcmp(a->loop, loop) == 0) return a->text;
    if (strcmp(a->loop, "any") == 0) any = a->text;
  }
  return any;
}

static bool speaks_of(const rule *r, const char *loop) {
  for (uint32_t i = 0; i < r->advice.count; i++)
    if (strcmp(r->advice.items[i].loop, loop) == 0) return true;
  return false;
}

const char *rule_advice_for(const rule_set *set, const rule *r, const char *loop) {
  const loop_pack *pack = rule_set_find_pack(set, loop);
  if (pack && pack->like && !speaks_of(r, loop)) loop = pack->like;
  const char *own = advice_of(r, loop, false);
  return own ? own : advice_of(r, loop, true);
}
