/* Finds the cache's folder and the secret, and refuses both when others could have written them. */
#include "analyzer/cache/folder.h"

#include "base/hash.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_BYTES = 32, MOST_ID = 24 };

/* A base folder of the XDG specification: the variable when it is absolute, else `below` the home folder. */
static const char *base_folder(bs_arena *arena, const char *variable, const char *below) {
  const char *set = getenv(variable), *home = getenv("HOME");
  if (set && *set == '/') return set;
  if (!home || *home != '/') {
    const struct passwd *user = getpwuid(geteuid());
    home = user ? user->pw_dir : "/";
  }
  return bs_arena_printf(arena, "%s/%s", home, below);
}

/* Makes the folder and those above it, for this user alone. */
static bool make_folders(bs_arena *arena, const char *path) {
  char *folder = bs_arena_strdup(arena, path);
  for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST && !bs_path_is_folder(folder)) return false;
    *slash = '/';
  }
  return mkdir(folder, 0700) == 0 || errno == EEXIST;
}

/* Hides a new cache folder from git. */
static void hide(bs_arena *arena, const char *folder) {
  const char *path = bs_arena_printf(arena, "%s/.gitignore", folder);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return;
  if (write(fd, "*\n", 2) != 2) unlink(path);
  close(fd);
}

/* A group that has the name of the user is that user's own (user private groups, Debian's default). */
static bool is_own_group(gid_t group) {
  const struct passwd *user = getpwuid(geteuid());
  const struct group *g = user ? getgrgid(group) : NULL;
  return g && !strcmp(g->gr_name, user->pw_name);
}

/* Why a file or folder of the cache is not believed, or NULL. What is not there is. */
static const char *distrust(const char *path) {
  struct stat st;
  if (lstat(path, &st) != 0) return errno == ENOENT ? NULL : strerror(errno);
  if (S_ISLNK(st.st_mode)) return "it is a symbolic link";
  if (st.st_uid != geteuid()) return "another user owns it";
  if (st.st_mode & S_IWOTH || (st.st_mode & S_IWGRP && !is_own_group(st.st_gid)))
    return "other users can write it (chmod go-w)";
  return NULL;
}

static bool refuse(bs_strbuf *warning, const char *path, const char *why) {
  bs_strbuf_addf(warning, "the cache %s is not used: %s", path, why);
  return false;
}

/* Below the root, where a change can put them, the folders on the way must be no links either. */
static bool is_reached_directly(bs_arena *arena, const char *root, const char *folder, bs_strbuf *warning) {
  const char *inside = bs_path_relative(root, folder);
  if (inside == folder) return true;
  char *way = bs_arena_strdup(arena, folder);
  for (char *slash = way + (inside - folder); (slash = strchr(slash, '/')); *slash++ = '/') {
    struct stat st;
    *slash = 0;
    if (lstat(way, &st) == 0 && S_ISLNK(st.st_mode))
      return refuse(warning, folder, bs_arena_printf(arena, "%s is a symbolic link", way));
  }
  return true;
}

static bool is_trusted(bs_arena *arena, const char *root, const char *folder, bs_strbuf *warning) {
  static const char *const files[] = {"", "/facts.db", "/facts.db-wal", "/facts.db-shm", "/report.bin"};
  if (!is_reached_directly(arena, root, folder, warning)) return false;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    const char *path = bs_arena_printf(arena, "%s%s", folder, files[i]);
    const char *why = distrust(path);
    if (why) return refuse(warning, path, why);
  }
  return true;
}

/* The secret as hexadecimal digits. */
static bool read_secret(bs_arena *arena, const char *path, const char **secret) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  char text[2 * SECRET_BYTES + 1] = "";
  struct stat st;
  bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077) &&
              read(fd, text, 2 * SECRET_BYTES) == 2 * SECRET_BYTES;
  close(fd);
  if (good) *secret = bs_arena_strdup(arena, text);
  return good;
}

/* The file appears whole: of two runs that make it at once, the second takes what the first has made. */
static bool make_secret(bs_arena *arena, const char *path) {
  unsigned char bytes[SECRET_BYTES];
  bs_strbuf text = BS_STRBUF_INIT;
  char *temporary = bs_arena_printf(arena, "%s.XXXXXX", path);
  int fd = getrandom(bytes, sizeof bytes, 0) == sizeof bytes ? mkostemp(temporary, O_CLOEXEC) : -1;
  if (fd < 0) return false;
  for (int i = 0; i < SECRET_BYTES; i++) bs_strbuf_addf(&text, "%02x", bytes[i]);
  bool good = write(fd, text.text, text.length) == (ssize_t)text.length;
  good &= close(fd) == 0;
  good = good && (link(temporary, path) == 0 || errno == EEXIST);
  unlink(temporary);
  bs_strbuf_fini(&text);
  return good;
}

static bool find_secret(bs_arena *arena, const char **secret, bs_strbuf *warning) {
  const char *folder =
      bs_arena_printf(arena, "%s/blockscan", base_folder(arena, "XDG_STATE_HOME", ".local/state"));
  const char *path = bs_arena_printf(arena, "%s/cache-key", folder);
  if (read_secret(arena, path, secret)) return true;
  if (make_folders(arena, folder) && make_secret(arena, path) && read_secret(arena, path, secret))
    return true;
  bs_strbuf_addf(warning, "no cache is used: its key %s cannot be kept: %s", path,
                 errno ? strerror(errno) : "it is not a file of this user alone");
  return false;
}

static const char *usual_folder(bs_arena *arena, const char *root) {
  return bs_arena_printf(arena, "%s/blockscan/%.*s-%016llx", base_folder(arena, "XDG_CACHE_HOME", ".cache"),
                         MOST_ID, bs_path_basename(root), (unsigned long long)bs_hash(root, strlen(root)));
}

cache_folder cache_folder_find(bs_arena *arena, const char *root, const char *given, bs_strbuf *warning) {
  cache_folder none = {NULL, ""}, found = none;
  const char *folder =
      given ? bs_path_normalise(arena, bs_path_cwd(arena), given) : usual_folder(arena, root);
  const char *secret = "";
  bool is_new = !bs_path_is_folder(folder);
  errno = 0;
  if (!make_folders(arena, folder)) {
    bs_strbuf_addf(warning, "the cache folder %s cannot be made: %s; going on without", folder,
                   strerror(errno));
    return none;
  }
  if (is_new) hide(arena, folder);
  if (is_trusted(arena, root, folder, warning) && find_secret(arena, &secret, warning))
    found = (cache_folder){folder, secret};
  return found;
}
