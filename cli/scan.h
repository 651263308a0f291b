/* What `blockscan watch` needs of `scan`: its options, and where the files lie that it reads. */
#ifndef BLOCKSCAN_CLI_SCAN_H
#define BLOCKSCAN_CLI_SCAN_H

#include "cli/cli.h"

/* Absolute; both live in the arena. */
typedef struct scan_places {
  const char *database, *root;
} scan_places;

/* The options of scan, told as those of watch. */
extern const struct argp cli_watch_argp;
/* Parses a command line of `watch`, which must not write a baseline or run as a hook, and finds what a scan
 * with it would read. */
bool cli_scan_places(int argc, char **argv, bs_arena *arena, scan_places *places, bs_error *error);

#endif
