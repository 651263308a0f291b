/* The steps of an analysis in their order, and the report that is kept between runs. */
#include "analyzer/driver/analysis.h"

#include "analyzer/driver/hints.h"
#include "analyzer/driver/identity.h"
#include "analyzer/driver/inputs.h"
#include "analyzer/driver/kept.h"
#include "analyzer/driver/missing.h"
#include "analyzer/driver/overlay.h"
#include "analyzer/driver/project.h"
#include "analyzer/graph/kept_program.h"
#include "base/hash.h"
#include "base/path.h"
#include "reports/model/completeness.h"
#include "version.h"

#include <errno.h>
#include <string.h>

enum { MAX_BY_TYPE = 64 };

void analysis_init(analysis *a) {
  *a = (analysis){0};
  rule_set_init(&a->rules);
  program_init(&a->program);
}

static void tell_warnings(analysis *a) {
  for (; a->told_warnings < a->units.warnings.count; a->told_warnings++)
    analysis_warn(&a->options, a->units.warnings.items[a->told_warnings]);
}

void analysis_fini(analysis *a) {
  units_settle(&a->units);
  tell_warnings(a);
  check_free(a->checker);
  program_fini(&a->program);
  rule_set_fini(&a->rules);
  project_config_fini(&a->config);
  units_fini(&a->units);
  if (a->has_db) compdb_fini(&a->db);
  bs_arena_fini(&a->arena);
}

static void tell_phase(const analysis *a, const char *what) {
  const analysis_listener *l = a->options.quiet ? NULL : a->options.listener;
  if (l && l->phase) l->phase(l->context, what, a->ninputs);
}

static int compare_inputs(const void *a, const void *b) {
  const program_input *x = a, *y = b;
  int order = strcmp(facts_text(x->facts, x->facts->file), facts_text(y->facts, y->facts->file));
  if (!order) order = strcmp(facts_text(x->facts, x->facts->group), facts_text(y->facts, y->facts->group));
  if (order) return order;
  uint64_t h = bs_hash(x->bytes, x->length), k = bs_hash(y->bytes, y->length);
  return h < k ? -1 : h > k;
}

/* Puts files of facts, which come in any order, in that of their names; the units of a database have one. The
 * linker takes over what is decoded for that, unless one of them is damaged. */
static bool sort_inputs(analysis *a, bs_error *error) {
  if (a->has_db || a->ninputs < 2) return true;
  facts_unit **made = bs_arena_alloc(&a->arena, (a->ninputs + 1) * sizeof *made);
  uint32_t count = 0;
  for (uint32_t i = 0; i < a->ninputs; i++) {
    program_input *input = &a->inputs[i];
    facts_unit *facts = bs_arena_alloc(&a->arena, sizeof *facts);
    facts_unit_init(facts);
    if (!facts_decode(facts, input->bytes, input->length, error)) {
      facts_unit_fini(facts);
      while (count) facts_unit_fini(made[--count]);
      bs_error_context(error, "%s", input->name);
      return false;
    }
    input->facts = made[count++] = facts;
  }
  qsort(a->inputs, a->ninputs, sizeof *a->inputs, compare_inputs);
  return true;
}

/* The hash of all that is read of a program, in the order of its units. */
static uint64_t hash_inputs(const analysis *a, uint64_t hash) {
  for (uint32_t i = 0; i < a->ninputs; i++)
    hash = bs_hash_mix(hash, bs_hash(a->inputs[i].bytes, a->inputs[i].length));
  return hash;
}

/* What decides the solved program. */
static uint64_t program_key(const analysis *a) {
  bs_arena arena = {0};
  bs_strbuf key = BS_STRBUF_INIT;
  bs_strbuf_addf(&key, "%s %s %u %llx|", a->units.cache_folder.secret, program_identity(&arena),
                 a->options.max_targets, (unsigned long long)a->rules.hash);
  if (a->config.file) bs_strbuf_read_file(&key, a->config.file);
  uint64_t hash = hash_inputs(a, bs_hash(key.text, key.length));
  bs_strbuf_fini(&key);
  bs_arena_fini(&arena);
  return hash;
}

/* Another state than the disk's has a file of its own: both are asked for in one run. */
static bool solve_by_file(analysis *a, bool writes) {
  if (!a->keeps_program || !a->units.cache_folder.path) return false;
  const char *file = bs_arena_printf(&a->arena, "%s/program%s.bin", a->units.cache_folder.path,
                                     a->options.overlay ? "-overlaid" : "");
  if (!writes) return program_map(&a->program, file, a->program_key = program_key(a));
  program_keep(&a->program, file, a->program_key);
  return true;
}

bool analysis_solve(analysis *a, bs_error *error) {
  if (a->is_solved) return true;
  analysis_time(&a->options, "map");
  a->is_solved = solve_by_file(a, false);
  analysis_time(&a->options, NULL);
  if (a->is_solved) return true;
  tell_phase(a, "linking");
  analysis_time(&a->options, "decode");
  if (!sort_inputs(a, error)) return false;
  analysis_time(&a->options, "link");
  if (!program_link(&a->program, a->inputs, a->ninputs, error)) return false;
  const program_oracle oracle = check_oracle(&a->rules);
  const program_limits limits = {a->options.max_targets, MAX_BY_TYPE};
  tell_phase(a, "following the values of pointers in");
  analysis_time(&a->options, "solve");
  program_solve(&a->program, &oracle, &limits);
  analysis_time(&a->options, "edges");
  program_build_edges(&a->program, &limits);
  analysis_time(&a->options, a->keeps_program ? "keep" : NULL);
  solve_by_file(a, true);
  analysis_time(&a->options, NULL);
  tell_phase(a, NULL);
  a->is_solved = true;
  return true;
}

static bool load_units(analysis *a, bs_error *error) {
  if (!units_load(&a->db, a->root, &a->options, &a->units, error)) return false;
  tell_warnings(a);
  if (a->units.interrupted)
    return bs_error_set(error, a->units.cache ? "interrupted; the units that were read are in the cache"
                                              : "interrupted");
  units_store(&a->units);
  return true;
}

bool analysis_read(analysis *a, const analysis_options *options, bs_error *error) {
  a->options = *options;
  a->has_db = true;
  if (!project_read_database(&a->arena, options, &a->db, &a->root, &a->config, error)) return false;
  if (!project_load_rules(options, &a->config, &a->rules, error)) return false;
  analysis_time(options, "parse");
  if (!load_units(a, error)) return false;
  analysis_time(options, NULL);
  a->ninputs = a->units.units.count;
  a->inputs = bs_arena_alloc(&a->arena, (a->ninputs + 1) * sizeof *a->inputs);
  for (uint32_t i = 0; i < a->ninputs; i++)
    a->inputs[i] = (program_input){a->units.units.items[i].bytes, a->units.units.items[i].length,
                                   a->db.entries.items[i].file, a->units.units.items[i].decoded};
  return true;
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

bool analysis_read_facts(analysis *a, const analysis_options *options, const char *const *files,
                         uint32_t count, bs_error *error) {
  a->options = *options;
  if (!project_find_root(&a->arena, options, bs_path_cwd(&a->arena), &a->root, error)) return false;
  if (!project_load_config(options, a->root, &a->config, error)) return false;
  if (!project_load_rules(options, &a->config, &a->rules, error)) return false;
  analysis_time(options, "read");
  if (!inputs_take(&a->arena, files, count, &a->inputs, &a->ninputs, error)) return false;
  analysis_time(options, NULL);
  return !a->ninputs || find_parser(a, error);
}

/* A comment that the change brought suppresses nothing. */
static void drop_unbelieved(analysis *a) {
  const trusted_base *base = a->options.base;
  if (!a->options.untrusted || a->options.overlay) return;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < a->program.suppressions.count; i++) {
    const program_suppression *s = &a->program.suppressions.items[i];
    const char *file = program_text(&a->program, s->place.file);
    bool block = s->last != FACTS_LINE_ALONE && s->last != FACTS_FILE_END && s->last != FACTS_BLOCK_OPEN;
    if (base && base->has_line(base->context, a->root, file, s->place.line) &&
        (!block || base->has_line(base->context, a->root, file, s->last)))
      a->program.suppressions.items[kept++] = *s;
  }
  a->program.suppressions.count = kept;
}

/* Whether the program that is asked for is in the database. */
static bool has_program(const analysis *a, bs_error *error) {
  const program *p = &a->program;
  bs_strbuf names = BS_STRBUF_INIT;
  bool has = !a->options.program;
  for (uint32_t i = 0; i < p->executables.count && !has; i++) {
    const char *name = program_text(p, p->executables.items[i].name);
    has = !strcmp(name, a->options.program);
    bs_strbuf_addf(&names, "%s%s", i ? ", " : "", name);
  }
  if (!has)
    bs_error_set(error, "--program: unknown program '%s' (expected one of %s)", a->options.program,
                 p->executables.count ? names.text : "it has none");
  bs_strbuf_fini(&names);
  return has;
}

bool analysis_check(analysis *a, unsigned max_paths, bs_error *error) {
  if (!analysis_solve(a, error)) return false;
  drop_unbelieved(a);
  tell_phase(a, "looking for callbacks in");
  check_wrapper *wrappers = bs_arena_alloc(&a->arena, (a->config.wrappers.count + 1) * sizeof *wrappers);
  for (uint32_t i = 0; i < a->config.wrappers.count; i++)
    wrappers[i] = (check_wrapper){a->config.wrappers.items[i].function, a->config.wrappers.items[i].like};
  a->check_options = (check_options){.wrappers = wrappers,
                                     .nwrappers = a->config.wrappers.count,
                                     .startup = a->config.startup.items,
                                     .nstartup = a->config.startup.count,
                                     .entries = a->options.entries.items,
                                     .nentries = a->options.entries.count,
                                     .program = a->options.program,
                                     .max_paths = max_paths};
  if (!has_program(a, error)) return false;
  analysis_time(&a->options, "entries");
  a->checker = check_new(&a->program, &a->rules, &a->check_options);
  analysis_time(&a->options, NULL);
  tell_phase(a, NULL);
  return true;
}

static void apply_exclusions(const analysis *a, report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    for (uint32_t k = 0; k < a->config.exclude.count && !f->suppressed.by; k++) {
      const config_exclusion *x = &a->config.exclude.items[k];
      if ((!x->rule || project_config_speaks_of(x->rule, f->rule)) &&
          project_config_matches(x->path, f->sink.file))
        f->suppressed = (report_suppression){"config", x->reason};
    }
  }
}

static void fill(analysis *a, report_document *document) {
  document->tool_version = BLOCKSCAN_VERSION;
  document->libclang_version = a->units.libclang_version ? a->units.libclang_version : "";
  document->root = a->options.root ? a->options.root : ".";
  tell_phase(a, "searching");
  analysis_time(&a->options, "search");
  check_report(a->checker, document);
  analysis_time(&a->options, NULL);
  tell_phase(a, NULL);
  missing_report(a, document);
  apply_exclusions(a, document);
}

/* What decides the report. */
static uint64_t report_key(const analysis *a, unsigned max_paths) {
  bs_arena arena = {0};
  bs_strbuf key = BS_STRBUF_INIT;
  bs_strbuf_addf(&key, "%s %s %u %u %llx %s|", a->units.cache_folder.secret, program_identity(&arena),
                 max_paths, a->options.max_targets, (unsigned long long)a->rules.hash,
                 a->options.root ? a->options.root : ".");
  bs_strbuf_addf(&key, "%s|", a->options.program ? a->options.program : "");
  for (uint32_t i = 0; i < a->options.entries.count; i++)
    bs_strbuf_addf(&key, "%s|", a->options.entries.items[i]);
  if (a->config.file) bs_strbuf_read_file(&key, a->config.file);
  uint64_t hash = hash_inputs(a, bs_hash(key.text, key.length));
  bs_strbuf_fini(&key);
  bs_arena_fini(&arena);
  return hash;
}

/* Entries of the database that no unit could be made of. */
static void add_lost(const analysis *a, report_document *document) {
  uint32_t count = a->db.lost.count;
  if (!count) return;
  report_add_gap(document, "lost-input",
                 bs_arena_printf(&document->arena, "%u %s of the compile database %s not read whole: %s",
                                 count, count == 1 ? "entry" : "entries", count == 1 ? "is" : "are",
                                 a->db.lost.items[0]))
      ->hint = "Make the database again";
}

static void add_notes(const analysis *a, report_document *document) {
  if (a->has_db) hints_add(&a->db, a->root, document);
  if (a->has_db) add_lost(a, document);
  document->root_path = a->root;
  for (uint32_t i = 0; i < a->units.notes.count; i++)
    *bs_vec_push(&document->notes) = a->units.notes.items[i];
}

/* The report of a program that is checked now, to be kept for the next run. */
static bool make_and_keep(analysis *a, unsigned max_paths, report_document *document, bs_error *error) {
  const char *folder = a->units.cache_folder.path;
  bool keeps = folder != NULL;
  uint64_t key = keeps ? report_key(a, max_paths) : 0;
  if (keeps && kept_find(folder, key, document)) return true;
  if (!analysis_check(a, max_paths, error)) return false;
  fill(a, document);
  if (keeps) kept_put(folder, key, document);
  return true;
}

bool analysis_report(analysis *a, unsigned max_paths, report_document *document, bs_error *error) {
  if (a->checker)
    fill(a, document);
  else if (!make_and_keep(a, max_paths, document, error))
    return false;
  add_notes(a, document);
  return true;
}
