/* A small HTTP/1.1 server on libuv. Requests are parsed by http_parser; one request of a connection is
 * answered at a time. Everything here runs on the loop's thread and none of it blocks. */
#ifndef PDF_INGEST_HTTP_H
#define PDF_INGEST_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct http_request; /* one request and the place where its answer goes */

/* Called once a whole request has arrived. The request stays valid until it is answered, now or from a later
 * callback; it must be answered once, even when the client has gone. */
typedef void (*http_handler)(struct http_request *request, void *user);

struct http_limits {
  size_t body_bytes;       /* a larger body is answered with 413 */
  unsigned patience_ms;    /* for a request to arrive whole, and for an answer to leave */
  unsigned connections; /* more clients than this get 503 */
  unsigned bodies; /* that arrive or are worked on at once; other clients wait to send theirs */
};

struct http_server {
  uv_tcp_t listener;
  http_handler handler;
  void *user;
  struct http_limits limits;
  struct http_connection *connections; /* all open ones */
  unsigned connection_count;
  bool stopping;
  unsigned bodies; /* at the moment */
  struct http_connection *waiting, **last_waiting; /* to send a body */
  unsigned long answered; /* requests whose answer has left or could not be sent */
};

/* Listens on HOST:PORT; port 0 takes a free one, which `http_port` tells. Returns 0 or a libuv error. */
int http_listen(struct http_server *server, uv_loop_t *loop, const char *host, int port);
int http_port(const struct http_server *server);
/* Takes no more clients and closes those that wait for nothing. Requests that are being worked on are
 * answered. */
void http_stop(struct http_server *server);

const char *http_method(const struct http_request *request);
const char *http_path(const struct http_request *request);         /* without the query */
const char *http_content_type(const struct http_request *request); /* "" when the client names none */
const char *http_body(const struct http_request *request, size_t *length);
uv_loop_t *http_loop(const struct http_request *request);

/* Ends a request with a JSON text. `json` is borrowed. */
void http_answer(struct http_request *request, int status, const char *json);

#endif
