/* libcurl signs; this sets up one transfer and drives it, blocking (easy interface) or on libuv (multi interface). */
#include "s3.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 3000, TRANSFER_MS = 30000 };

struct put {
  struct s3_object *object;
  struct curl_slist *headers;
  s3_done done; /* of an asynchronous one */
  void *user;
};

struct watch { /* one socket of libcurl's that the loop polls */
  uv_poll_t poll;
  curl_socket_t socket;
  struct s3_loop *puts;
};

const char *s3_settings_from_environment(struct s3_settings *settings) {
  static const char *const names[] = {"S3_ENDPOINT", "S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"};
  const char *values[4];
  for (int i = 0; i < 4; i++) {
    values[i] = getenv(names[i]);
    if (!values[i] || !*values[i]) return names[i];
  }
  const char *region = getenv("AWS_REGION");
  *settings = (struct s3_settings){
      .endpoint = values[0], .bucket = values[1], .region = region && *region ? region : "us-east-1"};
  snprintf(settings->credentials, sizeof settings->credentials, "%s:%s", values[2], values[3]);
  snprintf(settings->signature, sizeof settings->signature, "aws:amz:%s:s3", settings->region);
  return NULL;
}

void s3_name(const struct s3_settings *settings, struct s3_object *object) {
  snprintf(object->url, sizeof object->url, "%s/%s/%s", settings->endpoint, settings->bucket, object->key);
}

static size_t drop_answer(char *data, size_t size, size_t count, void *user) {
  (void)data, (void)user;
  return size * count;
}

static bool add_header(struct put *put, const char *name, const char *value) {
  char line[128];
  snprintf(line, sizeof line, "%s: %s", name, value);
  struct curl_slist *longer = curl_slist_append(put->headers, line);
  if (longer) put->headers = longer;
  return longer;
}

/* Everything but who waits for the end. False when there is no memory. */
static bool set_up(CURL *curl, struct put *put, const struct s3_settings *settings) {
  struct s3_object *object = put->object;
  s3_name(settings, object);
  object->error[0] = '\0';
  bool has_headers =
      add_header(put, "Content-Type", object->media_type) && add_header(put, "x-amz-content-sha256", object->sha256);
  if (!has_headers) return false;
  curl_easy_setopt(curl, CURLOPT_URL, object->url);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT");
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)object->length);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, object->data);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, put->headers);
  curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, settings->signature);
  curl_easy_setopt(curl, CURLOPT_USERPWD, settings->credentials);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TRANSFER_MS);
  curl_easy_setopt(curl, CURLOPT_PRIVATE, put);
  return true;
}

static void judge(CURL *curl, struct s3_object *object, CURLcode code) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK)
    snprintf(object->error, sizeof object->error, "%s", curl_easy_strerror(code));
  else if (status / 100 != 2)
    snprintf(object->error, sizeof object->error, "the storage answered with status %ld", status);
}

static const char no_memory[] = "no memory for an upload";

void s3_put(const struct s3_settings *settings, CURL *curl, struct s3_object *object) {
  struct put put = {.object = object};
  curl_easy_reset(curl);
  if (set_up(curl, &put, settings))
    judge(curl, object, curl_easy_perform(curl));
  else
    memcpy(object->error, no_memory, sizeof no_memory);
  curl_slist_free_all(put.headers);
}

/* ---- on the loop: https://curl.se/libcurl/c/multi-uv.html is libcurl's own example of this ---- */

static void finish(struct s3_loop *puts, CURL *curl, CURLcode code) {
  struct put *put;
  curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&put);
  judge(curl, put->object, code);
  curl_multi_remove_handle(puts->multi, curl);
  curl_easy_cleanup(curl);
  curl_slist_free_all(put->headers);
  put->done(put->object, put->user);
  free(put);
}

static void finish_those_done(struct s3_loop *puts) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(puts->multi, &left)))
    if (message->msg == CURLMSG_DONE) finish(puts, message->easy_handle, message->data.result);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
  struct watch *watch = poll->data;
  struct s3_loop *puts = watch->puts;
  int running, what = status < 0 ? CURL_CSELECT_ERR : 0;
  if (events & UV_READABLE) what |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) what |= CURL_CSELECT_OUT;
  curl_multi_socket_action(puts->multi, watch->socket, what, &running);
  finish_those_done(puts);
}

static void on_timeout(uv_timer_t *timer) {
  struct s3_loop *puts = timer->data;
  int running;
  curl_multi_socket_action(puts->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  finish_those_done(puts);
}

static int set_timer(CURLM *multi, long timeout_ms, void *user) {
  struct s3_loop *puts = user;
  (void)multi;
  if (timeout_ms < 0)
    uv_timer_stop(&puts->timer);
  else
    uv_timer_start(&puts->timer, on_timeout, (uint64_t)timeout_ms, 0);
  return 0;
}

static void free_watch(uv_handle_t *handle) { free(handle->data); }

static int set_socket(CURL *curl, curl_socket_t socket, int what, void *user, void *attached) {
  struct s3_loop *puts = user;
  struct watch *watch = attached;
  (void)curl;
  if (what == CURL_POLL_REMOVE) {
    if (!watch) return 0;
    curl_multi_assign(puts->multi, socket, NULL);
    uv_close((uv_handle_t *)&watch->poll, free_watch);
    return 0;
  }
  if (!watch) {
    watch = calloc(1, sizeof *watch);
    if (!watch || uv_poll_init_socket(puts->loop, &watch->poll, socket)) {
      free(watch);
      return -1;
    }
    watch->poll.data = watch;
    watch->socket = socket;
    watch->puts = puts;
    curl_multi_assign(puts->multi, socket, watch);
  }
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  return uv_poll_start(&watch->poll, events, on_ready);
}

int s3_loop_init(struct s3_loop *puts, uv_loop_t *loop, const struct s3_settings *settings, long connections) {
  *puts = (struct s3_loop){.settings = settings, .loop = loop, .multi = curl_multi_init()};
  if (!puts->multi) return UV_ENOMEM;
  puts->timer.data = puts;
  curl_multi_setopt(puts->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
  curl_multi_setopt(puts->multi, CURLMOPT_SOCKETDATA, puts);
  curl_multi_setopt(puts->multi, CURLMOPT_TIMERFUNCTION, set_timer);
  curl_multi_setopt(puts->multi, CURLMOPT_TIMERDATA, puts);
  curl_multi_setopt(puts->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl_multi_setopt(puts->multi, CURLMOPT_MAXCONNECTS, connections);
  return uv_timer_init(loop, &puts->timer);
}

void s3_loop_close(struct s3_loop *puts) {
  curl_multi_cleanup(puts->multi); /* closes the idle connections, and with them their watches */
  uv_close((uv_handle_t *)&puts->timer, NULL);
}

void s3_put_async(struct s3_loop *puts, struct s3_object *object, s3_done done, void *user) {
  struct put *put = calloc(1, sizeof *put);
  CURL *curl = curl_easy_init();
  if (put) *put = (struct put){.object = object, .done = done, .user = user};
  if (put && curl && set_up(curl, put, puts->settings) &&
      curl_multi_add_handle(puts->multi, curl) == CURLM_OK)
    return; /* libcurl sets its timer to 0: the transfer begins in the next turn of the loop */
  memcpy(object->error, no_memory, sizeof no_memory);
  if (put) curl_slist_free_all(put->headers);
  free(put);
  curl_easy_cleanup(curl);
  done(object, user);
}
