/* The language server without its streams and processes: messages in, messages out (Language Server
 * Protocol 3.17).
 *
 * It knows the last report and the open documents. What it wants done it asks its host for: to send a
 * message, and to begin a scan, whose report the host brings when it is there. So the server never waits.
 */
#ifndef BLOCKSCAN_CLI_LSP_SERVER_H
#define BLOCKSCAN_CLI_LSP_SERVER_H

#include "reports/model/model.h"

#include <stddef.h>

typedef struct lsp_host {
  void *context;
  void (*send)(void *context, const char *message, size_t length);
  /* A scan of the workspace in `root` (absolute); one that is under way is out of date. */
  void (*scan)(void *context, const char *root);
} lsp_host;

typedef struct lsp_server lsp_server;
/* `host` is copied. */
lsp_server *lsp_server_new(const lsp_host *host);
void lsp_server_free(lsp_server *server);

/* One message from the client. What is no valid message is answered with the error that the protocol has for
 * it. */
void lsp_server_handle(lsp_server *server, const char *message, size_t length);
/* The bytes from the client are no messages any more; answers that. */
void lsp_server_broken(lsp_server *server);
/* A scan's report, which becomes the server's: `document` is empty afterwards. Publishes its diagnostics. */
void lsp_server_take_report(lsp_server *server, report_document *document);
/* Shows a sentence to the person, as the error it is. */
void lsp_server_tell(lsp_server *server, const char *sentence);
/* Whether "exit" came, and the exit code that the protocol asks for: 0 after a shutdown, else 1. */
bool lsp_server_has_ended(const lsp_server *server, int *code);

#endif
