/* Paths as text, without following symbolic links; and what a path is on the disk. */
#ifndef BLOCKSCAN_BASE_PATH_H
#define BLOCKSCAN_BASE_PATH_H

#include "base/mem.h"

#include <stdbool.h>

/* `path` made absolute against the absolute folder `base`, without ".", ".." and doubled slashes. */
char *bs_path_normalise(bs_arena *arena, const char *base, const char *path);
/* `path` relative to the folder `root` when it is inside it, else `path`; both normalised. Borrows from
 * `path`. */
const char *bs_path_relative(const char *root, const char *path);
/* The last component. Borrows. */
const char *bs_path_basename(const char *path);
/* Everything before the last slash; "/" for a file there, "." without a slash. */
char *bs_path_dirname(bs_arena *arena, const char *path);
/* Whether there is a folder of that name, or a link to one. */
bool bs_path_is_folder(const char *path);
/* Whether there is a regular file of that name, or a link to one. What a repository holds may be a pipe,
 * which nobody writes to, or lead to a device that never ends. */
bool bs_path_is_file(const char *path);
/* Whether a file lies outside of a folder, or a symbolic link leads there: then nothing of what stands in it
 * may be quoted. Both absolute and normalised. */
bool bs_path_leaves(const char *folder, const char *path);
/* Whether a path lies below a folder where packages put headers: those are not the project's. */
bool bs_path_is_installed(const char *path);
/* The process' working folder, absolute. */
char *bs_path_cwd(bs_arena *arena);

#endif
