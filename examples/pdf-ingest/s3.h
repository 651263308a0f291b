/* Puts objects into a bucket, signed with AWS Signature Version 4 by libcurl: waiting, or on the loop. */
#ifndef PDF_INGEST_S3_H
#define PDF_INGEST_S3_H

#include "transfers.h"

#include <curl/curl.h>
#include <stddef.h>

struct s3_settings {
  const char *endpoint, *bucket, *region;
  char credentials[512]; /* KEY:SECRET */
  char signature[128];   /* for CURLOPT_AWS_SIGV4 */
};

/* From S3_ENDPOINT, S3_BUCKET, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
 * Returns the name of the first variable that is missing, or NULL. */
const char *s3_settings_from_environment(struct s3_settings *settings);

/* One object. The caller fills the first part and keeps it until the put has ended; `s3_name` gives the URL.
 */
struct s3_object {
  char key[160];
  const char *media_type;
  const char *sha256; /* of the data, hexadecimal: S3 wants it signed */
  const void *data;
  size_t length;

  char url[512];
  char error[256]; /* "" when it is there */
};

/* Where the object will be. */
void s3_name(const struct s3_settings *settings, struct s3_object *object);

/* Waits until the object is stored: for use outside the loop's thread. `curl` keeps its connection from one
 * put to the next. */
void s3_put(const struct s3_settings *settings, CURL *curl, struct s3_object *object);

typedef void (*s3_done)(struct s3_object *object, void *user);

/* Returns at once; `done` is called from the loop, also when the put failed. */
void s3_put_async(struct transfers *transfers, const struct s3_settings *settings, struct s3_object *object,
                  s3_done done, void *user);

#endif
