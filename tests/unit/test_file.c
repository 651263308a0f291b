/* Files that are written whole or not at all: a process without memory leaves no temporary file behind, and a child by fork takes none of
 * its parent's away. */
#include "base/file.h"
#include "base/mem.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static size_t files_in_folder(void) {
  glob_t found;
  size_t count = glob("*", 0, NULL, &found) == 0 ? found.gl_pathc : 0;
  globfree(&found);
  return count;
}

static int enter_folder(void **state) {
  static char name[] = "/tmp/blockscan-test-XXXXXX";
  *state = mkdtemp(name);
  return !*state || chdir(name) != 0;
}

static int leave_folder(void **state) {
  unlink("report");
  return chdir("/") != 0 || rmdir(*state) != 0;
}

/* Runs in a child that ends with exit code 2. */
static void without_memory(void (*first)(bs_file_writer *), bs_file_writer *writer) {
  pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    if (first) first(writer);
    bs_out_of_memory();
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

static void begin(bs_file_writer *writers) {
  if (!bs_file_open(writers, "report", NULL) || files_in_folder() != 1) _exit(1);
}

static void begin_three_and_end_one(bs_file_writer *writers) {
  for (int i = 0; i < 3; i++)
    if (!bs_file_open(&writers[i], "report", NULL)) _exit(1);
  if (bs_file_close(&writers[1], false, NULL) || files_in_folder() != 2) _exit(1);
}

static void no_memory_leaves_no_file(void **state) {
  (void)state;
  bs_file_writer writer;
  without_memory(begin, &writer);
  assert_int_equal(files_in_folder(), 0);
  without_memory(NULL, NULL);
  assert_int_equal(files_in_folder(), 0);
}

static void each_of_several_goes(void **state) {
  (void)state;
  bs_file_writer writers[3];
  without_memory(begin_three_and_end_one, writers);
  assert_int_equal(files_in_folder(), 0);
}

static void a_child_takes_nothing_away(void **state) {
  (void)state;
  bs_file_writer writer;
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_adds(&text, "whole\n");
  assert_true(bs_file_open(&writer, "report", NULL));
  without_memory(NULL, NULL);
  assert_int_equal(files_in_folder(), 1);
  assert_true(bs_file_add(&writer, &text, NULL));
  assert_true(bs_file_close(&writer, true, NULL));
  without_memory(NULL, NULL);
  assert_int_equal(access("report", R_OK), 0);
  assert_int_equal(files_in_folder(), 1);
  bs_strbuf_fini(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_memory_leaves_no_file),
      cmocka_unit_test(each_of_several_goes),
      cmocka_unit_test(a_child_takes_nothing_away),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
