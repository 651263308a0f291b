/* A recording in which rows, or bytes of pages, are not what a recorder would have written: `report` gives an
 * error or a document that every format can write. The first byte of the input chooses; what follows are
 * changes to a small whole recording. */
#include "evidence/observed.h"
#include "fuzz_check.h"
#include "runtime-check/collect/store_read.h"
#include "runtime-check/collect/store_schema.h"

#include <sqlite3.h>

/* One loop with two stalls, a scope, a call; stacks with inlined frames. */
static const char *const sample[] = {
    "INSERT INTO sessions VALUES (1, './server -v', 1700000000000000000, 10000000, 2000000000, 'web-1')",
    "INSERT INTO notes VALUES (1, 1, 'one thread was not watched')",
    "INSERT INTO processes VALUES (1, 1, 42, '/bin/server')",
    "INSERT INTO modules VALUES (1, '/bin/server', 'ab12', 42), (2, '/lib/libc.so.6', 'cd34', 42)",
    "INSERT INTO addresses VALUES (1, 1, 4096, 1, 1), (2, 1, 8192, 1, 1), (3, 2, 512, 0, 1), (4, NULL, 7, 1, "
    "0)",
    "INSERT INTO frames VALUES (1, 0, 'on_read', 'server.c', 12, 0), (1, 1, 'main', 'server.c', 40, 1), (2, "
    "0, 'uv_run', NULL, NULL, 0),"
    " (3, 0, 'fsync', NULL, NULL, 0)",
    "INSERT INTO stacks VALUES (1, x'01', 0, 0, 0, 1, 0, 1, 0), (2, x'02', 1, 1, 3, NULL, NULL, NULL, NULL)",
    "INSERT INTO stack_addresses VALUES (1, 0, 3), (1, 1, 1), (1, 2, 2), (2, 0, 4)",
    "INSERT INTO loops VALUES (1, 1, 43, 'main', 'libuv', 100, 900000000, 100000000, 212000000, 0, 1, 1)",
    "INSERT INTO loop_histogram VALUES (1, 1024, 90), (1, 200000000, 10)",
    "INSERT INTO stalls VALUES (1, 1, 5000000, 212000000, 1000000, 900000, 100000, 0, 'off-cpu', 1, 'fsync', "
    "'reload'),"
    " (2, 1, 500000000, 50000000, NULL, 49000000, 0, 0, 'on-cpu', 0, NULL, NULL)",
    "INSERT INTO samples VALUES (1, 1, 15000000, 1, 'fsync'), (2, 1, 35000000, 1, NULL), (3, 2, 12000000, 2, "
    "NULL)",
    "INSERT INTO stall_calls VALUES (1, 'fsync', 3, 207000000)",
    "INSERT INTO scopes VALUES (1, 1, 44, 1, 'reload', 6000000, 210000000, 20000000, 'stalled', 'fsync')",
    "INSERT INTO scope_samples VALUES (1, 1, 20000000, 1, NULL)",
    "INSERT INTO calls VALUES (1, 1, 'fsync', 1, 1, 0, 3, 212000000, 200000000)",
    "INSERT INTO call_histogram VALUES (1, 6000000, 2), (1, 200000000, 1)",
    NULL,
};

/* Its tables: names and columns, N a number, T a text, B bytes. */
static const struct {
  const char *name, *columns, *types;
} tables[] = {
    {"sessions", "id command started_ns threshold_ns duration_ns host", "NTNNNT"},
    {"notes", "session_id line text", "NNT"},
    {"processes", "id session_id pid executable", "NNNT"},
    {"loops",
     "id process_id tid name library iterations busy_ns idle_ns max_ns dropped unplaced_calls wait_stack_id",
     "NNNTTNNNNNNN"},
    {"loop_histogram", "loop_id low_ns count", "NNN"},
    {"modules", "id path build_id pid", "NTTN"},
    {"addresses", "id module_id offset is_return resolved", "NNNNN"},
    {"frames", "address_id level function file line inlined", "NNTTNN"},
    {"stacks", "id identity running cut omitted callback_depth callback_level culprit_depth culprit_level",
     "NBNNNNNNN"},
    {"stack_addresses", "stack_id depth address_id", "NNN"},
    {"stalls", "id loop_id start_ns duration_ns cpu_ns on_cpu_ns wait_ns stopped_ns kind ended hook scope",
     "NNNNNNNNTNTT"},
    {"samples", "id stall_id at_ns stack_id hook", "NNNNT"},
    {"stall_calls", "stall_id hook count total_ns", "NTNN"},
    {"scopes", "id process_id tid loop_id name start_ns duration_ns threshold_ns outcome hook", "NNNNTNNNTT"},
    {"scope_samples", "id scope_id at_ns stack_id hook", "NNNNT"},
    {"calls", "id loop_id hook address_id stack_id nested count total_ns max_ns", "NNTNNNNNN"},
    {"call_histogram", "call_id low_ns count", "NNN"},
};
enum { TABLES = sizeof tables / sizeof *tables, COLUMNS_MAX = 12 };

static char path[128];
static bs_strbuf whole = BS_STRBUF_INIT;

static void must(bool good) {
  if (!good) abort();
}

static void make_whole(void) {
  sqlite3 *db;
  char settings[160];
  fuzz_path("r.db", path, sizeof path);
  must(sqlite3_open(path, &db) == SQLITE_OK);
  snprintf(settings, sizeof settings, "PRAGMA application_id = %d; PRAGMA user_version = %d",
           STORE_APPLICATION_ID, STORE_VERSION);
  must(sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK);
  for (int i = 0; store_schema[i]; i++)
    must(sqlite3_exec(db, store_schema[i], NULL, NULL, NULL) == SQLITE_OK);
  for (int i = 0; sample[i]; i++) must(sqlite3_exec(db, sample[i], NULL, NULL, NULL) == SQLITE_OK);
  sqlite3_close(db);
  must(bs_strbuf_read_file(&whole, path) == 0);
}

static void bind(sqlite3_stmt *st, int column, char type, fuzz_input *in) {
  static const char *const words[] = {"fsync",    "off-cpu", "on-cpu", "mixed", "stalled",
                                      "expected", "missed",  "",       "read",  "libuv"};
  char buffer[40];
  uint8_t how = fuzz_byte(in);
  if (how == 255)
    sqlite3_bind_null(st, column);
  else if (type == 'N')
    sqlite3_bind_int64(st, column, fuzz_number(in));
  else if (type == 'T' && how < sizeof words / sizeof *words)
    sqlite3_bind_text(st, column, words[how], -1, SQLITE_STATIC);
  else if (type == 'T')
    sqlite3_bind_text(st, column, fuzz_text(in, buffer), -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_blob(st, column, fuzz_text(in, buffer), 39 < how ? 39 : how, SQLITE_TRANSIENT);
}

/* A row is put, one column of all rows is set, or rows are deleted. */
static void change(sqlite3 *db, fuzz_input *in) {
  uint8_t how = fuzz_byte(in), table = fuzz_byte(in) % TABLES, column = fuzz_byte(in);
  const char *types = tables[table].types;
  int count = (int)strlen(types), at = column % count;
  char names[COLUMNS_MAX][20], sql[200], columns[200];
  snprintf(columns, sizeof columns, "%s", tables[table].columns);
  char *rest = columns;
  for (int i = 0; i < count; i++) snprintf(names[i], sizeof names[i], "%s", strsep(&rest, " "));
  int marks = how % 4 < 2 ? count : how % 4 == 2 ? 2 : 1;
  if (how % 4 < 2)
    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s VALUES (%.*s)", tables[table].name, 2 * count - 1,
             "?,?,?,?,?,?,?,?,?,?,?,?");
  else if (how % 4 == 2)
    snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET %s = ?1 WHERE %s < ?2", tables[table].name, names[at],
             names[0]);
  else
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE %s = ?1", tables[table].name, names[at]);
  sqlite3_stmt *st;
  must(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK);
  for (int i = 0; i < marks; i++) bind(st, i + 1, how % 4 < 2 ? types[i] : i == 0 ? types[at] : types[0], in);
  sqlite3_step(st);
  sqlite3_finalize(st);
}

static void change_rows(fuzz_input *in) {
  sqlite3 *db;
  must(sqlite3_open(path, &db) == SQLITE_OK);
  sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN",
               NULL, NULL, NULL);
  while (in->at < in->end) change(db, in);
  sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
  sqlite3_close(db);
}

static void change_bytes(fuzz_input *in) {
  char *bytes = bs_malloc(whole.length);
  memcpy(bytes, whole.text, whole.length);
  size_t length = whole.length;
  while (in->at < in->end) {
    uint32_t at = (uint32_t)fuzz_byte(in) << 16 | (uint32_t)fuzz_byte(in) << 8 | fuzz_byte(in);
    bytes[at % whole.length] = (char)fuzz_byte(in);
    if (at >> 22 == 3) length = at % whole.length;
  }
  fuzz_write(path, bytes, length);
  free(bytes);
}

static void report(bool with_findings) {
  bs_error error = BS_ERROR_INIT;
  store_reader *r = store_reader_open(path, &error);
  if (!r != bs_error_is_set(&error)) abort();
  if (r) {
    report_document document;
    report_document_init(&document);
    document.root_path = "/src";
    const observation *o = store_reader_observation(r);
    bool good = with_findings ? observed_alone(o, fuzz_rules(), NULL, &document, &error)
                              : observed_only(o, &document, &error);
    if (good == bs_error_is_set(&error)) abort();
    if (good) fuzz_check_document(&document);
    report_document_fini(&document);
  }
  store_reader_close(r);
  bs_error_fini(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!whole.length) make_whole();
  fuzz_input in = {data, data + (size < 2000 ? size : 2000)};
  uint8_t how = fuzz_byte(&in);
  fuzz_write(path, whole.text, whole.length);
  if (how % 4 == 3)
    change_bytes(&in);
  else
    change_rows(&in);
  report(how % 4 > 0);
  return 0;
}
