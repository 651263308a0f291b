/* The base protocol of the Language Server Protocol 3.17: messages behind headers, one stream of bytes. */
#ifndef BLOCKSCAN_CLI_LSP_FRAMING_H
#define BLOCKSCAN_CLI_LSP_FRAMING_H

#include "base/strbuf.h"

#include <stdbool.h>

enum { LSP_MESSAGE_MAX = 64 << 20 }; /* bytes; an open document comes in one message */

/* What came so far; zeroed when new. */
typedef struct lsp_framing {
  bs_strbuf bytes;
  size_t used; /* bytes of the messages that were handed out */
} lsp_framing;

enum lsp_framing_result {
  LSP_INCOMPLETE, /* more bytes must come */
  LSP_MESSAGE,
  LSP_BROKEN, /* no header, or a length that cannot be: where the next message begins is not known */
};

void lsp_framing_fini(lsp_framing *framing);
void lsp_framing_add(lsp_framing *framing, const void *bytes, size_t length);
/* The next message. The text lives until the next call; a NUL does not stand behind it. */
enum lsp_framing_result lsp_framing_next(lsp_framing *framing, const char **text, size_t *length);
/* Appends a message with its headers. */
void lsp_framing_write(bs_strbuf *out, const char *text, size_t length);

#endif
