/* Any bytes as a patch, and as a baseline: an error or something that can be used, never anything else. */
#include "evidence/baseline.h"
#include "evidence/patch.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *as_it_is(void *context, bs_arena *arena, const char *path) {
  (void)context;
  (void)arena;
  return path;
}

static void read_patch(const char *text) {
  patch p;
  bs_error error = BS_ERROR_INIT;
  patch_init(&p);
  if (patch_read(&p, text, as_it_is, NULL, &error) == bs_error_is_set(&error)) abort();
  patch_has(&p, "a.c", 1);
  patch_fini(&p);
  bs_error_fini(&error);
}

/* What is written of a baseline must be read as the same. */
static void read_baseline(const char *text, size_t size) {
  report_document entries, again;
  bs_error error = BS_ERROR_INIT;
  bs_strbuf before = BS_STRBUF_INIT, after = BS_STRBUF_INIT;
  report_document_init(&entries);
  report_document_init(&again);
  bool good = baseline_parse(&entries, "baseline.json", text, size, &error);
  if (good == bs_error_is_set(&error)) abort();
  if (good) {
    baseline_write(&entries, &before);
    if (!baseline_parse(&again, "again.json", before.text, before.length, NULL)) abort();
    baseline_write(&again, &after);
    if (strcmp(before.text, after.text) != 0) abort();
  }
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&after);
  report_document_fini(&entries);
  report_document_fini(&again);
  bs_error_fini(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = bs_malloc(size + 1);
  memcpy(text, data, size);
  text[size] = 0;
  read_patch(text);
  read_baseline(text, size);
  free(text);
  return 0;
}
