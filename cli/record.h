/* What the files of `blockscan record` share: record.c runs the program, record_options.c reads the command
 * line, record_report.c makes the document that all reports are written from. */
#ifndef BLOCKSCAN_CLI_RECORD_H
#define BLOCKSCAN_CLI_RECORD_H

#include "analyzer/driver/project.h"
#include "cli/cli.h"
#include "runtime-check/collect/observe.h"
#include "runtime-check/collect/store_read.h"

typedef struct record_options {
  recording_options recording;
  analysis_options analysis; /* --config, --rules and --root only */
  cli_report report; /* outputs; none: text on stderr */
  char **command; /* the program and its arguments, NULL-terminated */
  const char *file; /* -o; NULL: not given */
  pid_t pid; /* a running program to watch from outside; 0 none */
  const char *comm; /* the same by its name; NULL none */
  const char *on_usr1; /* "forward", "summary" */
  uint64_t period_ns; /* of looks at it */
  pid_t attach; /* the program that started this process by bs_runtime_start(); 0 none */
  bool quiet;
  bool keep_arguments; /* also those that look like secrets */
  bs_arena arena;
} record_options;

extern const struct argp record_argp; /* input: record_options */

/* What the recorder knows of rules and loop libraries: the bundled ones, the project's and those of --rules.
 * False with an error; closed in either case. */
typedef struct record_knowledge {
  const char *root; /* absolute: files are told relative to it */
  project_config config;
  rule_set rules, unlevelled;
  const rule_set *all_rules; /* one of the two: with those that the configuration turned off */
  bs_arena arena;
} record_knowledge;
bool record_knowledge_open(record_knowledge *k, const record_options *o, bs_error *error);
void record_knowledge_close(record_knowledge *k);

/* Records the program that asked for it. */
int record_attached(const record_options *o);

/* The document of a recording, and what it is made from: the file, or, when that has not everything, the
 * memory. */
typedef struct record_report {
  report_document document;
  store_reader *reader;
  memory_observation memory;
  bool has_memory;
} record_report;

void record_report_init(record_report *report);
void record_report_fini(record_report *report);
/* Makes the document of a recording whose store is written, and closes it when nothing was lost: what is in
 * the file is what `blockscan report` will read. The knowledge and the account are borrowed. */
void record_report_make(record_report *report, const record_knowledge *k, recording *r, const account *v);
/* The same of a recording that goes on, from memory. */
void record_report_so_far(record_report *report, const record_knowledge *k, const account *v);
/* Appends the text of one stall or scope, for the program that asks: a recording_options.tell. */
void record_tell(const observation *one, bs_strbuf *out);

#endif
