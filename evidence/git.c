/* Each question is a child process with its own environment, whose output goes to a file in memory. */
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

/* One more configuration value for the git that is about to be run, the strongest there is (git(1),
 * GIT_CONFIG_COUNT). */
static void set_config(const char *key, const char *value) {
  const char *before = getenv("GIT_CONFIG_COUNT");
  int count = before ? atoi(before) : 0;
  char name[64], number[16];
  snprintf(name, sizeof name, "GIT_CONFIG_KEY_%d", count);
  setenv(name, key, 1);
  snprintf(name, sizeof name, "GIT_CONFIG_VALUE_%d", count);
  setenv(name, value, 1);
  snprintf(number, sizeof number, "%d", count + 1);
  setenv("GIT_CONFIG_COUNT", number, 1);
}

/* A driver with an empty process filter filters nothing. */
static void switch_filter_off(const char *driver) {
  bs_strbuf key = BS_STRBUF_INIT;
  bs_strbuf_addf(&key, "filter.%s.process", driver);
  set_config(key.text, "");
  bs_strbuf_clear(&key);
  bs_strbuf_addf(&key, "filter.%s.required", driver);
  set_config(key.text, "false");
  bs_strbuf_fini(&key);
}

static void switch_programs_off(const git_repository *git) {
  unsetenv("GIT_CONFIG_PARAMETERS"); /* of `git -c`: it is stronger still */
  set_config("safe.bareRepository", "explicit");
  set_config("core.fsmonitor", "false");
  set_config("core.hooksPath", "/dev/null");
  for (uint32_t i = 0; i < git->filters.count; i++) switch_filter_off(git->filters.items[i]);
  unsetenv("GIT_EXTERNAL_DIFF");
}

static void run_in_child(const git_repository *git, const git_command *command, const char *const *words,
                         const int fds[3]) {
  for (int i = 0; i < 3; i++) dup2(fds[i], i);
  if (git->folder) {
    setenv("GIT_DIR", git->folder, 1);
    setenv("GIT_WORK_TREE", git->top, 1);
  }
  if (command->index) setenv("GIT_INDEX_FILE", command->index, 1);
  if (!command->configured) switch_programs_off(git);
  setenv("GIT_OPTIONAL_LOCKS", "0", 1); /* only looks */
  setenv("LC_ALL", "C", 1);
  if (!git->top || chdir(git->top) == 0) execvp("git", (char *const *)(uintptr_t)words);
  dprintf(2, "cannot run git: %s\n", strerror(errno));
  _exit(127);
}

static bool has_succeeded(pid_t child) {
  int status = -1;
  /* blockscan: ignore[process.waitpid] -- it looks at one repository on this machine */
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
/* Sets `seen_as` for paths below `root`. */
static void set_name(git_repository *git, const char *root) {
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

/* Whether git's folder is one of the files of the tree: only .git itself cannot be committed. */
static bool is_embedded(const git_repository *git) {
  const char *inside = bs_path_relative(git->top, git->folder);
  return !strcmp(git->top, git->folder) ||
         (inside != git->folder && strcmp(inside, ".git") != 0 && strncmp(inside, ".git/", 5) != 0);
}

static bool is_related(const git_repository *git, const char *root) {
  char *real = realpath(root, NULL);
  bool related = real && (!strcmp(real, git->top) || bs_path_relative(git->top, real) != real ||
                          bs_path_relative(real, git->top) != git->top);
  free(real);
  return related;
}

/* The drivers in "filter.DRIVER.KEY", NUL-terminated each. Without any, git fails. */
static void list_filters(git_repository *git) {
  bs_strbuf out = BS_STRBUF_INIT;
  git_ask(git, &out, NULL, "config", "-z", "--name-only", "--get-regexp", "^filter\\..*\\.");
  for (const char *at = out.text; at < out.text + out.length; at += strlen(at) + 1) {
    const char *name = at + strlen("filter."), *end = strrchr(at, '.');
    if (end > name) *bs_vec_push(&git->filters) = bs_arena_strndup(&git->arena, name, (size_t)(end - name));
  }
  bs_strbuf_fini(&out);
}

static bool find_repository(git_repository *git, const char *root, bs_error *error) {
  git_repository anywhere = {0};
  bs_strbuf out = BS_STRBUF_INIT;
  bool good = git_ask(&anywhere, &out, error, "rev-parse", "--show-toplevel", "--absolute-git-dir");
  const char *at = out.text;
  if (good) {
    git->top = take_line(&git->arena, &at);
    git->folder = take_line(&git->arena, &at);
  }
  bs_strbuf_fini(&out);
  if (!good) return false;
  if (is_embedded(git))
    return bs_error_set(
        error, "%s: a git folder inside the working tree is not used, since a change could have added it",
        git->folder);
  if (!is_related(git, root))
    return bs_error_set(error,
                        "%s is not in the git repository of the working directory, %s; run blockscan there",
                        root, git->top);
  return true;
}

bool git_open(git_repository *git, const char *root, bs_error *error) {
  *git = (git_repository){0};
  if (!find_repository(git, root, error)) return false;
  list_filters(git);
  set_name(git, root);
  return true;
}

void git_close(git_repository *git) {
  bs_vec_fini(&git->filters);
  bs_arena_fini(&git->arena);
}

bool git_tracks(const char *path) {
  git_repository anywhere = {0};
  bs_strbuf out = BS_STRBUF_INIT;
  bool tracks = git_ask(&anywhere, &out, NULL, "ls-files", "-z", "--", path) && out.length;
  bs_strbuf_fini(&out);
  return tracks;
}

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
  if (!status || submodule || !*path || (renamed && !*renamed)) return;
  path = bs_arena_strdup(arena, path);
  if (renamed) {
    *bs_vec_push(changes) = (git_change){GIT_DELETED, path, NULL};
    *bs_vec_push(changes) = (git_change){GIT_ADDED, bs_arena_strdup(arena, renamed), path};
    return;
  }
  enum git_difference kind = status[1] == 'A' ? GIT_ADDED : status[1] == 'D' ? GIT_DELETED : GIT_CHANGED;
  *bs_vec_push(changes) = (git_change){kind, path, NULL};
}

void git_read_changes(bs_arena *arena, const char *text, size_t length, git_changes *changes) {
  for (const char *at = text, *end = text + length; at < end;) read_change(arena, &at, end, changes);
}

bool git_diff_files(const git_repository *git, bs_arena *arena, const char *const *arguments,
                    git_changes *changes, bs_error *error) {
  static const char *const usual[] = {
      "diff", "--raw", "-z", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules", "--no-relative"};
  BS_VEC(const char *) words = {0};
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) *bs_vec_push(&words) = usual[i];
  for (; *arguments; arguments++) *bs_vec_push(&words) = *arguments;
  *bs_vec_push(&words) = "--";
  *bs_vec_push(&words) = NULL;
  bs_strbuf out = BS_STRBUF_INIT;
  bool good = git_run(git, &(git_command){.arguments = words.items}, &out, error);
  if (good) git_read_changes(arena, out.text, out.length, changes);
  bs_strbuf_fini(&out);
  bs_vec_fini(&words);
  return good;
}
