/* Any bytes as a kept report. The hash in the head is made right first, or nothing would get past it. What
 * is restored must be safe to write out, and must come to the same report again. */
#include "base/hash.h"
#include "reports/model/archive.h"
#include "reports/model/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bs_strbuf as_json(const report_document *document) {
  bs_strbuf text = BS_STRBUF_INIT;
  report_write_json(document, &(report_options){0}, &text);
  return text;
}

static void check(const report_document *document) {
  bs_strbuf bytes = BS_STRBUF_INIT, before = as_json(document);
  report_document again;
  report_archive(document, &bytes);
  report_document_init(&again);
  if (!report_restore(&again, bytes.text, bytes.length)) abort();
  bs_strbuf after = as_json(&again);
  if (strcmp(before.text, after.text) != 0) abort();
  report_document_fini(&again);
  bs_strbuf_fini(&bytes);
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { HASH_AT = 8, HEAD_SIZE = 32 };
  if (size < HEAD_SIZE) return 0;
  unsigned char *bytes = malloc(size);
  memcpy(bytes, data, size);
  uint64_t hash = bs_hash(bytes + HEAD_SIZE, size - HEAD_SIZE);
  memcpy(bytes + HASH_AT, &hash, sizeof hash);
  report_document document;
  report_document_init(&document);
  if (report_restore(&document, bytes, size)) check(&document);
  report_document_fini(&document);
  free(bytes);
  return 0;
}
