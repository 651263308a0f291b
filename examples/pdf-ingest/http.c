#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The value of a header, or NULL; `name` ends with a colon, `head` with an empty line and a NUL. */
static const char *header(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
    line += 2;
    if (!strncasecmp(line, name, length)) return line + length + strspn(line + length, " \t");
  }
  return NULL;
}

enum http_state http_parse(const char *text, size_t length, struct http_request *request) {
  const char *end = memmem(text, length, "\r\n\r\n", 4);
  if (!end) return length > 16 * 1024 ? HTTP_BAD : HTTP_INCOMPLETE;

  char *head = strndup(text, (size_t)(end - text) + 2);
  if (!head) return HTTP_BAD;
  int words = sscanf(head, "%7s %63s HTTP/1.", request->method, request->path);
  const char *value = header(head, "Content-Length:");
  request->body_length = value ? strtoul(value, NULL, 10) : 0;
  free(head);
  if (words != 2) return HTTP_BAD;

  request->body = end + 4;
  size_t arrived = length - (size_t)(request->body - text);
  return arrived < request->body_length ? HTTP_INCOMPLETE : HTTP_COMPLETE;
}

static const char *reason(int status) {
  switch (status) {
  case 200: return "OK";
  case 400: return "Bad Request";
  case 404: return "Not Found";
  case 502: return "Bad Gateway";
  default: return "Unprocessable Content";
  }
}

size_t http_answer(char *out, size_t size, int status, const char *text) {
  int length = snprintf(out, size,
                        "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n%s\n",
                        status, reason(status), strlen(text) + 1, text);
  return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}
