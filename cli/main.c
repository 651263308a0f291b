/* The program: everything else is a library, so that tests and fuzzers link what the program links. */
#include "base/mem.h"
#include "cli/cli.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>

/* A handler, not SIG_IGN, which recorded programs would inherit. */
static void pass_over(int signal) { (void)signal; }

int main(int argc, char **argv) {
  /* A file that grows past RLIMIT_FSIZE is a failed write, which has an error message. */
  sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = pass_over}, NULL);
  json_set_alloc_funcs(bs_malloc, free); /* Jansson does not bear a malloc that fails everywhere */
  return cli_main(argc, argv);
}
