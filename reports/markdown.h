/* What the files of the Markdown report share: markdown.c the whole and its bounds, markdown_finding.c one
 * finding, markdown_parts.c what stands below the findings. */
#ifndef BLOCKSCAN_REPORTS_MARKDOWN_H
#define BLOCKSCAN_REPORTS_MARKDOWN_H

#include "reports/phrase.h"

/* Appends text that stays text: nothing in it is Markdown, HTML, a mention of a person or of an issue. One
 * line; clipped when long. */
void markdown_text(bs_strbuf *out, const char *text);
/* The same as code. */
void markdown_code(bs_strbuf *out, const char *text);
/* Appends one finding, its path folded away. */
void markdown_finding(bs_strbuf *out, const report_finding *finding);
/* Appends a finding's first line: its place, what it is. */
void markdown_first_line(bs_strbuf *out, const report_finding *finding);
/* Each appends a section, or nothing. */
void markdown_fixed(bs_strbuf *out, const report_document *document);
void markdown_cuts(bs_strbuf *out, const report_document *document);
void markdown_recording(bs_strbuf *out, const report_document *document);
void markdown_ledger(bs_strbuf *out, const report_document *document);

#endif
