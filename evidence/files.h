/* Leaves out of a report what has nothing to do with some files. */
#ifndef BLOCKSCAN_EVIDENCE_FILES_H
#define BLOCKSCAN_EVIDENCE_FILES_H

#include "analyzer/driver/analysis.h"

/* Keeps the findings whose call, callback or way lies in one of the files that the options name. A file that
 * is not there is an error; a source that no unit is made of makes the report incomplete. */
bool files_keep(const analysis *a, report_document *document, bs_error *error);

#endif
