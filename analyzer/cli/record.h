/* What the files of `blockscan record` share: record.c runs the program, record_options.c reads the command line, record_report.c
 * makes the document that the JSON report is written from. */
#ifndef BLOCKSCAN_CLI_RECORD_H
#define BLOCKSCAN_CLI_RECORD_H

#include "cli/cli.h"
#include "collect/recording.h"

typedef struct record_options {
  recording_options recording;
  char **command; /* the program and its arguments, NULL-terminated */
  cli_output_list outputs; /* none: the summary on stderr */
  enum report_color color;
  bool quiet;
  bs_arena arena;
} record_options;

extern const struct argp record_argp; /* input: record_options */

/* Fills the document with stalls and loops. */
void record_report(const verdict *v, report_document *document);

#endif
