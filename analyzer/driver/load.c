/* Loads what an analysis needs beside the sources: the project's configuration and the rules it changes. */
#include "analyzer/driver/project.h"

#include "base/hash.h"
#include "base/nearest.h"
#include "base/path.h"
#include "rules/loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file as it is believed: in an untrusted tree, as the base has it. NULL: there is none. */
static const char *believed(const analysis_options *options, const char *path) {
  if (!options->untrusted) return path;
  return options->base ? options->base->file(options->base->context, path) : NULL;
}

/* What the configuration names in the tree is the base's too. */
static void believe_files(const analysis_options *options, project_config *config) {
  const char **lists[] = {config->rules.items, config->packs.items};
  uint32_t *counts[] = {&config->rules.count, &config->packs.count};
  for (int k = 0; options->untrusted && k < 2; k++) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *counts[k]; i++) {
      const char *file = believed(options, lists[k][i]);
      if (file) lists[k][kept++] = file;
    }
    *counts[k] = kept;
  }
}

/* Reads `copy` as what stands at `path`. */
static bool load_copy(project_config *config, const char *path, const char *copy, bs_error *error) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = bs_strbuf_read_file(&text, copy) == 0 || bs_error_set(error, "%s: %s", copy, strerror(errno));
  good = good && project_config_parse(config, path, text.text, text.length, error);
  bs_strbuf_fini(&text);
  return good;
}

/* The project's own file; of one that a symbolic link has put there nothing is quoted. */
static bool load_own(project_config *config, const char *root, const char *path, const char *copy,
                     bs_error *error) {
  if (!bs_path_leaves(root, path)) return load_copy(config, path, copy, error);
  return load_copy(config, path, copy, NULL) ||
         bs_error_set(error, "%s: not a configuration; a link leads outside the project", path);
}

/* Whether a TOML file has a table [tool.blockscan], as Python's tools are configured. */
static bool has_tool_table(const char *path) {
  static const char table[] = "[tool.blockscan";
  bs_strbuf text = BS_STRBUF_INIT;
  bool has = bs_path_is_file(path) && bs_strbuf_read_file(&text, path) == 0 &&
             memmem(text.text, text.length, table, sizeof table - 1);
  bs_strbuf_fini(&text);
  return has;
}

/* A configuration under a name or in a folder where nobody looks for it: said, lest it be taken for used. */
static void tell_misnamed(const analysis_options *options, bs_arena *arena, const char *root, bool there) {
  static const char *const names[] = {".blockscan.yml",  "blockscan.yaml",        "blockscan.yml",
                                      ".blockscan.json", ".blockscan.toml",       "blockscan.toml",
                                      ".blockscan",      ".blockscan/config.yaml"};
  const char *cwd = bs_path_cwd(arena);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (bs_path_is_file(bs_arena_printf(arena, "%s/%s", root, names[i])))
      analysis_warn(
          options,
          bs_arena_printf(arena, "%s is not read: the configuration's name is .blockscan.yaml", names[i]));
  if (has_tool_table(bs_arena_printf(arena, "%s/pyproject.toml", root)))
    analysis_warn(options,
                  "[tool.blockscan] of pyproject.toml is not read: the configuration is .blockscan.yaml");
  if (there || options->root || !strcmp(cwd, root)) return;
  if (bs_path_is_file(bs_arena_printf(arena, "%s/.blockscan.yaml", cwd)))
    analysis_warn(options,
                  bs_arena_printf(arena,
                                  ".blockscan.yaml of the working directory is not read: the project's "
                                  "root is %s; --root . or --config .blockscan.yaml says otherwise",
                                  root));
}

bool project_load_config(const analysis_options *options, const char *root, project_config *config,
                         bs_error *error) {
  if (options->config) return project_config_load(config, options->config, error);
  bs_arena arena = {0};
  const char *path = bs_arena_printf(&arena, "%s/.blockscan.yaml", root);
  bool there = access(path, F_OK) == 0;
  const char *copy = there || options->untrusted ? believed(options, path) : NULL;
  bool good = true;
  *config = (project_config){0};
  tell_misnamed(options, &arena, root, there);
  if (there && !copy)
    analysis_warn(options, ".blockscan.yaml is not used: it is not in the base (--untrusted)");
  if (there && copy && !bs_path_is_file(path)) good = bs_error_set(error, "%s: not a regular file", path);
  if (good && copy) good = load_own(config, root, path, copy, error);
  if (good) believe_files(options, config);
  bs_arena_fini(&arena);
  return good;
}

static bool fail_unknown(const project_config *config, unsigned line, unsigned column, const char *what,
                         const char *word, const char *const *names, uint32_t count, bs_error *error) {
  const char *nearest = bs_nearest(word, names, (int)count);
  return bs_error_set(error, "%s:%u:%u: %s '%s'%s%s%s", config->file, line, column, what, word,
                      nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static bool fail_level(const project_config *config, const config_level *level, const rule_set *rules,
                       bs_error *error) {
  BS_VEC(const char *) names = {0};
  for (uint32_t i = 0; i < rules->rules.count; i++) *bs_vec_push(&names) = rules->rules.items[i]->id;
  fail_unknown(config, level->line, level->column, "there is no rule", level->rule, names.items, names.count,
               error);
  bs_vec_fini(&names);
  return false;
}

/* Levels in their order: a later one overrides an earlier one. */
/* Drops the rules that are marked. */
static void drop_rules(rule_set *rules, const bool *off) {
  uint32_t kept = 0;
  for (uint32_t j = 0; j < rules->rules.count; j++) {
    if (off[j])
      rule_fini(rules->rules.items[j]);
    else
      rules->rules.items[kept++] = rules->rules.items[j];
  }
  rules->rules.count = kept;
}

/* Marks the rules that a word of --select or --ignore speaks of. False when it speaks of none. */
static bool mark_rules(rule_set *rules, const char *word, bool mark, bool *off) {
  bool known = false;
  for (uint32_t j = 0; j < rules->rules.count; j++) {
    if (!project_config_speaks_of(word, rules->rules.items[j]->id)) continue;
    known = true;
    off[j] = mark;
  }
  rules->hash = bs_hash_mix(rules->hash, bs_hash(word, strlen(word)) + mark);
  return known;
}

static bool fail_choice(const rule_set *rules, const char *word, bs_error *error) {
  BS_VEC(const char *) names = {0};
  for (uint32_t i = 0; i < rules->rules.count; i++) *bs_vec_push(&names) = rules->rules.items[i]->id;
  const char *nearest = bs_nearest(word, names.items, (int)names.count);
  if (nearest)
    bs_error_set(error, "there is no rule '%s'; did you mean '%s'?", word, nearest);
  else
    bs_error_set(error, "there is no rule '%s'; blockscan rules list has them all", word);
  bs_vec_fini(&names);
  return false;
}

/* --select: these rules only. --ignore: not these. */
static bool apply_choice(const analysis_options *options, rule_set *rules, bs_error *error) {
  bool *off = bs_calloc(rules->rules.count + 1, sizeof *off);
  const char *unknown = NULL;
  for (uint32_t j = 0; options->select.count && j < rules->rules.count; j++) off[j] = true;
  for (uint32_t i = 0; i < options->select.count; i++)
    if (!mark_rules(rules, options->select.items[i], false, off)) unknown = options->select.items[i];
  for (uint32_t i = 0; i < options->ignore.count; i++)
    if (!mark_rules(rules, options->ignore.items[i], true, off)) unknown = options->ignore.items[i];
  if (!unknown) drop_rules(rules, off);
  free(off);
  return !unknown || fail_choice(rules, unknown, error);
}

static bool apply_levels(const project_config *config, rule_set *rules, bs_error *error) {
  bool *off = bs_calloc(rules->rules.count + 1, sizeof *off);
  bool good = true;
  for (uint32_t i = 0; i < config->levels.count && good; i++) {
    const config_level *level = &config->levels.items[i];
    bool known = false;
    for (uint32_t j = 0; j < rules->rules.count; j++) {
      rule *r = rules->rules.items[j];
      if (!project_config_speaks_of(level->rule, r->id)) continue;
      known = true;
      off[j] = level->off;
      if (level->off) continue;
      r->severity = level->severity;
      r->severity_is_set = true;
    }
    if (!known) good = fail_level(config, level, rules, error);
  }
  drop_rules(rules, off);
  free(off);
  return good;
}

static bool knows_function(const rule_set *rules, const char *function) {
  return rule_set_for_function(rules, function) || rule_set_rows_for_function(rules, function) ||
         rule_set_descriptors(rules, function);
}

static bool check_wrappers(const project_config *config, const rule_set *rules, bs_error *error) {
  for (uint32_t i = 0; i < config->wrappers.count; i++) {
    const config_wrapper *w = &config->wrappers.items[i];
    if (!knows_function(rules, w->like))
      return bs_error_set(error, "%s:%u:%u: no rule and no loop pack mentions the function '%s'",
                          config->file, w->line, w->column, w->like);
  }
  return true;
}

/* A bundled pack that is there when asked for, by its name: `--rules python`, `packs: [python]`. */
static const char *find_rules(bs_arena *arena, const char *folder, const char *file) {
  const char *optional = bs_arena_printf(arena, "%s/loops/optional/%s.json", folder, bs_path_basename(file));
  return access(file, F_OK) != 0 && access(optional, F_OK) == 0 ? optional : file;
}

/* A file that the configuration names. Outside the project anything may stand in it: of what is wrong there
 * nothing is quoted. */
static bool load_named(rule_set *rules, const project_config *config, const char *file, bs_error *error) {
  bs_arena arena = {0};
  bs_error wrong = BS_ERROR_INIT;
  const char *here = bs_path_cwd(&arena);
  const char *folder = bs_path_dirname(&arena, bs_path_normalise(&arena, here, config->file));
  bool good = rule_set_load_file(rules, file, &wrong);
  if (!good && bs_path_leaves(folder, file))
    bs_error_set(
        error,
        "%s: not a file of rules; it lies outside the project: `blockscan rules check` says what is wrong",
        file);
  else if (!good)
    bs_strbuf_adds(&error->text, wrong.text.text);
  bs_error_fini(&wrong);
  bs_arena_fini(&arena);
  return good;
}

bool project_load_rules(const analysis_options *options, const project_config *config, rule_set *rules,
                        bs_error *error) {
  bs_arena arena = {0};
  const char *folder = rule_set_find_folder(&arena, error);
  bool good = folder && rule_set_load_folder(rules, folder, error);
  for (uint32_t i = 0; good && i < config->rules.count; i++)
    good = load_named(rules, config, config->rules.items[i], error);
  for (uint32_t i = 0; good && i < config->packs.count; i++)
    good = load_named(rules, config, find_rules(&arena, folder, config->packs.items[i]), error);
  for (uint32_t i = 0; good && i < options->rule_files.count; i++)
    good = rule_set_load_file(rules, find_rules(&arena, folder, options->rule_files.items[i]), error);
  if (good) {
    rule_set_index(rules);
    good = check_wrappers(config, rules, error) && apply_levels(config, rules, error) &&
           apply_choice(options, rules, error);
    rule_set_index(rules);
  }
  bs_arena_fini(&arena);
  return good;
}

const rule_set *project_load_all_rules(const analysis_options *options, const project_config *config,
                                       const rule_set *rules, rule_set *room, bs_error *error) {
  project_config without_levels = *config;
  without_levels.levels.count = 0;
  if (!config->levels.count) return rules;
  return project_load_rules(options, &without_levels, room, error) ? room : NULL;
}
