/* What `report` and `learn` do in common: scans, reports and recordings are read and laid side by side. */
#ifndef BLOCKSCAN_EVIDENCE_JOINING_H
#define BLOCKSCAN_EVIDENCE_JOINING_H

#include "analyzer/driver/options.h"
#include "evidence/join.h"

typedef struct joining_options {
  analysis_options analysis;
  BS_VEC(const char *) files; /* given without an option: told apart by their content */
  BS_VEC(const char *) sources; /* --static: reports and compile databases */
  bool asks_static; /* --static, with or without a file */
  BS_VEC(const char *) recordings; /* --runtime */
  bs_arena arena;
} joining_options;

void joining_options_init(joining_options *options);
void joining_options_fini(joining_options *options);

typedef struct joining joining;
joining *joining_new(void);
/* After the document that was filled was freed: its texts are in here. */
void joining_free(joining *g);
/* Reads everything and joins it into an initialised, empty document. What was not named is looked for: a
 * compile database as for a scan, stalls.db here and in build folders. */
bool joining_run(joining *g, joining_options *options, unsigned max_paths, report_document *document,
                 bs_error *error);
/* Library functions without a rule that held a loop. */
const join_proposal *joining_proposals(const joining *g, uint32_t *count);
/* Whether the scan that failed was interrupted. */
bool joining_was_interrupted(const joining *g);
/* The rules that the findings were made with. */
const rule_set *joining_rules(const joining *g);

#endif
