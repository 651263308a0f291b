/* pdf-ingest: takes PDF files over HTTP, stores the images in them in an S3 bucket, answers with text and
 * addresses.
 *
 *   POST /ingest/blocking   does the work in the callback that read the request: every other client waits
 *   POST /ingest/async      does it on the thread pool and uploads on the loop
 *   GET /health             answers at once, when the loop is free
 *
 * blockscan reports the first and not the second.
 */
#include "http.h"
#include "ingest.h"
#include "routes.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { UPLOADS = 16 };

struct service {
  struct http_server server;
  struct ingest ingest;
  uv_signal_t terminate, interrupt;
  uv_check_t count;
  unsigned long requests; /* end after so many answers; 0: never */
};

/* Takes no more requests; the loop ends when those that are here are answered. */
static void stop(struct service *service) {
  http_stop(&service->server);
  uv_handle_t *handles[] = {(uv_handle_t *)&service->terminate, (uv_handle_t *)&service->interrupt,
                            (uv_handle_t *)&service->count};
  for (size_t i = 0; i < sizeof handles / sizeof *handles; i++)
    if (!uv_is_closing(handles[i])) uv_close(handles[i], NULL);
}

static void on_signal(uv_signal_t *handle, int number) {
  (void)number;
  stop(handle->data);
}

static void on_turn(uv_check_t *handle) {
  struct service *service = handle->data;
  if (service->requests && service->server.answered >= service->requests) stop(service);
}

static void watch(struct service *service, uv_loop_t *loop) {
  uv_signal_init(loop, &service->terminate);
  uv_signal_init(loop, &service->interrupt);
  uv_check_init(loop, &service->count);
  service->terminate.data = service->interrupt.data = service->count.data = service;
  uv_signal_start(&service->terminate, on_signal, SIGTERM);
  uv_signal_start(&service->interrupt, on_signal, SIGINT);
  uv_check_start(&service->count, on_turn);
  uv_unref((uv_handle_t *)&service->terminate);
  uv_unref((uv_handle_t *)&service->interrupt);
  uv_unref((uv_handle_t *)&service->count);
}

static int serve(struct service *service, const char *host, int port) {
  uv_loop_t *loop = uv_default_loop();
  service->server.handler = route;
  service->server.user = &service->ingest;
  int error = http_listen(&service->server, loop, host, port);
  if (error) {
    fprintf(stderr, "pdf-ingest: cannot listen on %s, port %d: %s\n", host, port, uv_strerror(error));
    return 1;
  }
  service->ingest.curl = curl_easy_init();
  error = service->ingest.curl ? transfers_init(&service->ingest.transfers, loop, UPLOADS) : UV_ENOMEM;
  if (error) {
    fprintf(stderr, "pdf-ingest: cannot start: %s\n", uv_strerror(error));
    return 1;
  }
  watch(service, loop);
  printf("listening on http://%s:%d\n", host, http_port(&service->server));
  fflush(stdout);
  uv_run(loop, UV_RUN_DEFAULT);
  transfers_close(&service->ingest.transfers);
  uv_run(loop, UV_RUN_DEFAULT); /* the handles that were closed last */
  curl_easy_cleanup(service->ingest.curl);
  return uv_loop_close(loop) ? 1 : 0;
}

static int usage(void) {
  fputs("usage: pdf-ingest [--host ADDRESS] [--port N] [--max-body BYTES] [--patience MS] [--clients N] "
        "[--requests N]\n"
        "The bucket is named by S3_ENDPOINT, S3_BUCKET, AWS_REGION, AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY.\n",
        stderr);
  return 2;
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"host", required_argument, NULL, 'h'},
                                          {"port", required_argument, NULL, 'p'},
                                          {"max-body", required_argument, NULL, 'm'},
                                          {"patience", required_argument, NULL, 't'},
                                          {"clients", required_argument, NULL, 'c'},
                                          {"requests", required_argument, NULL, 'n'},
                                          {NULL, 0, NULL, 0}};
  struct service service = {
      .server.limits = {.body_bytes = 64u << 20, .patience_ms = 30000, .connections = 4096, .bodies = 128}};
  const char *host = "127.0.0.1";
  int port = 0, option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
    case 'h': host = optarg; break;
    case 'p': port = atoi(optarg); break;
    case 'm': service.server.limits.body_bytes = strtoul(optarg, NULL, 10); break;
    case 't': service.server.limits.patience_ms = (unsigned)strtoul(optarg, NULL, 10); break;
    case 'c': service.server.limits.connections = (unsigned)strtoul(optarg, NULL, 10); break;
    case 'n': service.requests = strtoul(optarg, NULL, 10); break;
    default: return usage();
    }
  }
  if (optind != argc) return usage();
  const char *missing = s3_settings_from_environment(&service.ingest.storage);
  if (missing) {
    fprintf(stderr, "pdf-ingest: %s is not set\n", missing);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  int code = serve(&service, host, port);
  curl_global_cleanup();
  return code;
}
