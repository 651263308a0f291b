/* Transfers of libcurl on a libuv loop, by curl's multi interface: none of them waits. */
#ifndef EXAMPLES_TRANSFERS_H
#define EXAMPLES_TRANSFERS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

struct transfers {
  CURLM *multi;
  uv_loop_t *loop;
  uv_timer_t timer;
};

/* Called on the loop when a transfer has ended; `curl` is the callee's again, to be read, cleaned up or used
 * for the next one. */
typedef void (*transfer_done)(CURL *curl, CURLcode code, void *user);

/* At most `connections` at once, the rest waits. Returns 0 or a libuv error. */
int transfers_init(struct transfers *transfers, uv_loop_t *loop, long connections);
/* Closes the idle connections. No transfer may be under way. */
void transfers_close(struct transfers *transfers);
/* Starts a transfer that is set up, but for CURLOPT_PRIVATE, which is used. Returns at once. False without
 * memory: then `done` is not called. */
bool transfers_start(struct transfers *transfers, CURL *curl, transfer_done done, void *user);

#endif
