/* Joins the parts: looks every unit up in the cache, has worker processes parse the others, stores what
 * they said. */
#include "analyzer/driver/units.h"

#include "analyzer/cache/cache.h"
#include "analyzer/driver/identity.h"
#include "analyzer/driver/overlay.h"
#include "analyzer/driver/scratch.h"
#include "analyzer/frontend/heads.h"
#include "analyzer/frontend/language.h"
#include "analyzer/frontend/lookups.h"
#include "analyzer/frontend/workers.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECYCLE_MEGABYTES = 150, MOST_DECODED = 2000 };

typedef struct job {
  uint64_t key; /* of the cache */
  uint32_t twin; /* the first entry that differs from this one in its group only; itself for most */
  off_t size; /* of the main file */
  int64_t started; /* cache_now() */
} job;

typedef struct session {
  const compdb *db;
  const char *root, *resource_directory;
  const analysis_options *options;
  unit_set *set;
  cache *cache;
  job *jobs;
  lookup_memo asked;
  head_plan heads;
  scratch folder; /* of what is precompiled */
  uint32_t ndecoded; /* how many are held decoded: each takes 64 KB and more until it is linked */
  uint32_t decoded; /* units before it are decoded, or were not there yet */
} session;

static void warn(void *context, const char *text) {
  unit_set *set = context;
  *bs_vec_push(&set->warnings) = bs_arena_strdup(&set->arena, text);
}

/* Keys. */

static void add_text(bs_strbuf *key, const char *text) {
  bs_strbuf_add(key, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* What decides the facts, but for the contents of files; and the group, which is in them. */
static uint64_t hash_entry(const session *s, const compdb_entry *entry, const char *group) {
  static const char *const variables[] = {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"};
  bs_arena arena = {0};
  bs_strbuf key = BS_STRBUF_INIT;
  uint32_t count;
  const char *const *arguments = clang_arguments(&arena, entry, s->resource_directory, &count);
  bs_strbuf_addf(&key, "%d %s ", FACTS_VERSION, s->set->libclang_version);
  add_text(&key, program_identity(&arena));
  add_text(&key, s->set->cache_folder.secret);
  add_text(&key, s->root);
  add_text(&key, entry->file);
  add_text(&key, entry->lost);
  for (uint32_t i = 0; i < count; i++) add_text(&key, arguments[i]);
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) add_text(&key, getenv(variables[i]));
  add_text(&key, group);
  uint64_t hash = bs_hash(key.text, key.length);
  bs_strbuf_fini(&key);
  bs_arena_fini(&arena);
  return hash;
}

static void prepare_jobs(session *s) {
  bs_map twins = {0};
  bs_arena arena = {0};
  for (uint32_t i = 0; i < s->db->entries.count; i++) {
    const compdb_entry *entry = &s->db->entries.items[i];
    const char *group = compdb_group(&arena, entry);
    uint64_t hash = hash_entry(s, entry, "");
    job *j = &s->jobs[i];
    j->twin = bs_map_add(&twins, hash, i, NULL);
    j->key = bs_hash_mix(hash, bs_hash(group, strlen(group)));
    struct stat st;
    if (stat(entry->file, &st) == 0) j->size = st.st_size;
  }
  bs_map_fini(&twins);
  bs_arena_fini(&arena);
}

static void keep(session *s, uint32_t i, const void *bytes, size_t length) {
  s->set->units.items[i] = (unit_facts){bytes, length, NULL};
}

static bool is_done(const session *s, uint32_t i) { return s->set->units.items[i].bytes != NULL; }

/* A unit whose file is the same in two states of the tree while its headers differ has a row for each: they
 * would drive each other out. */
enum { SECOND_STATE = 2 };

static void look_up(session *s) {
  for (uint32_t i = 0; s->cache && i < s->db->entries.count; i++) {
    const void *bytes;
    size_t length;
    uint64_t content;
    if (!cache_hash_file(s->cache, s->db->entries.items[i].file, &content)) continue;
    uint64_t key = bs_hash_mix(s->jobs[i].key, content), second = bs_hash_mix(key, SECOND_STATE);
    s->jobs[i].key = s->options->overlay ? second : key;
    if (!cache_find(s->cache, key, &s->set->arena, &bytes, &length) &&
        !cache_find(s->cache, second, &s->set->arena, &bytes, &length))
      continue;
    keep(s, i, bytes, length);
    s->set->cached++;
  }
}

/* In a worker. The reply: errors and length of the list, then each file read with a NUL behind it, then
 * the facts. */

typedef struct reply_head {
  uint32_t errors, nfiles;
  uint64_t files_length;
} reply_head;

static void prepare_worker(void *context) {
  (void)context;
  /* A crash shall end the process: it is the parent that recovers, and that can tell a signal from a
   * broken unit. Its threads' stacks are smaller than ours. */
  setenv("LIBCLANG_DISABLE_CRASH_RECOVERY", "1", 1);
  setenv("LIBCLANG_NOTHREADS", "1", 1);
}

static void parse_job(void *context, uint32_t i, bs_strbuf *reply) {
  const session *s = context;
  bs_arena arena = {0};
  path_list files = {0};
  facts_unit unit;
  facts_unit_init(&unit);
  const overlay *over = s->options->overlay;
  parse_request request = {s->root,
                           &s->db->entries.items[i],
                           s->resource_directory,
                           over ? over->description : NULL,
                           s->options->untrusted,
                           s->folder.path ? s->heads.heads[i] : NULL};
  bool parsed = parse_unit(&request, &unit, &arena, &files);
  reply_head head = {parsed ? unit.errors : unit.errors + 1, files.count, 0};
  for (uint32_t k = 0; k < files.count; k++) head.files_length += strlen(files.items[k]) + 1;
  bs_strbuf_add(reply, &head, sizeof head);
  for (uint32_t k = 0; k < files.count; k++) bs_strbuf_add(reply, files.items[k], strlen(files.items[k]) + 1);
  facts_encode(&unit, reply);
  facts_unit_fini(&unit);
  bs_vec_fini(&files);
  bs_arena_fini(&arena);
}

/* In the parent. */

static void started(void *context, uint32_t i) {
  session *s = context;
  s->jobs[i].started = cache_now();
}

static void store(session *s, uint32_t i, const path_list *files) {
  const compdb_entry *entry = &s->db->entries.items[i];
  bs_arena arena = {0};
  lookup_list list = {0};
  uint32_t count;
  const char *const *arguments = clang_arguments(&arena, entry, s->resource_directory, &count);
  lookups_find(&arena, &s->asked, arguments, count, files, &list);
  cache_lookup *lookups = bs_arena_alloc(&arena, list.lookups.count * sizeof *lookups);
  for (uint32_t k = 0; k < list.lookups.count; k++)
    lookups[k] = (cache_lookup){list.lookups.items[k].name, list.lookups.items[k].depth};
  for (uint32_t k = 0; k < files->count; k++) *bs_vec_push(&list.present) = files->items[k];
  cache_row row = {.key = s->jobs[i].key,
                   .bytes = s->set->units.items[i].bytes,
                   .length = s->set->units.items[i].length,
                   .read = list.present.items,
                   .nread = list.present.count,
                   .folders = list.folders.items,
                   .nfolders = list.folders.count,
                   .lookups = lookups,
                   .nlookups = list.lookups.count,
                   .started = s->jobs[i].started};
  cache_put(s->cache, &row);
  lookups_fini(&list);
  bs_arena_fini(&arena);
}

/* Facts for a unit without any: its file, its group and why. */
static void synthesise(session *s, uint32_t i, const char *why) {
  bs_arena arena = {0};
  const compdb_entry *entry = &s->db->entries.items[i];
  facts_unit unit;
  facts_unit_init(&unit);
  unit.file = bs_intern_adds(&unit.strings, bs_path_relative(s->root, entry->file));
  bool cxx = language_is_cxx(language_of_entry(entry));
  unit.language = bs_intern_adds(&unit.strings, cxx ? "c++" : "c");
  unit.parser = bs_intern_adds(&unit.strings, s->set->libclang_version);
  unit.group = bs_intern_adds(&unit.strings, compdb_group(&arena, entry));
  unit.errors = 1;
  unit.first_error = bs_intern_adds(&unit.strings, why);
  facts_file *file = bs_vec_push(&unit.files);
  file->path = unit.file;
  bs_strbuf bytes = BS_STRBUF_INIT;
  facts_encode(&unit, &bytes);
  keep(s, i, memcpy(bs_arena_alloc(&s->set->arena, bytes.length), bytes.text, bytes.length), bytes.length);
  bs_strbuf_fini(&bytes);
  facts_unit_fini(&unit);
  bs_arena_fini(&arena);
}

static void lose(session *s, uint32_t i, const worker_result *result) {
  char why[160];
  const char *signal = sigabbrev_np(result->detail);
  switch (result->outcome) {
  case WORKER_TIMED_OUT: snprintf(why, sizeof why, "took longer than %u s", s->options->unit_seconds); break;
  case WORKER_OUT_OF_MEMORY:
    snprintf(why, sizeof why, "needs more memory than the limit of %u MB", s->options->unit_megabytes);
    break;
  case WORKER_CRASHED: snprintf(why, sizeof why, "libclang crashed (SIG%s)", signal ? signal : "?"); break;
  default: snprintf(why, sizeof why, "the worker ended with exit code %d", result->detail); break;
  }
  synthesise(s, i, why);
}

/* The facts of an entry's twin, in the entry's group. */
static void copy_twin(session *s, uint32_t i) {
  bs_arena arena = {0};
  bs_strbuf bytes = BS_STRBUF_INIT;
  const unit_facts *twin = &s->set->units.items[s->jobs[i].twin];
  const char *group = compdb_group(&arena, &s->db->entries.items[i]);
  facts_unit unit;
  facts_unit_init(&unit);
  if (facts_decode(&unit, twin->bytes, twin->length, NULL)) {
    unit.group = bs_intern_adds(&unit.strings, group);
    facts_encode(&unit, &bytes);
    keep(s, i, memcpy(bs_arena_alloc(&s->set->arena, bytes.length), bytes.text, bytes.length), bytes.length);
  }
  facts_unit_fini(&unit);
  bs_strbuf_fini(&bytes);
  bs_arena_fini(&arena);
  s->set->parsed++;
}

/* Entries that came to the same parse stand side by side: they are of one file. */
static void store_with_twins(session *s, uint32_t i, const path_list *files) {
  for (uint32_t k = i;
       k < s->db->entries.count && strcmp(s->db->entries.items[k].file, s->db->entries.items[i].file) == 0;
       k++) {
    if (s->jobs[k].twin != i || (k != i && is_done(s, k))) continue;
    if (k != i) copy_twin(s, k);
    s->jobs[k].started = s->jobs[i].started;
    if (is_done(s, k)) store(s, k, files);
  }
}

static const analysis_listener *progress_of(const session *s) {
  return s->options->quiet ? NULL : s->options->listener;
}

static void done(void *context, const worker_result *result) {
  session *s = context;
  uint32_t i = result->task;
  const analysis_listener *l = progress_of(s);
  if (l && l->step) l->step(l->context, bs_path_relative(s->root, s->db->entries.items[i].file));
  s->set->parsed++;
  reply_head head;
  if (result->outcome != WORKER_DONE || result->length < sizeof head) {
    lose(s, i, result);
    return;
  }
  memcpy(&head, result->bytes, sizeof head);
  const char *name = (const char *)result->bytes + sizeof head, *facts = name + head.files_length;
  size_t length = result->length - sizeof head - head.files_length;
  keep(s, i, memcpy(bs_arena_alloc(&s->set->arena, length), facts, length), length);
  /* A broken unit may be whole the next time, when a file has appeared that it looked for: it is not kept. */
  if (!s->cache || head.errors) return;
  path_list files = {0};
  for (uint32_t k = 0; k < head.nfiles; k++, name += strlen(name) + 1) *bs_vec_push(&files) = name;
  store_with_twins(s, i, &files);
  bs_vec_fini(&files);
}

static void tick(void *context) {
  const analysis_listener *l = progress_of(context);
  if (l && l->tick) l->tick(l->context);
}

/* While the workers parse: what the cache gave will be needed decoded. */
static bool decode_ahead(void *context) {
  session *s = context;
  if (s->ndecoded == MOST_DECODED) return false;
  while (s->decoded < s->set->units.count && !s->set->units.items[s->decoded].bytes) s->decoded++;
  if (s->decoded == s->set->units.count) return false;
  unit_facts *unit = &s->set->units.items[s->decoded++];
  s->ndecoded++;
  facts_unit *facts = bs_arena_alloc(&s->set->arena, sizeof *facts);
  facts_unit_init(facts);
  if (facts_decode(facts, unit->bytes, unit->length, NULL))
    unit->decoded = facts;
  else
    facts_unit_fini(facts);
  return true;
}

enum rank { MAKES_HEAD, HAS_NO_HEAD, HAS_HEAD };
typedef struct task {
  enum rank rank;
  off_t size;
  uint32_t index;
} task;

/* Who needs a head that is being made parses without it: what needs none comes in between. Then the largest
 * first: a long one that is begun last keeps one worker busy and the others idle. */
static int compare_tasks(const void *a, const void *b) {
  const task *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  if (x->size != y->size) return x->size > y->size ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

/* Another state of the sources has other texts, and what a stranger's files read is looked at unit by unit.
 * Without a folder for them, every unit is parsed from its first line. */
static void plan_heads(session *s, const uint32_t *tasks, uint32_t count) {
  bs_error error = BS_ERROR_INIT;
  if (s->options->overlay || s->options->untrusted || s->options->no_precompiled) return;
  heads_find(&s->heads, s->db, tasks, count, s->resource_directory);
  if (s->heads.used.count && scratch_make(&s->folder, &s->set->arena, &error))
    heads_place(&s->heads, s->folder.path);
  bs_error_fini(&error);
}

typedef BS_VEC(uint32_t) task_list;

/* The units without facts, in the order in which they are parsed. */
static void order_tasks(session *s, task_list *tasks) {
  BS_VEC(task) missing = {0};
  bs_map made = {0};
  for (uint32_t i = 0; i < s->db->entries.count; i++)
    if (!is_done(s, i) && s->jobs[i].twin == i) *bs_vec_push(tasks) = i;
  plan_heads(s, tasks->items, tasks->count);
  for (uint32_t i = 0; i < tasks->count; i++) {
    const parse_head *head = s->folder.path ? s->heads.heads[tasks->items[i]] : NULL;
    bool is_first = false;
    if (head) bs_map_add(&made, (uintptr_t)head, 0, &is_first);
    enum rank rank = is_first ? MAKES_HEAD : head ? HAS_HEAD : HAS_NO_HEAD;
    *bs_vec_push(&missing) = (task){rank, s->jobs[tasks->items[i]].size, tasks->items[i]};
  }
  bs_vec_sort(&missing, compare_tasks);
  for (uint32_t i = 0; i < missing.count; i++) tasks->items[i] = missing.items[i].index;
  bs_map_fini(&made);
  bs_vec_fini(&missing);
}

static bool parse_missing(session *s, bs_error *error) {
  task_list tasks = {0};
  order_tasks(s, &tasks);
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  worker_pool pool = {.jobs = s->options->jobs ? s->options->jobs : (unsigned)(cores < 1 ? 1 : cores),
                      .seconds = s->options->unit_seconds,
                      .megabytes = s->options->unit_megabytes,
                      .recycle_megabytes = RECYCLE_MEGABYTES,
                      .show_stderr = s->options->verbose,
                      .prepare = prepare_worker,
                      .work = parse_job,
                      .started = started,
                      .done = done,
                      .idle = decode_ahead,
                      .tick = tick,
                      .context = s};
  if (pool.jobs > tasks.count) pool.jobs = tasks.count;
  const analysis_listener *l = tasks.count ? progress_of(s) : NULL;
  if (l && l->begin) l->begin(l->context, tasks.count, pool.jobs);
  bool ok = !tasks.count || workers_run(&pool, tasks.items, tasks.count, &s->set->interrupted, error);
  if (l && l->end) l->end(l->context);
  scratch_remove(&s->folder);
  heads_fini(&s->heads);
  bs_vec_fini(&tasks);
  return ok;
}

/* Entries whose twin came from the cache, or was lost. */
static void copy_twins(session *s) {
  for (uint32_t i = 0; i < s->db->entries.count; i++)
    if (!is_done(s, i) && is_done(s, s->jobs[i].twin)) copy_twin(s, i);
}

/* After an interrupt: what there is, in the order of the database. */
static void drop_missing(unit_set *set) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < set->units.count; i++)
    if (set->units.items[i].bytes) set->units.items[kept++] = set->units.items[i];
  set->units.count = kept;
}

static void open_cache(session *s) {
  if (s->options->no_cache) return;
  bs_strbuf warning = BS_STRBUF_INIT;
  s->set->cache_folder = cache_folder_find(&s->set->arena, s->root, s->options->cache_dir, &warning);
  if (warning.length) warn(s->set, warning.text);
  bs_strbuf_fini(&warning);
  if (!s->set->cache_folder.path) return;
  s->set->cache = s->cache = cache_open(s->set->cache_folder.path, warn, s->set);
  const overlay *over = s->options->overlay;
  for (uint32_t i = 0; over && s->cache && i < over->files.count; i++)
    cache_replace_file(s->cache, over->files.items[i].path, over->files.items[i].hash);
}

bool units_load(const compdb *db, const char *root, const analysis_options *options, unit_set *units,
                bs_error *error) {
  *units = (unit_set){0};
  session s = {.db = db, .root = root, .options = options, .set = units};
  if (!toolchain_find(&units->arena, &units->libclang_version, &s.resource_directory, error)) return false;
  for (uint32_t i = 0; i < db->notes.count; i++)
    *bs_vec_push(&units->notes) = bs_arena_strdup(&units->arena, db->notes.items[i]);
  for (uint32_t i = 0; i < db->entries.count; i++) bs_vec_push(&units->units);
  s.jobs = bs_calloc(db->entries.count, sizeof *s.jobs);
  open_cache(&s);
  prepare_jobs(&s);
  look_up(&s);
  bool ok = parse_missing(&s, error);
  copy_twins(&s);
  drop_missing(units);
  lookup_memo_fini(&s.asked);
  free(s.jobs);
  return ok;
}

static void *write_cache(void *context) {
  cache_close(context);
  return NULL;
}

void units_store(unit_set *units) {
  if (!units->cache || units->has_writer) return;
  units->has_writer = pthread_create(&units->writer, NULL, write_cache, units->cache) == 0;
}

void units_settle(unit_set *units) {
  if (units->has_writer)
    pthread_join(units->writer, NULL);
  else
    cache_close(units->cache);
  units->has_writer = false;
  units->cache = NULL;
}

void units_fini(unit_set *units) {
  units_settle(units);
  for (uint32_t i = 0; i < units->units.count; i++)
    if (units->units.items[i].decoded) facts_unit_fini(units->units.items[i].decoded);
  bs_vec_fini(&units->units);
  bs_vec_fini(&units->notes);
  bs_vec_fini(&units->warnings);
  bs_arena_fini(&units->arena);
  *units = (unit_set){0};
}
