/* The program: everything else is a library, so that tests and fuzzers link what the program links. */
#include "cli/cli.h"

#include <signal.h>

/* A handler, not SIG_IGN, which recorded programs would inherit. */
static void pass_over(int signal) { (void)signal; }

int main(int argc, char **argv) {
  /* A file that grows past RLIMIT_FSIZE is a failed write, which has an error message. */
  sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = pass_over}, NULL);
  return cli_main(argc, argv);
}
