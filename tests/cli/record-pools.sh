# Threads that only work for a library are one line of the summary; a loop of the program's own in a thread is told by itself, and so is
# one of a library's threads that was held.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >pools.c <<'END_C'
#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
static int held;
static void *works_for_curl(void *slow) {
  CURLM *multi = curl_multi_init();
  for (int i = 0; i < 40; i++) {
    curl_multi_poll(multi, NULL, 0, 2, NULL);
    if (slow && i == 30 && held) usleep(150000);
  }
  curl_multi_cleanup(multi);
  return NULL;
}
static void *own_loop(void *nothing) {
  int ends[2];
  if (pipe(ends) != 0) return nothing;
  struct pollfd fd = {ends[0], POLLIN, 0};
  for (int i = 0; i < 40; i++) poll(&fd, 1, 2);
  return nothing;
}
int main(int argc, char **argv) {
  pthread_t threads[4];
  held = argc > 1 && !strcmp(argv[1], "held");
  curl_global_init(CURL_GLOBAL_ALL);
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, works_for_curl, i ? NULL : threads);
  pthread_create(&threads[3], NULL, own_loop, NULL);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}
END_C
cc -g -o pools pools.c -lcurl -lpthread 2>/dev/null || exit 77

record 0 --threshold 100ms -- ./pools
holds '.loops | length == 4'
holds '[.loops[] | select(.thread_of // "" | startswith("libcurl"))] | length == 3'
says '3 loops in threads of libcurl'
[ "$(grep -c '^own loop' err)" = 1 ] || fail 'the loop of the program is not told by itself'
# The file says the same.
"$BLOCKSCAN" report --runtime stalls.db --output json=later.json >/dev/null 2>&1 || true
[ "$(jq -c .loops report.json)" = "$(jq -c .loops later.json)" ] || fail 'the file says something else'

record 0 --threshold 100ms -- ./pools held
holds '[.loops[] | select(.thread_of and .stalls > 0)] | length >= 1'
says 'Event loop stall #1  own loop'
[ "$(grep -c '^own loop' err)" -ge 2 ] || fail 'a loop that was held is not told by itself'
