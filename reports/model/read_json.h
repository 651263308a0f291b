/* The JSON report read back into the model: `diff` compares two of them, `report` joins one with a recording.
 *
 * Findings are parsed one at a time, so that a report of many megabytes costs little more than its text. */
#ifndef BLOCKSCAN_REPORTS_MODEL_READ_JSON_H
#define BLOCKSCAN_REPORTS_MODEL_READ_JSON_H

#include "base/error.h"
#include "reports/model/model.h"

/* Reads the JSON report in `file` into an empty document. False with an error that names the file and the
 * place: not JSON, another version, missing what the schema requires. Unknown keys are left out. */
bool report_read_json(report_document *document, const char *file, bs_error *error);
/* The same from memory, `file` for messages. `text` has a NUL behind its `length` bytes. */
bool report_parse_json(report_document *document, const char *file, const char *text, size_t length,
                       bs_error *error);

#endif
