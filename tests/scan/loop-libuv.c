// Callbacks of libuv's handles and requests run on the loop.
#include <unistd.h>
#include <uv.h>

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf) {
  (void)handle, (void)size, (void)buf;
  sleep(1); // expect: error sleep.sleep path: on_alloc loop: libuv
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  (void)stream, (void)n, (void)buf;
  sleep(2); // expect: error sleep.sleep path: on_read loop: libuv role: io
}

static void on_close(uv_handle_t *handle) {
  (void)handle;
  sleep(3); // expect: error sleep.sleep path: on_close loop: libuv
}

static void on_connection(uv_stream_t *server, int status) {
  (void)status;
  uv_tcp_t *client = (uv_tcp_t *)server->data;
  sleep(4); // expect: error sleep.sleep path: on_connection loop: libuv role: io
  uv_read_start((uv_stream_t *)client, on_alloc, on_read);
  uv_close((uv_handle_t *)client, on_close);
}

static void on_signal(uv_signal_t *handle, int number) {
  (void)handle, (void)number;
  sleep(5); // expect: error sleep.sleep path: on_signal loop: libuv role: signal
}

static void on_stat(uv_fs_t *request) {
  (void)request;
  sleep(6); // expect: error sleep.sleep path: on_stat loop: libuv
}

static void never_handed_over(uv_signal_t *handle, int number) {
  (void)handle, (void)number;
  sleep(7); // expect-none
}

int main(void) {
  uv_loop_t *loop = uv_default_loop();
  uv_tcp_t server;
  uv_signal_t signals;
  uv_fs_t stat;
  uv_tcp_init(loop, &server);
  uv_listen((uv_stream_t *)&server, 10, on_connection);
  uv_signal_init(loop, &signals);
  uv_signal_start(&signals, on_signal, 15);
  uv_fs_stat(loop, &stat, "/", on_stat);
  if (0 && signals.data) never_handed_over(&signals, 1);
  return uv_run(loop, UV_RUN_DEFAULT);
}
