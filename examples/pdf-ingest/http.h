/* As much of HTTP/1.1 as the example needs: a request with a body, a short answer. */
#ifndef PDF_INGEST_HTTP_H
#define PDF_INGEST_HTTP_H

#include <stddef.h>

enum http_state { HTTP_INCOMPLETE, HTTP_COMPLETE, HTTP_BAD };

struct http_request {
  char method[8], path[64];
  const char *body; /* points into the text that was parsed */
  size_t body_length;
};

/* Reads a request from what has arrived so far. */
enum http_state http_parse(const char *text, size_t length, struct http_request *request);
/* Writes an answer into `out`; returns its length. */
size_t http_answer(char *out, size_t size, int status, const char *text);

#endif
