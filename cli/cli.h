/* Verbs: one verb, one file (cli/NAME.c) that defines `const cli_verb cli_verb_NAME`, one row of cli/verbs.c.
 *
 * A verb parses its options with argp(3), does its work by calling the libraries, and is the only place that
 * prints errors. It returns the process' exit code: 0 nothing to report, 1 findings at or above --fail-on,
 * 2 usage, configuration or internal error, 3 the analysis is incomplete (reports/model/completeness.h).
 */
#ifndef BLOCKSCAN_CLI_CLI_H
#define BLOCKSCAN_CLI_CLI_H

#include "analyzer/driver/options.h"
#include "base/error.h"
#include "reports/model/model.h"

#include <argp.h>
#include <stdbool.h>

enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_ERROR = 2, EXIT_INCOMPLETE = 3 };

typedef struct cli_verb {
  const char *name;
  const char *group; /* heading in --help: "Analysis"; NULL hides the verb from --help */
  const char *summary; /* one line for --help */
  const struct argp *argp; /* options: --help, man pages and completions are made from it */
  int (*run)(int argc, char **argv); /* argv[0] is "blockscan NAME", for argp's messages */
} cli_verb;

extern const cli_verb cli_verb_scan, cli_verb_watch, cli_verb_diff, cli_verb_why, cli_verb_graph,
    cli_verb_rules, cli_verb_explain, cli_verb_extract, cli_verb_link, cli_verb_record, cli_verb_report,
    cli_verb_learn, cli_verb_lsp, cli_verb_install_hook, cli_verb_completion, cli_verb_man;

/* The verbs in the order of --help; NULL-terminated. */
extern const cli_verb *const cli_verbs[];
/* What `blockscan ARGUMENTS` does: finds the verb (scan when none is named) and runs it. Returns the exit
 * code. */
int cli_main(int argc, char **argv);

/* argp_parse(3) with its arguments; where it has no memory, the process ends and says so. True: parsed. */
bool cli_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input);

/* Walks the options of an argp and of its children, in order; documentation rows and hidden ones are left
 * out. */
typedef void cli_option_visitor(const struct argp_option *option, void *context);
void cli_each_option(const struct argp *argp, cli_option_visitor *visit, void *context);
/* Appends the summary that `blockscan --help` prints. */
void cli_write_help(bs_strbuf *out);
/* Appends "blockscan VERSION" and libclang's version. */
void cli_write_version(bs_strbuf *out);

typedef struct cli_output {
  const char *format; /* "text", "json" */
  const char *file; /* NULL: stdout */
} cli_output;
typedef BS_VEC(cli_output) cli_output_list;

/* Input: analysis_options. Takes one positional argument, the database, unless the parent's parser took it:
 *
 *   static error_t parse(int key, char *argument, struct argp_state *state) {
 *     struct options *o = state->input;
 *     if (key == ARGP_KEY_INIT) {
 *       state->child_inputs[0] = &o->analysis;
 *       return 0;
 *     }
 *     return ARGP_ERR_UNKNOWN;
 *   }
 *   static const struct argp_child children[] = {{&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0}, {0}};
 */
extern const struct argp cli_analysis_argp;
#define CLI_ANALYSIS_HEADER "Analysis:"
/* The same input; for the verbs that parse sources: workers and the cache. */
extern const struct argp cli_parsing_argp;
#define CLI_PARSING_HEADER "Parsing:"

/* What the verbs that report findings share. Filled by cli_report_argp (a child parser) with defaults set
 * before. */
typedef struct cli_report {
  cli_output_list outputs; /* --output, repeatable; empty: text on stdout */
  enum report_color color; /* --color */
  /* --confidence: what text shows and what counts for --fail-on; default likely */
  enum rule_confidence min_confidence;
  enum rule_severity fail_on; /* --fail-on; RULE_SEVERITIES: never. Default warning */
  bool show_notes; /* --notes */
  bool show_ledger; /* --ledger */
  bool full_paths; /* --full-paths */
  unsigned max_findings; /* --max-findings; 0: all; CLI_MAX_DEFAULT: 50 in text, all in other formats */
  enum report_cuts cuts; /* --cuts */
  bool has_cuts; /* it was given */
  bool statistics; /* --statistics */
  unsigned max_paths; /* --max-paths: entries of a finding that keep their path; 0: all; default 64 */
  bs_arena arena;
} cli_report;

enum { CLI_MAX_DEFAULT = 0xffffffff, CLI_MAX_IN_TEXT = 50 };
extern const struct argp cli_report_argp; /* input: cli_report */
#define CLI_REPORT_HEADER "Report:"
/* The row of --color in a table of options, and what its argument means; a wrong one is a usage error. */
#define CLI_COLOR_OPTION(key) \
  {"color", key, "auto|always|never", OPTION_ARG_OPTIONAL, "Colour the text (default: auto, on a terminal)", \
   0}
enum report_color cli_parse_color(struct argp_state *state, const char *argument);
/* What the argument of --output, FORMAT[=FILE], means; a wrong one is a usage error. The name is kept in the
 * arena. */
void cli_add_output(struct argp_state *state, bs_arena *arena, cli_output_list *outputs,
                    const char *argument);
/* What stands below the options in --help of the verbs that make a report. */
#define CLI_EXIT_CODES \
  "\vExit codes: 0 everything was checked and there is nothing to report, 1 findings at or above " \
  "--fail-on, " \
  "2 an error, 3 the analysis is incomplete: units are broken, input is lost, a limit cut the search, or " \
  "no event loop was found."
void cli_report_init(cli_report *options);
void cli_report_fini(cli_report *options);
/* Writes every output; a file appears whole or not at all. Prints what failed and returns EXIT_ERROR, else
 * 0. */
int cli_write_reports(report_document *document, const cli_report *options);
/* EXIT_FINDINGS when a finding that is not suppressed is at or above --fail-on and --confidence, else
 * EXIT_CLEAN. */
int cli_report_exit_code(const report_document *document, const cli_report *options);
/* Writes a whole text to a file, which appears whole or not at all, or to stdout when `file` is NULL. Prints
 * what failed and returns EXIT_ERROR, else 0. */
int cli_write_text(const char *file, const bs_strbuf *text);
/* Writes a whole text to stdout. Prints what failed and returns EXIT_ERROR, else 0. */
int cli_write_stdout(const bs_strbuf *text);

/* Prints "blockscan: TEXT" to stderr and returns EXIT_ERROR. */
int cli_fail(const bs_error *error);
/* Prints warnings on stderr, and there, unless told to be quiet, how far the parsing is. */
extern const analysis_listener cli_listener;
/* Whether to colour `fd`, by --color, NO_COLOR, CLICOLOR_FORCE, CLICOLOR, the terminal and TERM, in that
 * order. */
bool cli_use_color(enum report_color choice, int fd);
/* Columns of the terminal behind `fd`, or 0. */
unsigned cli_terminal_width(int fd);

#endif
