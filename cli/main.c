/* The program: everything else is a library, so that tests and fuzzers link what the program links. */
#include "cli/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
