/* Parsing a command line, and the walk over argp's tables that completions and the manual page share. */
#include "cli/cli.h"

#include "base/mem.h"

#include <errno.h>

static bool is_shown(const struct argp_option *option) {
  return option->name && !(option->flags & (OPTION_HIDDEN | OPTION_DOC | OPTION_ALIAS));
}

bool cli_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input) {
  error_t problem = argp_parse(argp, argc, argv, flags, NULL, input);
  if (problem == ENOMEM) bs_out_of_memory();
  return problem == 0;
}

void cli_each_option(const struct argp *argp, cli_option_visitor *visit, void *context) {
  if (!argp) return;
  for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc || o->group); o++)
    if (is_shown(o)) visit(o, context);
  for (const struct argp_child *c = argp->children; c && c->argp; c++)
    cli_each_option(c->argp, visit, context);
}
