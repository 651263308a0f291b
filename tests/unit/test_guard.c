/* A mapping whose pages go away under the reader: they read as zeros, and the reader learns of it. What is not guarded ends the
 * process as ever. */
#include "runtime-check/collect/guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 1 << 16 };

static char *map(int *fd) {
  *fd = memfd_create("guarded", 0);
  assert_int_equal(ftruncate(*fd, SIZE), 0);
  char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
  assert_ptr_not_equal(memory, MAP_FAILED);
  memset(memory, 'x', SIZE);
  return memory;
}

static void pages_that_go_read_as_zeros(void **state) {
  (void)state;
  int fds[2];
  char *memory[] = {map(&fds[0]), map(&fds[1])};
  guard guards[2];
  for (int i = 0; i < 2; i++) guard_add(&guards[i], memory[i], SIZE);
  assert_int_equal(ftruncate(fds[0], 0), 0);
  for (size_t i = 0; i < SIZE; i += 512) assert_int_equal(((volatile char *)memory[0])[i], 0);
  ((volatile char *)memory[0])[SIZE - 1] = 'y';
  assert_true(guards[0].broken);
  assert_false(guards[1].broken);
  assert_int_equal(memory[1][SIZE - 1], 'x');
  for (int i = 0; i < 2; i++) {
    guard_remove(&guards[i]);
    munmap(memory[i], SIZE);
    close(fds[i]);
  }
}

/* In a child, before this process has a handler of its own. */
static void others_end_the_process(void **state) {
  (void)state;
  int status;
  pid_t child = fork();
  if (child == 0) {
    int fd;
    guard g;
    char *memory = map(&fd);
    guard_add(&g, memory, SIZE);
    guard_remove(&g);
    if (ftruncate(fd, 0) != 0) _exit(1);
    _exit(((volatile char *)memory)[0]);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(others_end_the_process),
                                     cmocka_unit_test(pages_that_go_read_as_zeros)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
