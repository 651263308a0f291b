/* The table of verbs, and how a command line finds its verb. A new verb is one file and one row here. */
#include "cli/cli.h"

#include "base/nearest.h"
#include "base/visible.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const cli_verb *const cli_verbs[] = {
    &cli_verb_scan,
    &cli_verb_watch,
    &cli_verb_diff,
    &cli_verb_why,
    &cli_verb_graph,
    &cli_verb_extract,
    &cli_verb_link,
    &cli_verb_record,
    &cli_verb_report,
    &cli_verb_learn,
    &cli_verb_rules,
    &cli_verb_explain,
    &cli_verb_lsp,
    &cli_verb_install_hook,
    &cli_verb_completion,
    &cli_verb_man,
    NULL,
};

/* The verb of that name, or NULL. */
static const cli_verb *find_verb(const char *name) {
  for (const cli_verb *const *v = cli_verbs; *v; v++)
    if (!strcmp((*v)->name, name)) return *v;
  return NULL;
}

/* The verb that was meant, when there is no file of that name either. */
static const char *misspelt_verb(const char *word) {
  if (!*word || strpbrk(word, "-./") || access(word, F_OK) == 0) return NULL;
  const char *names[32];
  int count = 0;
  for (const cli_verb *const *v = cli_verbs; *v && count < 32; v++) names[count++] = (*v)->name;
  return bs_nearest(word, names, count);
}

static int run(const cli_verb *verb, int argc, char **argv) {
  char name[64];
  snprintf(name, sizeof name, "blockscan %s", verb->name);
  argv[0] = name;
  /* argp has no -h, and everybody types it; behind `record` another program's words may follow. */
  char help[] = "--help";
  bool whole = strcmp(verb->name, "record") != 0;
  for (int i = 1; i < (whole || argc < 2 ? argc : 2) && strcmp(argv[i], "--") != 0; i++)
    if (!strcmp(argv[i], "-h")) argv[i] = help;
  return verb->run(argc, argv);
}

static int print(void (*write)(bs_strbuf *)) {
  bs_strbuf text = BS_STRBUF_INIT;
  write(&text);
  int code = cli_write_stdout(&text);
  bs_strbuf_fini(&text);
  return code;
}

/* `blockscan help`, and `blockscan help VERB`, which is `blockscan VERB --help`. */
static int help(int argc, char **argv) {
  if (argc < 3) return print(cli_write_help);
  const cli_verb *verb = find_verb(argv[2]);
  if (!verb) {
    const char *meant = misspelt_verb(argv[2]);
    visible_say("unknown verb '%s'; %s%s%s'blockscan --help' lists the verbs", argv[2],
                meant ? "did you mean '" : "", meant ? meant : "", meant ? "'? " : "");
    return EXIT_ERROR;
  }
  char option[] = "--help";
  char *arguments[] = {argv[0], option, NULL};
  return run(verb, 2, arguments);
}

int cli_main(int argc, char **argv) {
  bs_mem_expect_much();
  argp_err_exit_status = EXIT_ERROR;
  char program[] = "blockscan";
  char *alone[] = {program, NULL};
  if (argc < 1) {
    argc = 1;
    argv = alone;
  }
  const char *word = argc > 1 ? argv[1] : "";
  if (!strcmp(word, "help")) return help(argc, argv);
  if (!strcmp(word, "--help") || !strcmp(word, "-?") || !strcmp(word, "-h")) return print(cli_write_help);
  if (!strcmp(word, "--version") || !strcmp(word, "-V")) return print(cli_write_version);
  const cli_verb *verb = find_verb(word);
  if (verb) return run(verb, argc - 1, argv + 1);
  const char *meant = misspelt_verb(word);
  if (meant) {
    visible_say("unknown verb '%s'; did you mean '%s'? 'blockscan --help' lists the verbs", word, meant);
    return EXIT_ERROR;
  }
  return run(&cli_verb_scan, argc, argv);
}
