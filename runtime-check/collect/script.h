/* Functions of scripts, by what their engine calls the code that it made of them. */
#ifndef BLOCKSCAN_COLLECT_SCRIPT_H
#define BLOCKSCAN_COLLECT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* Texts are parts of the name that was parsed. */
typedef struct script_place {
  const char *function, *file;
  size_t function_length, file_length; /* of the function 0: it has no name */
  unsigned line; /* where the function begins */
} script_place;

/* A name of V8's in a map for perf: "JS:*hold /srv/server.js:2:18", "LazyCompile:~hold
 * file:///srv/a.mjs:2". False for all others. */
bool script_place_parse(const char *name, script_place *out);
/* Whether a script is of the engine or a package, and nobody's own: "node:fs", ".../node_modules/...". */
bool script_file_is_library(const char *file);

#endif
