/* The schema of a recording. Private to the store. docs/stalls-db.md describes it for people. */
#ifndef BLOCKSCAN_COLLECT_STORE_SCHEMA_H
#define BLOCKSCAN_COLLECT_STORE_SCHEMA_H

#include "base/error.h"

enum {
  STORE_APPLICATION_ID = 0x424c4b53, /* "BLKS" */
  STORE_VERSION = 5, /* PRAGMA user_version */
  STORE_OLDEST = 4, /* that can be read: it has another first statement */
};

/* The database of a new recording, or of one to read; NULL with the error. The caller closes it. *lock keeps
 * other recorders from the file: it is closed after the database, for closing it earlier would take SQLite's
 * own locks away. */
struct sqlite3 *store_file_create(const char *path, int *lock, bs_error *error);
struct sqlite3 *store_file_open(const char *path, bs_error *error);

/* Statements that make an empty recording, NULL behind the last. */
extern const char *const store_schema[];
extern const char *const store_oldest_statement;

#endif
