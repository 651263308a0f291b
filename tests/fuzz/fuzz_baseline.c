/* Any bytes as the baseline of a report with findings: an error or a report. What is written back is read as
 * the same. */
#include "evidence/baseline.h"
#include "fuzz.h"

static void add(report_document *d, const char *id, const char *function, const char *api) {
  report_finding *f = report_add_finding(d);
  memcpy(f->id, id, sizeof f->id);
  f->rule = "disk.fsync";
  f->api = api;
  f->message = f->why = "";
  f->sink = (report_place){.file = "server.c", .line = 3, .function = function};
  f->confidence = RULE_LIKELY;
}

static void apply(const char *path, const baseline_options *options) {
  const char *said = NULL;
  bs_error error = BS_ERROR_INIT;
  report_document document;
  report_document_init(&document);
  add(&document, "0123456789abcdef", "on_read", "fsync");
  add(&document, "0123456789abcde0", "on_read", "fsync");
  add(&document, "fedcba9876543210", "on_write", "fdatasync");
  baseline_options o = *options;
  o.file = path;
  bool good = baseline_apply(&document, "/", &o, RULE_LIKELY, &said, &error);
  if (good == bs_error_is_set(&error)) abort();
  if (good && o.update)
    for (uint32_t i = 0; i < document.findings.count; i++)
      if (!document.findings.items[i].suppressed.by) abort();
  report_document_fini(&document);
  bs_error_fini(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char path[128];
  fuzz_path("baseline.json", path, sizeof path);
  fuzz_write(path, data, size);
  apply(path, &(baseline_options){0});
  apply(path, &(baseline_options){.prune = true});
  apply(path, &(baseline_options){.update = true});
  return 0;
}
