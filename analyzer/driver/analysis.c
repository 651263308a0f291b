#include "analyzer/driver/analysis.h"

#include "analyzer/driver/identity.h"
#include "analyzer/driver/kept.h"
#include "analyzer/driver/overlay.h"
#include "base/hash.h"
#include "base/path.h"
#include "evidence/cut.h"
#include "reports/model/verdict.h"
#include "version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_BY_TYPE = 64 };

void analysis_init(analysis *a) {
  *a = (analysis){0};
  rule_set_init(&a->rules);
  program_init(&a->program);
}

static void show_warnings(analysis *a) {
  for (; a->shown_warnings < a->units.warnings.count; a->shown_warnings++)
    fprintf(stderr, "blockscan: %s\n", a->units.warnings.items[a->shown_warnings]);
}

void analysis_fini(analysis *a) {
  units_settle(&a->units);
  show_warnings(a);
  check_free(a->checker);
  program_fini(&a->program);
  rule_set_fini(&a->rules);
  project_config_fini(&a->config);
  units_fini(&a->units);
  if (a->has_db) compdb_fini(&a->db);
  bs_arena_fini(&a->arena);
}

bool analysis_solve(analysis *a, const cli_analysis *options, bs_error *error) {
  if (!program_link(&a->program, a->inputs, a->ninputs, error)) return false;
  const program_oracle oracle = check_oracle(&a->rules);
  const program_limits limits = {options->max_targets, MAX_BY_TYPE};
  program_solve(&a->program, &oracle, &limits);
  program_build_edges(&a->program, &limits);
  return true;
}

static bool load_units(analysis *a, const cli_analysis *options, bs_error *error) {
  if (!units_load(&a->db, a->root, options, &a->units, error)) return false;
  show_warnings(a);
  if (a->units.interrupted)
    return bs_error_set(error, "interrupted; the units that were read are in the cache");
  units_store(&a->units);
  return true;
}

bool analysis_read(analysis *a, const cli_analysis *options, bs_error *error) {
  const char *path;
  if (!cli_find_database(&a->arena, options->database, &path, error)) return false;
  a->has_db = true;
  if (!compdb_load(&a->db, path, error)) return false;
  if (!cli_find_root(&a->arena, options, compdb_root(&a->db), &a->root, error)) return false;
  if (options->overlay && options->overlay->root) a->root = options->overlay->root;
  if (options->overlay) overlay_apply(options->overlay, &a->db);
  if (!cli_load_config(options, a->root, &a->config, error)) return false;
  if (!cli_load_rules(options, &a->config, &a->rules, error)) return false;
  if (!load_units(a, options, error)) return false;
  a->ninputs = a->units.units.count;
  a->inputs = bs_arena_alloc(&a->arena, (a->ninputs + 1) * sizeof *a->inputs);
  for (uint32_t i = 0; i < a->ninputs; i++)
    a->inputs[i] = (program_input){a->units.units.items[i].bytes, a->units.units.items[i].length,
                                   a->db.entries.items[i].file, a->units.units.items[i].decoded};
  return true;
}

bool analysis_load(analysis *a, const cli_analysis *options, bs_error *error) {
  return analysis_read(a, options, error) && analysis_solve(a, options, error);
}

/* The libclang that wrote the first of the facts: a report names one. */
static bool find_parser(analysis *a, bs_error *error) {
  facts_unit unit;
  facts_unit_init(&unit);
  bool good = facts_decode(&unit, a->inputs[0].bytes, a->inputs[0].length, error);
  if (good)
    a->units.libclang_version = bs_arena_strdup(&a->arena, facts_text(&unit, unit.parser));
  else
    bs_error_context(error, "%s", a->inputs[0].name);
  facts_unit_fini(&unit);
  return good;
}

bool analysis_read_facts(analysis *a, const cli_analysis *options, const char *const *files, uint32_t count,
                         bs_error *error) {
  if (!cli_find_root(&a->arena, options, bs_path_cwd(&a->arena), &a->root, error)) return false;
  if (!cli_load_config(options, a->root, &a->config, error)) return false;
  if (!cli_load_rules(options, &a->config, &a->rules, error)) return false;
  a->inputs = bs_arena_alloc(&a->arena, (count + 1) * sizeof *a->inputs);
  a->ninputs = count;
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf bytes = BS_STRBUF_INIT;
    if (bs_strbuf_read_file(&bytes, files[i]) != 0) {
      bs_strbuf_fini(&bytes);
      return bs_error_set(error, "%s: cannot be read: %s", files[i], strerror(errno));
    }
    a->inputs[i] =
        (program_input){bs_arena_strndup(&a->arena, bytes.text, bytes.length), bytes.length, files[i], NULL};
    bs_strbuf_fini(&bytes);
  }
  return !count || find_parser(a, error);
}

void analysis_check(analysis *a, unsigned max_paths) {
  check_wrapper *wrappers = bs_arena_alloc(&a->arena, (a->config.wrappers.count + 1) * sizeof *wrappers);
  for (uint32_t i = 0; i < a->config.wrappers.count; i++)
    wrappers[i] = (check_wrapper){a->config.wrappers.items[i].function, a->config.wrappers.items[i].like};
  a->check_options = (check_options){.wrappers = wrappers,
                                     .nwrappers = a->config.wrappers.count,
                                     .startup = a->config.startup.items,
                                     .nstartup = a->config.startup.count,
                                     .max_paths = max_paths};
  a->checker = check_new(&a->program, &a->rules, &a->check_options);
}

static void apply_exclusions(const analysis *a, report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    for (uint32_t k = 0; k < a->config.exclude.count && !f->suppressed.by; k++) {
      const config_exclusion *x = &a->config.exclude.items[k];
      if (project_config_matches(x->path, f->sink.file))
        f->suppressed = (report_suppression){"config", x->reason};
    }
  }
}

void analysis_work_out(analysis *a, const cli_analysis *options, report_document *document) {
  document->tool_version = BLOCKSCAN_VERSION;
  document->libclang_version = a->units.libclang_version ? a->units.libclang_version : "";
  document->root = options->root ? options->root : ".";
  check_report(a->checker, document);
  apply_exclusions(a, document);
  report_find_cuts(document, &a->rules);
}

/* What decides the report. */
static uint64_t report_key(const analysis *a, const cli_analysis *options, unsigned max_paths) {
  bs_arena arena = {0};
  bs_strbuf key = BS_STRBUF_INIT;
  bs_strbuf_addf(&key, "%s %s %u %u %llx %s|", a->units.place.secret, program_identity(&arena), max_paths,
                 options->max_targets, (unsigned long long)a->rules.hash,
                 options->root ? options->root : ".");
  if (a->config.file) bs_strbuf_read_file(&key, a->config.file);
  uint64_t hash = bs_hash(key.text, key.length);
  for (uint32_t i = 0; i < a->ninputs; i++)
    hash = bs_hash_mix(hash, bs_hash(a->inputs[i].bytes, a->inputs[i].length));
  bs_strbuf_fini(&key);
  bs_arena_fini(&arena);
  return hash;
}

static void add_notes(const analysis *a, report_document *document) {
  document->root_path = a->root;
  for (uint32_t i = 0; i < a->units.notes.count; i++)
    *bs_vec_push(&document->notes) = a->units.notes.items[i];
}

static bool examine(analysis *a, const cli_analysis *options, unsigned max_paths, report_document *document,
                    bs_error *error) {
  if (!analysis_solve(a, options, error)) return false;
  analysis_check(a, max_paths);
  analysis_work_out(a, options, document);
  return true;
}

bool analysis_examine(analysis *a, const cli_analysis *options, unsigned max_paths, report_document *document,
                      bs_error *error) {
  if (!examine(a, options, max_paths, document, error)) return false;
  add_notes(a, document);
  return true;
}

bool analysis_report(analysis *a, const cli_analysis *options, unsigned max_paths, report_document *document,
                     bs_error *error) {
  const char *folder = a->units.place.folder;
  bool keeps = folder != NULL;
  uint64_t key = keeps ? report_key(a, options, max_paths) : 0;
  if (!keeps || !kept_find(folder, key, document)) {
    if (!examine(a, options, max_paths, document, error)) return false;
    if (keeps) kept_put(folder, key, document);
  }
  add_notes(a, document);
  return true;
}

int analysis_fail(const analysis *a, const bs_error *error) {
  int code = cli_fail(error);
  return a->units.interrupted ? EXIT_INCOMPLETE : code;
}

static void tell_gaps(const report_document *document) {
  bs_strbuf text = BS_STRBUF_INIT;
  report_tell_gaps(document, &text);
  if (text.length) fputs(text.text, stderr);
  bs_strbuf_fini(&text);
}

void analysis_judge(report_document *document, const cli_analysis *options) {
  const report_policy policy = {options->max_broken, options->no_loops_ok};
  report_judge(document, &policy);
}

/* For those who report no findings: a document of the units alone is judged. */
int analysis_exit_code(const analysis *a, const cli_analysis *options, int code) {
  report_document document;
  report_document_init(&document);
  document.units = a->program.units.count;
  for (uint32_t i = 0; i < document.units; i++) {
    const program_unit *u = &a->program.units.items[i];
    if (!u->errors) continue;
    *bs_vec_push(&document.broken_units) =
        (report_broken_unit){program_text(&a->program, u->file), u->errors,
                             u->first_error ? program_text(&a->program, u->first_error) : NULL};
  }
  const report_policy policy = {options->max_broken, true};
  report_judge(&document, &policy);
  tell_gaps(&document);
  if (document.incomplete.count) code = EXIT_INCOMPLETE;
  report_document_fini(&document);
  return code;
}

int analysis_report_exit_code(const report_document *document, int code) {
  tell_gaps(document);
  return document->incomplete.count ? EXIT_INCOMPLETE : code;
}

int analysis_write(report_document *document, const cli_analysis *options, const cli_report *report) {
  analysis_judge(document, options);
  int code = cli_write_reports(document, report);
  if (code) return code;
  return analysis_report_exit_code(document, cli_report_exit_code(document, report));
}

int analysis_finish(analysis *a, bool was_read, const cli_analysis *options, const cli_report *report,
                    bs_error *error) {
  report_document document;
  report_document_init(&document);
  bool good = was_read && analysis_report(a, options, report->max_paths, &document, error);
  int code = good ? analysis_write(&document, options, report) : analysis_fail(a, error);
  report_document_fini(&document);
  return code;
}
