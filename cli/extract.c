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
enum { OPTION_DEPFILE = 0x400, OPTION_THEN_RUN };

typedef struct extract_options {
  analysis_options analysis;
  const char *output; /* a folder; of one command, a file */
  bool dump;
  path_list files; /* of which units; empty: all */
  const char *const *command; /* behind --: one compile command instead of a database; or NULL */
  uint32_t ncommand;
  const char *depfile;
  bool then_run;
} extract_options;

static error_t parse(int key, char *argument, struct argp_state *state) {
  extract_options *o = state->input;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = state->child_inputs[1] = &o->analysis; break;
  case 'o': o->output = argument; break;
  case 'd': o->dump = true; break;
  case OPTION_DEPFILE: o->depfile = argument; break;
  case OPTION_THEN_RUN: o->then_run = true; break;
  case ARGP_KEY_ARG:
    if (!o->analysis.database) return ARGP_ERR_UNKNOWN; /* the first is the database */
    *bs_vec_push(&o->files) = argument;
    break;
  case ARGP_KEY_END:
    if (!o->command && (o->depfile || o->then_run))
      argp_error(state, "--depfile and --then-run need a compile command behind --");
    if (o->command && o->analysis.database)
      argp_error(state, "'%s' stands before a compile command (expected options only)", o->analysis.database);
    if (o->output && !strcmp(o->output, "-"))
      argp_error(state, "--output: facts go into files (--dump prints them as text)");
    if (!o->output && !o->dump && !o->then_run)
      argp_error(state, o->command ? "expected --output=FILE, --then-run or --dump"
                                   : "expected --output=DIR or --dump");
    break;
  default: return ARGP_ERR_UNKNOWN;
  }
  return 0;
}

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0,
     "Write one facts file for each unit into DIR; of a compile command, the facts into this file", 0},
    {"depfile", OPTION_DEPFILE, "FILE", 0, "Write the files that were read into FILE, as a rule of make", 0},
    {"then-run", OPTION_THEN_RUN, NULL, 0,
     "Run the compile command as well, and end as it does; without --output the facts lie beside its object, "
     "as OBJECT.bsf",
     0},
    {"dump", 'd', NULL, 0, "Print the facts as text", 0},
    {0},
};
static const struct argp_child children[] = {
    {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0}, {&cli_parsing_argp, 0, CLI_PARSING_HEADER, 0}, {0}};
static const struct argp extract_argp = {
    options,
    parse,
    "[DATABASE [FILE...]]\n-- COMPILE COMMAND...",
    "Writes down what each unit says, as files for `blockscan link` or as text. Behind -- stands the compile "
    "command of one unit: no database, cache or network is used then, and the same files and command give "
    "the same bytes on every machine.",
    children,
    NULL,
    NULL};

/* The files that were asked for, and which of them the database has. */
typedef struct wanted_files {
  const extract_options *options;
  const char *root;
  bool *found;
} wanted_files;

/* Whether an entry's file was asked for, as the root or the current folder has it. */
static bool is_wanted(void *context, const compdb_entry *entry) {
  const wanted_files *w = context;
  const path_list *files = &w->options->files;
  bool wanted = false;
  bs_arena arena = {0};
  for (uint32_t i = 0; i < files->count; i++) {
    const char *absolute = bs_path_normalise(&arena, bs_path_cwd(&arena), files->items[i]);
    if (strcmp(absolute, entry->file) != 0 &&
        strcmp(files->items[i], bs_path_relative(w->root, entry->file)) != 0)
      continue;
    w->found[i] = wanted = true;
  }
  bs_arena_fini(&arena);
  return wanted;
}

/* Leaves the units that were asked for: no other is parsed. */
static bool narrow(const extract_options *o, const char *root, compdb *db, bs_error *error) {
  bool good = true;
  if (!o->files.count) return true;
  wanted_files w = {o, root, bs_calloc(o->files.count, sizeof *w.found)};
  compdb_filter(db, is_wanted, &w);
  for (uint32_t i = 0; i < o->files.count && good; i++)
    good = w.found[i] || bs_error_set(error, "%s is not a unit of the compile database", o->files.items[i]);
  free(w.found);
  return good;
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
  bs_arena arena;
  bs_intern taken;
  bs_strbuf text;
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
  if (ok) {
    if (unit.errors) report_broken(x, &unit);
    if (x->options->dump) facts_dump(&unit, &x->text);
    if (x->options->output)
      ok = write_file(name_of(&x->arena, x->options->output, file, &x->taken), facts->bytes, facts->length,
                      error);
  }
  facts_unit_fini(&unit);
  return ok;
}

static int take_units(const extract_options *o, const unit_set *units, bs_error *error) {
  extraction x = {.options = o, .text = BS_STRBUF_INIT};
  bs_intern_init(&x.taken);
  bool ok = !o->output || mkdir(o->output, 0777) == 0 || errno == EEXIST;
  if (!ok) bs_error_set(error, "%s: %s", o->output, strerror(errno));
  for (uint32_t i = 0; i < units->units.count && ok; i++) ok = take_unit(&x, &units->units.items[i], error);
  int code = ok ? cli_write_stdout(&x.text) : EXIT_ERROR;
  if (!code && x.broken > o->analysis.max_broken) code = EXIT_INCOMPLETE;
  if (x.broken > MOST_SHOWN && !o->analysis.verbose)
    visible_say("%u units are broken; -v names all", x.broken);
  bs_intern_fini(&x.taken);
  bs_strbuf_fini(&x.text);
  bs_arena_fini(&x.arena);
  return code;
}

/* What the command writes, as its entry has it, or NULL. */
static const char *object_of(const compdb *db) {
  const compdb_entry *entry = &db->entries.items[0];
  return *entry->output ? entry->output : NULL;
}

/* A name as make reads it. */
static void add_make_name(bs_strbuf *out, const char *name) {
  for (; *name; name++) {
    if (*name == ' ' || *name == '#' || *name == '\\') bs_strbuf_addc(out, '\\');
    if (*name == '$') bs_strbuf_addc(out, '$');
    bs_strbuf_addc(out, *name);
  }
}

static bool write_depfile(const char *path, const char *target, const facts_unit *unit, bs_error *error) {
  bs_strbuf text = BS_STRBUF_INIT;
  add_make_name(&text, target);
  bs_strbuf_addc(&text, ':');
  for (uint32_t i = 0; i < unit->files.count; i++) {
    bs_strbuf_adds(&text, " \\\n  ");
    add_make_name(&text, facts_text(unit, unit->files.items[i].path));
  }
  bs_strbuf_addc(&text, '\n');
  bool good = write_file(path, text.text, text.length, error);
  bs_strbuf_fini(&text);
  return good;
}

/* What one compile command says, into one file. */
static int take_command(const extract_options *o, bs_arena *arena, const compdb *db, const unit_set *units,
                        bs_error *error) {
  const unit_facts *facts = &units->units.items[0];
  const char *object = object_of(db);
  const char *file =
      o->output ? o->output : bs_arena_printf(arena, "%s.bsf", object ? object : db->entries.items[0].file);
  bs_strbuf text = BS_STRBUF_INIT;
  facts_unit unit;
  facts_unit_init(&unit);
  bool good = facts_decode(&unit, facts->bytes, facts->length, error);
  if (good && unit.errors)
    visible_say("%s: broken: %s", facts_text(&unit, unit.file), facts_text(&unit, unit.first_error));
  if (good && o->dump) facts_dump(&unit, &text);
  if (good && (o->output || !o->dump)) good = write_file(file, facts->bytes, facts->length, error);
  if (good && o->depfile) good = write_depfile(o->depfile, file, &unit, error);
  int code = good ? cli_write_stdout(&text) : EXIT_ERROR;
  /* Facts of a broken unit say that it is: who links them judges. */
  facts_unit_fini(&unit);
  bs_strbuf_fini(&text);
  return code;
}

static bool read_project(const extract_options *o, bs_arena *arena, compdb *db, const char **root,
                         bs_error *error) {
  project_config config;
  bool good = o->command ? project_read_command(arena, &o->analysis, o->command, o->ncommand, db, root,
                                                &config, error)
                         : project_read_database(arena, &o->analysis, db, root, &config, error) &&
                               narrow(o, *root, db, error);
  project_config_fini(&config);
  return good;
}

static int load_and_take(const extract_options *o, bs_arena *arena, compdb *db, unit_set *units,
                         bs_error *error) {
  const char *root;
  if (!read_project(o, arena, db, &root, error)) return cli_fail(error);
  bool loaded = units_load(db, root, &o->analysis, units, error);
  units_settle(units);
  for (uint32_t i = 0; i < units->warnings.count; i++) visible_say("%s", units->warnings.items[i]);
  for (uint32_t i = 0; o->analysis.verbose && i < units->notes.count; i++)
    visible_say("note: %s", units->notes.items[i]);
  if (o->analysis.verbose) visible_say("%u units parsed, %u from the cache", units->parsed, units->cached);
  if (!loaded) return cli_fail(error);
  const uint32_t count = units->units.count;
  int code = !o->command  ? take_units(o, units, error)
             : count == 1 ? take_command(o, arena, db, units, error)
             : count      ? take_units(o, units, error)
                          : EXIT_INCOMPLETE; /* interrupted: nothing is there to be written */
  if (code == EXIT_ERROR) return bs_error_is_set(error) ? cli_fail(error) : code;
  if (units->interrupted)
    visible_say(o->command ? "interrupted" : "interrupted; what was parsed is in the cache");
  return units->interrupted ? EXIT_INCOMPLETE : code;
}

static int extract(const extract_options *o) {
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  compdb db = {0};
  unit_set units = {0};
  int code = load_and_take(o, &arena, &db, &units, &error);
  units_fini(&units);
  compdb_fini(&db);
  bs_error_fini(&error);
  bs_arena_fini(&arena);
  return code;
}

/* The compile command itself, in the place of this process. A command that compiles no source (one that
 * links, say, in a rule that serves both) is only run. */
static int run_command(extract_options *o) {
  uint32_t sources;
  compdb_source_of_command(o->command, o->ncommand, &sources);
  int code = sources == 1 ? extract(o) : EXIT_CLEAN;
  bool may_compile = sources > 1;
  for (uint32_t i = 1; !sources && i < o->ncommand; i++) may_compile |= o->command[i][0] == '@';
  if (may_compile)
    visible_say("no facts are written of a command that names %s",
                sources ? "several sources" : "its words in a file");
  if (code) return code;
  fflush(stdout);
  execvp(o->command[0], (char **)(void *)o->command);
  visible_say("%s: %s", o->command[0], strerror(errno));
  return EXIT_ERROR;
}

/* Where the compile command begins: behind the first "--". */
static int options_end(int argc, char **argv) {
  int end = 1;
  while (end < argc && strcmp(argv[end], "--") != 0) end++;
  return end;
}

static int run(int argc, char **argv) {
  extract_options o = {0};
  analysis_options_init(&o.analysis);
  o.analysis.listener = &cli_listener;
  int end = options_end(argc, argv);
  if (end + 1 < argc) {
    o.command = (const char *const *)(void *)&argv[end + 1];
    o.ncommand = (uint32_t)(argc - end - 1);
  }
  int code = EXIT_ERROR;
  if (cli_parse(&extract_argp, end, argv, 0, &o)) {
    if (o.command) {
      o.analysis.no_cache = o.analysis.quiet = true;
      o.analysis.jobs = 1;
    }
    code = o.then_run ? run_command(&o) : extract(&o);
  }
  bs_vec_fini(&o.files);
  analysis_options_fini(&o.analysis);
  return code;
}

const cli_verb cli_verb_extract = {"extract", "Analysis", "write down what each unit says", &extract_argp,
                                   run};
