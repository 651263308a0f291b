/* Asks a compiler for its own system folders, as clangd's --query-driver does: `DRIVER -E -v -x c++
 * /dev/null`.
 *
 * This runs a program that the database names: only for paths that the user allowed, without a shell, in "/",
 * with nothing of the database but the words below, and for a few seconds at most. */
#include "analyzer/frontend/language.h"
#include "analyzer/frontend/mend.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 10, MAX_ANSWER = 1 << 20 };

typedef struct answer {
  path_list folders;
  const char *triple; /* of the machine it compiles for, or NULL */
} answer;

typedef struct querying {
  compdb *db;
  bs_map known; /* hash of a question -> its number */
  BS_VEC(answer) answers;
} querying;

/* The compiler's absolute path; NULL when there is none. */
static const char *find_driver(bs_arena *arena, const compdb_entry *entry) {
  const char *name = entry->arguments[compdb_compiler(entry)];
  if (strchr(name, '/')) {
    const char *path = bs_path_normalise(arena, entry->directory, name);
    return access(path, X_OK) == 0 ? path : NULL;
  }
  const char *folders = getenv("PATH");
  for (const char *at = folders ? folders : ""; *at; at += *at == ':') {
    size_t length = strcspn(at, ":");
    const char *path = bs_arena_printf(arena, "%.*s/%s", (int)length, at, name);
    if (length && *at == '/' && access(path, X_OK) == 0) return bs_path_normalise(arena, "/", path);
    at += length;
  }
  return NULL;
}

/* Words that decide the folders, and make the compiler run nothing. */
static bool is_asked_with(const char *word) {
  static const char *const prefixes[] = {
      "-m", "--sysroot=", "-std=", "-stdlib=", "--target=", "-nostdinc", NULL};
  if (strncmp(word, "-mllvm", 6) == 0 || strncmp(word, "-mplugin", 8) == 0) return false;
  for (int i = 0; prefixes[i]; i++)
    if (strncmp(word, prefixes[i], strlen(prefixes[i])) == 0) return true;
  return false;
}

static void make_question(const compdb_entry *entry, const char *driver, path_list *words) {
  static const char *const first[] = {"-E", "-v", "-x"};
  *bs_vec_push(words) = driver;
  for (size_t i = 0; i < sizeof first / sizeof *first; i++) *bs_vec_push(words) = first[i];
  *bs_vec_push(words) = language_is_cxx(language_of_entry(entry)) ? "c++" : "c";
  for (uint32_t i = compdb_compiler(entry) + 1; i < entry->narguments; i++)
    if (is_asked_with(entry->arguments[i])) *bs_vec_push(words) = entry->arguments[i];
  *bs_vec_push(words) = "/dev/null";
}

static int64_t now_milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads until the end, or until the time is over. */
static bool read_answer(int fd, bs_strbuf *out) {
  int64_t end = now_milliseconds() + SECONDS * 1000;
  char bytes[4096];
  for (;;) {
    int64_t left = end - now_milliseconds();
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    if (left <= 0 || out->length > MAX_ANSWER) return false;
    if (poll(&watched, 1, (int)left) <= 0) continue;
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    bs_strbuf_add(out, bytes, (size_t)n);
  }
}

/* What the compiler writes to stderr; false when it cannot be run or does not end well. */
static bool run_driver(const path_list *words, bs_strbuf *out) {
  int pipe_ends[2], status = -1;
  char *variables[] = {(char[]){"LC_ALL=C"}, (char[]){"PATH=/usr/bin:/bin"}, NULL};
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return false;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, "/");
  pid_t pid;
  int problem =
      posix_spawn(&pid, words->items[0], &actions, NULL, (char **)(uintptr_t)words->items, variables);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  bool whole = !problem && read_answer(pipe_ends[0], out);
  close(pipe_ends[0]);
  if (problem) return false;
  if (!whole) kill(pid, SIGKILL);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* GCC's own headers (stddef.h, the intrinsics) are for GCC: clang has its own. */
static bool is_compilers_own(const char *folder) {
  const char *name = bs_path_basename(folder);
  bool own = strstr(folder, "/lib/gcc") || strstr(folder, "/lib/clang");
  return own && (strcmp(name, "include") == 0 || strcmp(name, "include-fixed") == 0);
}

static void read_line(bs_arena *arena, const char *line, size_t length, bool *inside, answer *a) {
  if (length > 8 && strncmp(line, "Target: ", 8) == 0)
    a->triple = bs_arena_strndup(arena, line + 8, length - 8);
  else if (strncmp(line, "#include <...> search starts here", 33) == 0)
    *inside = true;
  else if (strncmp(line, "End of search list", 18) == 0)
    *inside = false;
  else if (*inside && line[0] == ' ' && length > 2 && line[1] == '/') {
    const char *folder = bs_path_normalise(arena, "/", bs_arena_strndup(arena, line + 1, length - 1));
    if (!is_compilers_own(folder)) *bs_vec_push(&a->folders) = folder;
  }
}

static void read_lines(bs_arena *arena, const char *text, answer *a) {
  bool inside = false;
  while (*text) {
    size_t length = strcspn(text, "\n");
    read_line(arena, text, length, &inside, a);
    text += length;
    text += *text == '\n';
  }
}

static uint64_t hash_words(const path_list *words) {
  uint64_t hash = 0;
  for (uint32_t i = 0; i < words->count; i++)
    hash = bs_hash_mix(hash, bs_hash(words->items[i], strlen(words->items[i])));
  return hash;
}

/* The number of the answer to a question; each is asked once. */
static uint32_t ask(querying *q, const path_list *words) {
  bool fresh;
  uint32_t number = bs_map_add(&q->known, hash_words(words), q->answers.count, &fresh);
  if (!fresh) return number;
  answer *a = bs_vec_push(&q->answers);
  bs_strbuf text = BS_STRBUF_INIT;
  if (run_driver(words, &text))
    read_lines(&q->db->arena, text.text, a);
  else
    *bs_vec_push(&q->db->notes) =
        bs_arena_printf(&q->db->arena, "%s does not list its system folders (-E -v)", words->items[0]);
  bs_strbuf_fini(&text);
  return number;
}

static void add_answer(compdb *db, compdb_entry *entry, const answer *a) {
  uint32_t compiler = compdb_compiler(entry), count = entry->narguments;
  const char **words = bs_arena_alloc(&db->arena, (count + 2 * a->folders.count + 2) * sizeof *words);
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) {
    words[n++] = entry->arguments[i];
    if (i == compiler && a->triple) words[n++] = bs_arena_printf(&db->arena, "--target=%s", a->triple);
  }
  for (uint32_t i = 0; i < a->folders.count; i++) {
    words[n++] = "-isystem";
    words[n++] = a->folders.items[i];
  }
  words[n] = NULL;
  entry->arguments = words;
  entry->narguments = n;
}

void mend_query_drivers(compdb *db, mend_may_ask *matches, void *context) {
  querying q = {.db = db};
  for (uint32_t i = 0; i < db->entries.count; i++) {
    compdb_entry *entry = &db->entries.items[i];
    const char *driver = find_driver(&db->arena, entry);
    if (!driver || !matches(context, driver, entry->file)) continue;
    path_list words = {0};
    make_question(entry, driver, &words);
    *bs_vec_push(&words) = NULL;
    words.count--;
    uint32_t number = ask(&q, &words);
    add_answer(db, entry, &q.answers.items[number]);
    bs_vec_fini(&words);
  }
  for (uint32_t i = 0; i < q.answers.count; i++) bs_vec_fini(&q.answers.items[i].folders);
  bs_vec_fini(&q.answers);
  bs_map_fini(&q.known);
}
