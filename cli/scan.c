/* `blockscan scan`, the default verb: what can block the event loop, from a compile database. */
#include "cli/scan.h"
#include "analyzer/driver/project.h"
#include "base/path.h"
#include "base/visible.h"
#include "cli/analysis.h"
#include "cli/changes.h"
#include "evidence/base.h"
#include "evidence/commit_hook.h"
#include "evidence/files.h"

#include <stdio.h>
#include <string.h>

typedef struct scan_options {
  analysis_options analysis;
  changes_options changes;
  cli_report report;
} scan_options;

static error_t parse(int key, char *argument, struct argp_state *state) {
  scan_options *o = state->input;
  (void)argument;
  if (key != ARGP_KEY_INIT) return ARGP_ERR_UNKNOWN;
  o->analysis.takes_files = true;
  state->child_inputs[0] = &o->changes;
  state->child_inputs[1] = state->child_inputs[2] = &o->analysis;
  state->child_inputs[3] = &o->report;
  return 0;
}

/* Those of the changes come first: under --hook the arguments are files. */
static const struct argp_child children[] = {{&cli_changes_argp, 0, CLI_CHANGES_HEADER, 2},
                                             {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 1},
                                             {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 4},
                                             {&cli_report_argp, 0, CLI_REPORT_HEADER, 3},
                                             {0}};
static const struct argp argp = {
    .parser = parse,
    .children = children,
    .args_doc = "[compile_commands.json] [FILE...]",
    .doc = "Finds calls that can block the event loop. The whole program is analysed; with FILEs, what is in "
           "them or goes through them is reported." CLI_EXIT_CODES,
};

const struct argp cli_watch_argp = {
    .parser = parse,
    .children = children,
    .args_doc = "[compile_commands.json] [FILE...]",
    .doc =
        "Scans, and scans again whenever a source, a header, the compile database or the configuration is "
        "saved. Unchanged files come from the cache.\vCtrl-C ends it, with the exit code of the last scan.",
};

typedef struct scan {
  scan_options o;
  analysis a;
  commit_hook hook;
  base_revision base; /* under --untrusted */
  revision revision;
  report_document document;
} scan;

static bool apply_baseline(scan *s, bs_error *error) {
  baseline_options believed = s->o.changes.baseline;
  const baseline_options *b = &believed;
  const char *said = NULL;
  if (s->o.analysis.untrusted && !believed.file && !believed.none) {
    const char *path = bs_arena_printf(&s->a.arena, "%s/" BASELINE_FILE, s->a.root);
    const trusted_base *base = s->o.analysis.base;
    believed.file = base ? base->file(base->context, path) : NULL;
    believed.none = !believed.file;
  }
  if ((b->update || b->prune) && s->document.broken_units.count > s->o.analysis.max_broken)
    return bs_error_set(error,
                        "the baseline is not written: %u units did not parse cleanly, and their findings "
                        "would be missing from it",
                        s->document.broken_units.count);
  bool good = baseline_apply(&s->document, s->a.root, b, s->o.report.min_confidence, &said, error);
  if (said && !s->o.analysis.quiet) visible_say("%s", said);
  return good;
}

/* Leaves out what is not asked for. */
static bool leave_out(scan *s, bs_error *error) {
  const changes_options *c = &s->o.changes;
  if (!apply_baseline(s, error)) return false;
  const char *since = c->hook && c->new_from_rev ? commit_hook_revision(c->new_from_rev) : c->new_from_rev;
  bool staged = c->hook && since == c->new_from_rev;
  if (since && !revision_narrow(&s->revision, &s->a, &s->o.analysis, since, staged,
                                s->o.report.min_confidence, &s->document, error))
    return false;
  if (c->patch && !changes_keep_patch(&s->document, s->a.root, c->patch, error)) return false;
  if (s->o.analysis.files.count && !files_keep(&s->a, &s->document, error)) return false;
  if (!c->hook) return true;
  commit_hook_warn_unlisted(&s->hook, &s->a);
  bool good = c->new_from_rev || commit_hook_keep(&s->hook, s->a.root, &s->document, error);
  commit_hook_show_sources(&s->hook, s->a.root, &s->document);
  return good;
}

static bool analyse(scan *s, bs_error *error) {
  const changes_options *c = &s->o.changes;
  bool all_paths = c->new_from_rev || c->patch || c->hook || s->o.analysis.files.count;
  unsigned max_paths = all_paths ? 0 : s->o.report.max_paths;
  bool good = analysis_read(&s->a, &s->o.analysis, error);
  if (good && c->new_from_rev) good = analysis_check(&s->a, max_paths, error); /* it is asked more below */
  return good && analysis_report(&s->a, max_paths, &s->document, error) && leave_out(s, error);
}

/* What is believed of an untrusted tree is what stood in the revision that new findings are told from. */
static bool find_base(scan *s, bs_error *error) {
  const changes_options *c = &s->o.changes;
  if (!s->o.analysis.untrusted) return true;
  if (c->hook || c->baseline.update || c->baseline.prune)
    return bs_error_set(error, "--untrusted cannot be combined with --hook or with writing a baseline");
  if (!c->new_from_rev) return true;
  if (!base_open(&s->base, c->new_from_rev, error)) return false;
  s->o.analysis.base = &s->base.trusted;
  return true;
}

static int scan_all(scan *s, bs_error *error) {
  if (!find_base(s, error)) return cli_fail(error);
  if (!analyse(s, error)) return cli_fail_analysis(s->a.units.interrupted, error);
  return cli_finish_report(&s->document, &s->a.rules, &s->o.analysis, &s->o.report);
}

/* A hook must not stand in the way of people who haven't built anything. */
static int scan_for_hook(scan *s, bs_error *error) {
  const char *database;
  bool needed;
  if (!s->o.report.has_cuts) s->o.report.cuts = REPORT_CUTS_NONE;
  if (!commit_hook_prepare(&s->hook, &s->o.changes, &needed, error)) return cli_fail(error);
  if (!needed) return EXIT_CLEAN;
  if (!project_find_database(&s->a.arena, s->o.analysis.database, &database, error)) {
    if (!s->o.changes.skip_missing) return cli_fail(error);
    fprintf(stderr, "blockscan: skipped: %s\n", error->text.text); /* visible already */
    return EXIT_CLEAN;
  }
  s->o.analysis.database = database;
  s->o.analysis.overlay = commit_hook_overlay(&s->hook);
  return scan_all(s, error);
}

static int run(int argc, char **argv) {
  scan s = {0};
  analysis_options_init(&s.o.analysis);
  s.o.analysis.listener = &cli_listener;
  cli_report_init(&s.o.report);
  analysis_init(&s.a);
  revision_init(&s.revision);
  report_document_init(&s.document);
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, 0, &s.o))
    code = s.o.changes.hook ? scan_for_hook(&s, &error) : scan_all(&s, &error);
  report_document_fini(&s.document);
  revision_fini(&s.revision);
  analysis_fini(&s.a);
  base_close(&s.base);
  commit_hook_fini(&s.hook);
  cli_report_fini(&s.o.report);
  changes_options_fini(&s.o.changes);
  analysis_options_fini(&s.o.analysis);
  bs_error_fini(&error);
  return code;
}

bool cli_scan_places(int argc, char **argv, bs_arena *arena, scan_places *places, bs_error *error) {
  scan_options o = {0};
  compdb db = {0};
  project_config config = {0};
  const char *database = NULL, *root = NULL;
  analysis_options_init(&o.analysis);
  o.analysis.quiet = true;
  cli_report_init(&o.report);
  bool good = cli_parse(&cli_watch_argp, argc, argv, 0, &o);
  if (good && (o.changes.hook || o.changes.baseline.update || o.changes.baseline.prune))
    good = bs_error_set(error, "watch cannot be combined with --hook or with writing a baseline");
  if (good && o.changes.patch && !strcmp(o.changes.patch, "-"))
    good = bs_error_set(error, "watch cannot read a patch from stdin: name a file");
  good = good && project_find_database(arena, o.analysis.database, &database, error) &&
         project_read_database(arena, &o.analysis, &db, &root, &config, error);
  if (good) {
    places->database = bs_path_normalise(arena, bs_path_cwd(arena), database);
    places->root = bs_arena_strdup(arena, root);
  }
  compdb_fini(&db);
  project_config_fini(&config);
  cli_report_fini(&o.report);
  changes_options_fini(&o.changes);
  analysis_options_fini(&o.analysis);
  return good;
}

const cli_verb cli_verb_scan = {
    .name = "scan",
    .summary = "find calls that can block the event loop (the default)",
    .group = "Analysis",
    .argp = &argp,
    .run = run,
};
