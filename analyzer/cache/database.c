/* The schema, the statements, and what is done with a file that is damaged, foreign or of another version. */
#include "analyzer/cache/database.h"

#include "base/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  APPLICATION_ID = 0x42534346,
  SCHEMA_VERSION = 1,
  MOST_BROKEN = 100,
  CREATE_TRIES = 100,
  CREATE_MILLISECONDS = 20
};

/* Run once in a new file. */
static const char *const schema[] = {
    "CREATE TABLE file(id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, size INTEGER, "
    "modified INTEGER,"
    " changed INTEGER, inode INTEGER, hashed INTEGER, hash INTEGER)",
    "CREATE TABLE unit(key INTEGER PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, dependencies "
    "BLOB NOT NULL,"
    " facts BLOB NOT NULL)",
    "PRAGMA application_id = 1112752966",
    "PRAGMA user_version = 1",
    NULL,
};
_Static_assert(APPLICATION_ID == 1112752966 && SCHEMA_VERSION == 1, "the schema's pragmas name both");

static const char *const statements[DATABASE_STATEMENTS] = {
    [DATABASE_LIST_FILES] = "SELECT id, path, size, modified, changed, inode, hashed, hash FROM file",
    [DATABASE_FIND_UNIT] = "SELECT used, dependencies, facts FROM unit WHERE key = ?1",
    [DATABASE_PUT_FILE] =
        "INSERT INTO file(path, size, modified, changed, inode, hashed, hash)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(path) DO UPDATE SET size = ?2, modified = ?3,"
        " changed = ?4, inode = ?5, hashed = ?6, hash = ?7 RETURNING id",
    [DATABASE_PUT_UNIT] =
        "INSERT OR REPLACE INTO unit(key, used, size, dependencies, facts) VALUES(?1, ?2, ?3, ?4, ?5)",
    [DATABASE_TOUCH_UNIT] = "UPDATE unit SET used = ?2 WHERE key = ?1",
};

enum verdict { GOOD, EMPTY, FOREIGN, NEWER, UNUSABLE };

const char *database_error(const database *db) {
  return db->handle ? sqlite3_errmsg(db->handle) : "it cannot be opened";
}

bool database_is_damage(int code) {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static bool execute(database *db, const char *sql) {
  return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool database_begin(database *db) { return execute(db, "BEGIN IMMEDIATE"); }

bool database_commit(database *db) { return execute(db, "COMMIT"); }

void database_rollback(database *db) {
  if (db->handle && !sqlite3_get_autocommit(db->handle)) execute(db, "ROLLBACK");
}

/* One number that a query gives; false with sqlite3_errcode set when it fails. */
static bool ask(database *db, const char *sql, int64_t *value) {
  sqlite3_stmt *s = NULL;
  bool ok = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
  if (ok) *value = sqlite3_column_int64(s, 0);
  sqlite3_finalize(s);
  return ok;
}

static enum verdict examine(database *db) {
  int64_t application = 0, version = 0, tables = 0;
  if (!ask(db, "SELECT count(*) FROM sqlite_master", &tables) ||
      !ask(db, "PRAGMA application_id", &application) || !ask(db, "PRAGMA user_version", &version))
    return database_is_damage(sqlite3_errcode(db->handle)) ? FOREIGN : UNUSABLE;
  if (tables == 0 && application == 0) return EMPTY;
  if (application != APPLICATION_ID) return FOREIGN;
  if (version > SCHEMA_VERSION) return NEWER;
  return version == SCHEMA_VERSION && bs_sqlite_has_schema(db->handle, schema) ? GOOD : FOREIGN;
}

/* Several runs may find the file empty at the same time: the first one to hold the lock makes the tables. */
static bool create_tables(database *db) {
  if (!execute(db, "PRAGMA page_size = 16384") || !execute(db, "PRAGMA journal_mode = WAL") ||
      !database_begin(db))
    return false;
  bool ok = true;
  if (examine(db) == EMPTY)
    for (size_t i = 0; schema[i] && ok; i++) ok = execute(db, schema[i]);
  if (ok && database_commit(db)) return true;
  database_rollback(db);
  return false;
}

static bool prepare_all(database *db) {
  for (int i = 0; i < DATABASE_STATEMENTS; i++)
    if (sqlite3_prepare_v3(db->handle, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[i],
                           NULL) != SQLITE_OK)
      return false;
  return true;
}

void database_close(database *db) {
  for (int i = 0; i < DATABASE_STATEMENTS; i++) sqlite3_finalize(db->statements[i]);
  if (db->handle) sqlite3_close(db->handle);
  *db = (database){0};
}

static enum verdict open_file(database *db, const char *path) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int status;
  db->handle = bs_sqlite_open(path, flags, &status);
  if (status != SQLITE_OK) return UNUSABLE;
  enum verdict verdict = examine(db);
  for (int i = 0; verdict == EMPTY && i < CREATE_TRIES; i++) {
    if (create_tables(db))
      verdict = GOOD;
    else if (sqlite3_errcode(db->handle) != SQLITE_BUSY)
      return UNUSABLE;
    else
      // blockscan: ignore[sqlite.sleep] -- two seconds at most, when several runs begin one cache at once
      sqlite3_sleep(CREATE_MILLISECONDS); /* another run switches to WAL, where SQLite does not wait */
    if (verdict != GOOD) verdict = examine(db);
  }
  if (verdict != GOOD) return verdict;
  if (!execute(db, "PRAGMA synchronous = NORMAL") || !prepare_all(db))
    return database_is_damage(sqlite3_errcode(db->handle)) ? FOREIGN : UNUSABLE;
  if (sqlite3_db_readonly(db->handle, "main") != 0) return UNUSABLE;
  return GOOD;
}

/* Renames PATH to PATH.broken-N, the first N that is free, and forgets its log. */
static bool set_aside(const char *path, bs_strbuf *warning) {
  bs_strbuf other = BS_STRBUF_INIT;
  int n = 1;
  for (; n <= MOST_BROKEN; n++) {
    bs_strbuf_clear(&other);
    bs_strbuf_addf(&other, "%s.broken-%d", path, n);
    if (access(other.text, F_OK) != 0) break;
  }
  bool ok = n <= MOST_BROKEN && rename(path, other.text) == 0;
  if (ok)
    bs_strbuf_addf(warning,
                   "the cache %s is damaged or not blockscan's; it is now %s and a new one was begun", path,
                   other.text);
  else
    bs_strbuf_addf(
        warning, "the cache %s is damaged or not blockscan's and cannot be renamed; going on without", path);
  for (int i = 0; ok && i < 2; i++) {
    bs_strbuf_clear(&other);
    bs_strbuf_addf(&other, "%s-%s", path, i ? "shm" : "wal");
    unlink(other.text);
  }
  bs_strbuf_fini(&other);
  return ok;
}

static bool refuse(database *db, const char *path, enum verdict verdict, bs_strbuf *warning) {
  if (verdict == NEWER)
    bs_strbuf_addf(warning, "the cache %s is of a newer blockscan; going on without", path);
  else
    bs_strbuf_addf(warning, "the cache %s cannot be used: %s; going on without", path, database_error(db));
  database_close(db);
  return false;
}

bool database_open(database *db, const char *directory, bs_strbuf *warning) {
  *db = (database){0};
  bs_strbuf path = BS_STRBUF_INIT;
  bs_strbuf_addf(&path, "%s/facts.db", directory);
  enum verdict verdict = open_file(db, path.text);
  bool ok = verdict == GOOD;
  if (verdict == FOREIGN) {
    database_close(db);
    if (set_aside(path.text, warning)) {
      verdict = open_file(db, path.text);
      ok = verdict == GOOD || refuse(db, path.text, verdict, warning);
    }
  } else if (!ok) {
    refuse(db, path.text, verdict, warning);
  }
  bs_strbuf_fini(&path);
  return ok;
}

bool database_replace(database *db, const char *directory, bs_strbuf *warning) {
  database_close(db);
  bs_strbuf path = BS_STRBUF_INIT;
  bs_strbuf_addf(&path, "%s/facts.db", directory);
  bool ok = set_aside(path.text, warning);
  enum verdict verdict = ok ? open_file(db, path.text) : UNUSABLE;
  if (ok && verdict != GOOD) ok = refuse(db, path.text, verdict, warning);
  bs_strbuf_fini(&path);
  return ok;
}

bool database_prune(database *db, int64_t day, int64_t bytes) {
  sqlite3_stmt *s = NULL;
  bool ok = sqlite3_prepare_v2(db->handle, "DELETE FROM unit WHERE used < ?1", -1, &s, NULL) == SQLITE_OK;
  if (ok) sqlite3_bind_int64(s, 1, day);
  ok = ok && sqlite3_step(s) == SQLITE_DONE;
  sqlite3_finalize(s);
  s = NULL;
  ok = ok && sqlite3_prepare_v2(
                 db->handle,
                 "DELETE FROM unit WHERE key IN (SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used"
                 " DESC, key) AS total FROM unit) WHERE total > ?1)",
                 -1, &s, NULL) == SQLITE_OK;
  if (ok) sqlite3_bind_int64(s, 1, bytes);
  ok = ok && sqlite3_step(s) == SQLITE_DONE;
  sqlite3_finalize(s);
  return ok;
}
