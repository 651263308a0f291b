/* The file of a recording: what is written is read back through the views, nothing is stored twice, and files
 * that are no recording, or half of one, are refused with a sentence. */
#include "runtime-check/collect/collect.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/blockscan-store-XXXXXX";

static const char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command); // NOLINT(cert-env33-c)
}

/* The first column of the first row as text; "" for none. Valid until the next call. */
static const char *ask(const store *s, const char *sql) {
  static char answer[4096];
  sqlite3_stmt *st;
  if (sqlite3_prepare_v2(store_database(s), sql, -1, &st, NULL) != SQLITE_OK)
    fail_msg("%s", sqlite3_errmsg(store_database(s)));
  const char *text = sqlite3_step(st) == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
  snprintf(answer, sizeof answer, "%s", text ? text : "");
  sqlite3_finalize(st);
  return answer;
}

static store *create(const char *path) {
  bs_error error = BS_ERROR_INIT;
  store *s = store_create(path, &error);
  if (!s) fail_msg("%s", error.text.text);
  bs_error_fini(&error);
  return s;
}

static store *reopen(const char *path) {
  bs_error error = BS_ERROR_INIT;
  store *s = store_open(path, &error);
  if (!s) fail_msg("%s", error.text.text);
  bs_error_fini(&error);
  return s;
}

static void assert_refused(const char *path, const char *why) {
  bs_error error = BS_ERROR_INIT;
  store *s = store_open(path, &error);
  assert_null(s);
  if (!strstr(error.text.text, why)) fail_msg("'%s' does not say '%s'", error.text.text, why);
  bs_error_fini(&error);
}

static int64_t fill_begin(store *s) {
  int64_t session = store_session(s, (const char *[]){"./server", "-v", NULL}, 1700000000000000000, 10000000);
  return store_loop(s, store_process(s, session, 42, "/bin/server"), 43, "main", "libuv");
}

static __attribute__((noinline)) uint64_t here(void) {
  return (uint64_t)(uintptr_t)__builtin_return_address(0);
}

/* A recording of this process: one loop, one stall with two samples of one stack. */
static void fill(store *s) {
  int64_t loop = fill_begin(s);
  tracee *t = tracee_new(getpid());
  stack st = {.pc = {here()}, .count = 1};
  int64_t id = store_stack(s, 1, &st, t);
  assert_int_not_equal(id, 0);
  assert_int_equal(store_stack(s, 1, &st, t), id);
  const observed_stall stall = {.start_ns = 5000000,
                                .duration_ns = 212000000,
                                .cpu_ns = 1000000,
                                .kind = "off-cpu",
                                .ended = true,
                                .api = "fsync",
                                .scope = "reload"};
  int64_t stall_id = store_stall_add(s, loop, &stall);
  store_sample_add(s, stall_id, &(observed_sample){15000000, (uint64_t)id, "fsync"});
  store_sample_add(s, stall_id, &(observed_sample){35000000, (uint64_t)id, NULL});
  store_stall_call_add(s, stall_id, "fsync", 2, 7000000);
  store_stall_call_add(s, stall_id, "fsync", 1, 200000000);
  const observed_scope scope = {.thread = 44,
                                .name = "reload",
                                .start_ns = 6000000,
                                .duration_ns = 210000000,
                                .threshold_ns = 20000000,
                                .outcome = "stalled",
                                .api = "fsync"};
  store_scope_sample_add(s, store_scope_add(s, 1, 0, &scope),
                         &(observed_sample){20000000, (uint64_t)id, NULL});
  uint64_t times[LAYOUT_CALL_BUCKETS] = {0};
  times[layout_call_bucket(6000000)] = 2;
  int64_t call = store_call_add(s, loop, "fsync", false, st.pc[0], t);
  store_call_update(s, call, &(store_call_totals){2, 12000000, 6000000, 0, times});
  times[layout_call_bucket(200000000)] = 1;
  store_call_update(s, call, &(store_call_totals){3, 212000000, 200000000, id, times});
  uint64_t histogram[LAYOUT_BUCKETS] = {0};
  histogram[layout_bucket(2000)] = 98;
  histogram[layout_bucket(212000000)] = 2;
  store_loop_update(s, loop, &(store_loop_totals){100, 300000000, 1, 212000000, 0, histogram, 0, 0, "libuv"});
  store_loop_update(s, loop, &(store_loop_totals){100, 300000000, 1, 212000000, 7, histogram, 5, id, ""});
  store_stack_mark(s, id, NULL, &(store_frame){0, 0});
  store_stall_remove(s, store_stall_add(s, loop, &stall));
  store_session_end(s, 1, 300000000);
  store_note(s, 1, 1, "one process refused");
  tracee_free(t);
}

static void test_round_trip(void **state) {
  (void)state;
  const char *path = in_folder("round.db");
  store *s = create(path);
  fill(s);
  symbols *names = symbols_new(NULL);
  store_symbolise(s, names);
  symbols_free(names);
  assert_null(store_error(s));
  store_close(s);
  s = reopen(path);
  assert_string_equal(ask(s, "SELECT count(*) FROM stacks"), "1");
  assert_string_equal(ask(s, "SELECT count(*) FROM addresses"), "1");
  assert_string_equal(ask(s, "SELECT pid || ' ' || tid || ' ' || library || ' ' || duration_ms || ' ' || "
                             "kind || ' ' || hook || ' ' ||"
                             " ended || ' ' || samples FROM v_stalls"),
                      "42 43 libuv 212.0 off-cpu fsync 1 2");
  assert_non_null(strstr(ask(s, "SELECT stack FROM v_stalls"), "fill"));
  assert_string_equal(ask(s, "SELECT scope FROM v_stalls"), "reload");
  assert_string_equal(
      ask(s, "SELECT pid || ' ' || tid || ' ' || name || ' ' || start_ms || ' ' || duration_ms || ' ' "
             "|| threshold_ms || ' ' || outcome || ' ' || hook FROM v_scopes"),
      "42 44 reload 6.0 210.0 20.0 stalled fsync");
  assert_non_null(strstr(ask(s, "SELECT stack FROM v_scopes"), "fill"));
  assert_string_equal(
      ask(s, "SELECT hook || ' ' || caller || ' ' || count || ' ' || total_ms || ' ' || max_ms FROM v_calls"),
      "fsync fill 3 212.0 200.0");
  assert_string_equal(
      ask(s, "SELECT p50_us BETWEEN 5000 AND 6000 AND p99_us BETWEEN 160000 AND 200000 FROM v_calls"), "1");
  assert_non_null(strstr(ask(s, "SELECT stack FROM v_calls"), "fill"));
  assert_string_equal(ask(s, "SELECT culprit || ifnull(callback, ' none') FROM v_stalls"), "fill none");
  assert_string_equal(ask(s, "SELECT unplaced_calls || ' ' || wait_stack_id FROM loops"), "5 1");
  assert_string_equal(ask(s, "SELECT library FROM loops"), "libuv"); /* a later "" leaves it */
  assert_string_equal(ask(s, "SELECT duration_ns || ' ' || text FROM sessions JOIN notes ON session_id = id"),
                      "300000000 one process refused");
  assert_string_equal(ask(s, "SELECT iterations || ' ' || busy_ms || ' ' || dropped || ' ' || stalls || ' ' "
                             "|| p50_us FROM v_loops"),
                      "100 300.0 7 1 1.92");
  assert_true(atof(ask(s, "SELECT p99_us FROM v_loops")) > 180000);
  assert_string_equal(ask(s, "SELECT command FROM sessions"), "[\"./server\",\"-v\"]");
  assert_string_equal(ask(s, "SELECT sum(count) FROM loop_histogram"), "100");
  assert_string_equal(ask(s, "SELECT sum(count) FROM call_histogram"), "3");
  assert_string_equal(ask(s, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
  store_close(s);
}

/* What proved to be no loop goes with its rows; a scope that ran in it stays, in no loop. */
static void test_a_removed_loop_leaves_its_scope(void **state) {
  (void)state;
  store *s = create(in_folder("removed.db"));
  fill(s);
  int64_t loop = store_loop(s, 1, 43, "main", "libuv");
  store_scope_add(s, 1, loop, &(observed_scope){.thread = 43, .name = "within", .outcome = "stalled"});
  store_stall_add(s, loop, &(observed_stall){.duration_ns = 1, .kind = "off-cpu"});
  store_loop_remove(s, loop);
  assert_null(store_error(s));
  assert_string_equal(ask(s, "SELECT count(*) FROM loops"), "1");
  assert_string_equal(ask(s, "SELECT count(*) || ' ' || count(loop_id) FROM scopes WHERE name = 'within'"),
                      "1 0");
  assert_string_equal(ask(s, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
  store_close(s);
}

/* Each bucket begins where the one before it ends, and is no wider than a quarter of where it begins. */
static void test_call_buckets(void **state) {
  (void)state;
  assert_int_equal(layout_call_bucket_ns(0), 0);
  for (uint32_t i = 0; i + 1 < LAYOUT_CALL_BUCKETS; i++) {
    uint64_t low = layout_call_bucket_ns(i), next = layout_call_bucket_ns(i + 1);
    assert_int_equal(layout_call_bucket(low), i);
    assert_int_equal(layout_call_bucket(next - 1), i);
    assert_true(next - low == 256 || next - low <= low / 4 + 256);
  }
  assert_int_equal(layout_call_bucket(UINT64_MAX), LAYOUT_CALL_BUCKETS - 1);
}

static void test_deep_stack_keeps_its_depths(void **state) {
  (void)state;
  store *s = create(in_folder("deep.db"));
  stack st = {.count = STACK_FRAMES_MAX, .omitted = 1000, .cut = true};
  for (uint32_t i = 0; i < st.count; i++) st.pc[i] = 1000 + i % 3;
  int64_t id = store_stack(s, 1, &st, NULL);
  assert_int_not_equal(id, 0);
  st.omitted = 1001;
  assert_int_not_equal(store_stack(s, 1, &st, NULL), id);
  assert_string_equal(ask(s, "SELECT max(depth) FROM stack_addresses WHERE stack_id = 1"), "1255");
  assert_string_equal(ask(s, "SELECT count(*) FROM addresses"), "3");
  assert_string_equal(ask(s, "SELECT omitted || ' ' || cut FROM stacks WHERE id = 1"), "1000 1");
  store_close(s);
}

static void test_an_earlier_recording_is_replaced_and_nothing_else(void **state) {
  (void)state;
  const char *path = in_folder("again.db");
  store *s = create(path);
  fill(s);
  store_close(s);
  s = create(path);
  assert_string_equal(ask(s, "SELECT count(*) FROM stalls"), "0");
  store_close(s);

  path = in_folder("letter.txt");
  FILE *file = fopen(path, "w");
  fputs("dear reader", file);
  fclose(file);
  bs_error error = BS_ERROR_INIT;
  assert_null(store_create(path, &error));
  assert_non_null(strstr(error.text.text, "was not overwritten"));
  bs_error_fini(&error);
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_size, 11);
}

static void run_sql(const char *path, const char *sql) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
}

static void test_foreign_files_are_refused(void **state) {
  (void)state;
  assert_refused(in_folder("absent.db"), "No such file");
  assert_refused(folder, "not a recording");
  run_sql(in_folder("other.db"), "CREATE TABLE t (x)");
  assert_refused(in_folder("other.db"), "not a recording");
  store_close(create(in_folder("newer.db")));
  run_sql(in_folder("newer.db"), "PRAGMA user_version = 99");
  assert_refused(in_folder("newer.db"), "newer blockscan (schema 99");
  run_sql(in_folder("newer.db"), "PRAGMA user_version = 0");
  assert_refused(in_folder("newer.db"), "older blockscan");
}

static void write_bytes(const char *path, const char *bytes, size_t length) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes, length), length);
  close(fd);
}

static void test_garbage_and_truncated_files_are_refused(void **state) {
  (void)state;
  const char *path = in_folder("whole.db");
  store *s = create(path);
  fill(s);
  store_close(s);
  bs_strbuf bytes = BS_STRBUF_INIT;
  assert_int_equal(bs_strbuf_read_file(&bytes, path), 0);
  path = in_folder("part.db");
  const size_t lengths[] = {0,
                            1,
                            15,
                            16,
                            60,
                            99,
                            100,
                            512,
                            4095,
                            4096,
                            4097,
                            8192,
                            bytes.length / 2,
                            bytes.length - 4096,
                            bytes.length - 1};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    write_bytes(path, bytes.text, lengths[i]);
    bs_error error = BS_ERROR_INIT;
    s = store_open(path, &error);
    if (s) fail_msg("opened %zu of %zu bytes", lengths[i], bytes.length);
    assert_true(error.text.length > 0);
    bs_error_fini(&error);
  }
  for (size_t i = 0; i < bytes.length; i++) bytes.text[i] = (char)(i * 2654435761U >> 13);
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    write_bytes(path, bytes.text, lengths[i]);
    assert_refused(path, "not a recording");
  }
  bs_strbuf_fini(&bytes);
}

/* A recorder that is killed leaves what it had committed. */
static void test_killed_recorder_leaves_a_valid_file(void **state) {
  (void)state;
  const char *path = in_folder("killed.db");
  pid_t child = fork();
  if (child == 0) {
    store *s = store_create(path, NULL);
    if (s) {
      int64_t loop = fill_begin(s);
      const observed_stall stall = {.duration_ns = 1, .kind = "on-cpu"};
      store_stall_add(s, loop, &stall);
      store_flush(s);
      store_stall_add(s, loop, &stall);
    }
    kill(getpid(), SIGKILL);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  store *s = reopen(path);
  assert_string_equal(ask(s, "SELECT count(*) FROM v_stalls"), "1");
  assert_string_equal(ask(s, "PRAGMA journal_mode"), "wal");
  store_close(s);
}

static long size_of(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

/* The log is moved into the database while the recording goes on: neither does it grow for ever, nor does a
 * commit do it. */
static void test_log_is_moved(void **state) {
  (void)state;
  const char *path = in_folder("log.db");
  store *s = store_create(path, NULL);
  assert_non_null(s);
  long before = size_of(path);
  int64_t loop = fill_begin(s);
  const observed_stall stall = {.duration_ns = 1, .kind = "on-cpu"};
  for (int round = 0; round < 1000 && size_of(path) <= before + 100000; round++) {
    for (int i = 0; i < 4000; i++) store_stall_add(s, loop, &stall);
    store_flush(s);
    if (round > 10) usleep(10000);
  }
  assert_true(size_of(path) > before + 100000);
  assert_null(store_error(s));
  store_close(s);
}

/* A full disk, played by the largest file that the process may write: the error is kept, losses are counted,
 * nothing crashes, and what was written before can be read. */
static void test_full_disk(void **state) {
  (void)state;
  const char *path = in_folder("full.db");
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    store *s = store_create(path, NULL);
    if (!s) _exit(2);
    int64_t loop = fill_begin(s);
    const observed_stall stall = {.duration_ns = 1, .kind = "on-cpu"};
    store_stall_add(s, loop, &stall);
    store_flush(s);
    struct rlimit limit = {300000, 300000};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 20000; i++) {
      store_stall_add(s, loop, &stall);
      if (i % 100 == 0) store_flush(s);
    }
    int good = store_error(s) && store_lost(s) > 0 ? 0 : 3;
    store_close(s);
    _exit(good);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  store *s = reopen(path);
  assert_true(atoi(ask(s, "SELECT count(*) FROM stalls")) >= 1);
  store_close(s);
}

static void test_a_read_recording_takes_no_writes(void **state) {
  (void)state;
  const char *path = in_folder("read.db");
  store_close(create(path));
  store *s = reopen(path);
  assert_int_equal(fill_begin(s), 0);
  assert_null(store_error(s));
  store_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_a_removed_loop_leaves_its_scope),
      cmocka_unit_test(test_call_buckets),
      cmocka_unit_test(test_deep_stack_keeps_its_depths),
      cmocka_unit_test(test_an_earlier_recording_is_replaced_and_nothing_else),
      cmocka_unit_test(test_foreign_files_are_refused),
      cmocka_unit_test(test_garbage_and_truncated_files_are_refused),
      cmocka_unit_test(test_killed_recorder_leaves_a_valid_file),
      cmocka_unit_test(test_log_is_moved),
      cmocka_unit_test(test_full_disk),
      cmocka_unit_test(test_a_read_recording_takes_no_writes),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
