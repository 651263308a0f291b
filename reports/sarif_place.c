/* Places and messages of the SARIF report. */
#include "base/uri.h"
#include "reports/model/json.h"
#include "reports/sarif.h"

void sarif_add_plain(bs_strbuf *message, const char *text) {
  for (; *text; text++) {
    if (*text == '[' || *text == ']') bs_strbuf_addc(message, '\\');
    if (*text == '{' || *text == '}') bs_strbuf_addc(message, *text);
    bs_strbuf_addc(message, *text);
  }
}

void sarif_write_message(sarif *s, const char *before, const char *message) {
  bs_strbuf_adds(s->out, before);
  report_json_text(s->out, "{\"text\": ", message);
  bs_strbuf_addc(s->out, '}');
}

void sarif_write_plain(sarif *s, const char *before, const char *text) {
  bs_strbuf message = BS_STRBUF_INIT;
  sarif_add_plain(&message, text);
  sarif_write_message(s, before, message.text);
  bs_strbuf_fini(&message);
}

static void write_region(sarif *s, const report_place *place) {
  if (!place->line) return;
  report_json_number(s->out, ", \"region\": {\"startLine\": ", place->line);
  unsigned start = 0, end = 0;
  bool known =
      place->column && sources_columns(&s->sources, place->file, place->line, place->column, &start, &end);
  if (place->column) report_json_number(s->out, ", \"startColumn\": ", start);
  if (known) report_json_number(s->out, ", \"endColumn\": ", end);
  bs_strbuf_addc(s->out, '}');
}

void sarif_open_location(sarif *s, const char *before, const report_place *place, unsigned id) {
  const char *separator = "";
  bs_strbuf_adds(s->out, before);
  bs_strbuf_addc(s->out, '{');
  if (id) {
    report_json_number(s->out, "\"id\": ", id);
    separator = ", ";
  }
  if (*place->file) {
    bs_strbuf_adds(s->out, separator);
    report_json_text(s->out, "\"physicalLocation\": {\"artifactLocation\": {\"uri\": ",
                     uri_of_path(&s->arena, place->file));
    bs_strbuf_adds(s->out, *place->file == '/' ? "}" : ", \"uriBaseId\": \"%SRCROOT%\"}");
    write_region(s, place);
    bs_strbuf_addc(s->out, '}');
    separator = ", ";
  }
  if (!*place->function) return;
  bs_strbuf_adds(s->out, separator);
  report_json_text(s->out, "\"logicalLocations\": [{\"fullyQualifiedName\": ", place->function);
  bs_strbuf_adds(s->out, ", \"kind\": \"function\"}]");
}
