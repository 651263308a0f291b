/* The options that name evidence. */
#include "cli/joining.h"

#include "base/path.h"
#include "runtime-check/collect/store_read.h"

enum { OPTION_STATIC = 0x300, OPTION_RUNTIME, OPTION_DEBUGINFO };

static const struct argp_option options_table[] = {
    {"static", OPTION_STATIC, "FILE", OPTION_ARG_OPTIONAL,
     "A JSON report, or a compile database to be scanned; repeatable (default: a compile database is looked "
     "for)",
     0},
    {"runtime", OPTION_RUNTIME, "FILE", 0,
     "A recording of `blockscan record`; repeatable (default: stalls.db here, in build or in out)", 0},
    {"debuginfo", OPTION_DEBUGINFO, "FOLDER", 0,
     "Look up what recordings have no names for, by build-id, with debug information in FOLDER/.build-id", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state) {
  joining_options *o = state->input;
  switch (key) {
  case OPTION_STATIC: /* `--static FILE` as well as `--static=FILE`, and alone for `learn` */
    o->asks_static = true;
    if (!argument && state->next < state->argc && *state->argv[state->next] != '-')
      argument = state->argv[state->next++];
    if (argument) *bs_vec_push(&o->sources) = argument;
    return 0;
  case OPTION_DEBUGINFO:
    if (!bs_path_is_folder(argument)) argp_error(state, "--debuginfo: no such folder: %s", argument);
    store_readers_use_debuginfo(argument);
    return 0;
  case OPTION_RUNTIME: *bs_vec_push(&o->recordings) = argument; return 0;
  case ARGP_KEY_ARG: *bs_vec_push(&o->files) = argument; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

const struct argp cli_joining_argp = {.options = options_table, .parser = parse};
