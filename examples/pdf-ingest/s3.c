/* libcurl signs; this sets up one transfer and drives it, blocking (easy interface) or on libuv (multi
 * interface). */
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

const char *s3_settings_from_environment(struct s3_settings *settings) {
  static const char *const names[] = {"S3_ENDPOINT", "S3_BUCKET", "AWS_ACCESS_KEY_ID",
                                      "AWS_SECRET_ACCESS_KEY"};
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
  bool has_headers = add_header(put, "Content-Type", object->media_type) &&
                     add_header(put, "x-amz-content-sha256", object->sha256);
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

/* ---- on the loop ---- */

static void on_transferred(CURL *curl, CURLcode code, void *user) {
  struct put *put = user;
  judge(curl, put->object, code);
  curl_easy_cleanup(curl);
  curl_slist_free_all(put->headers);
  put->done(put->object, put->user);
  free(put);
}

void s3_put_async(struct transfers *transfers, const struct s3_settings *settings, struct s3_object *object,
                  s3_done done, void *user) {
  struct put *put = calloc(1, sizeof *put);
  CURL *curl = curl_easy_init();
  if (put) *put = (struct put){.object = object, .done = done, .user = user};
  if (put && curl && set_up(curl, put, settings) && transfers_start(transfers, curl, on_transferred, put))
    return;
  memcpy(object->error, no_memory, sizeof no_memory);
  if (put) curl_slist_free_all(put->headers);
  free(put);
  curl_easy_cleanup(curl);
  done(object, user);
}
