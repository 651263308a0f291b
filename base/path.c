/* Paths are cut and joined by their slashes. */
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *bs_path_normalise(bs_arena *arena, const char *base, const char *path) {
  char *whole = path[0] == '/' ? bs_arena_strdup(arena, path) : bs_arena_printf(arena, "%s/%s", base, path);
  char *out = whole;
  for (const char *in = whole; *in;) {
    while (*in == '/') in++;
    size_t length = strcspn(in, "/");
    if (length == 2 && in[0] == '.' && in[1] == '.') {
      while (out > whole && *--out != '/') {
      }
    } else if (length && !(length == 1 && in[0] == '.')) {
      *out++ = '/';
      memmove(out, in, length);
      out += length;
    }
    in += length;
  }
  if (out == whole) *out++ = '/';
  *out = 0;
  return whole;
}

const char *bs_path_relative(const char *root, const char *path) {
  size_t length = strlen(root);
  while (length && root[length - 1] == '/') length--;
  if (strncmp(root, path, length) != 0 || path[length] != '/') return path;
  return path + length + 1;
}

const char *bs_path_basename(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

char *bs_path_dirname(bs_arena *arena, const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return bs_arena_strdup(arena, ".");
  if (slash == path) return bs_arena_strdup(arena, "/");
  return bs_arena_strndup(arena, path, (size_t)(slash - path));
}

bool bs_path_is_installed(const char *path) {
  static const char *const folders[] = {"/usr/include/", "/usr/local/include/", "/usr/lib/"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (strncmp(path, folders[i], strlen(folders[i])) == 0) return true;
  return false;
}

char *bs_path_cwd(bs_arena *arena) {
  char *cwd = getcwd(NULL, 0);
  char *copy = bs_arena_strdup(arena, cwd ? cwd : "/");
  free(cwd);
  return copy;
}

bool bs_path_leaves(const char *folder, const char *path) {
  char *real_folder = realpath(folder, NULL), *real = realpath(path, NULL);
  const char *root = real_folder ? real_folder : folder, *file = real ? real : path;
  bool leaves = bs_path_relative(root, file) == file;
  free(real_folder);
  free(real);
  return leaves;
}

bool bs_path_is_folder(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool bs_path_is_file(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}
