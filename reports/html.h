/* What the files of the HTML report share: html.c the page, html_plain.c what is read without scripts,
 * html_data.c the tables that the page's script shows, html_recording.c those of a run, html_source.c the
 * lines of source in it.
 *
 * The page itself is reports/html/: page.html with the style sheets and scripts, put together at build time.
 * It loads nothing: the data stands in it as JSON, in blocks that no browser executes.
 */
#ifndef BLOCKSCAN_REPORTS_HTML_H
#define BLOCKSCAN_REPORTS_HTML_H

#include "base/intern.h"
#include "reports/model/model.h"

/* The page with the markers @plain@ and @data@ where those go (made by cmake/HtmlPage.cmake). */
extern const char html_page[];

/* What all tables refer to by number: texts, and places whose source is shown. */
typedef struct html_tables {
  const report_document *document;
  bs_intern texts; /* [0] is "" */
  bs_intern entries, steps; /* packed rows; [0] is no row */
  struct html_source *source;
} html_tables;

/* The number of a text; NULL is "". */
uint32_t html_number(html_tables *tables, const char *text);

/* Source lines that a reader of the report is shown. Lines are taken in the order in which they are asked
 * for, until they fill HTML_SOURCE_BYTES; each is in the report once. */
enum { HTML_SOURCE_BYTES = 4 << 20 };
struct html_source *html_source_new(const char *root_path);
void html_source_free(struct html_source *source);
/* Asks for the line of a place and as many around it. */
void html_source_want(struct html_source *source, const report_place *place, unsigned around);
/* Appends the value of the data's "sources", a JSON object. */
void html_source_write(const struct html_source *source, bs_strbuf *out);

/* Appends the data's JSON values: "report" (what the list of findings needs), "paths", "recording". */
void html_write_report(html_tables *tables, const report_options *options, bs_strbuf *out);
void html_write_paths(html_tables *tables, bs_strbuf *out);
void html_write_recording(html_tables *tables, bs_strbuf *out);
/* Appends "texts", an array; last, when all others have numbered theirs. */
void html_write_texts(const html_tables *tables, bs_strbuf *out);

/* Appends what a browser without scripts shows: the findings that `options` do not hide, and the ledger. */
void html_write_plain(const report_document *document, const report_options *options, bs_strbuf *out);

#endif
