/* Starts the program that is recorded: its own environment, with the library preloaded and the
 * socket's descriptor named. */
#include "runtime-check/collect/recording.h"

#include "base/path.h"
#include "runtime-check/shared/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The library lies beside the program (a build folder) or in ../lib/blockscan/runtime (an installation). */
static char *find_preload(bs_arena *arena, const char *given, bs_error *error) {
  static const char *const places[] = {"", "/../lib/blockscan/runtime"};
  if (given) {
    char *path = realpath(given, NULL);
    if (!path) bs_error_set(error, "cannot find %s: %s", given, strerror(errno));
    return path;
  }
  char self[4096];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  self[n > 0 ? n : 0] = 0;
  const char *folder = bs_path_dirname(arena, self);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    char *path = realpath(bs_arena_printf(arena, "%s%s/libblockscan.so", folder, places[i]), NULL);
    if (path) return path;
  }
  bs_error_set(error, "cannot find libblockscan.so in %s or %s/../lib/blockscan/runtime", folder, folder);
  return NULL;
}

/* The file that execvp would run, or NULL. */
static char *find_program(bs_arena *arena, const char *name) {
  if (strchr(name, '/')) return bs_arena_strdup(arena, name);
  const char *path = getenv("PATH");
  for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
    size_t length = strcspn(p, ":");
    char *file = bs_arena_printf(arena, "%.*s/%s", length ? (int)length : 1, length ? p : ".", name);
    if (access(file, X_OK) == 0) return file;
    p += length + (p[length] == ':');
  }
  return NULL;
}

/* A shared AddressSanitizer ends a program whose first library is another one, unless it is told not to look.
 * What the program itself starts may be built with it, too, so this does not depend on the program; its own
 * options come after, and stand. */
static void set_sanitizer_options(bs_strbuf *text) {
  const char *own = getenv("ASAN_OPTIONS");
  bs_strbuf_clear(text);
  bs_strbuf_addf(text, "verify_asan_link_order=0%s%s", own && *own ? ":" : "", own ? own : "");
  setenv("ASAN_OPTIONS", text->text, 1);
}

/* What the program finds in its environment beside its own. A library that was preloaded already stays in
 * front: the sanitizers' must be the first. */
static void set_environment(const recording *r, const char *preload) {
  struct stat st;
  bs_strbuf text = BS_STRBUF_INIT;
  fstat(r->handed_down, &st);
  fcntl(r->handed_down, F_SETFD, 0); /* the one descriptor that the program inherits */
  bs_strbuf_addf(&text, "%d:%llu:%llu", r->handed_down, (unsigned long long)st.st_ino,
                 (unsigned long long)r->options.threshold_ns);
  setenv(ATTACH_VARIABLE, text.text, 1);
  const char *others = getenv("LD_PRELOAD");
  bs_strbuf_clear(&text);
  bs_strbuf_addf(&text, "%s%s%s", others ? others : "", others && *others ? ":" : "", preload);
  setenv("LD_PRELOAD", text.text, 1);
  set_sanitizer_options(&text);
  bs_strbuf_fini(&text);
}

/* Whom a service manager means by its number is the program: sd_listen_fds(3), sd_watchdog_enabled(3). */
static void take_over_service(void) {
  static const char *const names[] = {"LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID"};
  char number[24];
  snprintf(number, sizeof number, "%d", (int)getpid());
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *meant = getenv(names[i]);
    if (meant && atoi(meant) == (int)getppid()) setenv(names[i], number, 1);
  }
}

/* Tells the service manager that the program is the service: it listens to the main process only, as a rule
 * (sd_notify(3)). A recorder that the service started for something else is not that process. */
static void announce_program(pid_t program) {
  const char *path = getenv("NOTIFY_SOCKET"), *main_process = getenv("SYSTEMD_EXEC_PID");
  if (main_process && atoi(main_process) != (int)getpid()) return;
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  char text[48];
  size_t length = path ? strlen(path) : 0;
  if (length < 2 || length >= sizeof to.sun_path || (*path != '/' && *path != '@')) return;
  memcpy(to.sun_path, path, length);
  if (*path == '@') to.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int written = snprintf(text, sizeof text, "MAINPID=%d", (int)program);
  if (fd < 0) return;
  sendto(fd, text, (size_t)written, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to,
         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
  close(fd);
}

/* In the child: becomes the program, or tells why not. */
_Noreturn static void become(const recording *r, const char *preload, char *const *command, int tell) {
  sigprocmask(SIG_SETMASK, &r->mask, NULL);
  if (r->kind != EXECUTABLE_MUSL) set_environment(r, preload);
  take_over_service();
  execvp(command[0], command);
  int problem = errno;
  if (write(tell, &problem, sizeof problem) < 0) _exit(126);
  _exit(127);
}

bool launch_start(recording *r, char *const *command, bs_error *error) {
  bs_arena arena = {0};
  int tell[2] = {-1, -1}, problem = 0;
  bool good = false;
  char *preload = find_preload(&arena, r->options.preload, error);
  if (!preload) goto out;
  r->kind = executable_kind_of(find_program(&arena, command[0]));
  if (pipe2(tell, O_CLOEXEC) != 0) {
    bs_error_set(error, "cannot make a pipe: %s", strerror(errno));
    goto out;
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1L);
  pid_t pid = fork();
  if (pid == 0) become(r, preload, command, tell[1]);
  if (pid < 0) {
    bs_error_set(error, "cannot start a process: %s", strerror(errno));
    goto out;
  }
  r->program = pid;
  close(r->handed_down); /* when all who have it are gone, no offer can come */
  r->handed_down = -1;
  close(tell[1]);
  tell[1] = -1;
  ssize_t n;
  while ((n = read(tell[0], &problem, sizeof problem)) < 0 && errno == EINTR) {
  }
  good = n != (ssize_t)sizeof problem;
  if (!good) bs_error_set(error, "cannot run %s: %s", command[0], strerror(problem));
  if (good) announce_program(pid);
out:
  for (int i = 0; i < 2; i++)
    if (tell[i] >= 0) close(tell[i]);
  free(preload);
  bs_arena_fini(&arena);
  return good;
}

int launch_signals(recording *r, bs_error *error) {
  sigset_t set;
  sigemptyset(&set);
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&set, numbers[i]);
  sigprocmask(SIG_BLOCK, &set, &r->mask);
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) bs_error_set(error, "cannot wait for signals: %s", strerror(errno));
  return fd;
}
