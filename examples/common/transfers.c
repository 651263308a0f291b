/* libcurl says which sockets it waits for and until when; libuv waits for them.
 * https://curl.se/libcurl/c/multi-uv.html is libcurl's own example of this. */
#include "transfers.h"

#include <stdlib.h>

struct transfer {
  transfer_done done;
  void *user;
};

struct watch { /* one socket of libcurl's that the loop polls */
  uv_poll_t poll;
  curl_socket_t socket;
  struct transfers *transfers;
};

static void finish(struct transfers *transfers, CURL *curl, CURLcode code) {
  struct transfer *transfer;
  curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&transfer);
  struct transfer ended = *transfer;
  free(transfer);
  curl_multi_remove_handle(transfers->multi, curl);
  ended.done(curl, code, ended.user);
}

static void finish_those_done(struct transfers *transfers) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(transfers->multi, &left)))
    if (message->msg == CURLMSG_DONE) finish(transfers, message->easy_handle, message->data.result);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
  struct watch *watch = poll->data;
  struct transfers *transfers = watch->transfers;
  int running, what = status < 0 ? CURL_CSELECT_ERR : 0;
  if (events & UV_READABLE) what |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) what |= CURL_CSELECT_OUT;
  curl_multi_socket_action(transfers->multi, watch->socket, what, &running);
  finish_those_done(transfers);
}

static void on_timeout(uv_timer_t *timer) {
  struct transfers *transfers = timer->data;
  int running;
  curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  finish_those_done(transfers);
}

static int set_timer(CURLM *multi, long timeout_ms, void *user) {
  struct transfers *transfers = user;
  (void)multi;
  if (timeout_ms < 0)
    uv_timer_stop(&transfers->timer);
  else
    uv_timer_start(&transfers->timer, on_timeout, (uint64_t)timeout_ms, 0);
  return 0;
}

static void free_watch(uv_handle_t *handle) { free(handle->data); }

static int set_socket(CURL *curl, curl_socket_t socket, int what, void *user, void *attached) {
  struct transfers *transfers = user;
  struct watch *watch = attached;
  (void)curl;
  if (what == CURL_POLL_REMOVE) {
    if (!watch) return 0;
    curl_multi_assign(transfers->multi, socket, NULL);
    uv_close((uv_handle_t *)&watch->poll, free_watch);
    return 0;
  }
  if (!watch) {
    watch = calloc(1, sizeof *watch);
    if (!watch || uv_poll_init_socket(transfers->loop, &watch->poll, socket)) {
      free(watch);
      return -1;
    }
    watch->poll.data = watch;
    watch->socket = socket;
    watch->transfers = transfers;
    curl_multi_assign(transfers->multi, socket, watch);
  }
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  return uv_poll_start(&watch->poll, events, on_ready);
}

int transfers_init(struct transfers *transfers, uv_loop_t *loop, long connections) {
  *transfers = (struct transfers){.loop = loop, .multi = curl_multi_init()};
  if (!transfers->multi) return UV_ENOMEM;
  transfers->timer.data = transfers;
  curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
  curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
  curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, set_timer);
  curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, transfers);
  curl_multi_setopt(transfers->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl_multi_setopt(transfers->multi, CURLMOPT_MAXCONNECTS, connections);
  return uv_timer_init(loop, &transfers->timer);
}

void transfers_close(struct transfers *transfers) {
  curl_multi_cleanup(transfers->multi); /* closes the idle connections, and with them their watches */
  uv_close((uv_handle_t *)&transfers->timer, NULL);
}

bool transfers_start(struct transfers *transfers, CURL *curl, transfer_done done, void *user) {
  struct transfer *transfer = malloc(sizeof *transfer);
  if (!transfer) return false;
  *transfer = (struct transfer){.done = done, .user = user};
  curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
  /* libcurl sets its timer to 0: the transfer begins in the next turn of the loop. */
  if (curl_multi_add_handle(transfers->multi, curl) == CURLM_OK) return true;
  free(transfer);
  return false;
}
