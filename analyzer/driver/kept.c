#include "analyzer/driver/kept.h"

#include "reports/model/archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool write_all(int fd, const bs_strbuf *bytes) {
  for (size_t done = 0; done < bytes->length;) {
    ssize_t n = write(fd, bytes->text + done, bytes->length - done);
    if (n <= 0) return false;
    done += (size_t)n;
  }
  return true;
}

void kept_put(const char *folder, uint64_t key, const report_document *document) {
  bs_arena arena = {0};
  bs_strbuf bytes = BS_STRBUF_INIT;
  char *temporary = bs_arena_printf(&arena, "%s/report.XXXXXX", folder);
  int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd >= 0) {
    bs_strbuf_add(&bytes, &key, sizeof key);
    report_archive(document, &bytes);
    bool good = write_all(fd, &bytes);
    good &= close(fd) == 0;
    if (!good || rename(temporary, file_name(&arena, folder)) != 0) unlink(temporary);
  }
  bs_strbuf_fini(&bytes);
  bs_arena_fini(&arena);
}
