/* Reading a PDF. SUSPECT_PDF is its path. */
#include "suspect.h"

#include <mupdf/fitz.h>
#include <stdio.h>
#include <stdlib.h>

static const char *path;

bool suspect_prepare(void) {
  path = getenv("SUSPECT_PDF");
  if (!path) fputs("SUSPECT_PDF is not set\n", stderr);
  return path;
}

bool suspect_work(void) {
  fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
  fz_document *document = NULL;
  int pages = 0;
  fz_var(document);
  fz_var(pages);
  fz_try(context) {
    fz_register_document_handlers(context);
    document = fz_open_document(context, path);
    pages = fz_count_pages(context, document);
  }
  fz_always(context) fz_drop_document(context, document);
  fz_catch(context) pages = 0;
  fz_drop_context(context);
  return pages > 0;
}
