/* Finds the compile database that was meant, and says how to make one where there is none. */
#include "analyzer/driver/project.h"

#include "analyzer/driver/overlay.h"
#include "base/path.h"

#include <ctype.h>
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
  return bs_path_is_file(path) ? path : NULL;
}

/* The newest database that was come across. */
typedef struct candidates {
  bs_arena *arena;
  const char *newest;
  struct timespec time;
  unsigned count;
} candidates;

static bool is_newer(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Folders come in the order of their names: of equally old ones, the first counts. */
static void consider(candidates *c, const char *folder) {
  struct stat st;
  const char *path = database_in(c->arena, folder);
  if (!path || stat(path, &st) != 0) return;
  if (!c->count++ || is_newer(&st.st_mtim, &c->time)) {
    c->newest = path;
    c->time = st.st_mtim;
  }
}

static int is_visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

/* Where CMake, its presets, Meson, GN, editors and people put their builds. */
static bool is_build_folder(const char *name) {
  static const char *const prefixes[] = {"build", "_build", "cmake-build-", "out", "Debug", "Release", NULL};
  for (int i = 0; prefixes[i]; i++)
    if (!strncmp(name, prefixes[i], strlen(prefixes[i]))) return true;
  return false;
}

/* In the folders of `folder`, `depth` levels down: any of a build folder, else only build folders. */
static void look_below(candidates *c, const char *folder, bool any, int depth) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_visible, alphasort);
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    const char *below = bs_arena_printf(c->arena, "%s/%s", strcmp(folder, "/") ? folder : "", name);
    if ((any || is_build_folder(name)) && bs_path_is_folder(below)) {
      consider(c, below);
      if (depth > 1) look_below(c, below, true, depth - 1);
    }
    free(entries[i]);
  }
  free(entries);
}

/* In `folder` itself, else the newest of its build folders and of the folders in them. */
static const char *look_in(bs_arena *arena, const char *folder, unsigned *count) {
  candidates c = {.arena = arena};
  const char *here = database_in(arena, folder);
  *count = 1;
  if (here) return here;
  look_below(&c, folder, false, 2);
  *count = c.count;
  return c.newest;
}

static const char build_once[] = "Build once, too, where the build generates sources.",
                  bear[] = "bear is a package of that name: apt install bear.",
                  hedron[] =
                      "The rule is of https://github.com/hedronvision/bazel-compile-commands-extractor.";

/* What a file says of the build system, the command that makes a database with it, and what else it takes.
 * The first that is there wins. */
static const struct build_system {
  const char *file, *name, *command, *note;
} build_systems[] = {
    {"CMakeLists.txt", "CMake", "cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON", build_once},
    {"meson.build", "Meson", "meson setup build", build_once},
    {"MODULE.bazel", "Bazel", "bazel run @hedron_compile_commands//:refresh_all", hedron},
    {"WORKSPACE.bazel", "Bazel", "bazel run @hedron_compile_commands//:refresh_all", hedron},
    {"WORKSPACE", "Bazel", "bazel run @hedron_compile_commands//:refresh_all", hedron},
    {"build.ninja", "Ninja", "ninja -t compdb > " DATABASE, build_once},
    {"Makefile", "Make", "make clean; bear -- make", bear},
    {"GNUmakefile", "Make", "make clean; bear -- make", bear},
    {"makefile", "Make", "make clean; bear -- make", bear},
    {"configure", "a configure script", "./configure && bear -- make", bear},
    {"auto/configure", "a configure script", "./auto/configure && bear -- make", bear},
    {"configure.ac", "Autotools", "autoreconf -i && ./configure && bear -- make", bear},
};

static bool explain(bs_arena *arena, const char *folder, const char *first, bs_error *error) {
  for (size_t i = 0; i < sizeof build_systems / sizeof *build_systems; i++) {
    const struct build_system *b = &build_systems[i];
    if (!exists(bs_arena_printf(arena, "%s/%s", folder, b->file))) continue;
    return bs_error_set(error, "%s\nThis looks like %s (there is %s); to make a database:\n  %s\n%s", first,
                        b->name, b->file, b->command, b->note);
  }
  if (exists(bs_arena_printf(arena, "%s/compile_flags.txt", folder)))
    return bs_error_set(
        error,
        "%s\ncompile_flags.txt is there, but it holds an editor's flags, not which files are "
        "compiled. Run the build under bear to get a compile database:\n  bear -- BUILD COMMAND",
        first);
  return bs_error_set(
      error,
      "%s\nA compile database lists how each file is compiled. CMake, Meson and Bazel can write one; "
      "for any other build, run it under bear:\n  bear -- BUILD COMMAND",
      first);
}

static bool find_given(bs_arena *arena, const char *given, const char **path, unsigned *count,
                       bs_error *error) {
  if (!exists(given)) {
    const char *why = strerror(errno);
    const char *verb = strpbrk(given, "./") ? "" : " (and not a verb; 'blockscan --help' lists the verbs)";
    return bs_error_set(error, "%s: %s%s", given, why, verb);
  }
  *path = given;
  if (!bs_path_is_folder(given)) return true;
  *path = look_in(arena, given, count);
  if (*path) return true;
  return explain(
      arena, given,
      bs_arena_printf(arena, "%s: no " DATABASE " in this folder, nor in its build folders", given), error);
}

static bool config_covers(const char *glob, const char *path) { return project_config_matches(glob, path); }

/* The command line's own words come last: they have the last word. */
static void mend_words(compdb *db, const char *root, const analysis_options *options,
                       const project_config *config) {
  static const enum mend_kind kinds[] = {MEND_ADD, MEND_ADD_BEFORE, MEND_REMOVE};
  BS_VEC(command_mend) mends = {0};
  for (uint32_t i = 0; i < config->words.count; i++) {
    const config_word *w = &config->words.items[i];
    *bs_vec_push(&mends) = (command_mend){kinds[w->kind], w->word, w->path ? config_covers : NULL, w->path};
  }
  for (uint32_t i = 0; i < options->mends.count; i++) *bs_vec_push(&mends) = options->mends.items[i];
  mend_commands(db, root, mends.items, mends.count);
  bs_vec_fini(&mends);
}

typedef struct drivers {
  const analysis_options *options;
  const project_config *config;
  const char *root;
  bs_arena *arena;
} drivers;

/* Globs of the rules' kind speak of relative paths: both begin behind the first slash. */
static bool matches_driver(const char *glob, const char *driver) {
  return project_config_matches(glob + (*glob == '/'), driver + 1);
}

/* Whether it is called as compilers are: a database may name any program there is. */
static bool is_called_compiler(const char *driver) {
  static const char *const names[] = {"gcc", "g++", "cc", "c++", "clang", "clang++"};
  const char *name = bs_path_basename(driver);
  size_t length = strlen(name);
  while (length && (isdigit((unsigned char)name[length - 1]) || name[length - 1] == '.')) length--;
  if (length && length < strlen(name) && name[length - 1] == '-') length--;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    size_t n = strlen(names[i]);
    if (length >= n && !strncmp(name + length - n, names[i], n) &&
        (length == n || name[length - n - 1] == '-'))
      return true;
  }
  return false;
}

/* Without symbolic links; NULL for what is not there. */
static const char *real_path(bs_arena *arena, const char *path) {
  char *real = realpath(path, NULL);
  const char *copy = real ? bs_arena_strdup(arena, real) : NULL;
  free(real);
  return copy;
}

/* The project's own file allows no program inside the project, and none that is no compiler: whoever sends a
 * change could send the database too. */
static bool may_ask(void *context, const char *driver, const char *source) {
  const drivers *d = context;
  const char *root = real_path(d->arena, d->root), *program = real_path(d->arena, driver);
  for (uint32_t i = 0; i < d->options->query_drivers.count; i++)
    if (matches_driver(d->options->query_drivers.items[i], driver)) return true;
  if (!program || bs_path_relative(root ? root : d->root, program) != program) return false;
  if (bs_path_relative(d->root, driver) != driver || !is_called_compiler(driver)) return false;
  for (uint32_t i = 0; i < d->config->query_drivers.count; i++) {
    const config_driver *q = &d->config->query_drivers.items[i];
    bool covers = !q->path || project_config_matches(q->path, bs_path_relative(d->root, source));
    if (covers && matches_driver(q->driver, driver)) return true;
  }
  return false;
}

static void mend(compdb *db, const char *root, const analysis_options *options,
                 const project_config *config) {
  drivers d = {options, config, root, &db->arena};
  mend_words(db, root, options, config);
  if (options->query_drivers.count || config->query_drivers.count) mend_query_drivers(db, may_ask, &d);
  compdb_replace_precompiled(db);
  compdb_find_lost(db);
}

static bool load(bs_arena *arena, const analysis_options *options, const project_config *config,
                 const char *path, compdb *db, const char **root, bs_error *error) {
  BS_VEC(path_map) maps = {0};
  for (uint32_t i = 0; i < options->path_maps.count; i++) *bs_vec_push(&maps) = options->path_maps.items[i];
  for (uint32_t i = 0; i < config->path_maps.count; i++)
    *bs_vec_push(&maps) = (path_map){config->path_maps.items[i].from, config->path_maps.items[i].to};
  bool good = compdb_load(db, path, maps.items, maps.count, error) &&
              project_find_root(arena, options, compdb_root(db), root, error);
  bs_vec_fini(&maps);
  if (good && options->overlay && options->overlay->root) *root = options->overlay->root;
  return good;
}

bool project_find_root(bs_arena *arena, const analysis_options *options, const char *usual, const char **root,
                       bs_error *error) {
  *root = options->root ? bs_path_normalise(arena, bs_path_cwd(arena), options->root) : usual;
  return !options->root || bs_path_is_folder(*root) ||
         bs_error_set(error, "--root: no such folder: %s", options->root);
}

/* *count: how many there are in the build folders, when it was looked for there. */
static bool find(bs_arena *arena, const char *given, const char **path, unsigned *count, bs_error *error) {
  *count = 1;
  if (given) return find_given(arena, given, path, count, error);
  const char *here = bs_path_cwd(arena);
  for (const char *folder = here;; folder = bs_path_dirname(arena, folder)) {
    *path = look_in(arena, folder, count);
    if (*path) {
      *path = bs_path_relative(here, *path);
      return true;
    }
    if (!strcmp(folder, "/")) break;
  }
  return explain(arena, here, "no " DATABASE " in this folder, in its build folders, or above", error);
}

bool project_find_database(bs_arena *arena, const char *given, const char **path, bs_error *error) {
  unsigned count;
  return find(arena, given, path, &count, error);
}

/* Several builds may differ: whoever reads the report must know which one it is of. */
static void say_which(bs_arena *arena, const analysis_options *options, const char *path, unsigned count) {
  if (count > 1)
    analysis_warn(options,
                  bs_arena_printf(arena, "taking %s, the newest of %u compile databases; -p names another",
                                  path, count));
  else if (!options->database && strcmp(path, DATABASE) != 0 && !options->quiet)
    analysis_warn(options, bs_arena_printf(arena, "taking %s", path));
}

bool project_read_database(bs_arena *arena, const analysis_options *options, compdb *db, const char **root,
                           project_config *config, bs_error *error) {
  const char *path;
  *config = (project_config){0};
  *db = (compdb){0};
  unsigned count;
  if (!find(arena, options->database, &path, &count, error)) return false;
  say_which(arena, options, path, count);
  if (!load(arena, options, config, path, db, root, error)) return false;
  if (!project_load_config(options, *root, config, error)) return false;
  if (config->path_maps.count) { /* the root may be another one with them */
    compdb_fini(db);
    if (!load(arena, options, config, path, db, root, error)) return false;
  }
  if (options->overlay) overlay_apply(options->overlay, db);
  mend(db, *root, options, config);
  return true;
}

bool project_read_command(bs_arena *arena, const analysis_options *options, const char *const *words,
                          uint32_t count, compdb *db, const char **root, project_config *config,
                          bs_error *error) {
  *config = (project_config){0};
  if (!compdb_of_command(db, words, count, error)) return false;
  if (!project_find_root(arena, options, bs_path_cwd(arena), root, error)) return false;
  if (!project_load_config(options, *root, config, error)) return false;
  mend(db, *root, options, config);
  return true;
}
