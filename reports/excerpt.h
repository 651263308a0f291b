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
/* The text of a file, read once; empty when it cannot be read. Valid until the next file is asked for; its
 * bytes until the end. */
const bs_strbuf *excerpt_text(excerpts *sources, const char *root, const char *file);
/* Appends the line of a place and a caret under its column, stretched over the name that stands there.
 * Nothing when the file cannot be read or has no such line. */
void excerpt_write(excerpts *sources, painter *p, const char *root, const report_place *place);

#endif
