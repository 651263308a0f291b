/* Source lines under findings, with a caret. */
#ifndef BLOCKSCAN_REPORTS_EXCERPT_H
#define BLOCKSCAN_REPORTS_EXCERPT_H

#include "reports/paint.h"

/* The files read so far; zeroed when new. */
typedef struct excerpt_source {
  const char *file;
  bs_strbuf text;
} excerpt_source;
typedef struct excerpts {
  BS_VEC(excerpt_source) sources;
} excerpts;

void excerpts_fini(excerpts *sources);
/* Appends the line of a place and a caret under its column, stretched over the name that stands there.
 * Nothing when the file cannot be read or has no such line. */
void excerpt_write(excerpts *sources, painter *p, const char *root, const report_place *place);

#endif
