/* The last report, kept in the cache folder for as long as nothing that it was made from changes.
 *
 * Like the facts' cache it is never needed: a file that is missing, damaged or of another key is as if it
 * were not there, and one that cannot be written is not. Runs that write at once leave one whole file. */
#ifndef BLOCKSCAN_DRIVER_KEPT_H
#define BLOCKSCAN_DRIVER_KEPT_H

#include "reports/model/model.h"

/* Fills an initialised, empty document from FOLDER/report.bin when that has the key. */
bool kept_find(const char *folder, uint64_t key, report_document *document);
/* Writes the document under the key, in place of what was kept. A failure is no error: the next run does
 * without. */
void kept_put(const char *folder, uint64_t key, const report_document *document);

#endif
