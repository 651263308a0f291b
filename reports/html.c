/* The HTML report: one page that opens from disk and loads nothing. */
#include "reports/html.h"
#include "reports/formats.h"

#include <string.h>

/* JSON that ends no script element and opens no comment in it: '<' stands in its strings only. */
static void add_block(bs_strbuf *out, const char *id, bs_strbuf *json) {
  bs_strbuf_addf(out, "<script type=\"application/json\" id=\"data-%s\">", id);
  bs_strbuf_reserve(out, json->length);
  for (const char *p = json->text, *end = p + json->length; p < end;) {
    const char *next = memchr(p, '<', (size_t)(end - p));
    bs_strbuf_add(out, p, (size_t)((next ? next : end) - p));
    if (next) bs_strbuf_adds(out, "\\u003c");
    p = next ? next + 1 : end;
  }
  bs_strbuf_adds(out, "</script>\n");
  bs_strbuf_clear(json);
}

static void add_data(bs_strbuf *out, const report_document *document, const report_options *options) {
  html_tables tables = {.document = document, .source = html_source_new(document->root_path)};
  bs_strbuf json = BS_STRBUF_INIT;
  bs_intern_init(&tables.texts);
  bs_intern_init(&tables.entries);
  bs_intern_init(&tables.steps);
  html_write_report(&tables, options, &json);
  add_block(out, "report", &json);
  html_write_paths(&tables, &json);
  add_block(out, "paths", &json);
  html_write_recording(&tables, &json);
  add_block(out, "recording", &json);
  html_source_write(tables.source, &json);
  add_block(out, "sources", &json);
  html_write_texts(&tables, &json);
  add_block(out, "texts", &json);
  bs_strbuf_fini(&json);
  bs_intern_fini(&tables.steps);
  bs_intern_fini(&tables.entries);
  bs_intern_fini(&tables.texts);
  html_source_free(tables.source);
}

/* Appends the page up to a marker; returns what follows the marker. */
static const char *add_until(bs_strbuf *out, const char *page, const char *marker) {
  const char *at = strstr(page, marker);
  if (!at) abort(); /* the build put it there */
  bs_strbuf_add(out, page, (size_t)(at - page));
  return at + strlen(marker);
}

void report_write_html(const report_document *document, const report_options *options, bs_strbuf *out) {
  const char *rest = add_until(out, html_page, "@plain@");
  html_write_plain(document, options, out);
  rest = add_until(out, rest, "@data@");
  add_data(out, document, options);
  bs_strbuf_adds(out, rest);
}
