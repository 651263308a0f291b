/* The command line of the verbs that join evidence. */
#ifndef BLOCKSCAN_CLI_JOINING_H
#define BLOCKSCAN_CLI_JOINING_H

#include "evidence/joining.h"

#include <argp.h>

extern const struct argp cli_joining_argp; /* input: joining_options; takes the positional arguments */
#define CLI_JOINING_HEADER "Evidence:"

#endif
