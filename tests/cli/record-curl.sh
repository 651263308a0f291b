# libcurl waits by poll(): in a timer's callback that holds the loop; before the loop it is none of the loop's waits. And a loop in a
# callback for events of its own, as a synchronous child's, is one long call.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >fetch.c <<'END_C'
#include <curl/curl.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>
static const char *way, *url;
static int ticks;
static size_t drop(char *data, size_t size, size_t count, void *unused) { return (void)data, (void)unused, size * count; }
__attribute__((noinline)) static void fetch(void) {
  CURL *curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
  curl_easy_perform(curl);
  curl_easy_cleanup(curl);
}
__attribute__((noinline)) static void save(void) { usleep(70000); __asm__(""); }
static void nothing(uv_timer_t *timer) { (void)timer; }
__attribute__((noinline)) static void run_child(void) {
  uv_loop_t loop;
  uv_timer_t timer;
  uv_loop_init(&loop);
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, nothing, 200, 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_close((uv_handle_t *)&timer, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}
static void on_timer(uv_timer_t *timer) {
  ticks++;
  if (ticks == 10 || ticks == 20) {
    if (!strcmp(way, "within")) fetch();
    if (!strcmp(way, "before")) save();
    if (!strcmp(way, "child")) run_child();
  }
  if (ticks == 25) uv_timer_stop(timer);
}
int main(int argc, char **argv) {
  uv_timer_t timer;
  way = argv[1], url = argv[argc - 1];
  if (!strcmp(way, "before")) fetch();
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 10);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
END_C
cc -g -O1 -o fetch fetch.c -luv -lcurl 2>errors || { grep -qE 'curl' errors && exit 77; cat errors >&2; exit 1; }
cat >slow.py <<'END'
import http.server, os, time
class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.2)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"done")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
with open("new", "w") as file: print(server.server_address[1], file=file)
os.rename("new", "port")
server.serve_forever()
END
python3 slow.py &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 600); do [ -s port ] && break || sleep 0.1; done
url=http://127.0.0.1:$(cat port)/

record 0 --threshold 60ms -- ./fetch within "$url"
holds '.loops | length == 1 and .[0].library == "libuv" and .[0].iterations >= 20'
holds '[.stalls[] | select(.api == "poll" and .callback == "on_timer" and .culprit.function == "fetch" and .duration_ms >= 199)] | length == 2'
record 0 --threshold 60ms -- ./fetch before "$url"
holds '.loops | length == 1 and .[0].library == "libuv" and .[0].iterations >= 20'
holds '[.stalls[] | select(.api == "usleep" and .culprit.function == "save" and .duration_ms >= 69)] | length == 2'
holds '[.stalls[] | select(.api == "poll")] == []'
record 0 --threshold 60ms -- ./fetch child
holds '[.stalls[] | select(.api == "uv_run" and .callback == "on_timer" and .culprit.function == "run_child" and .duration_ms >= 199)] | length == 2'
holds '[.calls[] | select(.nested)] == []'
