/* A request by libcurl's easy interface. SUSPECT_HTTP is the URL. */
#include "suspect.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

static CURL *curl;

static size_t drop(char *data, size_t size, size_t count, void *user) {
  (void)data, (void)user;
  return size * count;
}

bool suspect_prepare(void) {
  const char *url = getenv("SUSPECT_HTTP");
  curl = curl_easy_init();
  if (!url || !curl) {
    fputs("SUSPECT_HTTP is not set\n", stderr);
    return false;
  }
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  return true;
}

bool suspect_work(void) { return curl_easy_perform(curl) == CURLE_OK; }
