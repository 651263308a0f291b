/* Paths as URI references (RFC 3986, RFC 8089). */
#ifndef BLOCKSCAN_BASE_URI_H
#define BLOCKSCAN_BASE_URI_H

#include "base/mem.h"

/* A file: URI of an absolute path, a relative reference of a relative one, percent-encoded. In the arena. */
const char *uri_of_path(bs_arena *arena, const char *path);
/* The absolute path that a file: URI names, or NULL for another kind. In the arena. */
const char *uri_to_path(bs_arena *arena, const char *uri);

#endif
