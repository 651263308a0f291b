/* One request through the service, all in one process: test_ingest [--check] async|blocking. It ends with 0
 * when the answer is right. With --check it fails, and prints the stack, when the request holds the loop for
 * 300 ms: the twin of pyleak's `no_event_loop_blocking`. */
#include "ingest.h"
#include "routes.h"

#include <blockscan/runtime.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UPLOAD_MS = 600, PATIENCE_MS = 20000 };

/* A page with one line of text and an image of one pixel. MuPDF mends the missing table of objects. */
static const char pdf[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R"
    "/Resources<</Font<</F 6 0 R>>/XObject<</I 4 0 R>>>>>>endobj\n"
    "4 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8/Length 3>>"
    "stream\nabc\nendstream endobj\n"
    "5 0 obj<</Length 37>>stream\nBT/F 9 Tf 20 100 Td(Hello there)Tj ET \nendstream endobj\n"
    "6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R/Size 7>>\n";

/* ---- a bucket that takes its time, on a thread of its own ---- */

static void take_upload(int client) {
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  char buffer[4096];
  ssize_t length = read(client, buffer, sizeof buffer); /* the request of one pixel fits */
  usleep(UPLOAD_MS * 1000);
  if (length > 0 && write(client, answer, sizeof answer - 1) < 0) perror("storage");
  close(client);
}

static void *run_storage(void *listener) {
  for (int client; (client = accept(*(int *)listener, NULL, NULL)) >= 0;) take_upload(client);
  return NULL;
}

static void start_storage(int *listener) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  pthread_t thread;
  char endpoint[64];
  *listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool started = *listener >= 0 && !bind(*listener, (struct sockaddr *)&address, length) &&
                 !listen(*listener, 16) && !getsockname(*listener, (struct sockaddr *)&address, &length) &&
                 !pthread_create(&thread, NULL, run_storage, listener) && !pthread_detach(thread);
  if (!started) {
    perror("storage");
    exit(2);
  }
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", ntohs(address.sin_port));
  setenv("S3_ENDPOINT", endpoint, 1);
  setenv("S3_BUCKET", "images", 1);
  setenv("AWS_ACCESS_KEY_ID", "key", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
}

/* ---- a client on the same loop ---- */

struct client {
  uv_tcp_t tcp;
  uv_connect_t connect;
  uv_write_t write;
  struct http_server *server;
  char head[256], answer[4096];
  size_t length;
};

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  struct client *client = handle->data;
  (void)suggested;
  size_t room = sizeof client->answer - 1 - client->length;
  *buffer = uv_buf_init(client->answer + client->length, (unsigned)room);
}

static void on_answer(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  struct client *client = stream->data;
  (void)buffer;
  if (count > 0) {
    client->length += (size_t)count;
    return;
  }
  uv_close((uv_handle_t *)stream, NULL);
  http_stop(client->server);
}

static void on_connected(uv_connect_t *connect, int status) {
  struct client *client = connect->data;
  uv_stream_t *stream = (uv_stream_t *)&client->tcp;
  uv_buf_t parts[] = {uv_buf_init(client->head, (unsigned)strlen(client->head)),
                      uv_buf_init((char *)pdf, sizeof pdf - 1)};
  if (status || uv_write(&client->write, stream, parts, 2, NULL) || uv_read_start(stream, on_room, on_answer))
    exit(2);
}

static void ask(struct client *client, uv_loop_t *loop, const char *endpoint) {
  struct sockaddr_in address;
  uv_ip4_addr("127.0.0.1", http_port(client->server), &address);
  snprintf(client->head, sizeof client->head,
           "POST /ingest/%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
           endpoint, sizeof pdf - 1);
  uv_tcp_init(loop, &client->tcp);
  client->tcp.data = client->connect.data = client;
  if (uv_tcp_connect(&client->connect, &client->tcp, (struct sockaddr *)&address, on_connected)) exit(2);
}

static bool serve_one(const char *endpoint) {
  static struct ingest ingest;
  static struct http_server server = {
      .handler = route,
      .user = &ingest,
      .limits = {.body_bytes = 1 << 20, .patience_ms = PATIENCE_MS, .connections = 16, .bodies = 4}};
  static struct client client = {.server = &server};
  uv_loop_t *loop = uv_default_loop();
  s3_settings_from_environment(&ingest.storage);
  ingest.curl = curl_easy_init();
  if (http_listen(&server, loop, "127.0.0.1", 0) || transfers_init(&ingest.transfers, loop, 4)) exit(2);
  ask(&client, loop, endpoint);
  uv_run(loop, UV_RUN_DEFAULT);
  transfers_close(&ingest.transfers);
  uv_run(loop, UV_RUN_DEFAULT);
  curl_easy_cleanup(ingest.curl);
  bool right = strstr(client.answer, " 200 OK") && strstr(client.answer, "Hello there") &&
               strstr(client.answer, "/page-1-image-1.png");
  if (!right) fprintf(stderr, "the answer is wrong: %s\n", client.answer);
  return right;
}

int main(int argc, char **argv) {
  static int listener;
  bool checks = argc == 3 && !strcmp(argv[1], "--check"), right = false;
  if (argc != 2 && !checks) return 2;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  start_storage(&listener);
  if (checks && bs_runtime_start(NULL)) {
    fprintf(stderr, "%s\n", bs_runtime_error());
    return 2;
  }
  bs_scope scope = {.name = "one request", .threshold_ns = 300 * BS_MILLISECOND, .action = BS_LOG};
  bs_scope_open(&scope);
  right = serve_one(argv[argc - 1]);
  unsigned stalls = bs_scope_end(&scope);
  if (checks) bs_runtime_stop();
  return right && !stalls ? 0 : 1;
}
