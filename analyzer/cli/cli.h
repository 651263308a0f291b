/* Verbs: one verb, one file (cli/NAME.c), one row of the table in main.c.
 *
 * A verb parses its options with argp(3), does its work by calling the libraries, and is the only place that
 * prints errors. It returns the process' exit code: 0 nothing to report, 1 findings at or above --fail-on,
 * 2 usage, configuration or internal error, 3 the analysis is incomplete.
 */
#ifndef BLOCKSCAN_CLI_H
#define BLOCKSCAN_CLI_H

#include "base/error.h"
#include "cli/config.h"
#include "frontend/frontend.h"
#include "reports/model.h"
#include "rules/rules.h"

#include <argp.h>
#include <stdbool.h>

enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_ERROR = 2, EXIT_INCOMPLETE = 3 };

typedef struct cli_verb {
  const char *name;
  const char *summary;           /* one line for --help */
  const struct argp *argp;       /* options: --help, man pages and completions are made from it */
  int (*run)(int argc, char **argv); /* argv[0] is the verb's name */
} cli_verb;

/* The verbs in the order of --help; ended by a row without a name. */
extern const cli_verb cli_verbs[];
const cli_verb *cli_find_verb(const char *name);

typedef struct cli_output {
  const char *format; /* "text", "json" */
  const char *file;   /* NULL: stdout */
} cli_output;

/* What the verbs that analyse share. Filled by cli_analysis_argp (a child parser) with defaults set before. */
typedef struct cli_analysis {
  const char *database;        /* as given: a file, or a folder that holds compile_commands.json; NULL: look for one */
  const char *root;            /* --root, or NULL */
  const char *config;          /* --config FILE, or NULL: .blockscan.yaml in the root */
  const char *cache_dir;       /* --cache-dir, or NULL: .blockscan in the root */
  bool no_cache;               /* --no-cache */
  unsigned jobs;               /* -j; default: cores */
  unsigned unit_seconds;       /* --unit-timeout, seconds of wall clock for one unit; default 120 */
  unsigned unit_megabytes;     /* --unit-memory, address space of a worker; default 4096, 0 no limit */
  unsigned max_broken;         /* --max-broken N: more broken units than this end with exit code 3; default 0 */
  unsigned max_targets;        /* --max-targets: cap of an indirect call's target set; default 1024 */
  BS_VEC(const char *) rule_files; /* --rules FILE, repeatable: extra rules or packs */
  bool quiet;                  /* -q: no progress */
  bool verbose;                /* -v */
} cli_analysis;

extern const struct argp cli_analysis_argp; /* input: cli_analysis */
void cli_analysis_init(cli_analysis *options);
void cli_analysis_fini(cli_analysis *options);

/* Prints "blockscan: TEXT" to stderr and returns EXIT_ERROR. */
int cli_fail(const bs_error *error);
/* Finds the database that was meant: the given path, else compile_commands.json in `.`, `build`, `out`, `build*` and the parents. False with
 * an error that says how to make one for the build system that is seen (CMake, Meson, Make, Bazel, Autotools). */
bool cli_find_database(bs_arena *arena, const char *given, const char **path, bs_error *error);
/* Loads the bundled rules, those of the configuration and those of --rules, and indexes them. */
bool cli_load_rules(const cli_analysis *options, const project_config *config, rule_set *rules, bs_error *error);
/* Whether to colour `fd`, by --color, NO_COLOR, CLICOLOR_FORCE, CLICOLOR, the terminal and TERM, in that order. */
bool cli_use_color(enum report_color choice, int fd);

#endif
