/* Settings and checks of a connection; what follows from them is the cache's and the recording's. */
#include "base/sqlite.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
  BUSY_MILLISECONDS = 5000,
  PROGRESS_STEPS = 100000, /* of SQLite's virtual machine, between two looks */
  FREE_LOOKS = 1000, /* a second or two */
  BYTES_A_LOOK = 512, /* what a file of ours needs is far less: some hundred steps a row */
};

/* Looks that a connection may still take; kept by the connection. */
typedef struct patience {
  int64_t looks;
} patience;

static int has_run_too_long(void *context) {
  patience *p = context;
  return --p->looks < 0;
}

static void never_called(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count, (void)values;
  sqlite3_result_null(context);
}

static int64_t file_bytes(sqlite3 *db) {
  sqlite3_int64 bytes = 0;
  sqlite3_file *file = NULL;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file &&
      file->pMethods)
    file->pMethods->xFileSize(file, &bytes);
  return bytes;
}

void bs_sqlite_limit_work(sqlite3 *db) {
  patience *p = sqlite3_malloc(sizeof *p);
  if (!p) return;
  *p = (patience){FREE_LOOKS + file_bytes(db) / BYTES_A_LOOK};
  /* The handler's context must live as long as the connection: a function that nobody can call owns it. */
  if (sqlite3_create_function_v2(db, "blockscan_patience", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, p,
                                 never_called, NULL, NULL, sqlite3_free) == SQLITE_OK)
    sqlite3_progress_handler(db, PROGRESS_STEPS, has_run_too_long, p);
}

sqlite3 *bs_sqlite_open(const char *name, int flags, int *status) {
  sqlite3 *db = NULL;
  *status = sqlite3_open_v2(name, &db, flags, NULL);
  if (*status != SQLITE_OK) return db;
  sqlite3_extended_result_codes(db, 1);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
  sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
  return db;
}

#define LIST_SCHEMA "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"

static bool same_column(sqlite3_stmt *a, sqlite3_stmt *b, int column) {
  const char *x = (const char *)sqlite3_column_text(a, column),
             *y = (const char *)sqlite3_column_text(b, column);
  return x && y ? !strcmp(x, y) : x == y;
}

static bool same_rows(sqlite3_stmt *a, sqlite3_stmt *b) {
  for (;;) {
    int x = sqlite3_step(a), y = sqlite3_step(b);
    if (x != SQLITE_ROW || y != SQLITE_ROW) return x == SQLITE_DONE && y == SQLITE_DONE;
    for (int column = 0; column < 4; column++)
      if (!same_column(a, b, column)) return false;
  }
}

/* Whether the schema is what these statements make. False also when it cannot be read: then sqlite3_errcode
 * says why. */
static bool has_schema(sqlite3 *db, const char *const *statements) {
  sqlite3 *model = NULL;
  sqlite3_stmt *wanted = NULL, *found = NULL;
  bool good =
      sqlite3_open_v2(":memory:", &model, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
  for (; good && *statements; statements++)
    good = sqlite3_exec(model, *statements, NULL, NULL, NULL) == SQLITE_OK;
  good = good && sqlite3_prepare_v2(model, LIST_SCHEMA, -1, &wanted, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2(db, LIST_SCHEMA, -1, &found, NULL) == SQLITE_OK && same_rows(wanted, found);
  sqlite3_finalize(wanted);
  sqlite3_finalize(found);
  sqlite3_close(model);
  return good;
}

bool bs_sqlite_number(sqlite3 *db, const char *sql, int64_t *value) {
  sqlite3_stmt *s = NULL;
  bool good = sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
  if (good) *value = sqlite3_column_int64(s, 0);
  sqlite3_finalize(s);
  return good;
}

bool bs_sqlite_is_damage(int code) {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

enum bs_sqlite_state bs_sqlite_examine(sqlite3 *db, const bs_sqlite_form *form, int64_t *version) {
  int64_t application = 0, tables = 0;
  *version = 0;
  if (!bs_sqlite_number(db, "SELECT count(*) FROM sqlite_schema", &tables) ||
      !bs_sqlite_number(db, "PRAGMA application_id", &application) ||
      !bs_sqlite_number(db, "PRAGMA user_version", version))
    return bs_sqlite_is_damage(sqlite3_errcode(db)) ? BS_SQLITE_FOREIGN : BS_SQLITE_UNREADABLE;
  if (!tables && !application) return BS_SQLITE_EMPTY;
  if (application != form->application_id) return BS_SQLITE_FOREIGN;
  if (*version != form->version) return *version > form->version ? BS_SQLITE_NEWER : BS_SQLITE_OLDER;
  return has_schema(db, form->schema) ? BS_SQLITE_OURS : BS_SQLITE_CHANGED;
}

bool bs_sqlite_make(sqlite3 *db, const bs_sqlite_form *form) {
  char settings[96];
  snprintf(settings, sizeof settings, "PRAGMA application_id = %d; PRAGMA user_version = %d",
           form->application_id, form->version);
  bool good = sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK;
  for (const char *const *s = form->schema; good && *s; s++)
    good = sqlite3_exec(db, *s, NULL, NULL, NULL) == SQLITE_OK;
  return good;
}
