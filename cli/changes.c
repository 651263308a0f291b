/* The options of new findings, and which of them go together. */
#include "cli/changes.h"

#include "evidence/commit_hook.h"

#include <errno.h>
#include <string.h>

enum {
  OPTION_BASELINE = 0x300,
  OPTION_NO_BASELINE,
  OPTION_UPDATE_BASELINE,
  OPTION_PRUNE_BASELINE,
  OPTION_NEW_FROM_REV,
  OPTION_DIFF,
  OPTION_HOOK,
  OPTION_MISSING_DB,
};

static const struct argp_option changes_table[] = {
    {"new-from-rev", OPTION_NEW_FROM_REV, "REV", 0,
     "Report only findings that this git revision does not have, new callers of old blocking functions "
     "included",
     0},
    {"diff", OPTION_DIFF, "FILE", 0,
     "Report only what goes through a line that this patch changes; - is standard input", 0},
    {"baseline", OPTION_BASELINE, "FILE", 0,
     "Leave out the findings in FILE (default: " BASELINE_FILE " in the root, where there is one)", 0},
    {"no-baseline", OPTION_NO_BASELINE, NULL, 0, "Use no baseline", 0},
    {"update-baseline", OPTION_UPDATE_BASELINE, NULL, 0, "Write what is found into the baseline", 0},
    {"prune-baseline", OPTION_PRUNE_BASELINE, NULL, 0, "Remove from the baseline what is no longer found", 0},
    {"hook", OPTION_HOOK, NULL, 0,
     "Run as a commit hook: analyse what will be committed, and report what concerns the staged files (or "
     "the files that are named)",
     0},
    {"missing-db", OPTION_MISSING_DB, "fail|skip", 0,
     "What to do under --hook when there is no compile database (default: fail)", 0},
    {0},
};

static void set_missing(struct argp_state *state, changes_options *options, const char *argument) {
  options->has_missing = true;
  options->skip_missing = !strcmp(argument, "skip");
  if (!options->skip_missing && strcmp(argument, "fail") != 0)
    argp_error(state, "--missing-db: invalid value '%s' (expected fail or skip)", argument);
}

static void check_together(struct argp_state *state, const changes_options *options) {
  const baseline_options *b = &options->baseline;
  bool writes = b->update || b->prune;
  if (options->has_missing && !options->hook) argp_error(state, "--missing-db requires --hook");
  if (b->none && (writes || b->file))
    argp_error(state, "--no-baseline cannot be combined with the other baseline options");
  if (writes && (options->new_from_rev || options->patch || options->hook))
    argp_error(state, "--update-baseline and --prune-baseline need all findings: they cannot be combined "
                      "with --new-from-rev, --diff or --hook");
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  changes_options *options = state->input;
  switch (key) {
  case OPTION_BASELINE: options->baseline.file = argument; break;
  case OPTION_NO_BASELINE: options->baseline.none = true; break;
  case OPTION_UPDATE_BASELINE: options->baseline.update = true; break;
  case OPTION_PRUNE_BASELINE: options->baseline.prune = true; break;
  case OPTION_NEW_FROM_REV: options->new_from_rev = argument; break;
  case OPTION_DIFF: options->patch = argument; break;
  case OPTION_HOOK: options->hook = true; break;
  case OPTION_MISSING_DB: set_missing(state, options, argument); break;
  case ARGP_KEY_ARG:
    if (!options->hook || commit_hook_is_database(argument)) return ARGP_ERR_UNKNOWN;
    *bs_vec_push(&options->files) = argument;
    break;
  case ARGP_KEY_END: check_together(state, options); break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

const struct argp cli_changes_argp = {.options = changes_table, .parser = parse};
