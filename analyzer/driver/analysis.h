/* What the verbs that analyse a whole program do in common: from a command line to a solved program and
 * its checker. */
#ifndef BLOCKSCAN_DRIVER_ANALYSIS_H
#define BLOCKSCAN_DRIVER_ANALYSIS_H

#include "analyzer/check/check.h"
#include "analyzer/driver/units.h"
#include "cli/cli.h"

typedef struct analysis {
  bs_arena arena;
  compdb db;
  bool has_db;
  const char *root; /* absolute */
  project_config config;
  rule_set rules;
  unit_set units;
  program_input *inputs; /* facts of the units */
  uint32_t shown_warnings;
  uint32_t ninputs;
  program program;
  checker *checker;
  check_options check_options;
} analysis;

/* Prepares an empty analysis; always followed by analysis_fini. */
void analysis_init(analysis *a);
void analysis_fini(analysis *a);
/* From the options' compile database to rules and the facts of all units. Prints warnings on stderr. */
bool analysis_read(analysis *a, const cli_analysis *options, bs_error *error);
/* The same from files of facts that `blockscan extract` wrote. */
bool analysis_read_facts(analysis *a, const cli_analysis *options, const char *const *files, uint32_t count,
                         bs_error *error);
/* From facts to a solved program with its call edges. */
bool analysis_solve(analysis *a, const cli_analysis *options, bs_error *error);
/* Both. */
bool analysis_load(analysis *a, const cli_analysis *options, bs_error *error);
/* Finds loops and entry points. */
void analysis_check(analysis *a, unsigned max_paths);
/* Prints the error; the exit code for it: an interrupted run is incomplete, everything else an error. */
int analysis_fail(const analysis *a, const bs_error *error);
/* EXIT_INCOMPLETE when more of the units are broken than --max-broken, else `code`. Says so on stderr. */
int analysis_exit_code(const analysis *a, const cli_analysis *options, int code);

/* The report of what was read. When nothing has changed since the last run (facts, rules, configuration,
 * options, program), the one kept in the cache folder is taken, and nothing is solved. */
bool analysis_report(analysis *a, const cli_analysis *options, unsigned max_paths, report_document *document,
                     bs_error *error);
/* Decides by the options what makes the document incomplete; see report_judge. */
void analysis_judge(report_document *document, const cli_analysis *options);
/* EXIT_INCOMPLETE for a judged document that is incomplete, else `code`. Says so on stderr. */
int analysis_report_exit_code(const report_document *document, int code);

/* The same of a program that is solved and checked in any case: for those who ask it further questions. */
bool analysis_examine(analysis *a, const cli_analysis *options, unsigned max_paths, report_document *document,
                      bs_error *error);
/* Fills the document from a checked program; a part of the above. */
void analysis_work_out(analysis *a, const cli_analysis *options, report_document *document);
/* Judges the report and writes it to every output; the exit code. */
int analysis_write(report_document *document, const cli_analysis *options, const cli_report *report);

/* What link does with what it has read: the report, written to every output, and the exit code. An error of
 * reading (`was_read` false) or of the analysis is printed. */
int analysis_finish(analysis *a, bool was_read, const cli_analysis *options, const cli_report *report,
                    bs_error *error);

#endif
