#include "app/request.h"

#include "lib/resolve.h"
#include "lib/store.h"

#include <netdb.h>
#include <stddef.h>

void request_handle(const char *line) {
  struct addrinfo *found = NULL;
  if (store_append(STORE_PATH, line) != 0) return;
  if (resolve(line, &found) == 0) freeaddrinfo(found);
}
