#include "evidence/git.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file in memory that holds the text, at its beginning; -1 when there is none. */
static int memory_file(const bs_strbuf *text) {
  int fd = memfd_create("blockscan-git", MFD_CLOEXEC);
  for (size_t done = 0; fd >= 0 && text && done < text->length;) {
    ssize_t n = write(fd, text->text + done, text->length - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  if (fd >= 0) lseek(fd, 0, SEEK_SET);
  return fd;
}

static void read_back(int fd, bs_strbuf *text) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  bs_strbuf_read_file(text, path);
}

static void run_in_child(const git_repository *git, const git_command *command, const char *const *words,
                         const int fds[3]) {
  for (int i = 0; i < 3; i++) dup2(fds[i], i);
  if (git->folder) {
    setenv("GIT_DIR", git->folder, 1);
    setenv("GIT_WORK_TREE", git->top, 1);
  }
  if (command->index) setenv("GIT_INDEX_FILE", command->index, 1);
  setenv("GIT_OPTIONAL_LOCKS", "0", 1); /* only looks */
  setenv("LC_ALL", "C", 1);
  if (!git->top || chdir(git->top) == 0) execvp("git", (char *const *)(uintptr_t)words);
  dprintf(2, "cannot run git: %s\n", strerror(errno));
  _exit(127);
}

static bool has_succeeded(pid_t child) {
  int status = -1;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool git_run(const git_repository *git, const git_command *command, bs_strbuf *output, bs_error *error) {
  BS_VEC(const char *) words = {0};
  *bs_vec_push(&words) = "git";
  for (uint32_t i = 0; command->arguments[i]; i++) *bs_vec_push(&words) = command->arguments[i];
  *bs_vec_push(&words) = NULL;
  const int fds[3] = {memory_file(command->input), memory_file(NULL), memory_file(NULL)};
  bool good = fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0;
  if (good) {
    pid_t child = fork();
    if (child == 0) run_in_child(git, command, words.items, fds);
    good = has_succeeded(child);
    read_back(fds[1], output);
  }
  if (!good) {
    bs_strbuf said = BS_STRBUF_INIT;
    if (fds[2] >= 0) read_back(fds[2], &said);
    while (said.length && said.text[said.length - 1] == '\n') said.text[--said.length] = 0;
    bs_error_set(error, "git %s failed%s%s", command->arguments[0], said.length ? ": " : "", said.text);
    bs_strbuf_fini(&said);
  }
  for (int i = 0; i < 3; i++)
    if (fds[i] >= 0) close(fds[i]);
  bs_vec_fini(&words);
  return good;
}

/* The line that begins at `at`, without its end; *at moves behind it. */
static const char *take_line(bs_arena *arena, const char **at) {
  size_t length = strcspn(*at, "\n");
  const char *line = bs_arena_strndup(arena, *at, length);
  *at += length + ((*at)[length] == '\n');
  return line;
}

static bool ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && !strcmp(text + a - b, end);
}

/* The root's name may lead through symbolic links, git's never does: what stands in front of the part they
 * share is exchanged. */
void git_name(git_repository *git, const char *root) {
  char *real = realpath(root, NULL);
  const char *result = git->top;
  const char *inside = real ? bs_path_relative(git->top, real) : NULL,
             *below = real ? bs_path_relative(real, git->top) : NULL;
  if (real && !strcmp(real, git->top))
    result = root;
  else if (inside && inside != real && ends_with(root, inside) && strlen(root) > strlen(inside) + 1)
    result = bs_arena_strndup(&git->arena, root, strlen(root) - strlen(inside) - 1);
  else if (below && below != git->top)
    result = bs_arena_printf(&git->arena, "%s/%s", root, below);
  free(real);
  git->seen_as = result;
}

bool git_open(git_repository *git, const char *root, bs_error *error) {
  *git = (git_repository){0};
  git_repository anywhere = {.top = getenv("GIT_DIR") ? NULL : root};
  bs_strbuf out = BS_STRBUF_INIT;
  bool good = git_ask(&anywhere, &out, error, "rev-parse", "--show-toplevel", "--absolute-git-dir");
  if (good) {
    const char *at = out.text;
    git->top = take_line(&git->arena, &at);
    git->folder = take_line(&git->arena, &at);
    git_name(git, root);
  }
  bs_strbuf_fini(&out);
  return good;
}

void git_close(git_repository *git) { bs_arena_fini(&git->arena); }

const char *git_path(const git_repository *git, bs_arena *arena, const char *path) {
  return bs_arena_printf(arena, "%s/%s", strcmp(git->seen_as, "/") ? git->seen_as : "", path);
}

bool git_commit(const git_repository *git, bs_arena *arena, const char *revision, const char **commit,
                bs_error *error) {
  bs_strbuf out = BS_STRBUF_INIT;
  const char *wanted = bs_arena_printf(arena, "%s^{commit}", revision);
  bool good = git_ask(git, &out, NULL, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted);
  const char *at = out.text;
  if (good)
    *commit = take_line(arena, &at);
  else
    bs_error_set(error, "'%s' names no commit in %s", revision, git->seen_as);
  bs_strbuf_fini(&out);
  return good;
}

/* ":OLDMODE NEWMODE OLDID NEWID STATUS", then one path, of a rename two. */
static void read_change(bs_arena *arena, const char **at, const char *end, git_changes *changes) {
  const char *head = *at;
  *at += strlen(*at) + 1;
  const char *status = strrchr(head, ' ');
  bool submodule = !strncmp(head, ":160000", 7) || (strlen(head) > 8 && !strncmp(head + 8, "160000", 6));
  const char *path = *at < end ? *at : "";
  *at += strlen(path) + 1;
  const char *renamed = NULL;
  if (status && status[1] == 'R' && *at < end) {
    renamed = *at;
    *at += strlen(renamed) + 1;
  }
  if (!status || submodule || !*path) return;
  path = bs_arena_strdup(arena, path);
  if (renamed) {
    *bs_vec_push(changes) = (git_change){GIT_DELETED, path, NULL};
    *bs_vec_push(changes) = (git_change){GIT_ADDED, bs_arena_strdup(arena, renamed), path};
    return;
  }
  enum git_difference kind = status[1] == 'A' ? GIT_ADDED : status[1] == 'D' ? GIT_DELETED : GIT_CHANGED;
  *bs_vec_push(changes) = (git_change){kind, path, NULL};
}

bool git_diff_files(const git_repository *git, bs_arena *arena, const char *const *arguments,
                    git_changes *changes, bs_error *error) {
  static const char *const usual[] = {
      "diff", "--raw", "-z", "-M", "--no-ext-diff", "--ignore-submodules", "--no-relative"};
  BS_VEC(const char *) words = {0};
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) *bs_vec_push(&words) = usual[i];
  for (; *arguments; arguments++) *bs_vec_push(&words) = *arguments;
  *bs_vec_push(&words) = "--";
  *bs_vec_push(&words) = NULL;
  bs_strbuf out = BS_STRBUF_INIT;
  bool good = git_run(git, &(git_command){.arguments = words.items}, &out, error);
  for (const char *at = out.text, *end = out.text + out.length; good && at < end;)
    read_change(arena, &at, end, changes);
  bs_strbuf_fini(&out);
  bs_vec_fini(&words);
  return good;
}
