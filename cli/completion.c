/* `blockscan completion bash|zsh|fish`: files made from the table of verbs and their argp options. */
#include "cli/cli.h"
#include "reports/formats.h"

#include <ctype.h>
#include <string.h>

/* What an option's argument can be, by the way its help names it. */
enum value_kind { VALUE_NONE, VALUE_WORDS, VALUE_FILE, VALUE_FOLDER, VALUE_FORMAT, VALUE_OTHER };

static enum value_kind value_kind(const struct argp_option *option) {
  if (!option->arg) return VALUE_NONE;
  if (strchr(option->arg, '|')) return VALUE_WORDS;
  if (!strncmp(option->arg, "FORMAT", 6)) return VALUE_FORMAT;
  if (!strcmp(option->arg, "FILE")) return VALUE_FILE;
  if (!strcmp(option->arg, "DIR")) return VALUE_FOLDER;
  return VALUE_OTHER;
}

/* The words an option's argument is chosen from, parted by spaces. */
static void add_words(const struct argp_option *option, bs_strbuf *out) {
  if (value_kind(option) == VALUE_FORMAT) {
    for (const report_format *f = report_formats; f->name; f++)
      bs_strbuf_addf(out, f == report_formats ? "%s" : " %s", f->name);
    return;
  }
  for (const char *p = option->arg; *p; p++) bs_strbuf_addc(out, *p == '|' ? ' ' : *p);
}

/* The words that may stand where a verb's arguments do: those in lower case in its usage ("list|show ID"). */
static void add_argument_words(const cli_verb *verb, bs_strbuf *out) {
  const char *doc = verb->argp && verb->argp->args_doc ? verb->argp->args_doc : "";
  while (*doc) {
    size_t length = strspn(doc, "abcdefghijklmnopqrstuvwxyz-");
    bool whole = length && (!doc[length] || strchr("| \n]", doc[length]));
    if (whole) bs_strbuf_addf(out, "%s%.*s", out->length ? " " : "", (int)length, doc);
    doc += whole ? length : length + strcspn(doc + length, "| \n[");
    doc += strspn(doc, "| \n[]");
  }
}

static bool has_letter(const struct argp_option *option) {
  return option->key > 0 && option->key < 128 && isprint(option->key);
}

static void add_verb_names(bs_strbuf *out) {
  for (const cli_verb *const *v = cli_verbs; *v; v++)
    if ((*v)->group) bs_strbuf_addf(out, "%s%s", v == cli_verbs ? "" : " ", (*v)->name);
}

static void bash_name(const struct argp_option *option, void *context) {
  bs_strbuf *out = context;
  bs_strbuf_addf(out, " --%s", option->name);
  if (has_letter(option)) bs_strbuf_addf(out, " -%c", option->key);
}

/* One case of the option's argument: what may follow `--option`. */
static void bash_value(const struct argp_option *option, void *context) {
  bs_strbuf *out = context;
  enum value_kind kind = value_kind(option);
  if (kind == VALUE_NONE) return;
  bs_strbuf_addf(out, "    --%s", option->name);
  if (has_letter(option)) bs_strbuf_addf(out, "|-%c", option->key);
  bs_strbuf_adds(out, ") ");
  if (kind == VALUE_WORDS || kind == VALUE_FORMAT) {
    bs_strbuf_adds(out, "COMPREPLY=($(compgen -W '");
    add_words(option, out);
    bs_strbuf_adds(out, "' -- \"$cur\")); ");
  } else if (kind == VALUE_FILE || kind == VALUE_FOLDER) {
    bs_strbuf_addf(out, "COMPREPLY=($(compgen -%c -- \"$cur\")); ", kind == VALUE_FILE ? 'f' : 'd');
  }
  bs_strbuf_adds(out, "return ;;\n");
}

static void bash_verb(const cli_verb *verb, bs_strbuf *out) {
  bs_strbuf_addf(out, "  %s)\n    case $prev in\n", verb->name);
  cli_each_option(verb->argp, bash_value, out);
  bs_strbuf_adds(out, "    esac\n    options='--help");
  cli_each_option(verb->argp, bash_name, out);
  bs_strbuf_adds(out, "'\n");
  bs_strbuf words = BS_STRBUF_INIT;
  add_argument_words(verb, &words);
  if (words.length) bs_strbuf_addf(out, "    words='%s'\n", words.text);
  bs_strbuf_adds(out, "    ;;\n");
  bs_strbuf_fini(&words);
}

static void write_bash(bs_strbuf *out) {
  bs_strbuf_adds(out, "# bash completion for blockscan\n"
                      "_blockscan() {\n"
                      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                      "  local verb=scan words='' options='' first=''\n"
                      "  if [[ $cur == '=' ]]; then cur=''; fi\n"
                      "  if [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                      "  if ((COMP_CWORD == 1)); then first='");
  add_verb_names(out);
  bs_strbuf_adds(out, " help --help --version'; fi\n"
                      "  case ${COMP_WORDS[1]} in ");
  for (const cli_verb *const *v = cli_verbs; *v; v++)
    bs_strbuf_addf(out, "%s%s", v == cli_verbs ? "" : "|", (*v)->name);
  bs_strbuf_adds(out, ") ((COMP_CWORD > 1)) && verb=${COMP_WORDS[1]} ;; esac\n"
                      "  case $verb in\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) bash_verb(*v, out);
  bs_strbuf_adds(
      out, "  esac\n"
           "  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
           "  else COMPREPLY=($(compgen -W \"$first $words\" -- \"$cur\") $(compgen -f -- \"$cur\")); fi\n"
           "}\n"
           "complete -o filenames -F _blockscan blockscan\n");
}

/* Text inside single quotes of a shell, with the characters that `special` lists behind a backslash. */
static void add_quoted(bs_strbuf *out, const char *text, const char *special) {
  for (; *text; text++) {
    if (*text == '\'') {
      bs_strbuf_adds(out, "'\\''");
      continue;
    }
    if (strchr(special, *text)) bs_strbuf_addc(out, '\\');
    bs_strbuf_addc(out, *text);
  }
}

static void zsh_option(const struct argp_option *option, void *context) {
  bs_strbuf *out = context;
  enum value_kind kind = value_kind(option);
  const char *equals = kind == VALUE_NONE ? "" : option->flags & OPTION_ARG_OPTIONAL ? "=-" : "=";
  bs_strbuf_adds(out, "      ");
  if (has_letter(option))
    bs_strbuf_addf(out, "'(-%c --%s)'{-%c,--%s%s}'[", option->key, option->name, option->key, option->name,
                   equals);
  else
    bs_strbuf_addf(out, "'--%s%s[", option->name, equals);
  add_quoted(out, option->doc, "[]:\\");
  bs_strbuf_adds(out, "]");
  if (kind == VALUE_WORDS || kind == VALUE_FORMAT) {
    bs_strbuf_addf(out, ":%s:(", option->name);
    add_words(option, out);
    bs_strbuf_adds(out, ")");
  } else if (kind == VALUE_FILE || kind == VALUE_FOLDER) {
    bs_strbuf_addf(out, ":%s:_files%s", option->name, kind == VALUE_FOLDER ? " -/" : "");
  } else if (kind == VALUE_OTHER) {
    bs_strbuf_addf(out, ":%s:", option->arg);
  }
  bs_strbuf_adds(out, "' \\\n");
}

static void zsh_verb(const cli_verb *verb, bs_strbuf *out) {
  bs_strbuf words = BS_STRBUF_INIT;
  add_argument_words(verb, &words);
  bs_strbuf_addf(out, "  %s)\n    _arguments \\\n", verb->name);
  cli_each_option(verb->argp, zsh_option, out);
  if (words.length) bs_strbuf_addf(out, "      '1:what:(%s)' \\\n", words.text);
  bs_strbuf_adds(out, "      '--help[Show the options]' '*:file:_files'\n    ;;\n");
  bs_strbuf_fini(&words);
}

static void write_zsh(bs_strbuf *out) {
  bs_strbuf_adds(out, "#compdef blockscan\n"
                      "_blockscan() {\n"
                      "  local verb=scan\n"
                      "  local -a verbs=(\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    if (!(*v)->group) continue;
    bs_strbuf_addf(out, "    '%s:", (*v)->name);
    add_quoted(out, (*v)->summary, ":\\");
    bs_strbuf_adds(out, "'\n");
  }
  bs_strbuf_adds(out, "  )\n"
                      "  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
                      "    _describe verb verbs\n"
                      "    _files\n"
                      "    return\n"
                      "  fi\n"
                      "  if [[ -n ${verbs[(r)$words[2]:*]} ]]; then\n"
                      "    verb=$words[2]\n"
                      "    shift words\n"
                      "    ((CURRENT--))\n"
                      "  fi\n"
                      "  case $verb in\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) zsh_verb(*v, out);
  bs_strbuf_adds(out, "  esac\n"
                      "}\n"
                      "_blockscan \"$@\"\n");
}

struct fish_context {
  bs_strbuf *out;
  const char *condition;
};

static void fish_option(const struct argp_option *option, void *context) {
  struct fish_context *fish = context;
  enum value_kind kind = value_kind(option);
  bs_strbuf_addf(fish->out, "complete -c blockscan -n '%s' -l %s", fish->condition, option->name);
  if (has_letter(option)) bs_strbuf_addf(fish->out, " -s %c", option->key);
  if (kind == VALUE_WORDS || kind == VALUE_FORMAT) {
    bs_strbuf_adds(fish->out, " -x -a '");
    add_words(option, fish->out);
    bs_strbuf_adds(fish->out, "'");
  } else if (kind == VALUE_FOLDER) {
    bs_strbuf_adds(fish->out, " -x -a '(__fish_complete_directories)'");
  } else if (kind != VALUE_NONE) {
    bs_strbuf_adds(fish->out, kind == VALUE_FILE ? " -r -F" : " -x");
  }
  bs_strbuf_adds(fish->out, " -d '");
  add_quoted(fish->out, option->doc, "\\");
  bs_strbuf_adds(fish->out, "'\n");
}

static void fish_verb(const cli_verb *verb, bs_strbuf *out) {
  bs_arena arena = {0};
  bs_strbuf words = BS_STRBUF_INIT;
  if (verb->group) {
    bs_strbuf_addf(out, "complete -c blockscan -n __fish_use_subcommand -a %s -d '", verb->name);
    add_quoted(out, verb->summary, "\\");
    bs_strbuf_adds(out, "'\n");
  }
  const char *seen = bs_arena_printf(&arena, "__fish_seen_subcommand_from %s", verb->name);
  if (!strcmp(verb->name, "scan")) seen = bs_arena_printf(&arena, "%s; or __fish_use_subcommand", seen);
  struct fish_context fish = {out, seen};
  cli_each_option(verb->argp, fish_option, &fish);
  add_argument_words(verb, &words);
  if (words.length) bs_strbuf_addf(out, "complete -c blockscan -n '%s' -a '%s'\n", seen, words.text);
  bs_strbuf_fini(&words);
  bs_arena_fini(&arena);
}

static void write_fish(bs_strbuf *out) {
  bs_strbuf_adds(out, "# fish completion for blockscan\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) fish_verb(*v, out);
}

/* Appends the completion file for "bash", "zsh" or "fish"; false for another shell. */
static bool write_completion(const char *shell, bs_strbuf *out) {
  if (!strcmp(shell, "bash"))
    write_bash(out);
  else if (!strcmp(shell, "zsh"))
    write_zsh(out);
  else if (!strcmp(shell, "fish"))
    write_fish(out);
  else
    return false;
  return true;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
  const char **shell = state->input;
  switch (key) {
  case ARGP_KEY_ARG:
    if (*shell) argp_error(state, "more than one shell: '%s' and '%s'", *shell, argument);
    *shell = argument;
    return 0;
  case ARGP_KEY_NO_ARGS: argp_error(state, "expected a shell: bash, zsh or fish"); return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp completion_argp = {
    .parser = parse,
    .args_doc = "bash|zsh|fish",
    .doc = "Prints a completion file for a shell:\v"
           "  blockscan completion bash > /etc/bash_completion.d/blockscan\n"
           "  blockscan completion zsh > \"${fpath[1]}/_blockscan\"\n"
           "  blockscan completion fish > ~/.config/fish/completions/blockscan.fish",
};

static int run(int argc, char **argv) {
  const char *shell = NULL;
  bs_strbuf text = BS_STRBUF_INIT;
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  cli_parse(&completion_argp, argc, argv, 0, &shell);
  if (write_completion(shell, &text))
    code = cli_write_stdout(&text);
  else {
    bs_error_set(&error, "no completion for '%s': expected bash, zsh or fish", shell);
    cli_fail(&error);
  }
  bs_error_fini(&error);
  bs_strbuf_fini(&text);
  return code;
}

const cli_verb cli_verb_completion = {"completion", "Setup", "print a completion file for bash, zsh or fish",
                                      &completion_argp, run};
