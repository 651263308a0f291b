/* A report document as bytes: an unchanged program's report is kept and not worked out again.
 *
 * The form is this build's own (no other program reads it; findings.schema.json is for those): whoever stores
 * it keys it by the build. Bytes that are cut short or changed are refused.
 */
#ifndef BLOCKSCAN_REPORTS_MODEL_ARCHIVE_H
#define BLOCKSCAN_REPORTS_MODEL_ARCHIVE_H

#include "reports/model/model.h"

/* Appends the whole document but `root_path`. */
void report_archive(const report_document *document, bs_strbuf *out);
/* Fills an initialised, empty document. Its strings lie in `bytes`, which must outlive it. False when the
 * bytes are no archive; the document is then good for report_document_fini only. */
bool report_restore(report_document *document, const void *bytes, size_t length);

#endif
