/* SQLite files that somebody else may have written: a cache, a recording. Opened as sqlite.org/security.html
 * advises for untrusted files, and nothing of one is read before its schema is known to be ours. */
#ifndef BLOCKSCAN_BASE_SQLITE_H
#define BLOCKSCAN_BASE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Opens a file as sqlite3_open_v2 does, with extended result codes. The schema cannot be written, views and
 * triggers may call no function that could do harm, pages are checked as they are read, and another process'
 * lock is waited for, up to five seconds. The handle must be closed even when *status is not SQLITE_OK; it is
 * NULL without memory. */
sqlite3 *bs_sqlite_open(const char *name, int flags, int *status);
/* For a file that is only read: what computes for much longer than the file's size explains ends with
 * SQLITE_INTERRUPT. */
void bs_sqlite_limit_work(sqlite3 *db);
/* One number that a query or a PRAGMA answers; false with sqlite3_errcode set when it fails. */
bool bs_sqlite_number(sqlite3 *db, const char *sql, int64_t *value);
/* Whether a result code says that the file is damaged, or no database at all. */
bool bs_sqlite_is_damage(int code);

/* What a kind of file of ours is known by. */
typedef struct bs_sqlite_form {
  int32_t application_id, version; /* PRAGMA application_id and user_version */
  const char *const *schema; /* the statements that make an empty one, NULL behind the last */
} bs_sqlite_form;

enum bs_sqlite_state {
  BS_SQLITE_OURS,
  BS_SQLITE_EMPTY, /* nobody's yet: a new file */
  BS_SQLITE_FOREIGN, /* another program's, or no database */
  BS_SQLITE_OLDER, /* ours, of another version */
  BS_SQLITE_NEWER,
  BS_SQLITE_CHANGED, /* ours by its numbers, but its tables or views are others */
  BS_SQLITE_UNREADABLE, /* sqlite3_errmsg says why */
};

/* What a file is. *version is its version, where it is ours. */
enum bs_sqlite_state bs_sqlite_examine(sqlite3 *db, const bs_sqlite_form *form, int64_t *version);
/* Makes an empty file one of ours, within the transaction that the caller began. False with sqlite3_errmsg
 * set. */
bool bs_sqlite_make(sqlite3 *db, const bs_sqlite_form *form);

#endif
