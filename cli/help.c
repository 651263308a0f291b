/* `--help` and `--version`. */
#include "cli/cli.h"

#include "analyzer/frontend/frontend.h"
#include "version.h"

#include <string.h>

void cli_write_help(bs_strbuf *out) {
  bs_strbuf_adds(
      out,
      "Usage: blockscan [VERB] [OPTION...] [compile_commands.json]\n\n"
      "Finds what can block the event loops of a C or C++ program: before it runs, and while it runs.\n\n"
      "Examples:\n"
      "  blockscan build/compile_commands.json     scan a program\n"
      "  blockscan why load_page                   how a callback gets to load_page()\n"
      "  blockscan record -- ./server              run a program and write down its stalls\n");
  const char *group = NULL;
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    if (!(*v)->group) continue;
    if (!group || strcmp(group, (*v)->group) != 0) bs_strbuf_addf(out, "\n%s:\n", (*v)->group);
    group = (*v)->group;
    bs_strbuf_addf(out, "  %-12s %s\n", (*v)->name, (*v)->summary);
  }
  bs_strbuf_adds(
      out,
      "\nWithout a verb it scans; without a database it looks for one in ., build, out and above.\n"
      "`blockscan VERB --help` lists a verb's options, `blockscan --version` the version.\n"
      "Exit codes: 0 everything was checked, nothing to report; 1 findings; 2 an error; 3 incomplete.\n");
}

void cli_write_version(bs_strbuf *out) {
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  const char *version, *folder;
  bs_strbuf_addf(out, "blockscan %s\n", BLOCKSCAN_VERSION);
  if (toolchain_find(&arena, &version, &folder, &error))
    bs_strbuf_addf(out, "libclang %s\n", version);
  else
    bs_strbuf_addf(out, "libclang: %s\n", error.text.text);
  bs_error_fini(&error);
  bs_arena_fini(&arena);
}
