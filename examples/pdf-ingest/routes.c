/* Which request goes where. */
#include "routes.h"

#include "ingest.h"

#include <stdbool.h>
#include <string.h>

void route(struct http_request *request, void *user) {
  struct ingest *ingest = user;
  const char *path = http_path(request);
  bool posted = !strcmp(http_method(request), "POST");
  if (!strcmp(path, "/health"))
    http_answer(request, 200, "{\"status\":\"ok\"}");
  else if (!posted)
    http_answer(request, 405, "{\"error\":\"POST a PDF\"}");
  else if (!strcmp(path, "/ingest/async"))
    ingest_async(request, ingest);
#ifndef WITHOUT_BLOCKING /* defined, it is the service after the fix */
  else if (!strcmp(path, "/ingest/blocking"))
    ingest_blocking(request, ingest);
#endif
  else
    http_answer(request, 404, "{\"error\":\"there are /ingest/blocking, /ingest/async and /health\"}");
}
