/* The recorder is nobody's child: neither wait nor SIGCHLD tells of it, not even where the program takes in orphans; it ends with the
 * program, may be stopped and started again, and when it is killed the program goes on. */
#include "api.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static volatile sig_atomic_t children;
static void on_child(int number) {
  (void)number;
  children++;
}

/* The process whose command line is that of the recorder of `pid`; 0 none. */
static pid_t recorder_of(pid_t pid) {
  char wanted[64], line[256], path[300];
  int length = snprintf(wanted, sizeof wanted, "record%c--attach%c%d", 0, 0, (int)pid);
  pid_t found = 0;
  DIR *processes = opendir("/proc");
  for (struct dirent *e; !found && (e = readdir(processes));) {
    snprintf(path, sizeof path, "/proc/%s/cmdline", e->d_name);
    FILE *file = *e->d_name >= '1' && *e->d_name <= '9' ? fopen(path, "r") : NULL;
    if (!file) continue;
    size_t n = fread(line, 1, sizeof line, file);
    fclose(file);
    if (memmem(line, n, wanted, (size_t)length + 1)) found = (pid_t)atoi(e->d_name);
  }
  closedir(processes);
  return found;
}

/* Whether it ends, in a while. */
static int ends(pid_t pid) {
  for (int i = 0; i < 1000 && recorder_of(pid); i++) usleep(10000);
  return !recorder_of(pid);
}

/* The recorder of a program that ends without a word ends, too. */
static void check_end(void) {
  pid_t pid = fork();
  if (pid == 0) {
    start(BS_COUNT);
    BS_NO_STALLS("quick", THRESHOLD, BS_COUNT) quick();
    pause();
  }
  pid_t recorder = 0;
  for (int i = 0; i < 1000 && !(recorder = recorder_of(pid)); i++) usleep(10000);
  CHECK(recorder > 0);
  kill(pid, SIGKILL);
  CHECK(waitpid(pid, NULL, 0) == pid);
  CHECK(ends(pid));
}

int main(void) {
  int status;
  signal(SIGCHLD, on_child);
  CHECK(bs_runtime_stop() == 0);
  CHECK(bs_runtime_start(&(bs_runtime_options){.program = "/not/there"}) == -1);
  CHECK(strstr(bs_runtime_error(), "cannot run blockscan"));
  prctl(PR_SET_CHILD_SUBREAPER, 1L);
  start(BS_COUNT);
  CHECK(!*bs_runtime_error() && recorder_of(getpid()) > 0);
  start(BS_COUNT); /* the same one */
  CHECK(waitpid(-1, &status, 0) == -1 && errno == ECHILD && !children);
  BS_NO_STALLS_CALL("first", THRESHOLD, remember, NULL) held();
  CHECK(stop() == bad && !bs_recorded() && ends(getpid()));
  BS_NO_STALLS_CALL("between", THRESHOLD, remember, NULL) held();
  CHECK(told.calls == 1);

  start(BS_COUNT);
  bs_counts counts;
  bs_runtime_counts(&counts);
  CHECK(counts.scopes == 0);
  BS_NO_STALLS_CALL("second", THRESHOLD, remember, NULL) held();
  CHECK(told.calls == 2 && tells("Scope 'second' stalled") && tells("> held"));
  kill(recorder_of(getpid()), SIGKILL);
  BS_NO_STALLS_CALL("killed", THRESHOLD, remember, NULL) held();
  CHECK(told.calls == 3 && tells("the recorder did not answer"));
  CHECK(bs_runtime_stop() == -1 && *bs_runtime_error());
  start(BS_COUNT);
  BS_NO_STALLS_CALL("third", THRESHOLD, remember, NULL) held();
  CHECK(told.calls == 4 && tells("> held"));
  CHECK(waitpid(-1, &status, 0) == -1 && errno == ECHILD && !children);
  CHECK(stop() == bad);
  check_end();
  return bad != 0;
}
