/* The HTTP server: connections, limits, timeouts. */
#include "http.h"

#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A text that grows. */
struct text {
  char *bytes; /* NUL-terminated once something is in it */
  size_t length, capacity;
};

struct http_request {
  struct http_connection *connection;
};

struct http_connection {
  uv_tcp_t tcp;
  uv_timer_t patience;
  uint64_t due; /* when it ends */
  uv_write_t write;
  uv_shutdown_t shutdown;
  uv_buf_t out[2]; /* head and body of the answer */
  http_parser parser;
  struct http_server *server;
  struct http_connection *next, **link;
  struct http_request request;
  struct text url, field, type, body, ahead; /* `ahead`: bytes of the next request */
  bool in_value, wanted;    /* reading the value of a header, of one that is kept */
  bool expects_continue;    /* the client waits for "100 Continue" before it sends the body */
  bool complete, answering; /* a request is whole; the handler has it */
  bool keep_alive, closing;
  bool has_headers, has_body_slot;
  struct http_connection *next_waiting, **waiting_link; /* link NULL: it does not wait */
  int open_handles;
  int refusal; /* status for a request that will not be read further, 0 for none */
  char head[256];
};

enum { URL_LIMIT = 4096, TYPE_LIMIT = 1024, FIELD_LIMIT = 256, READ_SIZE = 64 * 1024, LATE_MS = 50 };

static void take_next(struct http_connection *connection);

static bool append(struct text *text, const char *bytes, size_t length) {
  if (text->capacity - text->length <= length) {
    size_t capacity = (text->length + length + 1) * 2;
    char *grown = realloc(text->bytes, capacity);
    if (!grown) return false;
    text->bytes = grown;
    text->capacity = capacity;
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = '\0';
  return true;
}

static void clear(struct text *text) {
  free(text->bytes);
  *text = (struct text){0};
}

static const char *words(const struct text *text) { return text->bytes ? text->bytes : ""; }

/* ---- a few bodies at once: memory is bounded, and no turn of the loop reads from a thousand clients ---- */

static void start_reading(struct http_connection *connection);

static void stop_waiting(struct http_connection *connection) {
  struct http_server *server = connection->server;
  if (!connection->waiting_link) return;
  *connection->waiting_link = connection->next_waiting;
  if (connection->next_waiting)
    connection->next_waiting->waiting_link = connection->waiting_link;
  else
    server->last_waiting = connection->waiting_link;
  connection->waiting_link = NULL;
}

/* Who came first is first. */
static void take_slot_or_wait(struct http_connection *connection) {
  struct http_server *server = connection->server;
  if (server->bodies < server->limits.bodies) {
    connection->has_body_slot = true;
    server->bodies++;
    return;
  }
  if (connection->waiting_link) return;
  uv_read_stop((uv_stream_t *)&connection->tcp);
  uv_timer_stop(&connection->patience);
  if (!server->waiting) server->last_waiting = &server->waiting;
  connection->next_waiting = NULL;
  connection->waiting_link = server->last_waiting;
  *server->last_waiting = connection;
  server->last_waiting = &connection->next_waiting;
}

static void give_slot_back(struct http_connection *connection) {
  struct http_server *server = connection->server;
  if (!connection->has_body_slot) return;
  connection->has_body_slot = false;
  server->bodies--;
  struct http_connection *next = server->waiting;
  if (!next) return;
  stop_waiting(next);
  next->has_body_slot = true;
  server->bodies++;
  start_reading(next);
}

/* ---- the end of a connection ---- */

static void free_connection(struct http_connection *connection) {
  if (connection->open_handles || connection->answering) return; /* the handler still has the request */
  struct text *texts[] = {&connection->url, &connection->field, &connection->type, &connection->body,
                          &connection->ahead};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) clear(texts[i]);
  free(connection->out[1].base);
  free(connection);
}

static void on_handle_closed(uv_handle_t *handle) {
  struct http_connection *connection = handle->data;
  connection->open_handles--;
  free_connection(connection);
}

static void close_connection(struct http_connection *connection) {
  if (connection->closing) return;
  connection->closing = true;
  stop_waiting(connection);
  if (!connection->answering) give_slot_back(connection); /* else when it is answered */
  *connection->link = connection->next;
  if (connection->next) connection->next->link = connection->link;
  connection->server->connection_count--;
  uv_close((uv_handle_t *)&connection->tcp, on_handle_closed);
  uv_close((uv_handle_t *)&connection->patience, on_handle_closed);
}

static void on_out_of_patience(uv_timer_t *timer);

static void wait_for_client(struct http_connection *connection, uint64_t ms) {
  connection->due = uv_now(connection->patience.loop) + ms;
  uv_timer_start(&connection->patience, on_out_of_patience, ms, 0);
}

/* A timer that comes late tells that the loop was held: what the client sent meanwhile is not read yet. It
 * gets that time back. */
static void on_out_of_patience(uv_timer_t *timer) {
  struct http_connection *connection = timer->data;
  uint64_t late = uv_now(timer->loop) - connection->due;
  if (late >= LATE_MS)
    wait_for_client(connection, late);
  else
    close_connection(connection);
}

static void be_patient(struct http_connection *connection) {
  wait_for_client(connection, connection->server->limits.patience_ms);
}

/* ---- the answer ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  static char shared[READ_SIZE]; /* what is read is parsed at once */
  (void)handle, (void)suggested;
  *buffer = uv_buf_init(shared, sizeof shared);
}

static void on_drained(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  (void)buffer;
  if (count < 0) close_connection(stream->data);
}

/* Reads what a refused client still sends until it has seen the answer: closing at once would reset the
 * connection, and the answer would be lost (RFC 9112, section 9.6). The patience ends it. */
static void linger(struct http_connection *connection) {
  uv_stream_t *stream = (uv_stream_t *)&connection->tcp;
  bool lingers =
      !uv_shutdown(&connection->shutdown, stream, NULL) && !uv_read_start(stream, on_alloc, on_drained);
  if (!lingers) close_connection(connection);
}

static void on_written(uv_write_t *write, int status) {
  struct http_connection *connection = write->data;
  connection->server->answered++;
  free(connection->out[1].base);
  connection->out[1].base = NULL;
  if (connection->closing) return;
  if (!status && connection->refusal) {
    linger(connection);
    return;
  }
  if (status || !connection->keep_alive) {
    close_connection(connection);
    return;
  }
  connection->complete = false;
  take_next(connection);
}

/* Sends an answer. The connection may have gone in the meantime: then there is nobody to tell. */
static void send_answer(struct http_connection *connection, int status, const char *json) {
  if (connection->closing) {
    connection->server->answered++;
    return;
  }
  size_t length = strlen(json);
  char *body = malloc(length + 1);
  if (!body) {
    close_connection(connection);
    return;
  }
  memcpy(body, json, length + 1);
  int head = snprintf(connection->head, sizeof connection->head,
                      "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                      "Connection: %s\r\n\r\n",
                      status, http_status_str((enum http_status)status), length,
                      connection->keep_alive ? "keep-alive" : "close");
  connection->out[0] = uv_buf_init(connection->head, (unsigned)head);
  connection->out[1] = uv_buf_init(body, (unsigned)length);
  connection->write.data = connection;
  be_patient(connection);
  if (uv_write(&connection->write, (uv_stream_t *)&connection->tcp, connection->out, 2, on_written)) {
    free(body);
    connection->out[1].base = NULL;
    close_connection(connection);
  }
}

void http_answer(struct http_request *request, int status, const char *json) {
  struct http_connection *connection = request->connection;
  connection->answering = false;
  clear(&connection->body);
  give_slot_back(connection);
  if (connection->server->stopping) connection->keep_alive = false;
  send_answer(connection, status, json);
  if (connection->closing) free_connection(connection);
}

/* Answers a request whose rest nobody will read. */
static void refuse(struct http_connection *connection) {
  static const struct {
    int status;
    const char *json;
  } reasons[] = {
      {413, "{\"error\":\"the body is larger than this server takes\"}"},
      {431, "{\"error\":\"the request's head is larger than this server takes\"}"},
      {503, "{\"error\":\"too many clients; try again later\"}"},
  };
  const char *json = "{\"error\":\"this is not HTTP/1.1\"}";
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (reasons[i].status == connection->refusal) json = reasons[i].json;
  uv_read_stop((uv_stream_t *)&connection->tcp);
  connection->keep_alive = false;
  connection->complete = true;
  send_answer(connection, connection->refusal, json);
}

/* ---- the request ---- */

static struct http_connection *of(http_parser *parser) { return parser->data; }

/* Makes the parser stop; `take` answers with the status. */
static int give_up(struct http_connection *connection, int status) {
  connection->refusal = status;
  return -1;
}

static int on_begin(http_parser *parser) {
  struct http_connection *connection = of(parser);
  struct text *texts[] = {&connection->url, &connection->field, &connection->type, &connection->body};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) clear(texts[i]);
  connection->in_value = connection->wanted = connection->expects_continue = false;
  connection->has_headers = false;
  return 0;
}

static int on_url(http_parser *parser, const char *bytes, size_t length) {
  struct http_connection *connection = of(parser);
  if (connection->url.length + length > URL_LIMIT) return give_up(connection, 431);
  return append(&connection->url, bytes, length) ? 0 : give_up(connection, 503);
}

static int on_field(http_parser *parser, const char *bytes, size_t length) {
  struct http_connection *connection = of(parser);
  if (connection->in_value) connection->field.length = 0;
  connection->in_value = false;
  if (connection->field.length + length > FIELD_LIMIT)
    length = 0; /* no name that is looked for is that long */
  return append(&connection->field, bytes, length) ? 0 : give_up(connection, 503);
}

static int on_value(http_parser *parser, const char *bytes, size_t length) {
  struct http_connection *connection = of(parser);
  const char *name = words(&connection->field);
  if (!connection->in_value) connection->wanted = !strcasecmp(name, "Content-Type");
  connection->in_value = true;
  if (!strcasecmp(name, "Expect") && length >= 4 && !strncasecmp(bytes, "100-", 4))
    connection->expects_continue = true;
  if (!connection->wanted) return 0;
  if (connection->type.length + length > TYPE_LIMIT) return give_up(connection, 431);
  return append(&connection->type, bytes, length) ? 0 : give_up(connection, 503);
}

static int on_headers_complete(http_parser *parser) {
  struct http_connection *connection = of(parser);
  uint64_t length = parser->content_length;
  connection->has_headers = true;
  if (length != UINT64_MAX && length > connection->server->limits.body_bytes) return give_up(connection, 413);
  if (connection->expects_continue) {
    static char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uv_buf_t buffer = uv_buf_init(go_on, sizeof go_on - 1);
    /* A client that does not read this waits a second and sends the body anyway. */
    uv_try_write((uv_stream_t *)&connection->tcp, &buffer, 1);
  }
  return 0;
}

static int on_body(http_parser *parser, const char *bytes, size_t length) {
  struct http_connection *connection = of(parser);
  if (connection->body.length + length > connection->server->limits.body_bytes)
    return give_up(connection, 413);
  return append(&connection->body, bytes, length) ? 0 : give_up(connection, 503);
}

static int on_complete(http_parser *parser) {
  struct http_connection *connection = of(parser);
  connection->complete = true;
  connection->keep_alive = http_should_keep_alive(parser);
  http_parser_pause(parser, 1); /* what follows is the next request */
  return 0;
}

static const http_parser_settings settings = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

static void hand_over(struct http_connection *connection) {
  struct http_server *server = connection->server;
  uv_read_stop((uv_stream_t *)&connection->tcp);
  uv_timer_stop(&connection->patience);
  char *query = connection->url.bytes ? strpbrk(connection->url.bytes, "?#") : NULL;
  if (query) *query = '\0';
  connection->answering = true;
  server->handler(&connection->request, server->user);
}

/* Parses what has arrived. At the end of a request the rest is kept, and the handler is called. */
static void take(struct http_connection *connection, const char *bytes, size_t length) {
  size_t used = http_parser_execute(&connection->parser, &settings, bytes, length);
  if (connection->complete) {
    http_parser_pause(&connection->parser, 0);
    bool kept = used >= length || append(&connection->ahead, bytes + used, length - used);
    if (!kept) connection->keep_alive = false;
    hand_over(connection);
  } else if (HTTP_PARSER_ERRNO(&connection->parser) != HPE_OK || connection->parser.upgrade) {
    if (!connection->refusal) connection->refusal = 400;
    refuse(connection);
  } else if (connection->has_headers && !connection->has_body_slot) {
    take_slot_or_wait(connection);
  }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  struct http_connection *connection = stream->data;
  if (count < 0)
    close_connection(connection);
  else if (count > 0)
    take(connection, buffer->base, (size_t)count);
}

static void start_reading(struct http_connection *connection) {
  be_patient(connection);
  if (uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read)) close_connection(connection);
}

/* After an answer: the next request may already be here, at least its beginning. */
static void take_next(struct http_connection *connection) {
  struct text ahead = connection->ahead;
  connection->ahead = (struct text){0};
  if (ahead.length) take(connection, ahead.bytes, ahead.length);
  free(ahead.bytes);
  bool reads = !connection->closing && !connection->complete && !connection->waiting_link;
  if (reads) start_reading(connection);
}

/* ---- the server ---- */

static void link_connection(struct http_server *server, struct http_connection *connection) {
  connection->next = server->connections;
  connection->link = &server->connections;
  if (connection->next) connection->next->link = &connection->next;
  server->connections = connection;
  server->connection_count++;
}

static void on_connection(uv_stream_t *listener, int status) {
  struct http_server *server = listener->data;
  struct http_connection *connection = status < 0 ? NULL : calloc(1, sizeof *connection);
  if (!connection) return;
  connection->server = server;
  connection->request.connection = connection;
  http_parser_init(&connection->parser, HTTP_REQUEST);
  connection->parser.data = connection->tcp.data = connection->patience.data = connection;
  uv_tcp_init(listener->loop, &connection->tcp);
  uv_timer_init(listener->loop, &connection->patience);
  connection->open_handles = 2;
  link_connection(server, connection);
  if (uv_accept(listener, (uv_stream_t *)&connection->tcp)) {
    close_connection(connection);
  } else if (server->connection_count > server->limits.connections) {
    connection->refusal = 503;
    refuse(connection);
  } else {
    start_reading(connection);
  }
}

int http_listen(struct http_server *server, uv_loop_t *loop, const char *host, int port) {
  struct sockaddr_in address;
  int error = uv_ip4_addr(host, port, &address);
  if (error) return error;
  uv_tcp_init(loop, &server->listener);
  server->listener.data = server;
  error = uv_tcp_bind(&server->listener, (struct sockaddr *)&address, 0);
  return error ? error : uv_listen((uv_stream_t *)&server->listener, 1024, on_connection);
}

int http_port(const struct http_server *server) {
  struct sockaddr_in address;
  int length = sizeof address;
  uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &length);
  return ntohs(address.sin_port);
}

void http_stop(struct http_server *server) {
  uv_handle_t *listener = (uv_handle_t *)&server->listener;
  if (uv_is_closing(listener)) return;
  uv_close(listener, NULL);
  server->stopping = true;
  for (struct http_connection *connection = server->connections, *next; connection; connection = next) {
    next = connection->next;
    if (!connection->complete) close_connection(connection);
  }
}

const char *http_method(const struct http_request *request) {
  return http_method_str((enum http_method)request->connection->parser.method);
}

const char *http_path(const struct http_request *request) { return words(&request->connection->url); }
const char *http_content_type(const struct http_request *request) {
  return words(&request->connection->type);
}
uv_loop_t *http_loop(const struct http_request *request) { return request->connection->tcp.loop; }

const char *http_body(const struct http_request *request, size_t *length) {
  *length = request->connection->body.length;
  return words(&request->connection->body);
}
