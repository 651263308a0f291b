/* BS_LOG writes the stall to stderr, BS_ABORT aborts after that; neither without a stall. */
#include "api.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char text[8192];

/* Runs it in a child of fork, which the same recorder watches; its status. What it wrote to stderr is in `text`. */
static int in_child(void (*run)(void)) {
  int ends[2], status = -1;
  if (pipe(ends) != 0) abort();
  pid_t pid = fork();
  if (pid == 0) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    dup2(ends[1], STDERR_FILENO);
    run();
    _exit(0);
  }
  close(ends[1]);
  size_t length = 0;
  for (ssize_t n; (n = read(ends[0], text + length, sizeof text - 1 - length)) > 0;) length += (size_t)n;
  text[length] = 0;
  close(ends[0]);
  CHECK(waitpid(pid, &status, 0) == pid);
  return status;
}

static void log_quick(void) { BS_NO_STALLS("logged", THRESHOLD, BS_LOG) quick(); }
static void log_held(void) { BS_NO_STALLS("logged", THRESHOLD, BS_LOG) held(); }
static void abort_quick(void) { BS_NO_STALLS("aborted", THRESHOLD, BS_ABORT) quick(); }
static void abort_held(void) { BS_NO_STALLS("aborted", THRESHOLD, BS_ABORT) held(); }

int main(void) {
  start(BS_COUNT);
  CHECK(in_child(log_quick) == 0 && !*text);
  CHECK(in_child(log_held) == 0 && strstr(text, "Scope 'logged' stalled") && strstr(text, "> held"));
  CHECK(in_child(abort_quick) == 0 && !*text);
  int status = in_child(abort_held);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  CHECK(strstr(text, "Scope 'aborted' stalled") && strstr(text, "> held"));
  return stop();
}
