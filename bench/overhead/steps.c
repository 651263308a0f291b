/* steps COMMAND…: runs it one instruction at a time and says how many there were, as "COUNT instructions" on stderr.
 *
 * callgrind counts everything but the vdso, which valgrind replaces by system calls; this counts the vdso, too. */
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  unsigned long long count = 0;
  int status;
  while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
    int signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    count++;
    if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(long)signal) != 0) break;
  }
  fprintf(stderr, "%llu instructions\n", count);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
