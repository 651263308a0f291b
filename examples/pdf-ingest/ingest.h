/* The service: a PDF comes in, its images go to the bucket, its text and their addresses go back. Twice: as
 * one writes it first, and as an event loop needs it. */
#ifndef PDF_INGEST_INGEST_H
#define PDF_INGEST_INGEST_H

#include "http.h"
#include "s3.h"

struct ingest {
  struct s3_settings storage;
  struct transfers transfers;
  CURL *curl; /* of the blocking endpoint */
  /* Asynchronous requests that are worked on, and those that wait for their turn: who came first is served
   * first. */
  unsigned active;
  struct job *waiting, **last_waiting;
};

/* POST /ingest/blocking: everything happens in the callback that read the request. Every other client waits.
 */
void ingest_blocking(struct http_request *request, struct ingest *ingest);
/* POST /ingest/async: MuPDF works on libuv's thread pool, the uploads run side by side on the loop. */
void ingest_async(struct http_request *request, struct ingest *ingest);

#endif
