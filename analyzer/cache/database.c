/* The schema, the statements, and what is done with a file that is damaged, foreign or of another version. */
#include "analyzer/cache/database.h"

#include "base/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BROKEN = 100, CREATE_TRIES = 100, CREATE_MILLISECONDS = 20 };

/* Run once in a new file. */
static const char *const schema[] = {
    "CREATE TABLE file(id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, size INTEGER, "
    "modified INTEGER,"
    " changed INTEGER, inode INTEGER, hashed INTEGER, hash INTEGER)",
    "CREATE TABLE unit(key INTEGER PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, dependencies "
    "BLOB NOT NULL,"
    " facts BLOB NOT NULL)",
    NULL,
};
static const bs_sqlite_form form = {.application_id = 0x42534346, .version = 1, .schema = schema};

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

const char *database_error(const database *db) {
  return db->handle ? sqlite3_errmsg(db->handle) : "it cannot be opened";
}

bool database_is_damage(int code) { return bs_sqlite_is_damage(code); }

static bool execute(database *db, const char *sql) {
  return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool database_begin(database *db) { return execute(db, "BEGIN IMMEDIATE"); }

bool database_commit(database *db) { return execute(db, "COMMIT"); }

void database_rollback(database *db) {
  if (db->handle && !sqlite3_get_autocommit(db->handle)) execute(db, "ROLLBACK");
}

static enum bs_sqlite_state examine(database *db) {
  int64_t version;
  return bs_sqlite_examine(db->handle, &form, &version);
}

/* Several runs may find the file empty at the same time: the first one to hold the lock makes the tables. */
static bool create_tables(database *db) {
  if (!execute(db, "PRAGMA page_size = 16384") || !execute(db, "PRAGMA journal_mode = WAL") ||
      !database_begin(db))
    return false;
  bool ok = examine(db) != BS_SQLITE_EMPTY || bs_sqlite_make(db->handle, &form);
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

static enum bs_sqlite_state open_file(database *db, const char *path) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int status;
  db->handle = bs_sqlite_open(path, flags, &status);
  if (status != SQLITE_OK) return BS_SQLITE_UNREADABLE;
  enum bs_sqlite_state state = examine(db);
  for (int i = 0; state == BS_SQLITE_EMPTY && i < CREATE_TRIES; i++) {
    if (!create_tables(db)) {
      if (sqlite3_errcode(db->handle) != SQLITE_BUSY) return BS_SQLITE_UNREADABLE;
      // blockscan: ignore[sqlite.sleep] -- two seconds at most, when several runs begin one cache at once
      sqlite3_sleep(CREATE_MILLISECONDS); /* another run switches to WAL, where SQLite does not wait */
    }
    state = examine(db);
  }
  if (state != BS_SQLITE_OURS) return state;
  if (!execute(db, "PRAGMA synchronous = NORMAL") || !prepare_all(db))
    return database_is_damage(sqlite3_errcode(db->handle)) ? BS_SQLITE_FOREIGN : BS_SQLITE_UNREADABLE;
  return sqlite3_db_readonly(db->handle, "main") ? BS_SQLITE_UNREADABLE : BS_SQLITE_OURS;
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

static bool refuse(database *db, const char *path, enum bs_sqlite_state state, bs_strbuf *warning) {
  if (state == BS_SQLITE_NEWER)
    bs_strbuf_addf(warning, "the cache %s is of a newer blockscan; going on without", path);
  else
    bs_strbuf_addf(warning, "the cache %s cannot be used: %s; going on without", path, database_error(db));
  database_close(db);
  return false;
}

static bool begin_anew(database *db, const char *path, bs_strbuf *warning) {
  database_close(db);
  if (!set_aside(path, warning)) return false;
  enum bs_sqlite_state state = open_file(db, path);
  return state == BS_SQLITE_OURS || refuse(db, path, state, warning);
}

bool database_open(database *db, const char *directory, bs_strbuf *warning) {
  *db = (database){0};
  bs_strbuf path = BS_STRBUF_INIT;
  bs_strbuf_addf(&path, "%s/facts.db", directory);
  enum bs_sqlite_state state = open_file(db, path.text);
  bool ok = state == BS_SQLITE_OURS;
  if (state == BS_SQLITE_FOREIGN || state == BS_SQLITE_OLDER || state == BS_SQLITE_CHANGED)
    ok = begin_anew(db, path.text, warning);
  else if (!ok)
    refuse(db, path.text, state, warning);
  bs_strbuf_fini(&path);
  return ok;
}

bool database_replace(database *db, const char *directory, bs_strbuf *warning) {
  bs_strbuf path = BS_STRBUF_INIT;
  bs_strbuf_addf(&path, "%s/facts.db", directory);
  bool ok = begin_anew(db, path.text, warning);
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
