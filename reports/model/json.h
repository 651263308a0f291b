/* The JSON report, and the two values that other formats in JSON write the same way. */
#ifndef BLOCKSCAN_REPORTS_MODEL_JSON_H
#define BLOCKSCAN_REPORTS_MODEL_JSON_H

#include "reports/model/model.h"

/* Appends the whole document: the writer of the format "json". */
report_writer report_write_json;

/* `before` is what stands in front of the value, the key included: ",\"line\":". */
void report_json_text(bs_strbuf *out, const char *before, const char *text);
void report_json_number(bs_strbuf *out, const char *before, uint64_t number);

#endif
