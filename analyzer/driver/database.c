/* Finds the compile database that was meant, and says how to make one where there is none. */
#include "analyzer/driver/project.h"

#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATABASE "compile_commands.json"

static bool exists(const char *path) {
  struct stat st;
  return stat(path, &st) == 0;
}

static const char *database_in(bs_arena *arena, const char *folder) {
  const char *path = bs_arena_printf(arena, "%s/" DATABASE, strcmp(folder, "/") ? folder : "");
  return exists(path) ? path : NULL;
}

static int is_build_folder(const struct dirent *entry) { return !strncmp(entry->d_name, "build", 5); }

/* In `folder` itself, then in build, out and build*. */
static const char *look_in(bs_arena *arena, const char *folder) {
  const char *path = database_in(arena, folder);
  if (!path) path = database_in(arena, bs_arena_printf(arena, "%s/build", folder));
  if (!path) path = database_in(arena, bs_arena_printf(arena, "%s/out", folder));
  if (path) return path;
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_build_folder, alphasort);
  for (int i = 0; i < count; i++) {
    if (!path) path = database_in(arena, bs_arena_printf(arena, "%s/%s", folder, entries[i]->d_name));
    free(entries[i]);
  }
  free(entries);
  return path;
}

/* What a file says of the build system, and the command that makes a database with it. The first that is
 * there wins. */
static const struct build_system {
  const char *file, *name, *command;
} build_systems[] = {
    {"CMakeLists.txt", "CMake", "cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON"},
    {"meson.build", "Meson", "meson setup build"},
    {"MODULE.bazel", "Bazel", "bazel run @hedron_compile_commands//:refresh_all"},
    {"WORKSPACE.bazel", "Bazel", "bazel run @hedron_compile_commands//:refresh_all"},
    {"WORKSPACE", "Bazel", "bazel run @hedron_compile_commands//:refresh_all"},
    {"build.ninja", "Ninja", "ninja -t compdb > " DATABASE},
    {"Makefile", "Make", "make clean; bear -- make"},
    {"GNUmakefile", "Make", "make clean; bear -- make"},
    {"makefile", "Make", "make clean; bear -- make"},
    {"configure", "a configure script", "./configure && bear -- make"},
    {"auto/configure", "a configure script", "./auto/configure && bear -- make"},
    {"configure.ac", "Autotools", "autoreconf -i && ./configure && bear -- make"},
};

static bool explain(bs_arena *arena, const char *folder, const char *first, bs_error *error) {
  for (size_t i = 0; i < sizeof build_systems / sizeof *build_systems; i++) {
    const struct build_system *b = &build_systems[i];
    if (!exists(bs_arena_printf(arena, "%s/%s", folder, b->file))) continue;
    return bs_error_set(error, "%s\nThis looks like %s (there is %s); to make a database:\n  %s", first,
                        b->name, b->file, b->command);
  }
  return bs_error_set(
      error,
      "%s\nA compile database lists how each file is compiled. CMake, Meson and Bazel can write one; "
      "for any other build, run it under bear:\n  bear -- BUILD COMMAND",
      first);
}

static bool find_given(bs_arena *arena, const char *given, const char **path, bs_error *error) {
  if (!exists(given)) {
    const char *why = strerror(errno);
    const char *verb = strpbrk(given, "./") ? "" : " (nor is that a verb; blockscan --help lists them)";
    return bs_error_set(error, "%s: %s%s", given, why, verb);
  }
  *path = given;
  if (!bs_path_is_folder(given)) return true;
  *path = look_in(arena, given);
  if (*path) return true;
  return explain(
      arena, given,
      bs_arena_printf(arena, "%s: no " DATABASE " in this folder, nor in its build folders", given), error);
}

bool project_find_root(bs_arena *arena, const analysis_options *options, const char *usual, const char **root,
                       bs_error *error) {
  *root = options->root ? bs_path_normalise(arena, bs_path_cwd(arena), options->root) : usual;
  return !options->root || bs_path_is_folder(*root) ||
         bs_error_set(error, "--root: there is no folder %s", options->root);
}

bool project_find_database(bs_arena *arena, const char *given, const char **path, bs_error *error) {
  if (given) return find_given(arena, given, path, error);
  const char *here = bs_path_cwd(arena);
  for (const char *folder = here;; folder = bs_path_dirname(arena, folder)) {
    *path = look_in(arena, folder);
    if (*path) {
      *path = bs_path_relative(here, *path);
      return true;
    }
    if (!strcmp(folder, "/")) break;
  }
  return explain(arena, here, "no " DATABASE " in this folder, in its build folders, or above", error);
}
