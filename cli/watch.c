/* `blockscan watch`: a scan now, and again whenever a file of the project is saved. Each scan is a process of
 * its own, as `blockscan scan` with the same options, so that what it reads is what a scan reads; this one
 * only waits, for inotify, for the scan's end, and for a signal that ends it. */
#include "cli/scan.h"

#include "analyzer/frontend/language.h"
#include "base/path.h"
#include "base/visible.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTLE_MS = 80 /* editors save in several steps */ };
enum { SAVED = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE, FOLDER = IN_CREATE | IN_ONLYDIR };

typedef struct watching {
  const scan_places *places;
  char **command;
  int changes, signals, ended; /* inotify, signalfd, and the scan's pidfd or -1 */
  pid_t scan; /* 0: none runs */
  int code; /* of the last one that ended */
  bool again, full; /* full: the system's limit of watched folders was met */
  bool found; /* a folder that was added has a file that a scan reads */
  BS_VEC(char *) folders; /* by watch descriptor */
} watching;

/* Whether a scan reads a file of this name: a source, a header, the database, a configuration. */
static bool matters(const watching *w, const char *name) {
  if (!strcmp(name, ".blockscan.yaml") || !strcmp(name, bs_path_basename(w->places->database))) return true;
  return name[0] != '.' && (language_of_file(name) != LANGUAGE_OTHER || language_is_header(name));
}

/* ---- folders ---- */

/* Hidden folders, and what CMake leaves beside its objects, hold nothing that a scan reads. */
static bool is_looked_into(const char *name) { return *name != '.' && strcmp(name, "CMakeFiles") != 0; }

/* Watches a folder and those below it; `how` is IN_DONT_FOLLOW for these: links lead where others are
 * watched, or outside. False when it cannot be watched. */
static bool add_folder(watching *w, const char *path, uint32_t how) {
  int id = inotify_add_watch(w->changes, path, SAVED | FOLDER | how);
  if (id < 0) {
    w->full |= errno == ENOSPC;
    return false;
  }
  while (w->folders.count <= (uint32_t)id) *bs_vec_push(&w->folders) = NULL;
  free(w->folders.items[id]);
  w->folders.items[id] = bs_strdup(path);
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    bs_arena arena = {0};
    w->found |= entry->d_type != DT_DIR && matters(w, entry->d_name);
    if ((entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) && is_looked_into(entry->d_name))
      add_folder(w, bs_arena_printf(&arena, "%s/%s", path, entry->d_name), IN_DONT_FOLLOW);
    bs_arena_fini(&arena);
  }
  if (folder) closedir(folder);
  return true;
}

static void watch_folders(watching *w) {
  bs_arena arena = {0};
  const char *const tops[] = {w->places->root, bs_path_dirname(&arena, w->places->database)};
  for (int i = 0; i < 2; i++)
    if (!add_folder(w, tops[i], 0) && !w->full)
      visible_say("%s is not watched: %s", tops[i], strerror(errno));
  if (w->full)
    visible_say("not all folders are watched: the system's limit (fs.inotify.max_user_watches) is reached");
  bs_arena_fini(&arena);
}

/* ---- changes ---- */

/* Takes what inotify has to say; returns a name that matters, or NULL. Lives as long as the arena. */
static const char *take_changes(watching *w, bs_arena *arena) {
  _Alignas(struct inotify_event) char events[16384];
  const char *saved = NULL;
  ssize_t n;
  while ((n = read(w->changes, events, sizeof events)) > 0) {
    for (ssize_t at = 0; at < n;) {
      const struct inotify_event *e = (const struct inotify_event *)(events + at);
      at += (ssize_t)sizeof *e + e->len;
      const char *folder = e->wd >= 0 && (uint32_t)e->wd < w->folders.count ? w->folders.items[e->wd] : NULL;
      if (e->mask & IN_Q_OVERFLOW) saved = "much";
      if (!e->len || !folder) continue;
      const char *path = bs_arena_printf(arena, "%s/%s", folder, e->name);
      w->found = false; /* files may be there before the folder is watched */
      if (e->mask & IN_ISDIR && e->mask & (IN_CREATE | IN_MOVED_TO) && is_looked_into(e->name))
        add_folder(w, path, IN_DONT_FOLLOW);
      if (w->found) saved = bs_path_relative(w->places->root, path);
      if (!(e->mask & IN_ISDIR) && e->mask & SAVED && matters(w, e->name))
        saved = bs_path_relative(w->places->root, path);
    }
  }
  return saved;
}

/* ---- scans ---- */

static void begin_scan(watching *w) {
  extern char **environ;
  posix_spawnattr_t how;
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigmask(&how, &none);
  int problem = posix_spawn(&w->scan, "/proc/self/exe", NULL, &how, w->command, environ);
  posix_spawnattr_destroy(&how);
  if (problem) {
    w->scan = 0;
    w->code = EXIT_ERROR;
    visible_say("cannot scan: %s", strerror(problem));
    return;
  }
  w->ended = (int)syscall(SYS_pidfd_open, w->scan, 0);
}

static void end_scan(watching *w) {
  int status = 0;
  /* blockscan: ignore[process.waitpid] -- its pidfd has said that it ended, or it was told to */
  while (waitpid(w->scan, &status, 0) < 0 && errno == EINTR) {
  }
  if (w->ended >= 0) close(w->ended);
  w->ended = -1;
  w->scan = 0;
  if (w->again) return;
  w->code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_INCOMPLETE;
  visible_say("waiting for changes");
}

/* A scan of what has changed since is given up. */
static void rescan(watching *w) {
  bs_arena arena = {0};
  const char *saved = take_changes(w, &arena);
  struct pollfd more[] = {{.fd = w->changes, .events = POLLIN}, {.fd = w->signals, .events = POLLIN}};
  /* blockscan: ignore[wait.poll] -- what is saved together is one change; ends with the first pause */
  while (saved && poll(more, 2, SETTLE_MS) > 0 && !more[1].revents)
    if (!take_changes(w, &arena)) break; /* nothing that a scan reads */
  if (saved) visible_say("%s was saved", saved);
  if (saved && w->scan) {
    w->again = true;
    kill(w->scan, SIGTERM);
  } else if (saved) {
    begin_scan(w);
  }
  bs_arena_fini(&arena);
}

static void wait_for_changes(watching *w) {
  begin_scan(w);
  for (;;) {
    struct pollfd watched[] = {{.fd = w->signals, .events = POLLIN},
                               {.fd = w->changes, .events = POLLIN},
                               {.fd = w->ended, .events = POLLIN}};
    if (poll(watched, 3, -1) < 0 && errno != EINTR) break;
    if (watched[0].revents) break;
    if (watched[2].revents) {
      bool again = w->again;
      end_scan(w);
      w->again = false;
      if (again) begin_scan(w);
    }
    if (watched[1].revents) rescan(w);
  }
  if (!w->scan) return;
  w->again = true; /* its code tells nothing */
  kill(w->scan, SIGTERM);
  end_scan(w);
}

/* `scan` with the same words. */
static char **scan_command(bs_arena *arena, int argc, char **argv) {
  char **command = bs_arena_alloc(arena, ((size_t)argc + 2) * sizeof *command);
  command[0] = bs_arena_strdup(arena, "blockscan");
  command[1] = bs_arena_strdup(arena, "scan");
  for (int i = 1; i < argc; i++) command[i + 1] = argv[i];
  return command;
}

static int run(int argc, char **argv) {
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  scan_places places = {0};
  sigset_t ends;
  watching w = {.places = &places, .ended = -1, .code = EXIT_ERROR};
  w.command = scan_command(&arena, argc, argv);
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGHUP);
  if (!cli_scan_places(argc, argv, &arena, &places, &error)) {
    w.code = cli_fail(&error);
  } else {
    alarm(0); /* --timeout is of each scan */
    sigprocmask(SIG_BLOCK, &ends, NULL);
    w.signals = signalfd(-1, &ends, SFD_CLOEXEC);
    w.changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w.changes < 0 || w.signals < 0) {
      bs_error_set(&error, "cannot watch %s: %s", places.root, strerror(errno));
      cli_fail(&error);
    } else {
      watch_folders(&w);
      wait_for_changes(&w);
    }
    if (w.changes >= 0) close(w.changes);
    if (w.signals >= 0) close(w.signals);
  }
  for (uint32_t i = 0; i < w.folders.count; i++) free(w.folders.items[i]);
  bs_vec_fini(&w.folders);
  bs_error_fini(&error);
  bs_arena_fini(&arena);
  return w.code;
}

const cli_verb cli_verb_watch = {
    .name = "watch",
    .summary = "scan again whenever a file of the project is saved",
    .group = "Analysis",
    .argp = &cli_watch_argp,
    .run = run,
};
