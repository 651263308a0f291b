/* `blockscan report`: findings of the source and recordings of the running program in one report. */
#include "cli/analysis.h"
#include "cli/joining.h"

typedef struct report_verb_options {
  joining_options evidence;
  cli_report report;
} report_verb_options;

static error_t parse(int key, char *argument, struct argp_state *state) {
  report_verb_options *o = state->input;
  (void)argument;
  if (key != ARGP_KEY_INIT) return ARGP_ERR_UNKNOWN;
  state->child_inputs[0] = &o->evidence;
  state->child_inputs[1] = state->child_inputs[2] = &o->evidence.analysis;
  state->child_inputs[3] = &o->report;
  return 0;
}

static const struct argp_child children[] = {{&cli_joining_argp, 0, CLI_JOINING_HEADER, 0},
                                             {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0},
                                             {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0},
                                             {&cli_report_argp, 0, CLI_REPORT_HEADER, 0},
                                             {0}};
static const struct argp argp = {
    .parser = parse,
    .children = children,
    .args_doc = "[FILE...]",
    .doc = "Compares the findings in the source with recordings of the running program: which findings held "
           "a loop, which calls were always fast, which were never made, and which stalls the scan did not "
           "find, with the reason. FILE is what --static or --runtime takes, recognised by its "
           "content." CLI_EXIT_CODES,
};

static int run(int argc, char **argv) {
  report_verb_options o;
  joining_options_init(&o.evidence);
  o.evidence.analysis.listener = &cli_listener;
  cli_report_init(&o.report);
  joining *g = joining_new();
  report_document document;
  report_document_init(&document);
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, 0, &o)) {
    if (joining_run(g, &o.evidence, o.report.max_paths, &document, &error))
      code = cli_finish_report(&document, joining_rules(g), &o.evidence.analysis, &o.report);
    else
      code = cli_fail_analysis(joining_was_interrupted(g), &error);
  }
  report_document_fini(&document);
  joining_free(g);
  cli_report_fini(&o.report);
  joining_options_fini(&o.evidence);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_report = {
    .name = "report",
    .summary = "join findings and recordings: what really blocks",
    .group = "Running programs",
    .argp = &argp,
    .run = run,
};
