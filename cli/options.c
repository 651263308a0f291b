/* The options that several verbs share, as argp parsers to be used as children. */
#include "analyzer/frontend/language.h"
#include "cli/cli.h"
#include "reports/formats.h"

#include "base/path.h"
#include "base/visible.h"
#include "evidence/git.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
  OPTION_ROOT = 0x100,
  OPTION_CONFIG,
  OPTION_CACHE_DIR,
  OPTION_NO_CACHE,
  OPTION_NO_PRECOMPILE,
  OPTION_UNIT_TIMEOUT,
  OPTION_UNIT_MEMORY,
  OPTION_MAX_BROKEN,
  OPTION_MAX_TARGETS,
  OPTION_IF_NO_LOOPS,
  OPTION_EXTRA_ARG,
  OPTION_EXTRA_ARG_BEFORE,
  OPTION_REMOVE_ARG,
  OPTION_QUERY_DRIVER,
  OPTION_PATH_MAP,
  OPTION_RULES,
  OPTION_SELECT,
  OPTION_IGNORE,
  OPTION_UNTRUSTED,
  OPTION_TIMEOUT,
  OPTION_MEMORY,
  OPTION_ENTRY,
  OPTION_PROGRAM,
  OPTION_TIMINGS,
};

static const struct argp_option analysis_table[] = {
    {"build-path", 'p', "DIR", 0, "The compile database, or the build folder that holds it", 0},
    {"root", OPTION_ROOT, "DIR", 0, "Paths are reported relative to DIR (default: found from the database)",
     0},
    {"config", OPTION_CONFIG, "FILE", 0, "Read FILE instead of .blockscan.yaml in the root", 0},
    {"rules", OPTION_RULES, "FILE", 0, "Add the rules or loop packs of FILE; repeatable", 0},
    {"select", OPTION_SELECT, "RULE", 0, "Use this rule only, or those of a prefix: 'disk.*'; repeatable", 0},
    {"ignore", OPTION_IGNORE, "RULE", 0, "Do not use this rule, or those of a prefix: 'stdio.*'; repeatable",
     0},
    {"entry", OPTION_ENTRY, "GLOB", 0,
     "Take functions of this name as callbacks: code outside the project calls them on its loop; repeatable",
     0},
    {"program", OPTION_PROGRAM, "NAME", 0, "Check only this one of the database's programs", 0},
    {"max-broken", OPTION_MAX_BROKEN, "N", 0,
     "End with exit code 3 when more than N units are broken (default: 0)", 0},
    {"if-no-loops", OPTION_IF_NO_LOOPS, "ok|incomplete", 0,
     "How to judge a program in which no callback of a loop is found (default: incomplete, exit code 3)", 0},
    {"max-targets", OPTION_MAX_TARGETS, "N", 0,
     "Follow at most N targets of one indirect call (default: 1024)", 0},
    {"quiet", 'q', NULL, 0, "No progress on stderr", 0},
    {"timings", OPTION_TIMINGS, NULL, 0, "Print on stderr what each phase took: time and memory", 0},
    {"verbose", 'v', NULL, 0, "Print more details on stderr", 0},
    {0},
};

static const struct argp_option parsing_table[] = {
    {"extra-arg", OPTION_EXTRA_ARG, "WORD", 0, "Add WORD at the end of every command line; repeatable", 0},
    {"extra-arg-before", OPTION_EXTRA_ARG_BEFORE, "WORD", 0,
     "Add WORD before the other words of every command line; repeatable", 0},
    {"remove-arg", OPTION_REMOVE_ARG, "GLOB", 0,
     "Remove the words that GLOB matches, and their operands, from every command line; repeatable", 0},
    {"query-driver", OPTION_QUERY_DRIVER, "GLOB", 0,
     "Run the compilers of the database whose absolute path matches GLOB, to ask for their system headers; "
     "repeatable",
     0},
    {"path-map", OPTION_PATH_MAP, "OLD=NEW", 0,
     "Read NEW where the database says OLD, the folder of another machine; repeatable", 0},
    {"jobs", 'j', "N", 0, "Parse with N worker processes (default: one per core)", 0},
    {"cache-dir", OPTION_CACHE_DIR, "DIR", 0,
     "Keep the cache in DIR (default: a folder below ~/.cache/blockscan)", 0},
    {"no-cache", OPTION_NO_CACHE, NULL, 0, "Parse everything, keep nothing", 0},
    {"no-precompile", OPTION_NO_PRECOMPILE, NULL, 0,
     "Parse each unit from its first line, also where many begin with the same headers", 0},
    {"untrusted", OPTION_UNTRUSTED, NULL, 0,
     "The sources are a stranger's: believe configuration, rules, baseline and suppressions only as "
     "--new-from-rev has them, use no cache, read nothing outside the project and the system's folders, and "
     "bound the run (--timeout 900, --memory 8192)",
     0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0,
     "End an analysis that takes longer, with exit code 3 (default: none)", 0},
    {"memory", OPTION_MEMORY, "MB", 0, "Address space of the whole program's analysis (default: no limit)",
     0},
    {"unit-timeout", OPTION_UNIT_TIMEOUT, "SECONDS", 0,
     "Give up on a unit after SECONDS of CPU time (default: 120)", 0},
    {"unit-memory", OPTION_UNIT_MEMORY, "MB", 0, "Address space of one worker (default: 4096; 0: no limit)",
     0},
    {0},
};

/* The number of an option that must lie in low..high; a usage error names the option. */
static unsigned number(struct argp_state *state, const char *option, const char *text, unsigned low,
                       unsigned high) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (errno || end == text || *end || *text < '0' || *text > '9' || value < low || value > high)
    argp_error(state, "%s: invalid value '%s' (expected a number from %u to %u)", option, text, low, high);
  return (unsigned)value;
}

static unsigned choice(struct argp_state *state, const char *option, const char *text,
                       const char *const *words, unsigned count);

/* No database: `blockscan src/server.c` finds the database by itself. */
static bool is_source(const char *path) {
  return language_of_file(path) != LANGUAGE_OTHER || language_is_header(path);
}

static error_t parse_analysis(int key, char *argument, struct argp_state *state) {
  analysis_options *options = state->input;
  switch (key) {
  case OPTION_ROOT: options->root = argument; break;
  case OPTION_CONFIG: options->config = argument; break;
  case OPTION_RULES: *bs_vec_push(&options->rule_files) = argument; break;
  case OPTION_SELECT: *bs_vec_push(&options->select) = argument; break;
  case OPTION_IGNORE: *bs_vec_push(&options->ignore) = argument; break;
  case OPTION_ENTRY: *bs_vec_push(&options->entries) = argument; break;
  case OPTION_PROGRAM: options->program = argument; break;
  case OPTION_MAX_BROKEN: options->max_broken = number(state, "--max-broken", argument, 0, INT_MAX); break;
  case OPTION_IF_NO_LOOPS: {
    static const char *const choices[] = {"ok", "incomplete"};
    options->no_loops_ok = choice(state, "--if-no-loops", argument, choices, 2) == 0;
    break;
  }
  case OPTION_MAX_TARGETS: options->max_targets = number(state, "--max-targets", argument, 1, 1 << 20); break;
  case OPTION_TIMINGS: options->timings = true; break;
  case 'q': options->quiet = true; break;
  case 'v': options->verbose = true; break;
  case 'p':
    if (options->files.count) argp_error(state, "-p must come before the files");
    if (options->database) *bs_vec_push(&options->files) = options->database;
    options->database = argument;
    break;
  case ARGP_KEY_ARG:
    if (options->takes_files && (options->database || is_source(argument))) {
      *bs_vec_push(&options->files) = argument;
      break;
    }
    if (options->database)
      argp_error(state, "more than one compile database: '%s' and '%s'", options->database, argument);
    options->database = argument;
    break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

const struct argp cli_analysis_argp = {.options = analysis_table, .parser = parse_analysis};

/* What is in a repository, anybody can have written. */
static void distrust_tracked(analysis_options *options) {
  if (!options->cache_dir || options->no_cache || !git_tracks(options->cache_dir)) return;
  visible_say("the cache %s is not used: git tracks it", options->cache_dir);
  options->no_cache = true;
}

static void add_mend(analysis_options *options, enum mend_kind kind, const char *word) {
  *bs_vec_push(&options->mends) = (command_mend){.kind = kind, .word = word};
}

static void add_path_map(struct argp_state *state, analysis_options *options, const char *text) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || !equals[1])
    argp_error(state, "--path-map: invalid value '%s' (expected OLD=NEW, two folders)", text);
  else
    *bs_vec_push(&options->path_maps) =
        (path_map){bs_arena_strndup(&options->arena, text, (size_t)(equals - text)),
                   bs_path_normalise(&options->arena, bs_path_cwd(&options->arena), equals + 1)};
}

/* Of the process, not of one analysis. */
typedef struct run_bounds {
  unsigned seconds, megabytes; /* 0: none */
} run_bounds;
static run_bounds bounds;

enum { UNTRUSTED_SECONDS = 900, UNTRUSTED_MEGABYTES = 8192 };

static void give_up(int signal) {
  static const char text[] = "blockscan: incomplete: --timeout has expired\n";
  (void)signal;
  (void)!write(STDERR_FILENO, text, sizeof text - 1);
  _exit(EXIT_INCOMPLETE); /* workers end when nobody reads what they say */
}

static void bound_run(void) {
  if (bounds.megabytes) bs_mem_limit(bounds.megabytes);
  if (!bounds.seconds) return;
  signal(SIGALRM, give_up);
  alarm(bounds.seconds);
}

static void finish_parsing(analysis_options *options) {
  distrust_tracked(options);
  if (options->untrusted) options->no_cache = true;
  if (options->untrusted && !bounds.seconds) bounds.seconds = UNTRUSTED_SECONDS;
  if (options->untrusted && !bounds.megabytes) bounds.megabytes = UNTRUSTED_MEGABYTES;
  bound_run();
}

static error_t parse_parsing(int key, char *argument, struct argp_state *state) {
  analysis_options *options = state->input;
  switch (key) {
  case OPTION_EXTRA_ARG: add_mend(options, MEND_ADD, argument); break;
  case OPTION_EXTRA_ARG_BEFORE: add_mend(options, MEND_ADD_BEFORE, argument); break;
  case OPTION_REMOVE_ARG: add_mend(options, MEND_REMOVE, argument); break;
  case OPTION_QUERY_DRIVER: *bs_vec_push(&options->query_drivers) = argument; break;
  case OPTION_PATH_MAP: add_path_map(state, options, argument); break;
  case 'j': options->jobs = number(state, "--jobs", argument, 1, 4096); break;
  case OPTION_CACHE_DIR: options->cache_dir = argument; break;
  case OPTION_NO_CACHE: options->no_cache = true; break;
  case OPTION_NO_PRECOMPILE: options->no_precompiled = true; break;
  case OPTION_UNTRUSTED: options->untrusted = true; break;
  case OPTION_TIMEOUT: bounds.seconds = number(state, "--timeout", argument, 1, 1000000); break;
  case OPTION_MEMORY: bounds.megabytes = number(state, "--memory", argument, 64, 1 << 24); break;
  case ARGP_KEY_END: finish_parsing(options); break;
  case OPTION_UNIT_TIMEOUT:
    options->unit_seconds = number(state, "--unit-timeout", argument, 1, 1000000);
    break;
  case OPTION_UNIT_MEMORY:
    options->unit_megabytes = number(state, "--unit-memory", argument, 0, 1 << 24);
    break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

const struct argp cli_parsing_argp = {.options = parsing_table, .parser = parse_parsing};

enum {
  OPTION_COLOR = 0x200,
  OPTION_CONFIDENCE,
  OPTION_FAIL_ON,
  OPTION_NOTES,
  OPTION_LEDGER,
  OPTION_FULL_PATHS,
  OPTION_MAX_FINDINGS,
  OPTION_CUTS,
  OPTION_STATISTICS,
  OPTION_MAX_PATHS,
};

static const struct argp_option report_options_table[] = {
    {"output", 'o', "FORMAT[=FILE]", 0,
     "Write the report to FILE, or to stdout without one or with -, as " REPORT_FORMAT_NAMES
     "; repeatable (default: text)",
     0},
    {"confidence", OPTION_CONFIDENCE, "possible|likely|certain", 0,
     "Show findings of this confidence or more (default: likely)", 0},
    {"notes", OPTION_NOTES, NULL, 0, "Show notes in full, not only their number", 0},
    {"ledger", OPTION_LEDGER, NULL, 0, "List every call through a pointer that no known function reaches", 0},
    {"fail-on", OPTION_FAIL_ON, "note|warning|error|never", 0,
     "End with exit code 1 for findings of this level or more (default: warning)", 0},
    {"full-paths", OPTION_FULL_PATHS, NULL, 0, "Show every step of long call paths", 0},
    {"max-findings", OPTION_MAX_FINDINGS, "N", 0,
     "Show the first N findings (default: 50 in text, all in the other formats; 0: all)", 0},
    {"statistics", OPTION_STATISTICS, NULL, 0,
     "Text: count the findings by rule, file and callback in place of showing them", 0},
    {"cuts", OPTION_CUTS, "short|full|none", 0,
     "Text: list the cheapest cuts, list them and show how work leaves the loop, or neither (default: short; "
     "none under --hook)",
     0},
    {"max-paths", OPTION_MAX_PATHS, "N", 0,
     "Keep the call paths of N callbacks of a finding (default: 64; 0: all)", 0},
    CLI_COLOR_OPTION(OPTION_COLOR),
    {0},
};

/* The index of a word in a list; a usage error names the option and the words. */
static unsigned choice(struct argp_state *state, const char *option, const char *text,
                       const char *const *words, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (!strcmp(words[i], text)) return i;
  bs_strbuf list = BS_STRBUF_INIT;
  for (unsigned i = 0; i < count; i++)
    bs_strbuf_addf(&list, "%s%s", !i ? "" : i + 1 < count ? ", " : " or ", words[i]);
  argp_error(state, "%s: invalid value '%s' (expected %s)", option, text, list.text);
  bs_strbuf_fini(&list);
  return 0;
}

/* The format that a file's name ends in, for those who write -o FILE. NULL: none. */
static const char *format_of_name(const char *name) {
  static const char *const ends[][2] = {{".json", "json"}, {".sarif", "sarif"},     {".html", "html"},
                                        {".txt", "text"},  {".md", "markdown"},     {".xml", "junit"},
                                        {".dot", "dot"},   {".prom", "openmetrics"}};
  const char *dot = strrchr(name, '.');
  for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
    if (!strcasecmp(dot, ends[i][0])) return ends[i][1];
  return NULL;
}

static void fail_format(struct argp_state *state, const char *name) {
  const char *format = format_of_name(name);
  if (format)
    argp_error(state, "--output: '%s' is no format: --output %s=%s writes that file", name, format, name);
  argp_error(state, "--output: unknown format '%s' (expected one of %s)", name, REPORT_FORMAT_NAMES);
}

void cli_add_output(struct argp_state *state, bs_arena *arena, cli_output_list *outputs, const char *text) {
  if (!strcmp(text, "-")) text = "text=-";
  size_t length = strcspn(text, "=");
  cli_output output = {.format = bs_arena_strndup(arena, text, length)};
  if (text[length]) output.file = text + length + 1;
  if (output.file && !*output.file) argp_error(state, "--output: no file after '%s'", text);
  if (output.file && !strcmp(output.file, "-")) output.file = NULL;
  if (!report_find_format(output.format)) fail_format(state, output.format);
  *bs_vec_push(outputs) = output;
}

enum report_color cli_parse_color(struct argp_state *state, const char *argument) {
  static const char *const colors[] = {"auto", "always", "never"};
  return (enum report_color)choice(state, "--color", argument ? argument : "always", colors, 3);
}

static error_t parse_report(int key, char *argument, struct argp_state *state) {
  static const char *const levels[] = {"note", "warning", "error", "never"};
  static const char *const cuts[] = {"short", "none", "full"};
  static const char *const confidences[] = {"possible", "likely", "certain"};
  cli_report *options = state->input;
  switch (key) {
  case 'o': cli_add_output(state, &options->arena, &options->outputs, argument); break;
  case OPTION_CONFIDENCE:
    options->min_confidence = (enum rule_confidence)choice(state, "--confidence", argument, confidences, 3);
    break;
  case OPTION_FAIL_ON:
    options->fail_on = (enum rule_severity)choice(state, "--fail-on", argument, levels, 4);
    break;
  case OPTION_COLOR: options->color = cli_parse_color(state, argument); break;
  case OPTION_NOTES: options->show_notes = true; break;
  case OPTION_LEDGER: options->show_ledger = true; break;
  case OPTION_FULL_PATHS: options->full_paths = true; break;
  case OPTION_MAX_FINDINGS:
    options->max_findings = number(state, "--max-findings", argument, 0, INT_MAX);
    break;
  case OPTION_CUTS:
    options->cuts = (enum report_cuts)choice(state, "--cuts", argument, cuts, 3);
    options->has_cuts = true;
    break;
  case OPTION_STATISTICS: options->statistics = true; break;
  case OPTION_MAX_PATHS: options->max_paths = number(state, "--max-paths", argument, 0, INT_MAX); break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

const struct argp cli_report_argp = {.options = report_options_table, .parser = parse_report};

void cli_report_init(cli_report *options) {
  *options = (cli_report){.min_confidence = RULE_LIKELY,
                          .fail_on = RULE_WARNING,
                          .max_findings = CLI_MAX_DEFAULT,
                          .max_paths = 64};
}

void cli_report_fini(cli_report *options) {
  bs_vec_fini(&options->outputs);
  bs_arena_fini(&options->arena);
}
