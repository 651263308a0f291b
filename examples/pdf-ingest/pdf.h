/* Takes a PDF apart with MuPDF: the text of every page, the images in it. It costs milliseconds of CPU for
 * each image and knows nothing of the event loop; it may run on any thread. */
#ifndef PDF_INGEST_PDF_H
#define PDF_INGEST_PDF_H

#include <stddef.h>

struct pdf_picture {
  int page, index; /* from 1; the index counts within the page */
  const char *extension, *media_type;
  unsigned char *data; /* as the file has it (JPEG), or encoded as PNG */
  size_t length;
  char sha256[65]; /* of the data, hexadecimal */
};

struct pdf_content {
  char id[65]; /* the file's SHA-256, hexadecimal */
  int page_count;
  char **texts; /* one a page */
  struct pdf_picture *pictures;
  size_t picture_count;
  char error[256]; /* "" when the file could be read */
};

/* Never fails without an `error`. `pdf_free` frees the content, not the struct. */
void pdf_extract(const char *file, size_t length, struct pdf_content *content);
void pdf_free(struct pdf_content *content);

#endif
