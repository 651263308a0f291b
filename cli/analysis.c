/* One way out for all verbs that analyse, so that an exit code means one thing. */
#include "cli/analysis.h"

#include "evidence/cut.h"
#include "evidence/predict.h"
#include "reports/model/completeness.h"

#include <stdio.h>

int cli_fail_analysis(bool interrupted, const bs_error *error) {
  int code = cli_fail(error);
  return interrupted ? EXIT_INCOMPLETE : code;
}

int cli_check_document(const report_document *document, int code) {
  bs_strbuf text = BS_STRBUF_INIT;
  report_tell_gaps(document, &text);
  if (text.length) fputs(text.text, stderr);
  bs_strbuf_fini(&text);
  return document->incomplete.count ? EXIT_INCOMPLETE : code;
}

/* A document of the units alone is judged. */
int cli_check_units(const analysis *a, int code) {
  const program *p = &a->program;
  report_document document;
  report_document_init(&document);
  document.units = p->units.count;
  for (uint32_t i = 0; i < document.units; i++) {
    const program_unit *u = &p->units.items[i];
    if (u->errors)
      *bs_vec_push(&document.broken_units) = (report_broken_unit){
          program_text(p, u->file), u->errors, u->first_error ? program_text(p, u->first_error) : NULL};
  }
  report_judge(&document, &(report_policy){a->options.max_broken, true});
  code = cli_check_document(&document, code);
  report_document_fini(&document);
  return code;
}

static void tell_phase(const analysis_options *options, const char *what, unsigned units) {
  const analysis_listener *l = options->quiet ? NULL : options->listener;
  if (l && l->phase) l->phase(l->context, what, units);
}

int cli_finish_report(report_document *document, const rule_set *rules, const analysis_options *options,
                      const cli_report *report) {
  tell_phase(options, "writing the report of", document->units);
  analysis_time(options, "cuts");
  report_find_cuts(document, rules);
  report_predict(document);
  report_judge(document, &(report_policy){options->max_broken, options->no_loops_ok});
  analysis_time(options, "write");
  int code = cli_write_reports(document, report);
  analysis_time(options, NULL);
  tell_phase(options, NULL, 0);
  return code ? code : cli_check_document(document, cli_report_exit_code(document, report));
}
