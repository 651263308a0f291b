/* Writes a recording, in SQLite: all writing is here. store_read.c reads the tables for the reports; for
 * others there are views (docs/stalls-db.md).
 *
 * Writes are gathered in transactions, so that a busy recording costs no disk write for each row. The first
 * error (a full disk) is kept, later writes are counted as lost, and the recording goes on without them. */
#include "runtime-check/collect/collect.h"
#include "runtime-check/collect/store_log.h"
#include "runtime-check/collect/store_schema.h"

#include "base/intern.h"
#include "base/map.h"

#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define BATCH_NS UINT64_C(250000000)
enum { BUSY_MS = 5000 };

/* Stalls of a loop in one API with the same first stack. */
#define LIKE \
  "SELECT t.id FROM stalls t WHERE t.loop_id = ?1 AND t.hook IS ?2" \
  " AND (SELECT s.stack_id FROM samples s WHERE s.stall_id = t.id ORDER BY s.at_ns LIMIT 1) IS ?3"

/* The statements that write, each prepared when it is first used. */
#define STATEMENTS(X) \
  X(SESSION, "INSERT INTO sessions (command, started_ns, threshold_ns, host) VALUES (?, ?, ?, ?)") \
  X(PROCESS, "INSERT INTO processes (session_id, pid, executable) VALUES (?, ?, ?)") \
  X(LOOP, "INSERT INTO loops (process_id, tid, name, library) VALUES (?, ?, ?, ?)") \
  X(LOOP_UPDATE, "UPDATE loops SET iterations = ?, busy_ns = ?, idle_ns = ?, max_ns = ?, dropped = ?, " \
                 "unplaced_calls = ?," \
                 " wait_stack_id = ?, library = coalesce(?, library) WHERE id = ?") \
  X(LOOP_HISTOGRAM, "INSERT INTO loop_histogram (loop_id, low_ns, count) VALUES (?, ?, ?)" \
                    " ON CONFLICT DO UPDATE SET count = excluded.count WHERE count <> excluded.count") \
  X(STALL, \
    "INSERT INTO stalls (loop_id, start_ns, duration_ns, cpu_ns, kind, ended, hook, scope, on_cpu_ns, " \
    "wait_ns, stopped_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
  X(STALL_REMOVE, "DELETE FROM stalls WHERE id = ?") \
  X(SAMPLES_REMOVE, "DELETE FROM samples WHERE stall_id = ?") \
  X(STALL_CALLS_REMOVE, "DELETE FROM stall_calls WHERE stall_id = ?") \
  X(LIKE_REMOVE, "DELETE FROM stalls WHERE id IN (" LIKE ")") \
  X(ORPHANS_REMOVE, "DELETE FROM samples WHERE stall_id NOT IN (SELECT id FROM stalls)") \
  X(ORPHAN_CALLS_REMOVE, "DELETE FROM stall_calls WHERE stall_id NOT IN (SELECT id FROM stalls)") \
  X(CALL_REMOVE, "DELETE FROM calls WHERE id = ?") \
  X(CALL_HISTOGRAM_REMOVE, "DELETE FROM call_histogram WHERE call_id = ?") \
  X(LOOP_SAMPLES_REMOVE, "DELETE FROM samples WHERE stall_id IN (SELECT id FROM stalls WHERE loop_id = ?)") \
  X(LOOP_STALL_CALLS_REMOVE, \
    "DELETE FROM stall_calls WHERE stall_id IN (SELECT id FROM stalls WHERE loop_id = ?)") \
  X(LOOP_STALLS_REMOVE, "DELETE FROM stalls WHERE loop_id = ?") \
  X(LOOP_DURATIONS_REMOVE, \
    "DELETE FROM call_histogram WHERE call_id IN (SELECT id FROM calls WHERE loop_id = ?)") \
  X(LOOP_CALLS_REMOVE, "DELETE FROM calls WHERE loop_id = ?") \
  X(LOOP_HISTOGRAM_REMOVE, "DELETE FROM loop_histogram WHERE loop_id = ?") \
  X(LOOP_SCOPES_PART, "UPDATE scopes SET loop_id = NULL WHERE loop_id = ?") \
  X(LOOP_REMOVE, "DELETE FROM loops WHERE id = ?") \
  X(STACK_MARK, \
    "UPDATE stacks SET callback_depth = ?, callback_level = ?, culprit_depth = ?, culprit_level = ?" \
    " WHERE id = ?") \
  X(SESSION_END, "UPDATE sessions SET duration_ns = ? WHERE id = ?") \
  X(NOTE, "INSERT INTO notes (session_id, line, text) VALUES (?, ?, ?)") \
  X(MODULE, "INSERT INTO modules (path, build_id, pid) VALUES (?, ?, ?)" \
            " ON CONFLICT DO UPDATE SET pid = pid RETURNING id") \
  X(ADDRESS, "INSERT INTO addresses (module_id, offset, is_return) VALUES (?, ?, ?)" \
             " ON CONFLICT DO UPDATE SET offset = offset RETURNING id") \
  X(STACK_FIND, "SELECT id FROM stacks WHERE identity = ?") \
  X(STACK, "INSERT INTO stacks (identity, running, cut, omitted) VALUES (?, ?, ?, ?)") \
  X(STACK_ADDRESS, "INSERT INTO stack_addresses (stack_id, depth, address_id) VALUES (?, ?, ?)") \
  X(SAMPLE, "INSERT INTO samples (stall_id, at_ns, stack_id, hook) VALUES (?, ?, ?, ?)") \
  X(STALL_CALL, \
    "INSERT INTO stall_calls (stall_id, hook, count, total_ns) VALUES (?1, ?2, ?3, ?4) ON CONFLICT " \
    "DO UPDATE SET count = count + ?3, total_ns = total_ns + ?4") \
  X(SCOPE, "INSERT INTO scopes (process_id, loop_id, tid, name, start_ns, duration_ns, threshold_ns, " \
           "outcome, hook) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") \
  X(SCOPE_SAMPLE, "INSERT INTO scope_samples (scope_id, at_ns, stack_id, hook) VALUES (?, ?, ?, ?)") \
  X(CALL, \
    "INSERT INTO calls (loop_id, hook, address_id, nested, count, total_ns, max_ns) VALUES (?, ?, ?, ?, 0, " \
    "0, 0)") \
  X(CALL_UPDATE, "UPDATE calls SET count = ?, total_ns = ?, max_ns = ?, stack_id = ? WHERE id = ?") \
  X(CALL_HISTOGRAM, "INSERT INTO call_histogram (call_id, low_ns, count) VALUES (?, ?, ?)" \
                    " ON CONFLICT DO UPDATE SET count = excluded.count WHERE count <> excluded.count") \
  X(UNRESOLVED, "SELECT a.id, a.offset, a.is_return, m.id, m.path, m.build_id, m.pid FROM addresses a JOIN " \
                "modules m ON m.id = a.module_id" \
                " WHERE a.resolved = 0 ORDER BY a.id") \
  X(FRAME, "INSERT OR REPLACE INTO frames (address_id, level, function, file, line, inlined) VALUES (?, ?, " \
           "?, ?, ?, ?)") \
  X(RESOLVED, "UPDATE addresses SET resolved = 1 WHERE id = ?")

enum {
#define X(name, sql) ST_##name,
  STATEMENTS(X)
#undef X
      ST_COUNT
};

static const char *const texts[] = {
#define X(name, sql) sql,
    STATEMENTS(X)
#undef X
};

/* A module whose file can only be read through a descriptor. */
typedef struct hidden_file {
  int64_t module;
  int file;
} hidden_file;

struct store {
  sqlite3 *db;
  store_log *log; /* NULL when it is only read */
  sqlite3_stmt *statements[ST_COUNT];
  BS_VEC(hidden_file) hidden;
  bs_error error;
  uint64_t lost;
  uint64_t batch_began, batch_rows; /* 0: no transaction */
  bool whole; /* the transaction is all or nothing: store_begin() to store_commit() */
  bool read_only;
  int lock; /* -1: none */
};

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

const char *store_error(const store *s) { return bs_error_is_set(&s->error) ? s->error.text.text : NULL; }
uint64_t store_lost(const store *s) { return s->lost; }
struct sqlite3 *store_database(const store *s) { return s->db; }

static void failed(store *s) {
  bs_error_set(&s->error, "%s: %s", sqlite3_db_filename(s->db, "main"), sqlite3_errmsg(s->db));
  s->lost++;
}

static bool run(store *s, const char *sql) {
  if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK) return true;
  failed(s);
  return false;
}

void store_flush(store *s) {
  if (!s->batch_began || s->whole) return;
  /* After an error, what came before it is kept if it can be. */
  if (!run(s, "COMMIT")) {
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->lost += s->batch_rows;
  }
  s->batch_began = s->batch_rows = 0;
}

/* Another process may hold the lock for as long as it likes. */
bool store_begin(store *s, unsigned wait_ms) {
  if (store_error(s) || s->read_only) return false;
  s->whole = true;
  if (s->batch_began) return true;
  sqlite3_busy_timeout(s->db, (int)wait_ms);
  bool begun = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
  sqlite3_busy_timeout(s->db, BUSY_MS);
  if (begun) s->batch_began = now_ns();
  s->whole = begun;
  return begun;
}

bool store_commit(store *s) {
  bool good = !store_error(s) && sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
  if (!good) {
    bs_error_fini(&s->error);
    s->error = (bs_error)BS_ERROR_INIT;
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->lost = 0;
  }
  s->batch_began = s->batch_rows = 0;
  s->whole = false;
  return good;
}

/* The statement, ready for its values; NULL after an error. */
static sqlite3_stmt *statement(store *s, int which) {
  if (store_error(s) || s->read_only) {
    s->lost++;
    return NULL;
  }
  if (!s->statements[which] && sqlite3_prepare_v3(s->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                  &s->statements[which], NULL) != SQLITE_OK) {
    failed(s);
    return NULL;
  }
  return s->statements[which];
}

/* Begins a row: a batch that lasted long enough is committed first. Not for the rows that belong to another
 * one. */
static void new_batch(store *s) {
  if (store_error(s) || s->read_only) return;
  uint64_t now = now_ns();
  if (s->batch_began && !s->whole && now - s->batch_began >= BATCH_NS) store_flush(s);
  if (!s->batch_began && !store_error(s) && run(s, "BEGIN IMMEDIATE")) s->batch_began = now;
}

static void bind_text(sqlite3_stmt *st, int index, const char *text) {
  sqlite3_bind_text(st, index, text, -1, SQLITE_STATIC);
}

static void bind_count(sqlite3_stmt *st, int index, uint64_t value) {
  sqlite3_bind_int64(st, index, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

/* Runs a statement that writes one row; the row's id, 0 after an error. */
static int64_t insert(store *s, sqlite3_stmt *st) {
  int64_t id = 0;
  int status = sqlite3_step(st);
  if (status == SQLITE_ROW) { /* RETURNING id */
    id = sqlite3_column_int64(st, 0);
    status = sqlite3_step(st);
  } else if (status == SQLITE_DONE) {
    id = sqlite3_last_insert_rowid(s->db);
  }
  if (status != SQLITE_DONE) {
    failed(s);
    id = 0;
  }
  s->batch_rows += status == SQLITE_DONE;
  sqlite3_reset(st);
  sqlite3_clear_bindings(st);
  return id;
}

/* The first column of the row that a statement finds, 0 without one. */
static int64_t find(store *s, sqlite3_stmt *st) {
  int status = sqlite3_step(st);
  int64_t id = status == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
  if (status != SQLITE_ROW && status != SQLITE_DONE) failed(s);
  sqlite3_reset(st);
  sqlite3_clear_bindings(st);
  return id;
}

int64_t store_session(store *s, const char *const *command, int64_t start_ns, uint64_t threshold_ns) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_SESSION);
  if (!st) return 0;
  json_t *words = json_array();
  for (; *command; command++) json_array_append_new(words, json_stringn_nocheck(*command, strlen(*command)));
  char *text = json_dumps(words, JSON_COMPACT);
  json_decref(words);
  bind_text(st, 1, text ? text : "[]");
  sqlite3_bind_int64(st, 2, start_ns);
  bind_count(st, 3, threshold_ns);
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) == 0 && *host) bind_text(st, 4, host);
  int64_t id = insert(s, st);
  free(text);
  return id;
}

int64_t store_process(store *s, int64_t session, pid_t pid, const char *executable) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_PROCESS);
  if (!st) return 0;
  sqlite3_bind_int64(st, 1, session);
  sqlite3_bind_int64(st, 2, pid);
  bind_text(st, 3, executable);
  return insert(s, st);
}

int64_t store_loop(store *s, int64_t process, pid_t tid, const char *name, const char *library) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_LOOP);
  if (!st) return 0;
  sqlite3_bind_int64(st, 1, process);
  sqlite3_bind_int64(st, 2, tid);
  bind_text(st, 3, name);
  bind_text(st, 4, library);
  return insert(s, st);
}

typedef struct bucket_list {
  uint32_t count;
  uint64_t (*low_ns)(uint32_t bucket);
} bucket_list;

static uint64_t loop_low(uint32_t bucket) { return layout_bucket_ns(bucket); }
static uint64_t call_low(uint32_t bucket) { return layout_call_bucket_ns(bucket); }
static const bucket_list loop_buckets = {LAYOUT_BUCKETS, loop_low},
                         call_buckets = {LAYOUT_CALL_BUCKETS, call_low};

static void write_histogram(store *s, int which, int64_t owner, const bucket_list *buckets,
                            const uint64_t *histogram) {
  for (uint32_t i = 0; histogram && i < buckets->count; i++) {
    if (histogram[i] == 0) continue;
    sqlite3_stmt *st = statement(s, which);
    if (!st) return;
    sqlite3_bind_int64(st, 1, owner);
    bind_count(st, 2, buckets->low_ns(i));
    bind_count(st, 3, histogram[i]);
    insert(s, st);
  }
}

/* An id, or NULL for none. */
static void bind_id(sqlite3_stmt *st, int index, int64_t id) {
  if (id) sqlite3_bind_int64(st, index, id);
}

void store_loop_update(store *s, int64_t loop, const store_loop_totals *totals) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_LOOP_UPDATE);
  if (!st) return;
  const uint64_t values[] = {totals->iterations, totals->busy_ns, totals->idle_ns,
                             totals->max_ns,     totals->dropped, totals->unplaced_calls};
  for (int i = 0; i < 6; i++) bind_count(st, i + 1, values[i]);
  bind_id(st, 7, totals->wait_stack);
  if (totals->library && *totals->library) bind_text(st, 8, totals->library);
  sqlite3_bind_int64(st, 9, loop);
  insert(s, st);
  write_histogram(s, ST_LOOP_HISTOGRAM, loop, &loop_buckets, totals->histogram);
}

static void bind_stall(sqlite3_stmt *st, int64_t loop, const observed_stall *stall) {
  sqlite3_bind_int64(st, 1, loop);
  bind_count(st, 2, stall->start_ns);
  bind_count(st, 3, stall->duration_ns);
  if (stall->cpu_ns != UINT64_MAX) bind_count(st, 4, stall->cpu_ns);
  bind_text(st, 5, stall->kind);
  sqlite3_bind_int(st, 6, stall->ended);
  bind_text(st, 7, stall->api);
  bind_text(st, 8, stall->scope);
  bind_count(st, 9, stall->times.cpu_ns);
  bind_count(st, 10, stall->times.wait_ns);
  bind_count(st, 11, stall->times.stopped_ns);
}

int64_t store_stall_add(store *s, int64_t loop, const observed_stall *stall) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_STALL);
  if (!st) return 0;
  bind_stall(st, loop, stall);
  return insert(s, st);
}

/* Runs statements that remove what belongs to a row, then the row. */
static void remove_all(store *s, const int *which, int count, int64_t id) {
  new_batch(s);
  for (int i = 0; i < count; i++) {
    sqlite3_stmt *st = statement(s, which[i]);
    if (!st) return;
    sqlite3_bind_int64(st, 1, id);
    insert(s, st);
  }
}

void store_stall_remove(store *s, int64_t id) {
  remove_all(s, (const int[]){ST_SAMPLES_REMOVE, ST_STALL_CALLS_REMOVE, ST_STALL_REMOVE}, 3, id);
}

/* The rows first: without their samples the stalls could not be found. */
void store_stalls_remove_like(store *s, int64_t loop, const char *hook, int64_t stack_id) {
  static const int all[] = {ST_LIKE_REMOVE, ST_ORPHANS_REMOVE, ST_ORPHAN_CALLS_REMOVE};
  new_batch(s);
  for (int i = 0; i < 3; i++) {
    sqlite3_stmt *st = statement(s, all[i]);
    if (!st) return;
    if (i == 0) {
      sqlite3_bind_int64(st, 1, loop);
      bind_text(st, 2, hook);
      bind_id(st, 3, stack_id);
    }
    insert(s, st);
  }
}

void store_call_remove(store *s, int64_t call) {
  remove_all(s, (const int[]){ST_CALL_HISTOGRAM_REMOVE, ST_CALL_REMOVE}, 2, call);
}

void store_loop_remove(store *s, int64_t loop) {
  remove_all(s,
             (const int[]){ST_LOOP_SAMPLES_REMOVE, ST_LOOP_STALL_CALLS_REMOVE, ST_LOOP_STALLS_REMOVE,
                           ST_LOOP_DURATIONS_REMOVE, ST_LOOP_CALLS_REMOVE, ST_LOOP_HISTOGRAM_REMOVE,
                           ST_LOOP_SCOPES_PART, ST_LOOP_REMOVE},
             8, loop);
}

/* Keeps a descriptor of its own on a file that has no path, for symbolising after the tracee is forgotten. */
static void keep_hidden(store *s, int64_t module, int file) {
  for (uint32_t i = 0; i < s->hidden.count; i++)
    if (s->hidden.items[i].module == module) return;
  int copy = fcntl(file, F_DUPFD_CLOEXEC, 0);
  if (copy >= 0) *bs_vec_push(&s->hidden) = (hidden_file){module, copy};
}

/* Modules of files are the same in every process; code of no file is one process' own. */
static int64_t module_id(store *s, const module_row *module) {
  sqlite3_stmt *st = statement(s, ST_MODULE);
  if (!st) return 0;
  bind_text(st, 1, module->path);
  bind_text(st, 2, module->build_id);
  sqlite3_bind_int64(st, 3, module->path[0] == '/' || *module->build_id ? 0 : module->pid);
  int64_t id = insert(s, st);
  if (id && module->file >= 0) keep_hidden(s, id, module->file);
  return id;
}

/* The address in its module, whatever the module's place; 0 after an error. Addresses of no module are their
 * own. */
static int64_t address_id(store *s, tracee *t, uint64_t pc, bool is_return) {
  const module_row *module = t ? tracee_module(t, pc) : NULL;
  static const module_row nowhere = {.path = "", .build_id = "", .file = -1};
  if (!module) module = &nowhere;
  int64_t owner = module_id(s, module);
  sqlite3_stmt *st = owner ? statement(s, ST_ADDRESS) : NULL;
  if (!st) return 0;
  sqlite3_bind_int64(st, 1, owner);
  sqlite3_bind_int64(st, 2, (int64_t)(pc - module->bias));
  sqlite3_bind_int(st, 3, is_return);
  return insert(s, st);
}

static int64_t insert_stack(store *s, const stack *st, const XXH128_hash_t *identity,
                            const int64_t *addresses) {
  sqlite3_stmt *row = statement(s, ST_STACK);
  if (!row) return 0;
  sqlite3_bind_blob(row, 1, identity, sizeof *identity, SQLITE_STATIC);
  sqlite3_bind_int(row, 2, st->running);
  sqlite3_bind_int(row, 3, st->cut);
  sqlite3_bind_int64(row, 4, st->omitted);
  int64_t id = insert(s, row);
  for (uint32_t i = 0; id && i < st->count; i++) {
    row = statement(s, ST_STACK_ADDRESS);
    if (!row) return 0;
    sqlite3_bind_int64(row, 1, id);
    sqlite3_bind_int64(row, 2, i + (i >= STACK_INNER ? st->omitted : 0));
    sqlite3_bind_int64(row, 3, addresses[i]);
    insert(s, row);
  }
  return id;
}

int64_t store_stack(store *s, int64_t process, const stack *st, tracee *t) {
  (void)process; /* stacks are the same in every process of one program */
  int64_t addresses[STACK_FRAMES_MAX + 3] = {0};
  new_batch(s);
  for (uint32_t i = 0; i < st->count; i++) {
    addresses[i] = address_id(s, t, st->pc[i], i > 0 || !st->running);
    if (!addresses[i]) return 0;
  }
  addresses[st->count] = st->running;
  addresses[st->count + 1] = st->cut;
  addresses[st->count + 2] = st->omitted;
  XXH128_hash_t identity = XXH3_128bits(addresses, (st->count + 3) * sizeof *addresses);
  sqlite3_stmt *row = statement(s, ST_STACK_FIND);
  if (!row) return 0;
  sqlite3_bind_blob(row, 1, &identity, sizeof identity, SQLITE_STATIC);
  int64_t id = find(s, row);
  return id ? id : insert_stack(s, st, &identity, addresses);
}

static void add_sample(store *s, int which, int64_t owner, const observed_sample *sample) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, which);
  if (!st) return;
  sqlite3_bind_int64(st, 1, owner);
  bind_count(st, 2, sample->at_ns);
  bind_count(st, 3, sample->stack);
  bind_text(st, 4, sample->api);
  insert(s, st);
}

void store_sample_add(store *s, int64_t stall, const observed_sample *sample) {
  add_sample(s, ST_SAMPLE, stall, sample);
}

void store_scope_sample_add(store *s, int64_t scope, const observed_sample *sample) {
  add_sample(s, ST_SCOPE_SAMPLE, scope, sample);
}

void store_stall_call_add(store *s, int64_t stall, const char *hook, uint64_t count, uint64_t total_ns) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_STALL_CALL);
  if (!st) return;
  sqlite3_bind_int64(st, 1, stall);
  bind_text(st, 2, hook);
  bind_count(st, 3, count);
  bind_count(st, 4, total_ns);
  insert(s, st);
}

int64_t store_scope_add(store *s, int64_t process, int64_t loop, const observed_scope *scope) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_SCOPE);
  if (!st) return 0;
  sqlite3_bind_int64(st, 1, process);
  if (loop) sqlite3_bind_int64(st, 2, loop);
  sqlite3_bind_int64(st, 3, scope->thread);
  bind_text(st, 4, scope->name);
  bind_count(st, 5, scope->start_ns);
  bind_count(st, 6, scope->duration_ns);
  bind_count(st, 7, scope->threshold_ns);
  bind_text(st, 8, scope->outcome);
  bind_text(st, 9, scope->api);
  return insert(s, st);
}

int64_t store_call_add(store *s, int64_t loop, const char *hook, bool nested, uint64_t caller, tracee *t) {
  new_batch(s);
  int64_t place = address_id(s, t, caller, true);
  sqlite3_stmt *st = place ? statement(s, ST_CALL) : NULL;
  if (!st) return 0;
  sqlite3_bind_int64(st, 1, loop);
  bind_text(st, 2, hook);
  sqlite3_bind_int64(st, 3, place);
  sqlite3_bind_int(st, 4, nested);
  return insert(s, st);
}

void store_call_update(store *s, int64_t call, const store_call_totals *totals) {
  new_batch(s);
  sqlite3_stmt *st = call ? statement(s, ST_CALL_UPDATE) : NULL;
  if (!st) return;
  bind_count(st, 1, totals->count);
  bind_count(st, 2, totals->total_ns);
  bind_count(st, 3, totals->max_ns);
  bind_id(st, 4, totals->stack);
  sqlite3_bind_int64(st, 5, call);
  insert(s, st);
  write_histogram(s, ST_CALL_HISTOGRAM, call, &call_buckets, totals->histogram);
}

void store_stack_mark(store *s, int64_t stack_id, const store_frame *callback, const store_frame *culprit) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_STACK_MARK);
  if (!st) return;
  const store_frame *marks[] = {callback, culprit};
  for (int i = 0; i < 2; i++) {
    if (!marks[i]) continue;
    sqlite3_bind_int64(st, 2 * i + 1, marks[i]->depth);
    sqlite3_bind_int64(st, 2 * i + 2, marks[i]->level);
  }
  sqlite3_bind_int64(st, 5, stack_id);
  insert(s, st);
}

void store_session_end(store *s, int64_t session, uint64_t duration_ns) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_SESSION_END);
  if (!st) return;
  bind_count(st, 1, duration_ns);
  sqlite3_bind_int64(st, 2, session);
  insert(s, st);
}

void store_note(store *s, int64_t session, uint32_t line, const char *text) {
  new_batch(s);
  sqlite3_stmt *st = statement(s, ST_NOTE);
  if (!st) return;
  sqlite3_bind_int64(st, 1, session);
  sqlite3_bind_int64(st, 2, line);
  bind_text(st, 3, text);
  insert(s, st);
}

/* An address that waits for its names. */
typedef struct unresolved {
  int64_t id, module;
  uint64_t offset;
  bool is_return;
  uint32_t path, build_id; /* interned */
  pid_t pid;
} unresolved;
typedef BS_VEC(unresolved) unresolved_list;

static void list_unresolved(store *s, unresolved_list *list, bs_intern *strings) {
  sqlite3_stmt *st = statement(s, ST_UNRESOLVED);
  if (!st) return;
  while (sqlite3_step(st) == SQLITE_ROW) {
    *bs_vec_push(list) = (unresolved){
        .id = sqlite3_column_int64(st, 0),
        .offset = (uint64_t)sqlite3_column_int64(st, 1),
        .is_return = sqlite3_column_int(st, 2),
        .module = sqlite3_column_int64(st, 3),
        .path = bs_intern_adds(strings, (const char *)sqlite3_column_text(st, 4)),
        .build_id = bs_intern_adds(strings, (const char *)sqlite3_column_text(st, 5)),
        .pid = sqlite3_column_int(st, 6),
    };
  }
  if (sqlite3_reset(st) != SQLITE_OK) failed(s);
}

static void write_frames(store *s, int64_t address, const frame_list *frames) {
  for (uint32_t i = 0; i < frames->count; i++) {
    const frame *f = &frames->items[i];
    sqlite3_stmt *st = statement(s, ST_FRAME);
    if (!st) return;
    sqlite3_bind_int64(st, 1, address);
    sqlite3_bind_int64(st, 2, i);
    bind_text(st, 3, f->function);
    bind_text(st, 4, f->file);
    if (f->line) sqlite3_bind_int64(st, 5, f->line);
    sqlite3_bind_int(st, 6, f->inlined);
    insert(s, st);
  }
  sqlite3_stmt *st = statement(s, ST_RESOLVED);
  if (!st) return;
  sqlite3_bind_int64(st, 1, address);
  insert(s, st);
}

static int hidden_file_of(const store *s, int64_t module) {
  for (uint32_t i = 0; i < s->hidden.count; i++)
    if (s->hidden.items[i].module == module) return s->hidden.items[i].file;
  return -1;
}

void store_symbolise(store *s, symbols *sy) {
  unresolved_list list = {0};
  bs_intern strings;
  bs_intern_init(&strings);
  list_unresolved(s, &list, &strings);
  frame_list frames = {0};
  for (uint32_t i = 0; i < list.count && !store_error(s); i++) {
    const unresolved *u = &list.items[i];
    const module_row module = {
        .path = bs_intern_text(&strings, u->path),
        .build_id = bs_intern_text(&strings, u->build_id),
        .file = hidden_file_of(s, u->module),
        .pid = u->pid,
    };
    frames.count = 0;
    symbols_find(sy, &module, u->offset, u->is_return, &frames);
    new_batch(s);
    write_frames(s, u->id, &frames);
  }
  bs_vec_fini(&frames);
  bs_vec_fini(&list);
  bs_intern_fini(&strings);
  store_flush(s);
}

static store *new_store(sqlite3 *db, bool read_only) {
  store *s = bs_calloc(1, sizeof *s);
  s->db = db;
  s->error = (bs_error)BS_ERROR_INIT;
  s->read_only = read_only;
  s->lock = -1;
  return s;
}

store *store_create(const char *path, bs_error *error) {
  int lock;
  sqlite3 *db = store_file_create(path, &lock, error);
  if (!db) return NULL;
  store *s = new_store(db, false);
  s->lock = lock;
  s->log = store_log_new(db);
  return s;
}

store *store_open(const char *path, bs_error *error) {
  sqlite3 *db = store_file_open(path, error);
  return db ? new_store(db, true) : NULL;
}
void store_close(store *s) {
  if (!s) return;
  store_flush(s);
  for (int i = 0; i < ST_COUNT; i++) sqlite3_finalize(s->statements[i]);
  for (uint32_t i = 0; i < s->hidden.count; i++) close(s->hidden.items[i].file);
  bs_vec_fini(&s->hidden);
  store_log_free(s->log);
  sqlite3_close(s->db);
  if (s->lock >= 0) close(s->lock);
  bs_error_fini(&s->error);
  free(s);
}
