/* What to do about units that did not parse: the common causes, told by the entry and the first error. */
#ifndef BLOCKSCAN_DRIVER_HINTS_H
#define BLOCKSCAN_DRIVER_HINTS_H

#include "analyzer/frontend/frontend.h"
#include "reports/model/model.h"

/* Gives what the document says of broken units the hint for their most frequent cause, and notes the other
 * ones in the ledger. To be called before the document is judged. */
void hints_add(const compdb *db, const char *root, report_document *document);

#endif
