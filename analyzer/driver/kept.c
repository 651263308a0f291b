/* One file: the key, then the document's archive (reports/model/archive.h), which knows whether it is whole.
 */
#include "analyzer/driver/kept.h"

#include "base/file.h"
#include "reports/model/archive.h"

#include <string.h>

static char *file_name(bs_arena *arena, const char *folder) {
  return bs_arena_printf(arena, "%s/report.bin", folder);
}

bool kept_find(const char *folder, uint64_t key, report_document *document) {
  bs_strbuf bytes = BS_STRBUF_INIT;
  uint64_t found;
  bool good =
      bs_strbuf_read_file(&bytes, file_name(&document->arena, folder)) == 0 && bytes.length > sizeof found;
  if (good) memcpy(&found, bytes.text, sizeof found);
  if (good && found == key) {
    const char *kept = bs_arena_strndup(&document->arena, bytes.text, bytes.length);
    good = report_restore(document, kept + sizeof found, bytes.length - sizeof found);
    if (!good) {
      report_document_fini(document);
      report_document_init(document);
    }
  } else {
    good = false;
  }
  bs_strbuf_fini(&bytes);
  return good;
}

void kept_put(const char *folder, uint64_t key, const report_document *document) {
  bs_arena arena = {0};
  bs_strbuf bytes = BS_STRBUF_INIT;
  bs_strbuf_add(&bytes, &key, sizeof key);
  report_archive(document, &bytes);
  bs_file_replace(file_name(&arena, folder), &bytes, NULL);
  bs_strbuf_fini(&bytes);
  bs_arena_fini(&arena);
}
