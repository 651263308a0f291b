/* A list of causes, the most telling first: each looks at an entry of the database and the first error of its
 * unit. */
#include "analyzer/driver/hints.h"

#include "analyzer/frontend/mend.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/path.h"
#include "reports/model/completeness.h"

#include <string.h>
#include <unistd.h>

/* A cause: whether a broken unit has it, and what to do. The first that fits counts. */
typedef struct broken {
  const compdb *db;
  const compdb_entry *entry;
  const char *root, *error;
  bs_arena *arena;
} broken;

static bool says(const broken *b, const char *text) { return strstr(b->error, text) != NULL; }
static bool exists(const char *path) { return access(path, F_OK) == 0; }

static const char *hint_windows(const broken *b) {
  if (!says(b, "is a Windows path")) return NULL;
  return "The database was made on Windows: --path-map C:/project=DIR says where its files are on this "
         "machine";
}

/* The project's folder on the other machine, when this file of it is found around the database. */
static const char *guess_map(const broken *b) {
  for (const char *folder = bs_path_dirname(b->arena, b->db->path); strcmp(folder, "/") != 0;
       folder = bs_path_dirname(b->arena, folder))
    for (const char *rest = strchr(b->entry->file + 1, '/'); rest; rest = strchr(rest + 1, '/')) {
      if (!exists(bs_arena_printf(b->arena, "%s%s", folder, rest))) continue;
      const char *here = bs_path_relative(bs_path_cwd(b->arena), folder);
      return bs_arena_printf(b->arena, "%.*s=%s", (int)(rest - b->entry->file), b->entry->file,
                             strcmp(here, bs_path_cwd(b->arena)) == 0 ? "." : here);
    }
  return NULL;
}

/* The first folder of the way that all entries of the database share. */
static const char *shared_folder(const broken *b) {
  const char *first = b->db->entries.items[0].file;
  size_t length = strlen(first);
  for (uint32_t i = 1; i < b->db->entries.count; i++) {
    size_t same = 0;
    while (same < length && b->db->entries.items[i].file[same] == first[same]) same++;
    length = same;
  }
  while (length > 1 && first[length] != '/') length--;
  const char *folder = bs_arena_strndup(b->arena, first, length);
  const char *build = b->db->entries.items[0].directory;
  while (strlen(folder) > 1 && bs_path_relative(folder, build) == build && strcmp(folder, build) != 0)
    folder = bs_path_dirname(b->arena, folder);
  return folder;
}

static const char *hint_elsewhere(const broken *b) {
  if (bs_path_is_folder(b->entry->directory) || exists(b->entry->file)) return NULL;
  const char *map = guess_map(b);
  if (!map) map = bs_arena_printf(b->arena, "%s=DIR", shared_folder(b));
  return bs_arena_printf(b->arena,
                         "The database was made on another machine, and none of its paths exists here: "
                         "--path-map %s says where they are",
                         map);
}

static const char *hint_sysroot(const broken *b) {
  if (!says(b, "the sysroot ") && !says(b, "the toolchain ")) return NULL;
  return "Install it, map it with --path-map OLD=NEW, or name another: --remove-arg='--sysroot=*' "
         "--extra-arg=--sysroot=DIR";
}

/* The command that builds what is missing: the target is a part of the object's path. NULL: not known. */
static const char *build_command(const broken *b) {
  const char *group = compdb_group(b->arena, b->entry), *folder = b->entry->directory;
  const char *name = bs_path_basename(group), *here = bs_path_relative(bs_path_cwd(b->arena), folder);
  size_t length = strlen(name);
  while (strcmp(folder, "/") != 0 && !exists(bs_arena_printf(b->arena, "%s/CMakeCache.txt", folder)) &&
         !exists(bs_arena_printf(b->arena, "%s/build.ninja", folder)))
    folder = bs_path_dirname(b->arena, folder);
  if (strcmp(folder, "/") != 0) here = bs_path_relative(bs_path_cwd(b->arena), folder);
  if (strcmp(here, bs_path_cwd(b->arena)) == 0) here = ".";
  if (exists(bs_arena_printf(b->arena, "%s/CMakeCache.txt", folder)))
    return length > 4 && strcmp(name + length - 4, ".dir") == 0
               ? bs_arena_printf(b->arena, "cmake --build %s --target %.*s", here, (int)length - 4, name)
               : bs_arena_printf(b->arena, "cmake --build %s", here);
  if (exists(bs_arena_printf(b->arena, "%s/build.ninja", folder)))
    return bs_arena_printf(b->arena, "ninja -C %s", here);
  return NULL;
}

/* "build first: ninja -C out" */
static const char *build_first(const broken *b) {
  const char *command = build_command(b);
  return command ? bs_arena_printf(b->arena, "build first: %s", command) : "build first";
}

static const char *hint_generated(const broken *b) {
  if (exists(b->entry->file)) return NULL;
  return bs_arena_printf(b->arena, "If the build makes this file, %s; if it is gone, make the database again",
                         build_first(b));
}

static const char *hint_response(const broken *b) {
  if (!says(b, "response file")) return NULL;
  return bs_arena_printf(b->arena, "Its flags are lost; the build writes it: %s", build_first(b));
}

static const char *hint_command(const broken *b) {
  if (says(b, "asks a shell"))
    return "Make the database with what the compiler is given in the end, as bear records it; or write the "
           "words into it";
  if (says(b, "its \"arguments\"") || says(b, "the specs ") || says(b, "the configuration file "))
    return "Make the database again; or drop the option with --remove-arg, and give what it says with "
           "--extra-arg";
  return NULL;
}

static const char *hint_cuda(const broken *b) {
  if (!says(b, "CUDA and HIP")) return NULL;
  return "Keep host code with callbacks in C or C++ files, or accept these units with --max-broken=N";
}

static const char *hint_module(const broken *b) {
  if (!says(b, "module '") && !says(b, "module file")) return NULL;
  return "Modules are read as clang 19 compiled them (-fmodule-file=NAME=FILE): build with that clang first; "
         "GCC's modules cannot be read";
}

static const char *hint_precompiled(const broken *b) {
  if (!says(b, "PCH file") && !says(b, "the precompiled header")) return NULL;
  return "Another compiler made it: name the header itself, with "
         "--remove-arg=-include-pch --extra-arg=-include --extra-arg=HEADER";
}

static const char *hint_cross(const broken *b) {
  const char *triple = compdb_triple(b->arena, b->entry);
  if (!triple || !says(b, "file not found")) return NULL;
  const char *compiler = b->entry->arguments[compdb_compiler(b->entry)];
  return bs_arena_printf(
      b->arena,
      "The headers of %s are not where clang looks: --query-driver='%s%s' asks that compiler, "
      "or install its C library's headers",
      compiler, strchr(compiler, '/') ? "" : "**/", compiler);
}

static const char *hint_header(const broken *b) {
  if (!says(b, "file not found")) return NULL;
  return bs_arena_printf(
      b->arena,
      "If the build makes this header, %s; else install it, or name its folder with --extra-arg=-IDIR",
      build_first(b));
}

static const char *hint_arduino(const broken *b) {
  const char *dot = strrchr(b->entry->file, '.');
  if (!dot || (strcmp(dot, ".ino") != 0 && strcmp(dot, ".pde") != 0)) return NULL;
  return "The Arduino IDE adds Arduino.h and prototypes: scan the .cpp that its build makes of the sketch, "
         "or give --extra-arg=-include --extra-arg=Arduino.h";
}

static const char *hint_limit(const broken *b) {
  if (says(b, "took longer than")) return "--unit-timeout=SECONDS gives it more time";
  if (says(b, "needs more memory")) return "--unit-memory=MB gives it more memory";
  return NULL;
}

static const char *(*const causes[])(const broken *b) = {
    hint_windows, hint_elsewhere, hint_sysroot, hint_response,    hint_command, hint_cuda,   hint_generated,
    hint_arduino, hint_limit,     hint_module,  hint_precompiled, hint_cross,   hint_header,
};
enum { CAUSES = sizeof causes / sizeof *causes };

typedef struct tally {
  unsigned units;
  const char *hint, *first; /* of the first unit that has the cause */
} tally;

static const compdb_entry *find_entry(const compdb *db, const bs_map *entries, const char *root,
                                      const char *file) {
  bs_arena arena = {0};
  const char *path = bs_path_normalise(&arena, root, file);
  uint32_t i;
  bool found = bs_map_find(entries, bs_hash(path, strlen(path)), &i);
  bs_arena_fini(&arena);
  return found ? &db->entries.items[i] : NULL;
}

static void count(const compdb *db, const char *root, report_document *d, tally tallies[CAUSES]) {
  bs_map entries = {0};
  for (uint32_t i = db->entries.count; i-- > 0;)
    bs_map_set(&entries, bs_hash(db->entries.items[i].file, strlen(db->entries.items[i].file)), i);
  for (uint32_t i = 0; i < d->broken_units.count; i++) {
    const report_broken_unit *unit = &d->broken_units.items[i];
    broken b = {db, find_entry(db, &entries, root, unit->file), root,
                unit->first_error ? unit->first_error : "", &d->arena};
    for (int k = 0; b.entry && k < CAUSES; k++) {
      const char *hint = causes[k](&b);
      if (!hint) continue;
      if (!tallies[k].units++) tallies[k] = (tally){1, hint, unit->file};
      break;
    }
  }
  bs_map_fini(&entries);
}

void hints_add(const compdb *db, const char *root, report_document *document) {
  tally tallies[CAUSES] = {0};
  int most = -1;
  if (!document->broken_units.count) return;
  count(db, root, document, tallies);
  for (int k = 0; k < CAUSES; k++)
    if (tallies[k].units && (most < 0 || tallies[k].units > tallies[most].units)) most = k;
  if (most < 0) return;
  report_add_gap(document, "broken-units", "")->hint = tallies[most].hint;
  for (int k = 0; k < CAUSES; k++)
    if (tallies[k].units)
      *bs_vec_push(&document->notes) = bs_arena_printf(
          &document->arena, "%u broken unit%s (%s%s): %s", tallies[k].units, tallies[k].units == 1 ? "" : "s",
          tallies[k].first, tallies[k].units == 1 ? "" : ", …", tallies[k].hint);
}
