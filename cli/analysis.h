/* What the verbs that analyse do with the outcome: print an error, write the report, find the exit code. */
#ifndef BLOCKSCAN_CLI_ANALYSIS_H
#define BLOCKSCAN_CLI_ANALYSIS_H

#include "analyzer/driver/analysis.h"
#include "cli/cli.h"

/* Prints the error; the exit code for it: a run that was `interrupted` is incomplete, everything else an
 * error. */
int cli_fail_analysis(bool interrupted, const bs_error *error);
/* For those who report no findings: EXIT_INCOMPLETE when too many units of the solved program are broken,
 * else `code`. Says so on stderr. */
int cli_check_units(const analysis *a, int code);
/* EXIT_INCOMPLETE for a judged document that is incomplete, else `code`. Says so on stderr. */
int cli_check_document(const report_document *document, int code);
/* Finds the cheapest cuts, judges the report and writes it to every output; the exit code. */
int cli_finish_report(report_document *document, const rule_set *rules, const analysis_options *options,
                      const cli_report *report);

#endif
