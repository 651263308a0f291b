/* `blockscan install-hook`: a plain git hook that runs `blockscan --hook` before each commit. */
#include "cli/cli.h"

#include "base/file.h"
#include "base/path.h"
#include "evidence/git.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "# Made by blockscan install-hook.\n"

typedef struct hook_options {
  bool uninstall;
  BS_VEC(const char *) arguments; /* for blockscan --hook */
} hook_options;

enum { OPTION_UNINSTALL = 0x400 };

static const struct argp_option options_table[] = {
    {"uninstall", OPTION_UNINSTALL, NULL, 0, "Remove the hook that this command installed", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state) {
  hook_options *o = state->input;
  switch (key) {
  case OPTION_UNINSTALL: o->uninstall = true; return 0;
  case ARGP_KEY_ARG: *bs_vec_push(&o->arguments) = argument; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp argp = {
    .options = options_table,
    .parser = parse,
    .args_doc = "[-- OPTION...]",
    .doc = "Installs a pre-commit hook in this git repository that runs `blockscan --hook`, with the options "
           "that follow `--` (default: --new-from-rev HEAD --missing-db=skip, new findings only). An "
           "existing hook is kept.",
};

/* One word, quoted for a shell. */
static void add_quoted(bs_strbuf *out, const char *word) {
  bs_strbuf_adds(out, " '");
  for (; *word; word++) {
    if (*word == '\'')
      bs_strbuf_adds(out, "'\\''");
    else
      bs_strbuf_addc(out, *word);
  }
  bs_strbuf_addc(out, '\'');
}

/* A word that a shell takes as it is. */
static bool is_plain(const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%";
  return *word && !word[strspn(word, plain)];
}

/* The hook's options, the same in the script and in what is suggested. */
static void add_options(const hook_options *o, bs_strbuf *out) {
  if (!o->arguments.count) bs_strbuf_adds(out, " --new-from-rev HEAD --missing-db=skip");
  for (uint32_t i = 0; i < o->arguments.count; i++) {
    if (is_plain(o->arguments.items[i]))
      bs_strbuf_addf(out, " %s", o->arguments.items[i]);
    else
      add_quoted(out, o->arguments.items[i]);
  }
}

static void write_script(const hook_options *o, bs_strbuf *out) {
  bs_strbuf_adds(out, "#!/bin/sh\n" MARK "if ! command -v blockscan >/dev/null 2>&1; then\n"
                      "  echo 'blockscan is not installed: nothing was checked' >&2\n"
                      "  exit 0\n"
                      "fi\n"
                      "exec blockscan --hook");
  add_options(o, out);
  bs_strbuf_addc(out, '\n');
}

static bool is_ours(const char *path) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool ours = bs_strbuf_read_file(&text, path) == 0 && strstr(text.text, MARK);
  bs_strbuf_fini(&text);
  return ours;
}

/* The folders above a file, where they are not there yet. */
static bool make_folders(bs_arena *arena, const char *path, bs_error *error) {
  char *folder = bs_arena_strdup(arena, path);
  for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
      return bs_error_set(error, "cannot make the folder %s: %s", folder, strerror(errno));
    *slash = '/';
  }
  return true;
}

static bool fail_foreign(const hook_options *o, const char *path, bs_error *error) {
  bs_strbuf options = BS_STRBUF_INIT;
  add_options(o, &options);
  bs_error_set(error,
               "%s already exists and was kept; to run blockscan as well, add this line to it:\n"
               "  blockscan --hook%s || exit 1",
               path, options.text);
  bs_strbuf_fini(&options);
  return false;
}

static bool install(const hook_options *o, bs_arena *arena, const char *path, bs_error *error) {
  if (access(path, F_OK) == 0 && !is_ours(path)) return fail_foreign(o, path, error);
  bs_strbuf script = BS_STRBUF_INIT;
  write_script(o, &script);
  bool good = make_folders(arena, path, error) && bs_file_replace(path, &script, error);
  if (good && chmod(path, 0755) != 0) good = bs_error_set(error, "chmod %s: %s", path, strerror(errno));
  if (good) printf("%s runs blockscan before each commit; git commit --no-verify skips it.\n", path);
  bs_strbuf_fini(&script);
  return good;
}

static bool uninstall(const char *path, bs_error *error) {
  if (access(path, F_OK) != 0) return bs_error_set(error, "there is no hook %s", path);
  if (!is_ours(path))
    return bs_error_set(error, "%s was not made by blockscan install-hook and is kept", path);
  if (unlink(path) != 0) return bs_error_set(error, "cannot remove %s: %s", path, strerror(errno));
  printf("%s is removed.\n", path);
  return true;
}

/* Where git looks for it, core.hooksPath considered. */
static bool find_path(bs_arena *arena, const char **path, bs_error *error) {
  static const char *const where[] = {"rev-parse", "--git-path", "hooks/pre-commit", NULL};
  git_repository git;
  bs_strbuf out = BS_STRBUF_INIT;
  bool good = git_open(&git, bs_path_cwd(arena), error) &&
              git_run(&git, &(git_command){.arguments = where, .configured = true}, &out, error);
  if (good) {
    const char *name = bs_arena_strndup(arena, out.text, strcspn(out.text, "\n"));
    *path = *name == '/' ? name : bs_arena_printf(arena, "%s/%s", git.top, name);
  }
  bs_strbuf_fini(&out);
  git_close(&git);
  return good;
}

static int run(int argc, char **argv) {
  hook_options o = {0};
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  const char *path = NULL;
  int code = EXIT_ERROR;
  if (cli_parse(&argp, argc, argv, 0, &o)) {
    bool good = find_path(&arena, &path, &error) &&
                (o.uninstall ? uninstall(path, &error) : install(&o, &arena, path, &error));
    code = good ? 0 : cli_fail(&error);
  }
  bs_vec_fini(&o.arguments);
  bs_arena_fini(&arena);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_install_hook = {
    .name = "install-hook",
    .summary = "run blockscan before each commit of a git repository",
    .group = "Setup",
    .argp = &argp,
    .run = run,
};
