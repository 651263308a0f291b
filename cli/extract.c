/* blockscan extract: the facts of units as files, or as text. `blockscan link` goes on from the files: a
 * build system can have them made where the sources are, one unit at a time. */
#include "analyzer/driver/project.h"
#include "analyzer/driver/units.h"
#include "base/path.h"
#include "base/visible.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SHOWN = 10 };

typedef struct extract_options {
  analysis_options analysis;
  const char *directory;
  bool dump;
  path_list files; /* of which units; empty: all */
} extract_options;

static error_t parse(int key, char *argument, struct argp_state *state) {
  extract_options *o = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = state->child_inputs[1] = &o->analysis; break;
  case 'o': o->directory = argument; break;
  case 'd': o->dump = true; break;
  case ARGP_KEY_ARG:
    if (!o->analysis.database) return ARGP_ERR_UNKNOWN; /* the first is the database */
    *bs_vec_push(&o->files) = argument;
    break;
  case ARGP_KEY_END:
    if (!o->directory && !o->dump) argp_error(state, "expected --output=DIR or --dump");
    break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "Write one facts file for each unit into DIR", 0},
    {"dump", 'd', NULL, 0, "Print the facts as text", 0},
    {0},
};
static const struct argp_child children[] = {
    {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0}, {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0}, {0}};
static const struct argp extract_argp = {
    options,
    parse,
    "[DATABASE [FILE...]]",
    "Writes down what each unit says, as files for `blockscan link` or as text.",
    children,
    NULL,
    NULL};

/* Whether a unit of `file` (relative to the root) was asked for; marks the name that did. */
static bool is_wanted(const extract_options *o, const char *root, const char *file, bool *used) {
  bool wanted = o->files.count == 0;
  bs_arena arena = {0};
  for (uint32_t i = 0; i < o->files.count; i++) {
    const char *absolute = bs_path_normalise(&arena, bs_path_cwd(&arena), o->files.items[i]);
    if (strcmp(o->files.items[i], file) != 0 && strcmp(bs_path_relative(root, absolute), file) != 0) continue;
    used[i] = wanted = true;
  }
  bs_arena_fini(&arena);
  return wanted;
}

/* DIR/src__server.c.bsf, for further variants DIR/src__server.c~2.bsf. */
static const char *name_of(bs_arena *arena, const char *directory, const char *file, bs_intern *taken) {
  bs_strbuf base = BS_STRBUF_INIT;
  for (; *file; file++) {
    if (*file == '/')
      bs_strbuf_adds(&base, "__");
    else
      bs_strbuf_addc(&base, *file);
  }
  const char *name = bs_arena_printf(arena, "%s.bsf", base.text);
  for (unsigned n = 2; bs_intern_find(taken, name, strlen(name)) != UINT32_MAX; n++)
    name = bs_arena_printf(arena, "%s~%u.bsf", base.text, n);
  bs_intern_adds(taken, name);
  bs_strbuf_fini(&base);
  return bs_arena_printf(arena, "%s/%s", directory, name);
}

static bool write_file(const char *path, const void *bytes, size_t length, bs_error *error) {
  FILE *file = fopen(path, "wbe");
  bool ok = file && fwrite(bytes, 1, length, file) == length;
  int code = errno;
  if (file && fclose(file) != 0) {
    if (ok) code = errno;
    ok = false;
  }
  return ok || bs_error_set(error, "%s: %s", path, strerror(code));
}

typedef struct extraction {
  const extract_options *options;
  const char *root;
  bs_arena arena;
  bs_intern taken;
  bs_strbuf text;
  bool *used;
  unsigned broken;
} extraction;

static void report_broken(extraction *x, const facts_unit *unit) {
  if (++x->broken <= MOST_SHOWN || x->options->analysis.verbose)
    visible_say("%s: broken: %s", facts_text(unit, unit->file), facts_text(unit, unit->first_error));
}

static bool take_unit(extraction *x, const unit_facts *facts, bs_error *error) {
  facts_unit unit;
  facts_unit_init(&unit);
  bool ok = facts_decode(&unit, facts->bytes, facts->length, error);
  const char *file = ok ? facts_text(&unit, unit.file) : "";
  if (ok && is_wanted(x->options, x->root, file, x->used)) {
    if (unit.errors) report_broken(x, &unit);
    if (x->options->dump) facts_dump(&unit, &x->text);
    if (x->options->directory)
      ok = write_file(name_of(&x->arena, x->options->directory, file, &x->taken), facts->bytes, facts->length,
                      error);
  }
  facts_unit_fini(&unit);
  return ok;
}

static bool check_used(const extraction *x, bs_error *error) {
  for (uint32_t i = 0; i < x->options->files.count; i++)
    if (!x->used[i])
      return bs_error_set(error, "%s is not a unit of the compile database", x->options->files.items[i]);
  return true;
}

static int take_units(const extract_options *o, const unit_set *units, const char *root, bs_error *error) {
  extraction x = {.options = o, .root = root, .text = BS_STRBUF_INIT};
  x.used = bs_calloc(o->files.count, sizeof *x.used);
  bs_intern_init(&x.taken);
  bool ok = !o->directory || mkdir(o->directory, 0777) == 0 || errno == EEXIST;
  if (!ok) bs_error_set(error, "%s: %s", o->directory, strerror(errno));
  for (uint32_t i = 0; i < units->units.count && ok; i++) ok = take_unit(&x, &units->units.items[i], error);
  if (!units->interrupted) ok = ok && check_used(&x, error);
  int code = ok ? cli_write_stdout(&x.text) : EXIT_ERROR;
  if (!code && x.broken > o->analysis.max_broken) code = EXIT_INCOMPLETE;
  if (x.broken > MOST_SHOWN && !o->analysis.verbose)
    visible_say("%u units are broken; -v names all", x.broken);
  bs_intern_fini(&x.taken);
  bs_strbuf_fini(&x.text);
  bs_arena_fini(&x.arena);
  free(x.used);
  return code;
}

static int load_and_take(const extract_options *o, bs_arena *arena, compdb *db, unit_set *units,
                         bs_error *error) {
  const char *root;
  project_config config;
  bool read = project_read_database(arena, &o->analysis, db, &root, &config, error);
  project_config_fini(&config);
  if (!read) return cli_fail(error);
  bool loaded = units_load(db, root, &o->analysis, units, error);
  units_settle(units);
  for (uint32_t i = 0; i < units->warnings.count; i++) visible_say("%s", units->warnings.items[i]);
  for (uint32_t i = 0; o->analysis.verbose && i < units->notes.count; i++)
    visible_say("note: %s", units->notes.items[i]);
  if (o->analysis.verbose) visible_say("%u units parsed, %u from the cache", units->parsed, units->cached);
  if (!loaded) return cli_fail(error);
  int code = take_units(o, units, root, error);
  if (code == EXIT_ERROR) return bs_error_is_set(error) ? cli_fail(error) : code;
  if (units->interrupted) visible_say("interrupted; what was parsed is in the cache");
  return units->interrupted ? EXIT_INCOMPLETE : code;
}

static int run(int argc, char **argv) {
  extract_options o = {0};
  analysis_options_init(&o.analysis);
  o.analysis.listener = &cli_listener;
  if (argp_parse(&extract_argp, argc, argv, 0, NULL, &o)) return EXIT_ERROR;
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  compdb db = {0};
  unit_set units = {0};
  int code = load_and_take(&o, &arena, &db, &units, &error);
  units_fini(&units);
  compdb_fini(&db);
  bs_error_fini(&error);
  bs_arena_fini(&arena);
  bs_vec_fini(&o.files);
  analysis_options_fini(&o.analysis);
  return code;
}

const cli_verb cli_verb_extract = {"extract", "Analysis", "write down what each unit says", &extract_argp,
                                   run};
