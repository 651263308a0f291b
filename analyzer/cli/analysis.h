/* What the verbs that analyse a whole program do in common: from a command line to a solved program and its checker. */
#ifndef BLOCKSCAN_CLI_ANALYSIS_H
#define BLOCKSCAN_CLI_ANALYSIS_H

#include "check/check.h"
#include "cli/cli.h"
#include "cli/units.h"

typedef struct analysis {
  bs_arena arena;
  compdb db;
  bool has_db;
  const char *root; /* absolute */
  project_config config;
  rule_set rules;
  unit_set units;
  program program;
  checker *checker;
  check_options check_options;
} analysis;

/* Prepares an empty analysis; always followed by analysis_fini. */
void analysis_init(analysis *a);
void analysis_fini(analysis *a);
/* From the options' compile database to a solved program with its call edges. Prints warnings on stderr. */
bool analysis_load(analysis *a, const cli_analysis *options, bs_error *error);
/* The same from files of facts that `blockscan extract` wrote. */
bool analysis_load_facts(analysis *a, const cli_analysis *options, const char *const *files, uint32_t count, bs_error *error);
/* Finds loops and entry points. */
void analysis_check(analysis *a, unsigned max_paths);
/* Adds the findings, the ledger and what the document says of tool and project; applies the configuration's exclusions. */
void analysis_report(analysis *a, const cli_analysis *options, report_document *document);
/* EXIT_INCOMPLETE when more units are broken than --max-broken, else `code`. Says so on stderr. */
int analysis_exit_code(const analysis *a, const cli_analysis *options, int code);

#endif
