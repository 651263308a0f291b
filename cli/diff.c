/* `blockscan diff OLD.json NEW.json`: what a later report has that an earlier one had not. */
#include "cli/analysis.h"

#include "base/path.h"
#include "evidence/compare.h"
#include "reports/model/read_json.h"

typedef struct diff_options {
  cli_report report;
  const char *files[2];
  unsigned count;
} diff_options;

static error_t parse(int key, char *argument, struct argp_state *state) {
  diff_options *o = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = &o->report; return 0;
  case ARGP_KEY_ARG:
    if (o->count == 2) argp_error(state, "expected two reports; '%s' is a third", argument);
    o->files[o->count++ % 2] = argument;
    return 0;
  case ARGP_KEY_END:
    if (o->count < 2) argp_error(state, "expected two reports, the earlier one first");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_child children[] = {{&cli_report_argp, 0, CLI_REPORT_HEADER, 0}, {0}};
static const struct argp argp = {
    .parser = parse,
    .children = children,
    .args_doc = "OLD.json NEW.json",
    .doc = "Compares two JSON reports and shows what is new, fixed or only moved. Findings are the same "
           "across shifted lines, moved functions and renamed files."
           "\vExit codes: 0 nothing new, 1 new findings at or above --fail-on, 2 an error, 3 the later "
           "report is incomplete.",
};

static bool compare(const diff_options *o, report_document *earlier, report_document *later,
                    bs_error *error) {
  if (!report_read_json(earlier, o->files[0], error) || !report_read_json(later, o->files[1], error))
    return false;
  report_compare(earlier, later, o->report.min_confidence);
  report_clear_cuts(later); /* they speak of the old ones too */
  later->compared_with = bs_path_basename(o->files[0]);
  later->root_path = bs_path_cwd(&later->arena);
  return true;
}

static int run(int argc, char **argv) {
  diff_options o = {0};
  cli_report_init(&o.report);
  report_document earlier, later;
  report_document_init(&earlier);
  report_document_init(&later);
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, 0, &o)) {
    if (!compare(&o, &earlier, &later, &error))
      code = cli_fail(&error);
    else if ((code = cli_write_reports(&later, &o.report)) == 0)
      /* one that is incomplete may lack what is new: never 0 */
      code = cli_check_document(&later, cli_report_exit_code(&later, &o.report));
  }
  report_document_fini(&later);
  report_document_fini(&earlier);
  cli_report_fini(&o.report);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_diff = {
    .name = "diff",
    .summary = "compare two JSON reports: what is new, fixed, moved",
    .group = "Analysis",
    .argp = &argp,
    .run = run,
};
