/* The source files that a report speaks of, each read once: their lines, columns, and what GitHub knows a
 * line by. */
#ifndef BLOCKSCAN_REPORTS_SOURCES_H
#define BLOCKSCAN_REPORTS_SOURCES_H

#include "base/map.h"
#include "reports/excerpt.h"

typedef struct source_file {
  const char *text; /* empty when it cannot be read */
  size_t length;
  BS_VEC(size_t) lines; /* where each begins */
  char **hashes; /* for each line; NULL before they are asked for */
  uint32_t hash_count;
} source_file;

typedef struct sources {
  const char *root; /* absolute */
  excerpts texts;
  bs_map index; /* hash of the name -> number */
  BS_VEC(source_file) files;
} sources;

/* No file yet. `root` is borrowed. */
void sources_init(sources *s, const char *root);
void sources_fini(sources *s);
/* The columns, from 1, that a name at this byte column begins at and ends before, in UTF-16 code units: what
 * SARIF counts in. False when there is no such place; then *start is the byte column. */
bool sources_columns(sources *s, const char *file, unsigned line, unsigned column, unsigned *start,
                     unsigned *end);
/* GitHub's primaryLocationLineHash, "hex:count"; NULL when there is no such line. Lives as long as the
 * sources. */
const char *sources_line_hash(sources *s, const char *file, unsigned line);

#endif
