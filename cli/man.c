/* `blockscan man`: the manual page, made from the tables that --help is made from. The build runs it. */
#include "cli/cli.h"

#include "version.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Text as roff takes it: hyphens that are typed, no line that starts a request. */
static void add_text(bs_strbuf *out, const char *text) {
  bool start = true;
  for (; *text; text++) {
    if (start && (*text == '.' || *text == '\'')) bs_strbuf_adds(out, "\\&");
    start = *text == '\n';
    if (*text == '\\')
      bs_strbuf_adds(out, "\\e");
    else if (*text == '-')
      bs_strbuf_adds(out, "\\-");
    else
      bs_strbuf_addc(out, *text == '\v' ? '\n' : *text);
  }
}

static void add_option(const struct argp_option *option, void *context) {
  bs_strbuf *out = context;
  bs_strbuf_adds(out, ".TP\n");
  if (option->key > 0 && option->key < 128 && isprint(option->key))
    bs_strbuf_addf(out, "\\fB\\-%c\\fR, ", option->key);
  bs_strbuf_adds(out, "\\fB\\-\\-");
  add_text(out, option->name);
  bs_strbuf_adds(out, "\\fR");
  if (option->arg) {
    bs_strbuf_adds(out, option->flags & OPTION_ARG_OPTIONAL ? "[=\\fI" : "=\\fI");
    add_text(out, option->arg);
    bs_strbuf_adds(out, option->flags & OPTION_ARG_OPTIONAL ? "\\fR]" : "\\fR");
  }
  bs_strbuf_adds(out, "\n");
  add_text(out, option->doc);
  bs_strbuf_adds(out, "\n");
}

/* Several ways to use a verb stand in lines of their own. */
static void add_usage(const char *name, const char *arguments, bs_strbuf *out) {
  bs_strbuf_addf(out, ".SS \"blockscan %s", name);
  for (const char *p = arguments; p && *p;) {
    size_t length = strcspn(p, "\n");
    char line[128];
    snprintf(line, sizeof line, "%s%.*s", p == arguments ? " " : " | ", (int)length, p);
    add_text(out, line);
    p += length + (p[length] == '\n');
  }
  bs_strbuf_adds(out, "\"\n");
}

/* Options that several verbs share have a section of their own. */
static const struct shared {
  const struct argp *argp;
  const char *section, *name;
} shared[] = {{&cli_analysis_argp, "ANALYSIS OPTIONS", "analysis"},
              {&cli_parsing_argp, "PARSING OPTIONS", "parsing"},
              {&cli_report_argp, "REPORT OPTIONS", "report"}};
enum { SHARED = sizeof shared / sizeof *shared };

static const struct shared *find_shared(const struct argp *argp) {
  for (int i = 0; i < SHARED; i++)
    if (shared[i].argp == argp) return &shared[i];
  return NULL;
}

/* The options of this verb alone, and the names of those it shares. */
static void add_options(const struct argp *argp, bs_strbuf *out) {
  const char *separator = "Shared options, listed below: ";
  bs_strbuf names = BS_STRBUF_INIT;
  struct argp own = *argp;
  own.children = NULL;
  cli_each_option(&own, add_option, out);
  for (const struct argp_child *c = argp->children; c && c->argp; c++) {
    const struct shared *s = find_shared(c->argp);
    if (!s) {
      cli_each_option(c->argp, add_option, out);
      continue;
    }
    bs_strbuf_addf(&names, "%s%s", separator, s->name);
    separator = ", ";
  }
  if (names.length) bs_strbuf_addf(out, ".PP\n%s.\n", names.text);
  bs_strbuf_fini(&names);
}

static void add_verb(const cli_verb *verb, bs_strbuf *out) {
  add_usage(verb->name, verb->argp ? verb->argp->args_doc : NULL, out);
  const char initial[2] = {(char)toupper((unsigned char)verb->summary[0])};
  add_text(out, initial);
  add_text(out, verb->summary + 1);
  bs_strbuf_adds(out, ".\n");
  if (verb->argp) add_options(verb->argp, out);
}

static const char first_part[] =
    ".SH NAME\n"
    "blockscan \\- find what can block an event loop\n"
    ".SH SYNOPSIS\n"
    "\\fBblockscan\\fR [\\fIVERB\\fR] [\\fIOPTION\\fR...] [\\fIcompile_commands.json\\fR]\n"
    ".SH DESCRIPTION\n"
    "Reads the sources that a compile database lists, finds the callbacks that event loops call, and reports "
    "the\n"
    "calls below them that can block: each with the call path and the reason of every step.\n"
    "Without a verb it scans. Without a database it looks for compile_commands.json in the current folder, "
    "in its\n"
    "build folders and above.\n"
    ".PP\n"
    "\\fBblockscan record\\fR runs a program unchanged and writes down what really holds its event loops;\n"
    "\\fBblockscan report\\fR lays that beside what a scan finds.\n"
    ".SH VERBS\n";

static const char last_part[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\nNothing to report.\n"
    ".TP\n1\nFindings at or above \\fB\\-\\-fail\\-on\\fR.\n"
    ".TP\n2\nUsage, configuration or internal error.\n"
    ".TP\n3\nThe analysis is incomplete: more units are broken than \\fB\\-\\-max\\-broken\\fR allows.\n"
    ".PP\n\\fBblockscan record\\fR ends with the program\\(aqs own code (128 + N after signal N), or 1 when "
    "a bound was\n"
    "broken.\n"
    ".SH FILES\n"
    ".TP\n.I .blockscan.yaml\nThe project's settings, in its root.\n"
    ".TP\n.I ~/.cache/blockscan/\nThe caches, a folder for each project. They may be deleted at any time.\n"
    ".TP\n.I ~/.local/state/blockscan/cache-key\nWhat binds the caches to this user.\n"
    ".TP\n.I .blockscan\\-baseline.json\nFindings that are known and silent, in the root.\n"
    ".TP\n.I stalls.db\nA recording, an SQLite file.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B BLOCKSCAN_RULES\nA folder to read the bundled rules from.\n"
    ".TP\n.B BLOCKSCAN_RESOURCE_DIR\nclang's resource folder, where it is not found.\n"
    ".TP\n.BR NO_COLOR \", \" CLICOLOR \", \" CLICOLOR_FORCE\nSee \\fB\\-\\-color\\fR.\n";

/* Appends the manual page, as roff with the man macros. */
static void write_man(bs_strbuf *out) {
  bs_strbuf_addf(out, ".TH BLOCKSCAN 1 \"\" \"blockscan %s\" \"User Commands\"\n", BLOCKSCAN_VERSION);
  bs_strbuf_adds(out, first_part);
  for (const cli_verb *const *v = cli_verbs; *v; v++)
    if ((*v)->group) add_verb(*v, out);
  for (int i = 0; i < SHARED; i++) {
    bs_strbuf_addf(out, ".SH %s\n", shared[i].section);
    cli_each_option(shared[i].argp, add_option, out);
  }
  bs_strbuf_adds(out, last_part);
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  if (key != ARGP_KEY_ARG) return ARGP_ERR_UNKNOWN;
  argp_error(state, "no argument expected: '%s'", argument);
  return 0;
}

static const struct argp man_argp = {.parser = parse, .doc = "Prints the manual page as roff."};

static int run(int argc, char **argv) {
  cli_parse(&man_argp, argc, argv, 0, NULL);
  bs_strbuf text = BS_STRBUF_INIT;
  write_man(&text);
  int code = cli_write_stdout(&text);
  bs_strbuf_fini(&text);
  return code;
}

const cli_verb cli_verb_man = {"man", NULL, "print the manual page", &man_argp, run};
