/* SQLite files that somebody else may have written: a cache, a recording. Opened as sqlite.org/security.html
 * advises for untrusted files, and nothing of one is read before its schema is known to be ours. */
#ifndef BLOCKSCAN_BASE_SQLITE_H
#define BLOCKSCAN_BASE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>

/* Opens a file as sqlite3_open_v2 does, with extended result codes. The schema cannot be written, views and
 * triggers may call no function that could do harm, pages are checked as they are read, and another process'
 * lock is waited for, up to five seconds. The handle must be closed even when *status is not SQLITE_OK; it is
 * NULL without memory. */
sqlite3 *bs_sqlite_open(const char *name, int flags, int *status);
/* For a file that is only read: what computes for much longer than the file's size explains ends with
 * SQLITE_INTERRUPT. */
void bs_sqlite_limit_work(sqlite3 *db);
/* Whether the schema is what these statements make (NULL behind the last; those that make no table, index or
 * view are passed over). False also when it cannot be read: then sqlite3_errcode says why. */
bool bs_sqlite_has_schema(sqlite3 *db, const char *const *statements);

#endif
