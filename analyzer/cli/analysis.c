#include "cli/analysis.h"

#include "base/path.h"
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

void analysis_fini(analysis *a) {
  check_free(a->checker);
  program_fini(&a->program);
  rule_set_fini(&a->rules);
  project_config_fini(&a->config);
  units_fini(&a->units);
  if (a->has_db) compdb_fini(&a->db);
  bs_arena_fini(&a->arena);
}

static bool solve(analysis *a, const cli_analysis *options, const program_input *inputs, uint32_t count, bs_error *error) {
  if (!program_link(&a->program, inputs, count, error)) return false;
  const program_oracle oracle = check_oracle(&a->rules);
  const program_limits limits = {options->max_targets, MAX_BY_TYPE};
  program_solve(&a->program, &oracle, &limits);
  program_build_edges(&a->program, &limits);
  return true;
}

static bool load_units(analysis *a, const cli_analysis *options, bs_error *error) {
  if (!units_load(&a->db, a->root, options, &a->units, error)) return false;
  for (uint32_t i = 0; i < a->units.warnings.count; i++) fprintf(stderr, "blockscan: %s\n", a->units.warnings.items[i]);
  if (a->units.interrupted) return bs_error_set(error, "interrupted; the units that were read are in the cache");
  return true;
}

bool analysis_load(analysis *a, const cli_analysis *options, bs_error *error) {
  const char *path;
  if (!cli_find_database(&a->arena, options->database, &path, error)) return false;
  if (!compdb_load(&a->db, path, error)) return false;
  a->has_db = true;
  const char *cwd = bs_path_cwd(&a->arena);
  a->root = options->root ? bs_path_normalise(&a->arena, cwd, options->root) : compdb_root(&a->db);
  if (!cli_load_config(options, a->root, &a->config, error)) return false;
  if (!cli_load_rules(options, &a->config, &a->rules, error)) return false;
  if (!load_units(a, options, error)) return false;
  program_input *inputs = bs_arena_alloc(&a->arena, (a->units.units.count + 1) * sizeof *inputs);
  for (uint32_t i = 0; i < a->units.units.count; i++)
    inputs[i] = (program_input){a->units.units.items[i].bytes, a->units.units.items[i].length, a->db.entries.items[i].file};
  return solve(a, options, inputs, a->units.units.count, error);
}

bool analysis_load_facts(analysis *a, const cli_analysis *options, const char *const *files, uint32_t count, bs_error *error) {
  const char *cwd = bs_path_cwd(&a->arena);
  a->root = options->root ? bs_path_normalise(&a->arena, cwd, options->root) : cwd;
  if (!cli_load_config(options, a->root, &a->config, error)) return false;
  if (!cli_load_rules(options, &a->config, &a->rules, error)) return false;
  program_input *inputs = bs_arena_alloc(&a->arena, (count + 1) * sizeof *inputs);
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf bytes = BS_STRBUF_INIT;
    if (bs_strbuf_read_file(&bytes, files[i]) != 0) {
      bs_strbuf_fini(&bytes);
      return bs_error_set(error, "%s: cannot be read: %s", files[i], strerror(errno));
    }
    inputs[i] = (program_input){bs_arena_strndup(&a->arena, bytes.text, bytes.length), bytes.length, files[i]};
    bs_strbuf_fini(&bytes);
  }
  return solve(a, options, inputs, count, error);
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
      if (project_config_matches(x->path, f->sink.file)) f->suppressed = (report_suppression){"config", x->reason};
    }
  }
}

void analysis_report(analysis *a, const cli_analysis *options, report_document *document) {
  document->tool_version = BLOCKSCAN_VERSION;
  document->libclang_version = a->units.libclang_version ? a->units.libclang_version : "";
  document->root = options->root ? options->root : ".";
  document->root_path = a->root;
  check_report(a->checker, document);
  apply_exclusions(a, document);
  if (a->has_db)
    for (uint32_t i = 0; i < a->db.notes.count; i++) *bs_vec_push(&document->notes) = a->db.notes.items[i];
  for (uint32_t i = 0; i < a->units.notes.count; i++) *bs_vec_push(&document->notes) = a->units.notes.items[i];
}

int analysis_exit_code(const analysis *a, const cli_analysis *options, int code) {
  uint32_t broken = 0, first = 0;
  for (uint32_t i = a->program.units.count; i-- > 0;)
    if (a->program.units.items[i].errors) {
      broken++;
      first = i;
    }
  if (broken <= options->max_broken) return code;
  const program_unit *u = &a->program.units.items[first];
  fprintf(stderr, "blockscan: incomplete: %u of %u units did not parse cleanly, more than --max-broken=%u; the first: %s\n", broken,
          a->program.units.count, options->max_broken,
          u->first_error ? program_text(&a->program, u->first_error) : program_text(&a->program, u->file));
  return EXIT_INCOMPLETE;
}
