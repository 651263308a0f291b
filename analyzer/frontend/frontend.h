/* The front end: from a compile database to facts. The only code that includes clang-c headers is in this
 * folder.
 *
 *   compdb.c     reads compile_commands.json                      (Jansson; no libclang)
 *   dialect.c    other drivers' command lines (clang-cl, nvcc) in GCC's words
 *   mend.c       command lines mended by the user: words, paths of another machine, a compiler's own folders
 *   precompiled.c   the headers behind precompiled ones
 *   lost.c       what of an entry's input is gone
 *   arguments.c  turns a compiler's command line into libclang's  (no libclang)
 *   toolchain.c  finds the resource directory and the version of the loaded libclang
 *   heads.c      beginnings that many units share            (no libclang)
 *   head_parse.c    those, precompiled
 *   parse.c      one unit: parse, retry without the flags that the driver refuses, count errors
 *   extract*.c   visits the tree and fills a facts_unit
 *   suppressions.c   comments that suppress findings
 *   workers.c    worker processes, time limits, crashes
 */
#ifndef BLOCKSCAN_FRONTEND_FRONTEND_H
#define BLOCKSCAN_FRONTEND_FRONTEND_H

#include "analyzer/facts/facts.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

typedef BS_VEC(const char *) path_list;

/* One row of the compile database; all paths absolute and normalised. */
typedef struct compdb_entry {
  const char *directory, *file, *output; /* output: "" when the database has none and there is no -o */
  const char *const
      *arguments; /* as in the database, command split, response files expanded; NULL-terminated */
  uint32_t narguments;
  unsigned line; /* in the database, for messages */
  /* what of its input is gone, or why it is not read, a sentence: the unit is broken then, however well the
   * rest parses; or NULL */
  const char *lost;
} compdb_entry;

/* The header that a precompiled one is made of, by an entry of the database; absolute paths. */
typedef struct compdb_precompiled {
  const char *output, *header;
} compdb_precompiled;

/* A folder of the machine that made the database, and what stands for it here. */
typedef struct path_map {
  const char *from; /* as the database writes it; "C:/src" and "C:\\src" are the same */
  const char *to; /* absolute */
} path_map;

typedef struct compdb {
  bs_arena arena;
  const char *path; /* absolute */
  BS_VEC(compdb_entry) entries; /* in the order of file, then of the database; exact doubles dropped */
  /* what was odd but not fatal, for the ledger: a missing response file, an entry without a file */
  BS_VEC(const char *) notes;
  BS_VEC(const char *) lost; /* entries that could not even be made units of, a sentence each */
  BS_VEC(compdb_precompiled) precompiled; /* in the order of `output` */
} compdb;

/* Reads a database. An entry without `file`, or with neither `arguments` nor `command`, is noted and
 * skipped; a file that is no JSON array, or holds no usable entry, is an error "PATH:LINE:COLUMN: what;
 * expected …". `maps`: the paths of the machine that made it; none as a rule. */
bool compdb_load(compdb *db, const char *path, const path_map *maps, uint32_t nmaps, bs_error *error);
/* The same from memory, `path` for messages and relative directories. */
bool compdb_parse(compdb *db, const char *path, const char *text, size_t length, bs_error *error);
/* Keeps the entries of which `keep` says so. */
void compdb_filter(compdb *db, bool (*keep)(void *context, const compdb_entry *entry), void *context);
/* A database of one compile command, run in the current folder: "cc -c a.c -o a.o". */
bool compdb_of_command(compdb *db, const char *const *words, uint32_t count, bs_error *error);
/* The last source that a command names, or NULL; how many there are. */
const char *compdb_source_of_command(const char *const *words, uint32_t count, uint32_t *sources);
void compdb_fini(compdb *db);
/* Puts the header in the place of each precompiled one that a command line names. Looks at the disk. */
void compdb_replace_precompiled(compdb *db);
/* Sets `lost` of the entries whose folder or sysroot is not there. Looks at the disk; to be called when
 * command lines are what they will be. */
void compdb_find_lost(compdb *db);
/* The project root: the nearest folder at or above the database's that has .blockscan.yaml; else the
 * deepest folder at or above the database's that holds at least half of the entries' files, those aside that
 * lie in a build folder with the database: they are generated. Looks at the disk. In the database's arena. */
const char *compdb_root(compdb *db);

/* Arguments as libclang takes them: launcher and compiler dropped, what must not act twice stripped, quiet
 * flags and the resource directory (right before the user's) added, --target derived from a cross
 * compiler's name. NULL-terminated, in `arena`; *count is set. Does not hold the file itself. */
const char *const *clang_arguments(bs_arena *arena, const compdb_entry *entry, const char *resource_directory,
                                   uint32_t *count);
/* The index of the compiler among an entry's words, behind launchers. */
uint32_t compdb_compiler(const compdb_entry *entry);
/* The header that an entry of the database precompiles into `output` (absolute), or NULL. */
const char *compdb_precompiled_header(const compdb *db, const char *output);
/* The triple in the name of an entry's cross compiler, "arm-none-eabi"; NULL for a compiler of this machine.
 * In `arena`. */
const char *compdb_triple(bs_arena *arena, const compdb_entry *entry);
/* What the database tells of the program an object belongs to: "CMakeFiles/server.dir" or "server.p" parts
 * of the output path with the folders before them, else "". In `arena`. */
const char *compdb_group(bs_arena *arena, const compdb_entry *entry);

/* The loaded libclang's version: "19.1.7". */
const char *toolchain_version(bs_arena *arena);
/* That version and the resource directory, checked for include/stddef.h. False with an error that says
 * where was looked. */
bool toolchain_find(bs_arena *arena, const char **version, const char **resource_directory, bs_error *error);

typedef struct parse_request {
  const char *root; /* absolute project root: paths inside are made relative to it */
  const compdb_entry *entry;
  const char *resource_directory;
  /* a description of files with other contents than the disk's, for clang's -ivfsoverlay; or NULL */
  const char *overlay;
  bool own_files_only; /* a unit that reads files outside the root and the system's folders is refused */
  const struct parse_head *head; /* heads.h: what it begins with, to be parsed once for several; or NULL */
} parse_request;

/* Parses one unit in this process and fills `unit` (initialised, empty). `dependencies` gets the absolute
 * path of each file read, the main file first. A unit with errors still succeeds, with unit->errors
 * counted; false when there is no tree at all (missing file, refused flags): then unit->file, errors >= 1
 * and first_error are set all the same. */
bool parse_unit(const parse_request *request, facts_unit *unit, bs_arena *arena, path_list *dependencies);

#endif
