/* Functions that callbacks call and that no unit of the compile database defines, although the project has a
 * file for them. */
#ifndef BLOCKSCAN_DRIVER_MISSING_H
#define BLOCKSCAN_DRIVER_MISSING_H

#include "analyzer/driver/analysis.h"

/* Adds a gap to the document when there are any: what they do was not looked at. */
void missing_report(analysis *a, report_document *document);

#endif
