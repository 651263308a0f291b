/* pdf-ingest: takes PDF files over HTTP and uploads the images in them.
 *
 *   POST /blocking     does the work in the callback of the read: every other client waits
 *   POST /offloaded    does the same work on libuv's thread pool
 *
 * blockscan reports the first and not the second. The server listens on the loopback interface only.
 */
#include "http.h"
#include "ingest.h"

#include <curl/curl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MAX_REQUEST = 256 * 1024 * 1024 };

struct server {
  uv_tcp_t listener;
  uv_signal_t terminate;
  const char *upload_url;
  long requests_left; /* below 0: no limit */
};

struct connection {
  uv_tcp_t stream;
  uv_write_t write;
  uv_work_t work;
  struct server *server;
  struct ingest_job job;
  char *in; /* what has arrived */
  size_t length, capacity;
  char out[1024];
};

static void free_connection(uv_handle_t *handle) {
  struct connection *connection = handle->data;
  free(connection->in);
  free(connection);
}

static void close_connection(struct connection *connection) {
  uv_handle_t *handle = (uv_handle_t *)&connection->stream;
  if (!uv_is_closing(handle)) uv_close(handle, free_connection);
}

static void stop(struct server *server) {
  uv_handle_t *listener = (uv_handle_t *)&server->listener;
  if (uv_is_closing(listener)) return;
  uv_close(listener, NULL);
  uv_close((uv_handle_t *)&server->terminate, NULL);
}

static void on_written(uv_write_t *write, int status) {
  struct connection *connection = write->data;
  struct server *server = connection->server;
  (void)status;
  close_connection(connection);
  if (server->requests_left > 0 && --server->requests_left == 0) stop(server);
}

static void answer(struct connection *connection, int status, const char *text) {
  size_t length = http_answer(connection->out, sizeof connection->out, status, text);
  uv_buf_t buffer = uv_buf_init(connection->out, (unsigned)length);
  connection->write.data = connection;
  if (uv_write(&connection->write, (uv_stream_t *)&connection->stream, &buffer, 1, on_written))
    close_connection(connection);
}

/* On the loop: the callback that got here returns when the last image is uploaded. */
static void answer_blocking(struct connection *connection) {
  ingest(&connection->job);
  answer(connection, connection->job.status, connection->job.message);
}

/* On a thread of the pool. */
static void work(uv_work_t *request) {
  struct connection *connection = request->data;
  ingest(&connection->job);
}

static void on_work_done(uv_work_t *request, int status) {
  struct connection *connection = request->data;
  (void)status;
  answer(connection, connection->job.status, connection->job.message);
}

static void answer_offloaded(struct connection *connection) {
  connection->work.data = connection;
  uv_queue_work(connection->stream.loop, &connection->work, work, on_work_done);
}

static void handle_request(struct connection *connection, const struct http_request *request) {
  connection->job.pdf = request->body;
  connection->job.pdf_length = request->body_length;
  connection->job.upload_url = connection->server->upload_url;
  if (strcmp(request->method, "POST"))
    answer(connection, 400, "POST a PDF to /blocking or /offloaded");
  else if (!strcmp(request->path, "/blocking"))
    answer_blocking(connection);
  else if (!strcmp(request->path, "/offloaded"))
    answer_offloaded(connection);
  else
    answer(connection, 404, "there are /blocking and /offloaded");
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  struct connection *connection = handle->data;
  if (connection->capacity - connection->length < suggested) {
    size_t capacity = connection->capacity * 2 + suggested;
    char *in = capacity > MAX_REQUEST ? NULL : realloc(connection->in, capacity);
    if (!in) {
      *buffer = uv_buf_init(NULL, 0);
      return;
    }
    connection->in = in;
    connection->capacity = capacity;
  }
  *buffer =
      uv_buf_init(connection->in + connection->length, (unsigned)(connection->capacity - connection->length));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  struct connection *connection = stream->data;
  struct http_request request;
  (void)buffer;
  if (count < 0) {
    close_connection(connection);
    return;
  }
  connection->length += (size_t)count;
  enum http_state state = http_parse(connection->in, connection->length, &request);
  if (state == HTTP_INCOMPLETE) return;
  uv_read_stop(stream);
  if (state == HTTP_BAD)
    answer(connection, 400, "not HTTP");
  else
    handle_request(connection, &request);
}

static void on_connection(uv_stream_t *listener, int status) {
  struct connection *connection = status < 0 ? NULL : calloc(1, sizeof *connection);
  if (!connection) return;
  connection->server = listener->data;
  uv_tcp_init(listener->loop, &connection->stream);
  connection->stream.data = connection;
  uv_stream_t *stream = (uv_stream_t *)&connection->stream;
  if (uv_accept(listener, stream) || uv_read_start(stream, on_alloc, on_read)) close_connection(connection);
}

static void on_terminate(uv_signal_t *handle, int number) {
  (void)number;
  stop(handle->data);
}

/* Listens on a port of the loopback interface and prints where. */
static int start(struct server *server, uv_loop_t *loop, int port) {
  struct sockaddr_in address;
  int length = sizeof address;
  uv_ip4_addr("127.0.0.1", port, &address);
  uv_tcp_init(loop, &server->listener);
  server->listener.data = server;
  int error = uv_tcp_bind(&server->listener, (struct sockaddr *)&address, 0);
  if (!error) error = uv_listen((uv_stream_t *)&server->listener, 128, on_connection);
  if (!error) error = uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &length);
  if (error) return error;
  uv_signal_init(loop, &server->terminate);
  server->terminate.data = server;
  uv_signal_start(&server->terminate, on_terminate, SIGTERM);
  printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return 0;
}

static int usage(void) {
  fputs("usage: pdf-ingest [--port N] [--requests N] UPLOAD_URL\n", stderr);
  return 2;
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'}, {"requests", required_argument, NULL, 'n'}, {0}};
  struct server server = {.requests_left = -1};
  int port = 0, option;
  while ((option = getopt_long(argc, argv, "p:n:", options, NULL)) != -1) {
    if (option == 'p')
      port = atoi(optarg);
    else if (option == 'n')
      server.requests_left = atol(optarg);
    else
      return usage();
  }
  if (optind != argc - 1) return usage();
  server.upload_url = argv[optind];

  signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  uv_loop_t *loop = uv_default_loop();
  int error = start(&server, loop, port);
  if (error) fprintf(stderr, "pdf-ingest: cannot listen on port %d: %s\n", port, uv_strerror(error));
  if (!error) uv_run(loop, UV_RUN_DEFAULT);
  curl_global_cleanup();
  return error ? 1 : 0;
}
