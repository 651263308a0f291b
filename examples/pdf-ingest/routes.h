/* The addresses of the service. */
#ifndef PDF_INGEST_ROUTES_H
#define PDF_INGEST_ROUTES_H

#include "http.h"

/* An http_handler; `user` is a struct ingest. */
void route(struct http_request *request, void *user);

#endif
