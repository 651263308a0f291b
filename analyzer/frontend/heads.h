/* Heads: the directives that many units begin with, to be parsed once for all of them.
 *
 * A head is a run of #include and #define at the top of a source file, before anything else but comments.
 * Units of one folder, one command line and one head see the same headers in the same order, so what clang
 * makes of the head can be precompiled and taken up by each, with its directives blanked in the text: that is
 * what clang does with the preamble of a file that an editor shows. Facts are the same either way. */
#ifndef BLOCKSCAN_FRONTEND_HEADS_H
#define BLOCKSCAN_FRONTEND_HEADS_H

#include "analyzer/frontend/frontend.h"
#include "base/strbuf.h"

typedef struct parse_head {
  const char *text; /* the directives, a line each; quoted headers of the units' own folder by full path */
  uint32_t directives; /* how many */
  size_t least_bytes; /* one that reads fewer bytes of headers is not worth a file */
  const char *path; /* PATH.h, PATH.pch … are its files; NULL before heads_place */
} parse_head;

typedef struct head_plan {
  bs_arena arena;
  parse_head **heads; /* of each entry of the database; NULL: it is parsed alone */
  BS_VEC(parse_head *) used;
} head_plan;

/* Looks at the files of these entries and chooses for each the longest head that enough of them share.
 * `languages` are C and C++ without modules; other entries have no head. */
void heads_find(head_plan *plan, const compdb *db, const uint32_t *entries, uint32_t count,
                const char *resource_directory);
/* Gives each head its files' names in a folder of this process alone. */
void heads_place(head_plan *plan, const char *folder);
void heads_fini(head_plan *plan);
/* Puts blanks in the place of the first directives of a source file; returns where the last one ended, 0 when
 * the file has fewer. */
size_t head_blank(char *text, size_t length, uint32_t directives);

#endif
