/* Takes a PDF apart and uploads its images. Everything here takes its time: milliseconds of CPU for each image, a round
 * trip on the network for each upload. Nothing here knows of the event loop; it may run on any thread. */
#ifndef PDF_INGEST_INGEST_H
#define PDF_INGEST_INGEST_H

#include <stddef.h>

struct ingest_job {
  const char *pdf; /* borrowed */
  size_t pdf_length;
  const char *upload_url; /* borrowed */
  int pages, images;
  int status; /* of the answer: 200, 422 for what is no PDF, 502 when an upload failed */
  char message[256];
};

void ingest(struct ingest_job *job);

#endif
