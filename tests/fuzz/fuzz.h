/* What fuzzers share: an input that is taken apart piece by piece, a folder in memory for those who read
 * files, and what must hold of any document. */
#ifndef BLOCKSCAN_FUZZ_H
#define BLOCKSCAN_FUZZ_H

#include "base/strbuf.h"
#include "reports/formats.h"
#include "reports/model/read_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of an input. Behind its end there are zeros. */
typedef struct fuzz_input {
  const uint8_t *at, *end;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *in) { return in->at < in->end ? *in->at++ : 0; }

/* Small numbers mostly, sometimes those at which something ends, sometimes any. */
static inline int64_t fuzz_number(fuzz_input *in) {
  static const int64_t edges[] = {
      -1,        -2,         INT64_MAX,      INT64_MIN, UINT32_MAX, (int64_t)UINT32_MAX + 1, INT32_MAX,
      INT32_MIN, 1000000000, 10000000000000, 65536,     1 << 24,    1000000000000000000};
  uint8_t first = fuzz_byte(in);
  if (first < 200) return first;
  if (first < 200 + sizeof edges / sizeof *edges) return edges[first - 200];
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | fuzz_byte(in);
  return (int64_t)value;
}

/* A text of up to 39 bytes without a NUL, in a buffer of 40. */
static inline const char *fuzz_text(fuzz_input *in, char *buffer) {
  size_t length = fuzz_byte(in) % 40, n = 0;
  for (; n < length && in->at < in->end; n++) buffer[n] = *in->at ? (char)*in->at++ : (in->at++, '.');
  buffer[n] = 0;
  return buffer;
}

/* A folder of this process in memory; it goes with it. */
static char fuzz_folder_name[64];
static inline void fuzz_remove_folder(void) {
  char command[96];
  snprintf(command, sizeof command, "rm -rf %s", fuzz_folder_name);
  if (system(command)) return;
}
static inline const char *fuzz_folder(void) {
  if (*fuzz_folder_name) return fuzz_folder_name;
  snprintf(fuzz_folder_name, sizeof fuzz_folder_name, "%s/blockscan-fuzz-XXXXXX",
           access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
  if (!mkdtemp(fuzz_folder_name)) abort();
  atexit(fuzz_remove_folder);
  return fuzz_folder_name;
}
static inline const char *fuzz_path(const char *name, char *buffer, size_t size) {
  snprintf(buffer, size, "%s/%s", fuzz_folder(), name);
  return buffer;
}

static inline void fuzz_write(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "we");
  if (!file) abort();
  if (length) fwrite(bytes, 1, length, file);
  fclose(file);
}

static inline bs_strbuf fuzz_json(const report_document *document) {
  bs_strbuf text = BS_STRBUF_INIT;
  report_write_json(document, &(report_options){0}, &text);
  return text;
}

/* Whether a JSON text has a time of 2^53 nanoseconds, 104 days, or more: a double holds no more of it, so its
 * last digits change when it is read. */
static inline bool fuzz_has_huge_time(const char *text) {
  unsigned digits = 0;
  for (; *text; text++) {
    if (*text == '.' && digits >= 10) return true;
    digits = *text >= '0' && *text <= '9' ? digits + 1 : 0;
  }
  return false;
}

/* A format can write it, another one for each document (all of them for each would cost most of the time);
 * and its JSON is read as the same. */
static inline void fuzz_check_document(const report_document *document) {
  report_document again;
  size_t formats = 0;
  while (report_formats[formats].name) formats++;
  report_document_init(&again);
  bs_strbuf before = fuzz_json(document);
  bs_error error = BS_ERROR_INIT;
  if (!report_parse_json(&again, "again.json", before.text, before.length, &error)) {
    fprintf(stderr, "%s\n%s\n", error.text.text, before.text);
    abort();
  }
  bs_strbuf after = fuzz_json(&again), text = BS_STRBUF_INIT;
  const report_options options = {.show_ledger = true, .show_notes = true, .width = 80};
  report_formats[before.length % formats].write(document, &options, &text);
  bs_strbuf_fini(&text);
  if (strcmp(before.text, after.text) != 0 && !fuzz_has_huge_time(before.text)) {
    fprintf(stderr, "%s\n---- becomes\n%s\n", before.text, after.text);
    abort();
  }
  report_document_fini(&again);
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&after);
}

#endif
