/* `blockscan link FACTS…`: the report from files that `blockscan extract` wrote, so that a build system
 * can spread the parsing. */
#include "analyzer/driver/inputs.h"
#include "cli/analysis.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

typedef BS_VEC(const char *) file_list;

typedef struct link_options {
  analysis_options analysis;
  cli_report report;
  file_list arguments;
  const char *archive;
} link_options;

enum { OPTION_ARCHIVE = 0x400 };

static error_t parse(int key, char *argument, struct argp_state *state) {
  link_options *o = state->input;
  switch (key) {
  case ARGP_KEY_INIT:
    state->child_inputs[0] = &o->analysis;
    state->child_inputs[1] = &o->report;
    return 0;
  case OPTION_ARCHIVE: o->archive = argument; return 0;
  case ARGP_KEY_ARG: *bs_vec_push(&o->arguments) = argument; return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "expected files of facts, or folders of them, made by blockscan extract");
    return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
    {"archive", OPTION_ARCHIVE, "FILE", 0,
     "Put the facts together into FILE, to be linked into several programs later; nothing is reported", 0},
    {0},
};
static const struct argp_child children[] = {
    {&cli_analysis_argp, 0, CLI_ANALYSIS_HEADER, 0}, {&cli_report_argp, 0, CLI_REPORT_HEADER, 0}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "FACTS...",
    .doc = "Links files of facts and finds calls that can block the event loop. A folder stands for all "
           "*.bsf files in it; an archive (--archive) for the units that were put into it." CLI_EXIT_CODES,
};

static int is_facts_file(const struct dirent *entry) {
  const char *end = strrchr(entry->d_name, '.');
  return end && !strcmp(end, ".bsf");
}

/* Not by the locale, as alphasort does: that is slow, and another order on each machine. */
static int compare_names(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* A folder stands for the facts in it, in the order of their names; anything else is a file. */
static bool add_files(bs_arena *arena, const char *argument, file_list *files, bs_error *error) {
  struct dirent **entries = NULL;
  int count = scandir(argument, &entries, is_facts_file, compare_names);
  if (count < 0 && errno == ENOTDIR) {
    *bs_vec_push(files) = argument;
    return true;
  }
  if (count < 0) return bs_error_set(error, "%s: %s", argument, strerror(errno));
  for (int i = 0; i < count; i++) {
    *bs_vec_push(files) = bs_arena_printf(arena, "%s/%s", argument, entries[i]->d_name);
    free(entries[i]);
  }
  free(entries);
  return count || bs_error_set(error, "%s: no *.bsf files in this folder", argument);
}

static bool find_files(bs_arena *arena, const link_options *o, file_list *files, bs_error *error) {
  bool good = true;
  for (uint32_t i = 0; i < o->arguments.count && good; i++)
    good = add_files(arena, o->arguments.items[i], files, error);
  return good;
}

static int make_archive(const link_options *o, bs_error *error) {
  bs_arena arena = {0};
  file_list files = {0};
  bool good = find_files(&arena, o, &files, error) &&
              inputs_write_archive(o->archive, files.items, files.count, error);
  bs_vec_fini(&files);
  bs_arena_fini(&arena);
  return good ? EXIT_CLEAN : cli_fail(error);
}

static bool read_facts(analysis *a, const link_options *o, bs_error *error) {
  file_list files = {0};
  bool good = find_files(&a->arena, o, &files, error) &&
              analysis_read_facts(a, &o->analysis, files.items, files.count, error);
  bs_vec_fini(&files);
  return good;
}

static int link_facts(const link_options *o, bs_error *error) {
  analysis a;
  report_document document;
  analysis_init(&a);
  report_document_init(&document);
  bool good = read_facts(&a, o, error) && analysis_report(&a, o->report.max_paths, &document, error);
  int code = good ? cli_finish_report(&document, &a.rules, &o->analysis, &o->report) : cli_fail(error);
  report_document_fini(&document);
  analysis_fini(&a);
  return code;
}

static int run(int argc, char **argv) {
  link_options o = {0};
  analysis_options_init(&o.analysis);
  o.analysis.listener = &cli_listener;
  cli_report_init(&o.report);
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, 0, &o))
    code = o.archive ? make_archive(&o, &error) : link_facts(&o, &error);
  cli_report_fini(&o.report);
  analysis_options_fini(&o.analysis);
  bs_vec_fini(&o.arguments);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_link = {
    .name = "link",
    .summary = "report from files of facts, made by blockscan extract",
    .group = "Analysis",
    .argp = &argp,
    .run = run,
};
