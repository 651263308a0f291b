/* Command lines as the user mends them: where a database says what is not true on this machine. */
#ifndef BLOCKSCAN_FRONTEND_MEND_H
#define BLOCKSCAN_FRONTEND_MEND_H

#include "analyzer/frontend/frontend.h"

enum mend_kind { MEND_ADD, MEND_ADD_BEFORE, MEND_REMOVE };
/* One word that is added to, or removed from, the command lines of some files. */
typedef struct command_mend {
  enum mend_kind kind;
  const char *word; /* REMOVE: a glob that a whole word matches; the operand in the next word goes with it */
  bool (*covers)(const char *glob, const char *path); /* with `glob`; NULL: every file */
  const char *glob; /* of paths relative to the root */
} command_mend;

/* Applies them in order to every entry. */
void mend_commands(compdb *db, const char *root, const command_mend *mends, uint32_t count);

/* The system folders and the target of the compilers that match one of the globs
 * ("/opt/<star><star>/arm-*-gcc"): each is asked once (-E -v) with the words of the entry that decide them,
 * and what it says is added to the entry's words. Only those run: `matches` decides on the absolute paths of
 * compiler and source. What failed is noted in the database. */
typedef bool mend_may_ask(void *context, const char *driver, const char *source);
void mend_query_drivers(compdb *db, mend_may_ask *matches, void *context);

/* Whether a path is one of Windows with a drive: "C:/src", "C:\\src". */
bool mend_is_windows(const char *path);
/* A path as it is on this machine: the first map whose `from` is a folder above it is applied. `windows`: its
 * backslashes are slashes. In the arena, or `path` itself. */
const char *mend_path(bs_arena *arena, const path_map *maps, uint32_t count, bool windows, const char *path);
/* The same for a path whose start may have been mapped already: one below a map's `to` stays as it is. */
const char *mend_path_again(bs_arena *arena, const path_map *maps, uint32_t count, const char *path);
/* The same for the paths in words: whole ones, and what follows an option. `again`: some of the words have
 * been mapped already, those that lie in a map's `to`. */
void mend_paths(bs_arena *arena, const path_map *maps, uint32_t count, bool windows, bool again,
                path_list *words);

#endif
