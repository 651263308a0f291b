/* echo PORT: an HTTP server on libuv that answers each request with its own bytes' number; for load by wrk. Ends at SIGTERM. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

typedef struct client {
  uv_tcp_t stream;
  char room[4096];
  size_t used;
} client;

static void on_closed(uv_handle_t *handle) { free(handle); }
static void on_written(uv_write_t *request, int status) {
  (void)status;
  free(request);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer) {
  (void)wanted;
  client *c = (client *)handle;
  *buffer = uv_buf_init(c->room + c->used, (unsigned)(sizeof c->room - 1 - c->used));
}

static void answer(client *c, size_t length) {
  struct reply {
    uv_write_t request;
    char text[128];
  } *r = malloc(sizeof *r);
  char body[16];
  int size = snprintf(body, sizeof body, "%zu\n", length);
  int total =
      snprintf(r->text, sizeof r->text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", size, body);
  uv_buf_t buffer = uv_buf_init(r->text, (unsigned)total);
  uv_write(&r->request, (uv_stream_t *)&c->stream, &buffer, 1, on_written);
}

static void on_bytes(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  (void)buffer;
  client *c = (client *)stream;
  if (count < 0) {
    uv_close((uv_handle_t *)stream, on_closed);
    return;
  }
  c->used += (size_t)count;
  c->room[c->used] = 0;
  char *end;
  while ((end = strstr(c->room, "\r\n\r\n"))) {
    size_t length = (size_t)(end + 4 - c->room);
    answer(c, length);
    memmove(c->room, end + 4, c->used - length + 1);
    c->used -= length;
  }
  if (c->used == sizeof c->room - 1) c->used = 0;
}

static void on_connection(uv_stream_t *server, int status) {
  if (status < 0) return;
  client *c = calloc(1, sizeof *c);
  uv_tcp_init(server->loop, &c->stream);
  if (uv_accept(server, (uv_stream_t *)&c->stream) == 0)
    uv_read_start((uv_stream_t *)&c->stream, on_room, on_bytes);
  else
    uv_close((uv_handle_t *)&c->stream, on_closed);
}

static void on_term(uv_signal_t *signal, int number) {
  (void)number;
  uv_stop(signal->loop);
}

int main(int argc, char **argv) {
  struct sockaddr_in address;
  uv_tcp_t server;
  uv_signal_t term;
  uv_loop_t *loop = uv_default_loop();
  signal(SIGPIPE, SIG_IGN);
  uv_ip4_addr("127.0.0.1", argc > 1 ? atoi(argv[1]) : 0, &address);
  uv_tcp_init(loop, &server);
  uv_tcp_bind(&server, (const struct sockaddr *)&address, 0);
  if (uv_listen((uv_stream_t *)&server, 511, on_connection) != 0) return 1;
  uv_signal_init(loop, &term);
  uv_signal_start(&term, on_term, SIGTERM);
  uv_run(loop, UV_RUN_DEFAULT);
  return 0;
}
