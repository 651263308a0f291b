/* samples DOCUMENT FORMAT [ROOT]: prints a document of tests/unit/sample_document.h in an output format, for
 * the scripts that read it with the format's own readers. ROOT is the folder of the sources. */
#include "reports/formats.h"
#include "reports/model/completeness.h"
#include "tests/unit/sample_document.h"

static bool fill(report_document *document, const char *name) {
  if (!strcmp(name, "empty")) return document->tool_version = "1.2.3", true;
  if (!strcmp(name, "everything")) return sample_everything(document), true;
  if (!strcmp(name, "static")) return sample_static(document), true;
  if (!strcmp(name, "recording")) return sample_recording(document), true;
  if (!strcmp(name, "odd")) return sample_odd(document), true;
  if (!strcmp(name, "many")) return sample_many(document, 5000, 3, 4), true;
  if (!strcmp(name, "deep")) return sample_many(document, 1000, 64, 12), true;
  return false;
}

int main(int argc, char **argv) {
  report_document document;
  bs_strbuf out = BS_STRBUF_INIT;
  const report_options options = {.min_confidence = RULE_LIKELY};
  const report_format *format = argc > 2 ? report_find_format(argv[2]) : NULL;
  report_document_init(&document);
  int code = 2;
  if (format && fill(&document, argv[1])) {
    report_judge(&document, &(report_policy){0});
    if (argc > 3) document.root_path = argv[3];
    format->write(&document, &options, &out);
    code = fwrite(out.text, 1, out.length, stdout) == out.length && fflush(stdout) == 0 ? 0 : 1;
  }
  bs_strbuf_fini(&out);
  report_document_fini(&document);
  return code;
}
