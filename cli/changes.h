/* Options that leave out of a report what is old: a baseline, a revision, a patch, the files of a commit. */
#ifndef BLOCKSCAN_CLI_CHANGES_H
#define BLOCKSCAN_CLI_CHANGES_H

#include "evidence/changes.h"

#include <argp.h>

extern const struct argp cli_changes_argp; /* input: changes_options */
#define CLI_CHANGES_HEADER "Old and new findings:"

#endif
