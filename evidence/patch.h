/* Which lines a patch has changed: those that it adds, in the files as they are afterwards. */
#ifndef BLOCKSCAN_EVIDENCE_PATCH_H
#define BLOCKSCAN_EVIDENCE_PATCH_H

#include "base/error.h"
#include "base/intern.h"
#include "base/map.h"

typedef struct patch {
  bs_intern files; /* as findings name them */
  bs_map lines;    /* (file, line) → 1; line 0: every line of the file */
} patch;

/* How a path of the patch is called in findings; in the arena. */
typedef const char *patch_name(void *context, bs_arena *arena, const char *path);

void patch_init(patch *p);
void patch_fini(patch *p);
/* Reads a unified diff (of git, diff -u, …) and adds what it changes. `name` gets each path without "b/".
 * Text that is no diff is passed over; false with an error when a hunk is cut short. */
bool patch_read(patch *p, const char *text, patch_name *name, void *context, bs_error *error);
/* Whether a text can be what a program that compares files has written: nothing, or a patch of something. */
bool patch_is_one(const char *text);
/* Every line of the file has changed. */
void patch_add_file(patch *p, const char *file);
bool patch_has(const patch *p, const char *file, unsigned line);

#endif
