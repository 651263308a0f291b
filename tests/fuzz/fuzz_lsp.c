/* Any bytes from an editor: answers that are messages, or an end; never anything else. */
#include "cli/lsp/framing.h"
#include "cli/lsp/server.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void check_answer(void *context, const char *message, size_t length) {
  unsigned *answers = context;
  json_t *answer = json_loadb(message, length, 0, NULL);
  if (!json_is_object(answer)) abort();
  json_decref(answer);
  (*answers)++;
}

/* Nothing is scanned here; the report is there from the start. */
static void scan(void *context, const char *root) {
  (void)context;
  if (*root != '/') abort();
}

static void add_report(lsp_server *server) {
  report_document document;
  report_document_init(&document);
  report_finding *finding = report_add_finding(&document);
  finding->rule = "disk.fsync";
  finding->severity = RULE_ERROR;
  finding->confidence = RULE_CERTAIN;
  finding->sink = (report_place){"save", "a.c", 3, 1};
  report_entry *entry = report_add_entry(finding);
  report_add_step(&document.arena, entry)->place = finding->sink;
  lsp_server_take_report(server, &document);
  report_document_fini(&document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char start[] = "{\"id\":0,\"method\":\"initialize\",\"params\":{\"rootUri\":\"file:///w\"}}";
  unsigned answers = 0;
  const lsp_host host = {&answers, check_answer, scan};
  lsp_framing framing = {0};
  lsp_server *server = lsp_server_new(&host);
  if (size && data[0] == 'C') { /* else: a client that does not begin as it should */
    lsp_server_handle(server, start, sizeof start - 1);
    add_report(server);
  }
  const char *message;
  size_t length;
  int code;
  for (size_t i = 0; i < size; i += 64) {
    lsp_framing_add(&framing, data + i, size - i < 64 ? size - i : 64);
    while (lsp_framing_next(&framing, &message, &length) == LSP_MESSAGE)
      lsp_server_handle(server, message, length);
  }
  lsp_server_has_ended(server, &code);
  lsp_framing_fini(&framing);
  lsp_server_free(server);
  return 0;
}
