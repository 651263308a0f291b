/* `blockscan scan`, the default verb: what can block the event loop, from a compile database. */
#include "cli/analysis.h"

typedef struct scan_options {
  cli_analysis analysis;
  cli_report report;
} scan_options;

static error_t parse(int key, char *argument, struct argp_state *state) {
  scan_options *o = state->input;
  (void)argument;
  if (key != ARGP_KEY_INIT) return ARGP_ERR_UNKNOWN;
  state->child_inputs[0] = state->child_inputs[1] = &o->analysis;
  state->child_inputs[2] = &o->report;
  return 0;
}

static const struct argp_child children[] = {{&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0},
                                             {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0},
                                             {&cli_report_argp, 0, CLI_REPORT_HEADER, 0},
                                             {0}};
static const struct argp argp = {
    .parser = parse,
    .children = children,
    .args_doc = "[compile_commands.json]",
    .doc = "Finds calls that can block the event loop." CLI_EXIT_CODES,
};

static int run(int argc, char **argv) {
  scan_options o;
  cli_analysis_init(&o.analysis);
  cli_report_init(&o.report);
  analysis a;
  analysis_init(&a);
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (argp_parse(&argp, argc, argv, 0, NULL, &o) == 0)
    code = analysis_finish(&a, analysis_read(&a, &o.analysis, &error), &o.analysis, &o.report, &error);
  analysis_fini(&a);
  cli_report_fini(&o.report);
  cli_analysis_fini(&o.analysis);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_scan = {
    .name = "scan",
    .summary = "find calls that can block the event loop (the default)",
    .group = "Analysis",
    .argp = &argp,
    .run = run,
};
