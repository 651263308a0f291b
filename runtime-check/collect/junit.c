/* A recording as JUnit XML: one test case for each bound, and one for the program's own end. */
#include "runtime-check/collect/recording.h"

#include "base/xml.h"

static void add_case(bs_strbuf *out, const char *command, const char *name, bool passed, const char *text,
                     const char *details) {
  bs_strbuf_adds(out, "  <testcase classname=\"");
  xml_text(out, command);
  bs_strbuf_adds(out, "\" name=\"");
  xml_text(out, name);
  if (passed) {
    bs_strbuf_adds(out, "\"/>\n");
    return;
  }
  bs_strbuf_adds(out, "\">\n    <failure message=\"");
  xml_text(out, text);
  bs_strbuf_adds(out, "\">");
  xml_text(out, details);
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
      "failures=\"%u\" errors=\"0\" time=\"%.3f\">\n",
      checks->count + 1, failures, (double)(r->ended - r->began) / 1e9);
  add_case(out, command, "exit code", !exit_text, exit_text ? exit_text : "", "");
  for (uint32_t i = 0; i < checks->count; i++) {
    const check *c = &checks->items[i];
    add_case(out, command, c->name, c->passed, c->text, summary.text);
  }
  bs_strbuf_adds(out, "</testsuite>\n");
  bs_strbuf_fini(&summary);
}
