/* What the files of `blockscan record` share: record.c runs the program, record_options.c reads the command
 * line, record_report.c makes the document that the JSON report is written from. */
#ifndef BLOCKSCAN_CLI_RECORD_H
#define BLOCKSCAN_CLI_RECORD_H

#include "analyzer/driver/project.h"
#include "cli/cli.h"
#include "runtime-check/collect/recording.h"

typedef struct record_options {
  recording_options recording;
  analysis_options analysis; /* --config and --rules: what the packs say of loop libraries */
  char **command; /* the program and its arguments, NULL-terminated */
  cli_output_list outputs; /* none: the summary on stderr */
  const char *file; /* -o; NULL: not given */
  pid_t attach; /* the program that started this process by bs_runtime_start(); 0 none */
  enum report_color color;
  bool quiet;
  bs_arena arena;
} record_options;

extern const struct argp record_argp; /* input: record_options */

/* What the recorder knows of rules and loop libraries: the bundled ones, the project's and those of --rules.
 * False with an error; closed in either case. */
typedef struct record_knowledge {
  project_config config;
  rule_set rules;
} record_knowledge;
bool record_knowledge_open(record_knowledge *k, const record_options *o, bs_error *error);
void record_knowledge_close(record_knowledge *k);

/* Records the program that asked for it. */
int record_attached(const record_options *o);

/* Fills the document with stalls and loops. */
void record_report(const verdict *v, report_document *document);
/* Adds what held the loops as findings. */
void record_findings(const verdict *v, report_document *document);
/* A frame with its file relative to the root. */
report_frame record_frame(const verdict *v, const frame *f);

#endif
