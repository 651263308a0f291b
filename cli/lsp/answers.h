/* What the server says of a report: diagnostics, hovers, code actions, as JSON of the protocol. */
#ifndef BLOCKSCAN_CLI_LSP_ANSWERS_H
#define BLOCKSCAN_CLI_LSP_ANSWERS_H

#include "reports/model/model.h"
#include "reports/sources.h"

#include <jansson.h>

typedef struct lsp_view {
  const report_document *document; /* its root_path is the workspace's root */
  sources *sources; /* of that root: positions are counted in UTF-16 code units there */
} lsp_view;

/* Whether the editor shows it: warnings and errors that are likely at least and not suppressed. */
bool lsp_shows(const report_finding *finding);
/* The URI of a file of the report; in the arena. */
const char *lsp_uri(const lsp_view *view, bs_arena *arena, const char *file);
/* A finding as a diagnostic at its blocking call; a new reference. */
json_t *lsp_diagnostic(const lsp_view *view, const report_finding *finding);
/* A unit that did not parse, at its first error where that is in the file itself, else at its first line; a
 * new reference. */
json_t *lsp_broken_diagnostic(const lsp_view *view, const report_broken_unit *unit);
/* What is known of a line (from 1) of a file of the report: findings there, and those whose best path goes
 * through it. NULL when nothing is; else a new reference. */
json_t *lsp_hover(const lsp_view *view, const char *file, unsigned line);
/* The edit that suppresses a rule in the line (from 0) of an open document, whose text is given. A new
 * reference. */
json_t *lsp_suppression(const char *uri, const char *rule_id, unsigned line, const char *text, size_t length,
                        json_t *diagnostic);

#endif
