#include "evidence/changes.h"

#include "base/path.h"
#include "evidence/hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static const struct argp_option changes_options[] = {
    {"new-from-rev", OPTION_NEW_FROM_REV, "REV", 0,
     "Report only what the sources of this git revision had not: also new callers of old blocking functions",
     0},
    {"diff", OPTION_DIFF, "FILE", 0,
     "Report only what goes through a line that this patch changes; - is standard input", 0},
    {"baseline", OPTION_BASELINE, "FILE", 0,
     "Leave out the findings in FILE (default: " BASELINE_FILE " in the root, where there is one)", 0},
    {"no-baseline", OPTION_NO_BASELINE, NULL, 0, "Use no baseline", 0},
    {"update-baseline", OPTION_UPDATE_BASELINE, NULL, 0, "Write what is found into the baseline", 0},
    {"prune-baseline", OPTION_PRUNE_BASELINE, NULL, 0, "Remove from the baseline what is not found any more",
     0},
    {"hook", OPTION_HOOK, NULL, 0,
     "Run as a commit hook: analyse what will be committed, and report what concerns the staged files (or "
     "the "
     "files that are named)",
     0},
    {"missing-db", OPTION_MISSING_DB, "fail|skip", 0,
     "What to do under --hook when there is no compile database (default: fail)", 0},
    {0},
};

static void set_missing(struct argp_state *state, cli_changes *options, const char *argument) {
  options->has_missing = true;
  options->skip_missing = !strcmp(argument, "skip");
  if (!options->skip_missing && strcmp(argument, "fail") != 0)
    argp_error(state, "--missing-db: '%s' is none of fail, skip", argument);
}

static void check_together(struct argp_state *state, const cli_changes *options) {
  const baseline_options *b = &options->baseline;
  bool writes = b->update || b->prune;
  if (options->has_missing && !options->hook) argp_error(state, "--missing-db goes with --hook");
  if (b->none && (writes || b->file))
    argp_error(state, "--no-baseline goes with none of the other baseline options");
  if (writes && (options->new_from_rev || options->patch || options->hook))
    argp_error(state, "a baseline is written from all findings: not with --new-from-rev, --diff or --hook");
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  cli_changes *options = state->input;
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
    if (!options->hook || hook_is_database(argument)) return ARGP_ERR_UNKNOWN;
    *bs_vec_push(&options->files) = argument;
    break;
  case ARGP_KEY_END: check_together(state, options); break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

const struct argp cli_changes_argp = {.options = changes_options, .parser = parse};

void cli_changes_fini(cli_changes *options) { bs_vec_fini(&options->files); }

/* ---- patches ---- */

static const report_place *on_the_way_of(const report_entry *e, changes_test *touched, void *context) {
  for (uint32_t k = 0; k < e->path.count; k++) {
    const report_step *s = &e->path.items[k];
    if (touched(context, &s->place)) return &s->place;
    if (s->has_because && touched(context, &s->because)) return &s->because;
  }
  return e->has_registered && touched(context, &e->registered) ? &e->registered : NULL;
}

const report_place *changes_on_the_way(const report_finding *finding, changes_test *touched, void *context) {
  const report_place *place = NULL;
  for (uint32_t i = 0; i < finding->entries.count && !place; i++)
    place = on_the_way_of(&finding->entries.items[i], touched, context);
  return place;
}

void changes_set_anchor(report_finding *finding, const report_place *place) {
  if (!place || finding->has_anchor) return;
  finding->has_anchor = true;
  finding->anchor = *place;
}

static bool is_on_line(void *context, const report_place *place) {
  return patch_has(context, place->file, place->line);
}

static void keep_touched(report_document *document, patch *lines) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    bool at_sink = is_on_line(lines, &f->sink);
    const report_place *place = at_sink ? NULL : changes_on_the_way(f, is_on_line, lines);
    changes_set_anchor(f, place);
    if (at_sink || place)
      document->findings.items[kept++] = *f;
    else
      report_finding_fini(f);
  }
  document->findings.count = kept;
}

typedef struct folders {
  const char *root;
  const char *of[3]; /* in which a path is looked for */
} folders;

static const char *name_in_report(void *context, bs_arena *arena, const char *path) {
  const folders *f = context;
  for (size_t i = 0; i < sizeof f->of / sizeof *f->of; i++) {
    if (!f->of[i]) continue;
    const char *whole = bs_path_normalise(arena, f->of[i], path), *without = strchr(path, '/');
    if (access(whole, F_OK) == 0) return bs_path_relative(f->root, whole);
    whole = without ? bs_path_normalise(arena, f->of[i], without + 1) : whole; /* diff -u old/a.c new/a.c */
    if (access(whole, F_OK) == 0) return bs_path_relative(f->root, whole);
  }
  return path;
}

bool changes_keep_patch(report_document *document, const char *root, const char *file, bs_error *error) {
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  git_repository git;
  patch lines;
  patch_init(&lines);
  bool has_git = git_open(&git, root, NULL);
  folders where = {root, {has_git ? git.seen_as : NULL, root, bs_path_cwd(&arena)}};
  const char *name = strcmp(file, "-") ? file : "/dev/stdin";
  bool good =
      bs_strbuf_read_file(&text, name) == 0 || bs_error_set(error, "--diff: %s: %s", file, strerror(errno));
  if (good && !patch_is_one(text.text)) good = bs_error_set(error, "--diff: %s: not a patch", file);
  if (good && !patch_read(&lines, text.text, name_in_report, &where, error))
    good = bs_error_context(error, "--diff: %s", file);
  if (good) keep_touched(document, &lines);
  git_close(&git);
  patch_fini(&lines);
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
  return good;
}
