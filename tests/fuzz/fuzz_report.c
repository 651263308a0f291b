/* Any bytes as a JSON report: an error or a document, never anything else. What was read must be safe to
 * write, and what is written must be read as the same. */
#include "reports/model/json.h"
#include "reports/model/read_json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bs_strbuf as_json(const report_document *document) {
  bs_strbuf text = BS_STRBUF_INIT;
  report_write_json(document, &(report_options){0}, &text);
  return text;
}

static void check(const report_document *document) {
  report_document again;
  report_document_init(&again);
  bs_strbuf before = as_json(document);
  if (!report_parse_json(&again, "again.json", before.text, before.length, NULL)) abort();
  bs_strbuf after = as_json(&again);
  if (strcmp(before.text, after.text) != 0) abort();
  report_document_fini(&again);
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = bs_malloc(size + 1);
  memcpy(text, data, size);
  text[size] = 0;
  report_document document;
  bs_error error = BS_ERROR_INIT;
  report_document_init(&document);
  bool good = report_parse_json(&document, "report.json", text, size, &error);
  if (good == bs_error_is_set(&error)) abort();
  if (good) check(&document);
  report_document_fini(&document);
  bs_error_fini(&error);
  free(text);
  return 0;
}
