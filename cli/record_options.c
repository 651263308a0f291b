/* The options of `blockscan record`: durations, budgets and the program to run. */
#include "cli/record.h"

#include "base/path.h"
#include "reports/formats.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  OPTION_THRESHOLD = 0x300,
  OPTION_FAIL_OVER,
  OPTION_BUDGET,
  OPTION_OUTPUT,
  OPTION_LIVE,
  OPTION_DURATION,
  OPTION_NO_FOLLOW,
  OPTION_ATTACH,
  OPTION_PID,
  OPTION_COMM,
  OPTION_PERIOD,
  OPTION_ROTATE_SIZE,
  OPTION_ROTATE_TIME,
  OPTION_KEEP,
  OPTION_METRICS,
  OPTION_ON_USR1,
  OPTION_COLOR,
  OPTION_DEBUGINFO,
  OPTION_ROOT,
  OPTION_CONFIG,
  OPTION_RULES,
  OPTION_RECORD_ARGS,
};

static const struct argp_option options[] = {
    {"threshold", OPTION_THRESHOLD, "TIME", 0,
     "An iteration of this length or more is a stall (default: 10ms)", 0},
    {"fail-over", OPTION_FAIL_OVER, "TIME", 0, "End with exit code 1 when a stall took TIME or longer", 0},
    {"budget", OPTION_BUDGET, "NAME=BOUND,...", 0,
     "End with exit code 1 when more was spent: calls of an API on loops (fsync=0) or the time in them "
     "(fsync=20ms), the total time of the stalls (total=200ms) or their number (stalls=3); repeatable",
     0},
    {"file", 'o', "FILE", 0,
     "Store the recording in FILE (default: stalls.db); with FORMAT or FORMAT=FILE it is --output, as in the "
     "other verbs",
     0},
    {"output", OPTION_OUTPUT, "FORMAT[=FILE]", 0,
     "Write the report to FILE or to stdout as " REPORT_FORMAT_NAMES
     "; junit has a test case for each bound; repeatable (default: text on stderr)",
     0},
    {"live", OPTION_LIVE, NULL, 0, "Show a status line while the program runs", 0},
    {"duration", OPTION_DURATION, "TIME", 0,
     "End the program with SIGTERM after TIME, and watch what it left running for that long", 0},
    {"pid", OPTION_PID, "PID", 0,
     "Watch the running program PID and those that it started, from outside, until --duration has passed or "
     "a signal arrives; --threshold is then 50ms by default, and lengths are exact to one period",
     0},
    {"comm", OPTION_COMM, "NAME", 0, "The same for all running programs of that name", 0},
    {"period", OPTION_PERIOD, "TIME", 0, "With --pid or --comm: look every TIME (default: 10ms)", 0},
    {"rotate-size", OPTION_ROTATE_SIZE, "SIZE", 0,
     "When FILE reaches SIZE, such as 64M, rename it FILE.1 and go on in a new one; FILE.1 becomes FILE.2, "
     "and so on",
     0},
    {"rotate-time", OPTION_ROTATE_TIME, "TIME", 0, "The same when FILE is TIME old, such as 24h", 0},
    {"keep", OPTION_KEEP, "NUMBER", 0, "Keep this many finished files (default: 5)", 0},
    {"metrics", OPTION_METRICS, "WHERE", 0,
     "Give metrics to Prometheus: answer on WHERE, a loopback address such as 127.0.0.1:9464, or write the "
     "file WHERE every 5 s",
     0},
    {"on-usr1", OPTION_ON_USR1, "WHAT", 0,
     "What SIGUSR1 to the recorder does: forward (to the program; the default when it runs one) or summary "
     "(write the report so far to stderr; the default of --pid and --comm)",
     0},
    {"attach", OPTION_ATTACH, "PID", OPTION_HIDDEN, NULL, 0}, /* of bs_runtime_start() */
    {"no-follow", OPTION_NO_FOLLOW, NULL, 0, "Do not record the processes that the program starts", 0},
    {"record-args", OPTION_RECORD_ARGS, NULL, 0,
     "Store the command line as it is, with the passwords and keys in it (default: *** in their place)", 0},
    {"debuginfo", OPTION_DEBUGINFO, "FOLDER", 0,
     "Look for separate debug information in FOLDER/.build-id, too, as in /usr/lib/debug", 0},
    {"root", OPTION_ROOT, "DIR", 0, "Paths are reported relative to DIR (default: this folder)", 0},
    {"config", OPTION_CONFIG, "FILE", 0, "Read FILE instead of .blockscan.yaml in the root", 0},
    {"rules", OPTION_RULES, "FILE", 0, "Add the rules or loop packs of FILE; repeatable", 0},
    {"quiet", 'q', NULL, 0, "No summary on stderr", 0},
    CLI_COLOR_OPTION(OPTION_COLOR),
    {0},
};

/* A number with a unit, in nanoseconds; false when it is none. */
static bool parse_time(const char *text, uint64_t *ns) {
  static const struct {
    const char *name;
    double ns;
  } units[] = {{"ns", 1},  {"us", 1e3}, {"µs", 1e3},   {"ms", 1e6},
               {"s", 1e9}, {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}};
  if (!strchr("0123456789", *text) || !*text) return false;
  char *end;
  double value = strtod(text, &end);
  if (!isfinite(value) || value < 0 || memchr(text, 'x', (size_t)(end - text))) return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(end, units[i].name) != 0) continue;
    if (value * units[i].ns > 1e18) return false;
    *ns = (uint64_t)(value * units[i].ns);
    return true;
  }
  return false;
}

static uint64_t time_between(struct argp_state *state, const char *option, const char *text, uint64_t low,
                             uint64_t high) {
  uint64_t ns = 0;
  if (!parse_time(text, &ns))
    argp_error(state, "%s: invalid time '%s' (expected a number with a unit, such as 10ms or 1.5s)", option,
               text);
  if (ns < low || ns > high) {
    bs_strbuf bounds = BS_STRBUF_INIT;
    bs_duration_write(&bounds, low);
    bs_strbuf_adds(&bounds, " to ");
    bs_duration_write(&bounds, high);
    argp_error(state, "%s: invalid time '%s' (expected %s)", option, text, bounds.text);
    bs_strbuf_fini(&bounds);
  }
  return ns;
}

static bool parse_count(const char *text, uint64_t *count) {
  char *end;
  errno = 0;
  *count = strtoull(text, &end, 10);
  return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* Bytes: a number with k, M or G behind it, or none. */
static uint64_t parse_size(struct argp_state *state, const char *text) {
  static const char units[] = "kMG";
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  const char *unit = *end ? strchr(units, *end) : NULL;
  unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
  if (*text < '0' || *text > '9' || errno || (*end && (!unit || end[1])) ||
      value > UINT64_MAX >> (shift + 1) || value << shift < 65536)
    argp_error(state, "--rotate-size: invalid size '%s' (expected 64k or more: a number with k, M or G)",
               text);
  return (uint64_t)value << shift;
}

static unsigned parse_keep(struct argp_state *state, const char *text) {
  uint64_t count;
  if (!parse_count(text, &count) || !count || count > 9999)
    argp_error(state, "--keep: invalid value '%s' (expected a number from 1 to 9999)", text);
  return (unsigned)count;
}

/* NAME=BOUND. `word` is the parser's own and lives as long as the options. */
static void add_budget(struct argp_state *state, record_options *o, char *word) {
  char *equals = strchr(word, '=');
  if (!equals || equals == word || !equals[1])
    argp_error(state, "--budget: invalid budget '%s' (expected NAME=BOUND)", word);
  budget b = {.text = word};
  size_t length = equals ? (size_t)(equals - word) : 0;
  const char *limit = equals ? equals + 1 : "";
  bool is_total = length == 5 && !strncmp(word, "total", 5),
       is_stalls = length == 6 && !strncmp(word, "stalls", 6);
  bool is_count = parse_count(limit, &b.limit), is_time = !is_count && parse_time(limit, &b.limit);
  if (is_total ? !is_time : is_stalls ? !is_count : !is_count && !is_time)
    argp_error(state, "--budget: invalid value '%s' (expected %s)", limit,
               is_total    ? "a time such as 200ms"
               : is_stalls ? "a number"
                           : "a number or a time such as 20ms");
  if (length < sizeof b.api) memcpy(b.api, word, length);
  if (!is_total && !is_stalls && !hook_exists(b.api))
    argp_error(state, "--budget: unknown name '%.*s' (expected total, stalls or a watched function)",
               (int)length, word);
  b.kind = is_total    ? BUDGET_TOTAL
           : is_stalls ? BUDGET_STALLS
           : is_time   ? BUDGET_CALL_TIME
                       : BUDGET_CALL_COUNT;
  *bs_vec_push(&o->recording.budgets) = b;
}

static void add_budgets(struct argp_state *state, record_options *o, const char *text) {
  char *rest = bs_arena_strdup(&o->arena, text), *word;
  while ((word = strsep(&rest, ","))) add_budget(state, o, word);
}

/* "json=report.json", the name of a format alone, or -: a recording cannot go to stdout, its report can. */
static bool is_output(const char *argument) {
  if (!strcmp(argument, "-")) return true;
  bs_arena arena = {0};
  bool known = report_find_format(bs_arena_strndup(&arena, argument, strcspn(argument, "="))) != NULL;
  bs_arena_fini(&arena);
  return known;
}

/* Either a program is run, or one that runs is watched. */
static void check_program(struct argp_state *state, record_options *o) {
  bool outside = o->pid || o->comm;
  if (o->pid && o->comm) argp_error(state, "--pid and --comm cannot be combined");
  if (outside && o->command) argp_error(state, "--pid and --comm take no program to run");
  if (!outside && o->period_ns) argp_error(state, "--period requires --pid or --comm");
  if (!o->command && !o->attach && !outside) argp_error(state, "expected a program to run");
  if (o->recording.keep && !o->recording.rotate_bytes && !o->recording.rotate_ns)
    argp_error(state, "--keep: expected --rotate-size or --rotate-time as well");
  if (!o->recording.keep) o->recording.keep = 5;
  if (!o->on_usr1) o->on_usr1 = outside ? "summary" : "forward";
  if (!o->period_ns) o->period_ns = 10000000;
  if (!o->recording.threshold_ns) o->recording.threshold_ns = outside ? 50000000 : 10000000;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  const uint64_t millisecond = 1000000, day = UINT64_C(86400000000000);
  record_options *o = state->input;
  recording_options *r = &o->recording;
  switch (key) {
  case OPTION_THRESHOLD:
    r->threshold_ns = time_between(state, "--threshold", argument, millisecond, day);
    break;
  case OPTION_FAIL_OVER:
    r->fail_over_ns = time_between(state, "--fail-over", argument, millisecond, day);
    break;
  case OPTION_DURATION:
    r->duration_ns = time_between(state, "--duration", argument, millisecond, 365 * day);
    break;
  case OPTION_BUDGET: add_budgets(state, o, argument); break;
  case OPTION_OUTPUT: cli_add_output(state, &o->arena, &o->report.outputs, argument); break;
  case OPTION_COLOR: o->report.color = cli_parse_color(state, argument); break;
  case OPTION_ROOT: o->analysis.root = argument; break;
  case OPTION_CONFIG: o->analysis.config = argument; break;
  case OPTION_RULES: *bs_vec_push(&o->analysis.rule_files) = argument; break;
  case OPTION_DEBUGINFO:
    r->debuginfo = argument;
    if (!bs_path_is_folder(argument)) argp_error(state, "--debuginfo: no such folder: %s", argument);
    break;
  case OPTION_LIVE: r->live = true; break;
  case OPTION_RECORD_ARGS: o->keep_arguments = true; break;
  case OPTION_NO_FOLLOW: r->follow = false; break;
  case 'o': /* of every other verb it is --output: what can only be meant so is taken so */
    if (is_output(argument))
      cli_add_output(state, &o->arena, &o->report.outputs, argument);
    else
      r->file = o->file = argument;
    break;
  case 'q': o->quiet = true; break;
  case ARGP_KEY_ARG: /* the first one is the program, and the rest is its own */
    o->command = state->argv + state->next - 1;
    state->next = state->argc;
    break;
  case OPTION_PID:
    o->pid = atoi(argument);
    if (o->pid <= 0 || argument[strspn(argument, "0123456789")])
      argp_error(state, "--pid: invalid process id '%s' (expected a number)", argument);
    break;
  case OPTION_COMM: o->comm = argument; break;
  case OPTION_ROTATE_SIZE: r->rotate_bytes = parse_size(state, argument); break;
  case OPTION_ROTATE_TIME:
    r->rotate_ns = time_between(state, "--rotate-time", argument, 1000 * millisecond, 365 * day);
    break;
  case OPTION_KEEP: r->keep = parse_keep(state, argument); break;
  case OPTION_METRICS: r->metrics = argument; break;
  case OPTION_ON_USR1:
    if (strcmp(argument, "summary") != 0 && strcmp(argument, "forward") != 0)
      argp_error(state, "--on-usr1: invalid value '%s' (expected forward or summary)", argument);
    o->on_usr1 = argument;
    break;
  case OPTION_PERIOD:
    o->period_ns = time_between(state, "--period", argument, millisecond, day / 86400);
    break;
  case OPTION_ATTACH:
    o->attach = atoi(argument);
    if (o->attach <= 0) argp_error(state, "--attach: invalid process id '%s'", argument);
    break;
  case ARGP_KEY_END: check_program(state, o); break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

const struct argp record_argp = {
    .options = options,
    .parser = parse,
    .args_doc = "-- PROGRAM [ARGUMENT...]",
    .doc = "Runs a program and writes down each stall of its event loops: how long, in which callback, in "
           "which call, with the stack while it was held.\vThe program runs unchanged: its output and its "
           "exit code are its own. When a bound of --fail-over or --budget is broken, the exit code is 1. "
           "When signal N ends the program, it is 128 + N; when the program cannot be run, 2.",
};
