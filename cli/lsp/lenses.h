/* Code lenses: what stands above a line of source while one reads it. */
#ifndef BLOCKSCAN_CLI_LSP_LENSES_H
#define BLOCKSCAN_CLI_LSP_LENSES_H

#include "cli/lsp/answers.h"

/* The lenses of a file of the report, as an array of the protocol: at each blocking call how long and for
 * whom, at each callback what it reaches, and at other lines what the recording measured there. `command` is
 * the client's own that shows a list of places; NULL: the lenses are text only. A new reference. */
json_t *lsp_lenses(const lsp_view *view, const char *file, const char *command);

#endif
