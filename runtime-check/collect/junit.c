/* A recording as JUnit XML: one test case for each bound, and one for the program's own end. */
#include "collect/recording.h"

#include "reports/utf8.h"

#include <string.h>

/* Text in an attribute or an element: what XML cannot hold becomes U+FFFD. */
static void add_text(bs_strbuf *out, const char *text) {
  size_t left = strlen(text);
  while (left) {
    unsigned char c = (unsigned char)*text;
    size_t n = c < 0x80 ? 1 : utf8_length(text, left);
    if (c == '&')
      bs_strbuf_adds(out, "&amp;");
    else if (c == '<')
      bs_strbuf_adds(out, "&lt;");
    else if (c == '>')
      bs_strbuf_adds(out, "&gt;");
    else if (c == '"')
      bs_strbuf_adds(out, "&quot;");
    else if (c == '\n' || c == '\t')
      bs_strbuf_addf(out, "&#%u;", c);
    else if (c < 0x20 || !n)
      bs_strbuf_adds(out, "\xef\xbf\xbd");
    else
      bs_strbuf_add(out, text, n);
    text += n ? n : 1;
    left -= n ? n : 1;
  }
}

static void add_case(bs_strbuf *out, const char *command, const char *name, bool passed, const char *text,
                     const char *details) {
  bs_strbuf_adds(out, "  <testcase classname=\"");
  add_text(out, command);
  bs_strbuf_adds(out, "\" name=\"");
  add_text(out, name);
  if (passed) {
    bs_strbuf_adds(out, "\"/>\n");
    return;
  }
  bs_strbuf_adds(out, "\">\n    <failure message=\"");
  add_text(out, text);
  bs_strbuf_adds(out, "\">");
  add_text(out, details);
  bs_strbuf_adds(out, "</failure>\n  </testcase>\n");
}

void junit_write(const verdict *v, const check_list *checks, const char *command, const char *exit_text,
                 bs_strbuf *out) {
  const recording *r = v->recording;
  bs_strbuf summary = BS_STRBUF_INIT;
  unsigned failures = exit_text != NULL;
  for (uint32_t i = 0; i < checks->count; i++) failures += !checks->items[i].passed;
  summary_write(v, checks, false, &summary);
  bs_strbuf_addf(
      out,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"blockscan record\" tests=\"%u\" "
      "failures=\"%u\" time=\"%.3f\">\n",
      checks->count + 1, failures, (double)(r->ended - r->began) / 1e9);
  add_case(out, command, "exit code", !exit_text, exit_text ? exit_text : "", "");
  for (uint32_t i = 0; i < checks->count; i++) {
    const check *c = &checks->items[i];
    add_case(out, command, c->name, c->passed, c->text, summary.text);
  }
  bs_strbuf_adds(out, "</testsuite>\n");
  bs_strbuf_fini(&summary);
}
