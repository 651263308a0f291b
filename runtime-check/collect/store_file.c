/* A recording's file as such: made anew in place of an earlier recording and of nothing else, or opened when
 * it is a whole recording that this program can read. What is in it is store.c's. */
#include "base/sqlite.h"
#include "base/uri.h"
#include "runtime-check/collect/store_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const bs_sqlite_form form = {STORE_APPLICATION_ID, STORE_VERSION, store_schema};

static int64_t file_length(sqlite3 *db) {
  int64_t pages = 0, size = 0;
  bs_sqlite_number(db, "PRAGMA page_count", &pages);
  bs_sqlite_number(db, "PRAGMA page_size", &size);
  return pages * size;
}

/* The length of the log beside a recording, -1 without one. */
static off_t log_length(const char *path) {
  bs_strbuf log = BS_STRBUF_INIT;
  struct stat st;
  bs_strbuf_addf(&log, "%s-wal", path);
  off_t length = stat(log.text, &st) == 0 ? st.st_size : -1;
  bs_strbuf_fini(&log);
  return length;
}

/* A missing tail of the last page is read as zeros: the check of its content may not notice. */
static bool is_cut_off(sqlite3 *db, const char *path) {
  struct stat st;
  return log_length(path) <= 0 && stat(path, &st) == 0 && st.st_size < file_length(db);
}

/* A big file is not read twice: what is damaged in it shows as it is read. */
#define CHECKED_BYTES (64 << 20)

static bool is_whole(sqlite3 *db) {
  sqlite3_stmt *st;
  if (file_length(db) > CHECKED_BYTES) return true;
  bool whole = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &st, NULL) == SQLITE_OK &&
               sqlite3_step(st) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
  sqlite3_finalize(st);
  return whole;
}

/* Ids that name no row would make stalls and stacks vanish without a word. */
static bool check_references(sqlite3 *db, const char *path, bs_error *error) {
  sqlite3_stmt *st;
  if (file_length(db) > CHECKED_BYTES) return true;
  bool asked = sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &st, NULL) == SQLITE_OK;
  int status = asked ? sqlite3_step(st) : SQLITE_ERROR;
  if (status == SQLITE_ROW)
    bs_error_set(error, "%s: the recording is damaged: a row of %s names a row of %s that is not there", path,
                 (const char *)sqlite3_column_text(st, 0), (const char *)sqlite3_column_text(st, 2));
  else if (status != SQLITE_DONE)
    bs_error_set(error, "%s: the recording cannot be checked: %s", path, sqlite3_errmsg(db));
  sqlite3_finalize(st);
  return status == SQLITE_DONE;
}

enum { STATEMENTS_MAX = 64 };

static enum bs_sqlite_state examine(sqlite3 *db, int64_t *version) {
  const char *statements[STATEMENTS_MAX] = {store_oldest_statement};
  const bs_sqlite_form oldest = {STORE_APPLICATION_ID, STORE_OLDEST, statements};
  enum bs_sqlite_state state = bs_sqlite_examine(db, &form, version);
  if (state != BS_SQLITE_OLDER || *version != STORE_OLDEST) return state;
  for (int i = 1; i < STATEMENTS_MAX - 1 && store_schema[i]; i++) statements[i] = store_schema[i];
  return bs_sqlite_examine(db, &oldest, version);
}

/* Whether the file is a recording that this program can read. */
static bool check_file(sqlite3 *db, const char *path, bs_error *error) {
  int64_t version;
  switch (examine(db, &version)) {
  case BS_SQLITE_OURS: break;
  case BS_SQLITE_NEWER:
    return bs_error_set(error, "%s: recorded by a newer blockscan (schema %d; this program reads %d)", path,
                        (int)version, STORE_VERSION);
  case BS_SQLITE_OLDER:
    return bs_error_set(error, "%s: recorded by an older blockscan (schema %d; this program reads %d)", path,
                        (int)version, STORE_VERSION);
  case BS_SQLITE_CHANGED:
    return bs_error_set(error,
                        "%s: not a recording of blockscan: its tables or views are not those of schema %d",
                        path, (int)version);
  default:
    if (sqlite3_errcode(db) == SQLITE_OK || sqlite3_errcode(db) == SQLITE_DONE)
      return bs_error_set(error, "%s: not a recording of blockscan", path);
    return bs_error_set(error, "%s: not a recording of blockscan: %s", path, sqlite3_errmsg(db));
  }
  if (is_cut_off(db, path) || !is_whole(db))
    return bs_error_set(error, "%s: the recording is damaged or was cut off", path);
  return check_references(db, path, error);
}

static sqlite3 *open_database(const char *path, int flags, bs_error *error) {
  int status;
  sqlite3 *db = bs_sqlite_open(path, flags, &status);
  if (status == SQLITE_OK) return db;
  bs_error_set(error, "%s: %s", path, db ? sqlite3_errmsg(db) : "out of memory");
  sqlite3_close(db);
  return NULL;
}

/* A finished recording, which has no log beside it, is read without the shared memory that WAL needs: its
 * folder may be one that cannot be written to, and nothing is left there. */
static sqlite3 *open_immutable(const char *path, bs_error *error) {
  bs_strbuf uri = BS_STRBUF_INIT;
  bs_arena arena = {0};
  bs_strbuf_addf(&uri, "%s%s?immutable=1", *path == '/' ? "" : "file:", uri_of_path(&arena, path));
  bs_arena_fini(&arena);
  sqlite3 *db = open_database(uri.text, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, error);
  bs_strbuf_fini(&uri);
  return db;
}

sqlite3 *store_file_open(const char *path, bs_error *error) {
  struct stat st;
  if (stat(path, &st) != 0) return bs_error_set(error, "%s: %s", path, strerror(errno)), NULL;
  if (!S_ISREG(st.st_mode)) return bs_error_set(error, "%s: not a recording of blockscan", path), NULL;
  bool finished = log_length(path) < 0;
  int64_t id;
  sqlite3 *db = finished ? open_immutable(path, error)
                         : open_database(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, error);
  if (db && !finished && !log_length(path) && !bs_sqlite_number(db, "PRAGMA application_id", &id) &&
      (sqlite3_errcode(db) & 0xff) == SQLITE_CANTOPEN) {
    sqlite3_close(db);
    db = open_immutable(path, error);
  }
  if (!db) return NULL;
  bs_sqlite_limit_work(db);
  if (check_file(db, path, error)) return db;
  sqlite3_close(db);
  return NULL;
}

/* A recorder holds this byte, far behind all that SQLite locks, for as long as it writes: F_OFD_SETLK of
 * fcntl(2). */
static struct flock recorders_byte(void) {
  return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)1 << 62, .l_len = 1};
}

static bool is_locked(int file) {
  struct flock lock = recorders_byte();
  return fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* Only an earlier recording, whole or not, is replaced: -o may name the wrong file. */
static bool may_replace(const char *path, bs_error *error) {
  unsigned char head[72];
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return errno == ENOENT || bs_error_set(error, "%s: %s", path, strerror(errno));
  struct stat st;
  bool regular = fstat(file, &st) == 0 && S_ISREG(st.st_mode);
  ssize_t got = regular ? read(file, head, sizeof head) : -1;
  bool busy = regular && is_locked(file);
  close(file);
  if (busy) return bs_error_set(error, "%s: another recorder is writing it", path);
  /* The application id stands at offset 68 of an SQLite file, the highest byte first:
   * https://www.sqlite.org/fileformat.html */
  const unsigned char id[] = {STORE_APPLICATION_ID >> 24, STORE_APPLICATION_ID >> 16 & 0xff,
                              STORE_APPLICATION_ID >> 8 & 0xff, STORE_APPLICATION_ID & 0xff};
  if (got == 0 || (got == sizeof head && memcmp(head + 68, id, sizeof id) == 0)) return true;
  return bs_error_set(error, "%s: this file is not a recording of blockscan and was not overwritten", path);
}

static bool remove_old(const char *path, bs_error *error) {
  static const char *const endings[] = {"", "-wal", "-shm"};
  bool good = true;
  for (int i = 0; i < 3 && good; i++) {
    bs_strbuf name = BS_STRBUF_INIT;
    bs_strbuf_addf(&name, "%s%s", path, endings[i]);
    if (unlink(name.text) != 0 && errno != ENOENT)
      good = bs_error_set(error, "%s: %s", name.text, strerror(errno));
    bs_strbuf_fini(&name);
  }
  return good;
}

/* Stacks, names and arguments are the recorded program's: for nobody else to read. SQLite gives the file's
 * mode to its log. */
static int make_private(const char *path, bs_error *error) {
  struct flock lock = recorders_byte();
  int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    if (errno == EEXIST) bs_error_set(error, "%s: another recorder has just begun to write it", path);
    bs_error_set(error, "%s: %s", path, strerror(errno));
    return -1;
  }
  fcntl(file, F_OFD_SETLK, &lock); /* a file system without locks does without */
  return file;
}

static bool make_schema(sqlite3 *db, const char *path, bs_error *error) {
  bool good =
      sqlite3_exec(
          db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; BEGIN",
          NULL, NULL, NULL) == SQLITE_OK &&
      bs_sqlite_make(db, &form) && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
  return good || bs_error_set(error, "%s: %s", path, sqlite3_errmsg(db));
}

sqlite3 *store_file_create(const char *path, int *lock, bs_error *error) {
  *lock = -1;
  if (!may_replace(path, error) || !remove_old(path, error)) return NULL;
  *lock = make_private(path, error);
  if (*lock < 0) return NULL;
  sqlite3 *db = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (db && make_schema(db, path, error)) return db;
  sqlite3_close(db);
  close(*lock);
  *lock = -1;
  return NULL;
}
