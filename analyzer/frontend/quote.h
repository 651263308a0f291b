/* What may be quoted of a parser's complaint.
 *
 * A source can include any file that the user can read, and #embed it; the complaints then quote it, and
 * reports leave the machine (a comment on a pull request). So a complaint is given in its words only when all
 * that it can speak of lies below the root or in the system's own folders; else by its category. */
#ifndef BLOCKSCAN_FRONTEND_QUOTE_H
#define BLOCKSCAN_FRONTEND_QUOTE_H

#include "base/mem.h"

#include <clang-c/Index.h>
#include <stdbool.h>

typedef struct quoting {
  bs_arena *arena;
  const char *root, *directory; /* absolute: of the project; what the unit's relative names are relative to */
  CXTranslationUnit unit;
  bool has_overlay; /* files may be there that the disk does not have */
  bool reads_foreign; /* the unit has read a file that is neither the project's nor the system's */
} quoting;

/* Looks at what the unit has read. */
void quote_prepare(quoting *q);
/* The words to show for a diagnostic, in the arena. */
const char *quote_diagnostic(const quoting *q, CXDiagnostic diagnostic);

#endif
