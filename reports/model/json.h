/* What the files of the JSON report share: json.c the document and its findings, json_recording.c stalls and
 * loops. */
#ifndef BLOCKSCAN_REPORTS_MODEL_JSON_H
#define BLOCKSCAN_REPORTS_MODEL_JSON_H

#include "reports/model/model.h"

/* Appends the whole document: the writer of the format "json". */
report_writer report_write_json;

/* `before` is what stands in front of the value, the key included: ",\"line\":". */
void report_json_text(bs_strbuf *out, const char *before, const char *text);
void report_json_number(bs_strbuf *out, const char *before, uint64_t number);
/* A place without its closing brace, so that more keys can follow. */
void report_json_open_place(bs_strbuf *out, const report_place *place);
/* Appends the key "runtime" and what stands in front of it; nothing without a verdict. */
void report_json_add_runtime(bs_strbuf *out, const report_runtime *runtime);
/* Appends the keys "recording", "stalls", "loops" and "calls", and a comma. */
void report_json_add_recording(bs_strbuf *out, const report_document *document);

#endif
