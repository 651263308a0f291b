/* The cache's SQLite file: its schema and statements, and what is done when it is missing, damaged or
 * someone else's. */
#ifndef BLOCKSCAN_CACHE_DATABASE_H
#define BLOCKSCAN_CACHE_DATABASE_H

#include "base/strbuf.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum database_statement {
  DATABASE_LIST_FILES, /* -> id, path, size, modified, changed, inode, hashed, hash */
  DATABASE_FIND_UNIT, /* key -> used, dependencies, facts */
  DATABASE_PUT_FILE, /* path, size, modified, changed, inode, hashed, hash -> id */
  DATABASE_PUT_UNIT, /* key, used, size, dependencies, facts */
  DATABASE_TOUCH_UNIT, /* key, used */
  DATABASE_STATEMENTS
};
typedef struct database {
  sqlite3 *handle;
  sqlite3_stmt *statements[DATABASE_STATEMENTS];
} database;

/* Opens DIRECTORY/facts.db for reading and writing; makes both. A damaged or foreign file is renamed and
 * replaced; `warning` says so. False, with a warning, when there can be none. */
bool database_open(database *db, const char *directory, bs_strbuf *warning);
/* Closes the file and forgets its statements; a database that is not open stays so. */
void database_close(database *db);
/* Sets the open file aside and opens an empty one. */
bool database_replace(database *db, const char *directory, bs_strbuf *warning);
/* Whether a result code says that the file is damaged, or no database. */
bool database_is_damage(int code);
/* The last error in SQLite's words; valid until the next call. */
const char *database_error(const database *db);
/* One transaction for many rows; false when the file cannot be written. */
bool database_begin(database *db);
bool database_commit(database *db);
void database_rollback(database *db);
/* Deletes units that were last used before `day`, then the longest unused ones until no more than `bytes`
 * are left. */
bool database_prune(database *db, int64_t day, int64_t bytes);

#endif
