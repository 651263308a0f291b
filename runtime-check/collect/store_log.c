/* SQLite moves the log into the database within the commit that makes it too long, and waits for the disk:
 * tens of milliseconds in which no stack is taken. So that is done by a thread with a connection of its own,
 * which begins when it is first wanted. */
#include "runtime-check/collect/store_log.h"

#include "base/mem.h"
#include "base/sqlite.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

enum { PAGES = 1000 /* as SQLite's own default */ };

struct store_log {
  char *path;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool runs, wanted, ending; /* `runs` is the owner's alone */
};

/* Waits until there is work; false at the end. */
static bool wait_for_work(store_log *log) {
  pthread_mutex_lock(&log->mutex);
  while (!log->wanted && !log->ending) pthread_cond_wait(&log->changed, &log->mutex);
  bool goes_on = !log->ending;
  log->wanted = false;
  pthread_mutex_unlock(&log->mutex);
  return goes_on;
}

/* SQLite learns that there is a log by the first read. */
static bool open_log(const char *path, sqlite3 **db) {
  int status;
  *db = bs_sqlite_open(path, SQLITE_OPEN_READWRITE, &status);
  return status == SQLITE_OK && sqlite3_exec(*db, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK;
}

/* An error here is none of the recording's: what was not moved stays in the log, which readers read, too. */
static void *move_pages(void *argument) {
  store_log *log = argument;
  sqlite3 *db = NULL;
  if (open_log(log->path, &db))
    while (wait_for_work(log)) sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  sqlite3_close(db);
  return NULL;
}

static void start(store_log *log) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  log->runs = pthread_create(&log->thread, NULL, move_pages, log) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void tell(store_log *log, bool *what) {
  pthread_mutex_lock(&log->mutex);
  *what = true;
  pthread_cond_signal(&log->changed);
  pthread_mutex_unlock(&log->mutex);
}

/* After each commit: sqlite3_wal_hook. */
static int after_commit(void *argument, sqlite3 *db, const char *name, int pages) {
  store_log *log = argument;
  if (pages < PAGES) return SQLITE_OK;
  if (!log->runs) start(log);
  if (log->runs)
    tell(log, &log->wanted);
  else
    sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  return SQLITE_OK;
}

store_log *store_log_new(sqlite3 *db) {
  store_log *log = bs_calloc(1, sizeof *log);
  log->path = bs_strdup(sqlite3_db_filename(db, "main"));
  pthread_mutex_init(&log->mutex, NULL);
  pthread_cond_init(&log->changed, NULL);
  sqlite3_wal_hook(db, after_commit, log);
  return log;
}

void store_log_free(store_log *log) {
  if (!log) return;
  if (log->runs) {
    tell(log, &log->ending);
    /* blockscan: ignore[lock.join] -- a file is finished: the thread moves the last pages and ends */
    pthread_join(log->thread, NULL);
  }
  pthread_cond_destroy(&log->changed);
  pthread_mutex_destroy(&log->mutex);
  free(log->path);
  free(log);
}
