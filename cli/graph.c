/* `blockscan graph`: the call graph, one edge a line. */
#include "cli/analysis.h"

typedef struct graph_options {
  analysis_options analysis;
  bool external;
} graph_options;

enum { OPTION_EXTERNAL = 1000 };

static const struct argp_option options[] = {
    {"external", OPTION_EXTERNAL, NULL, 0,
     "Show calls to functions that the project does not define, too; their file is '-'", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state) {
  graph_options *o = state->input;
  (void)argument;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = state->child_inputs[1] = &o->analysis; return 0;
  case OPTION_EXTERNAL: o->external = true; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_child children[] = {
    {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0}, {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "[compile_commands.json]",
    .doc = "Prints the whole-program call graph with resolved function pointers, one edge a line: "
           "caller-file:caller, callee-file:callee, kind (direct, indirect, callback) and confidence, "
           "separated by tabs.",
};

static int run(int argc, char **argv) {
  graph_options o = {0};
  analysis_options_init(&o.analysis);
  o.analysis.listener = &cli_listener;
  analysis a;
  analysis_init(&a);
  bs_error error = BS_ERROR_INIT;
  bs_strbuf text = BS_STRBUF_INIT;
  int code = EXIT_ERROR;
  if (!cli_parse(&argp, argc, argv, 0, &o)) goto out;
  if (!analysis_read(&a, &o.analysis, &error) || !analysis_solve(&a, &error)) {
    code = cli_fail_analysis(a.units.interrupted, &error);
    goto out;
  }
  program_print(&a.program, o.external, &text);
  code = cli_write_stdout(&text);
  if (code == 0) code = cli_check_units(&a, EXIT_CLEAN);
out:
  bs_strbuf_fini(&text);
  analysis_fini(&a);
  analysis_options_fini(&o.analysis);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_graph = {
    .name = "graph",
    .summary = "print the call graph with resolved function pointers",
    .group = "Analysis",
    .argp = &argp,
    .run = run,
};
