/* What all who analyse a whole program do in common: from options to the facts of all units, to a solved
 * program with its checker, to the report. Each step does the ones before it when they are still to be done,
 * but for the reading. Nothing is printed: what goes wrong on the way is told to the options' listener. */
#ifndef BLOCKSCAN_DRIVER_ANALYSIS_H
#define BLOCKSCAN_DRIVER_ANALYSIS_H

#include "analyzer/check/check.h"
#include "analyzer/driver/options.h"
#include "analyzer/driver/units.h"
#include "rules/config.h"

typedef struct analysis {
  bs_arena arena;
  analysis_options options; /* those of the reading; their lists and texts are borrowed */
  compdb db;
  bool has_db;
  const char *root; /* absolute */
  project_config config;
  rule_set rules;
  unit_set units;
  program_input *inputs; /* facts of the units */
  uint32_t told_warnings; /* of those of the units */
  uint32_t ninputs;
  program program;
  bool is_solved;
  uint64_t program_key;
  bool keeps_program; /* set before it is solved: asks for it to be kept, see kept_program.h */
  checker *checker; /* NULL before analysis_check */
  check_options check_options;
} analysis;

/* Prepares an empty analysis; always followed by analysis_fini. */
void analysis_init(analysis *a);
void analysis_fini(analysis *a);

/* Reads rules and the facts of all units: those that the options' compile database lists; */
bool analysis_read(analysis *a, const analysis_options *options, bs_error *error);
/* or those in files that `blockscan extract` wrote, and in archives of them. In which order makes no
 * difference. */
bool analysis_read_facts(analysis *a, const analysis_options *options, const char *const *files,
                         uint32_t count, bs_error *error);
/* From what was read to a linked and solved program with its call edges. */
bool analysis_solve(analysis *a, bs_error *error);
/* Finds loops and entry points. A finding in a later report keeps the paths of `max_paths` entries; 0: of
 * all. */
bool analysis_check(analysis *a, unsigned max_paths, bs_error *error);
/* Fills an empty document. When nothing has changed since the last run (facts, rules, configuration, options,
 * program), the report that was kept in the cache folder is taken, and nothing is solved; unless the program
 * was checked before, for those who ask it further questions. */
bool analysis_report(analysis *a, unsigned max_paths, report_document *document, bs_error *error);

#endif
