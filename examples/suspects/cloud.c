/* Asking for an object by libs3, a client of S3. SUSPECT_S3 is HOST:PORT. */
#include "suspect.h"

#include <libs3.h>
#include <stdio.h>
#include <stdlib.h>

static const char *host;
static S3Status outcome;

static S3Status on_properties(const S3ResponseProperties *properties, void *user) {
  (void)properties, (void)user;
  return S3StatusOK;
}

static void on_complete(S3Status status, const S3ErrorDetails *details, void *user) {
  (void)details, (void)user;
  outcome = status;
}

bool suspect_prepare(void) {
  host = getenv("SUSPECT_S3");
  if (!host) fputs("SUSPECT_S3 is not set\n", stderr);
  return host && S3_initialize("suspect", S3_INIT_ALL, host) == S3StatusOK;
}

bool suspect_work(void) {
  const S3BucketContext bucket = {host, "bucket", S3ProtocolHTTP, S3UriStylePath, "key", "secret"};
  const S3ResponseHandler handler = {on_properties, on_complete};
  S3_head_object(&bucket, "object", NULL, &handler, NULL);
  return outcome == S3StatusOK;
}
