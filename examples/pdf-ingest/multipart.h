/* The file in a body of the type multipart/form-data (RFC 7578). */
#ifndef PDF_INGEST_MULTIPART_H
#define PDF_INGEST_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `content_type` says that the body is a form. */
bool multipart_is(const char *content_type);
/* Finds the first part that has a file name, or the only part. It points into `body`. False when the body is
 * not well formed. */
bool multipart_file(const char *content_type, const char *body, size_t length, const char **file,
                    size_t *file_length);

#endif
