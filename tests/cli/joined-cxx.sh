# Closures of C++: what was inlined into one is on the stack, and the names of the compiler and of the scan are the same function's.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
command -v c++ >/dev/null && pkg-config --exists libuv || exit 77
cat >server.cc <<'END'
#include <unistd.h>
#include <uv.h>
namespace net {
class session {
  uv_timer_t timer;
  int ticks = 0;

  void on_tick() {
    if (ticks == 5) usleep(60000);
    if (ticks == 300) sleep(9);
    if (++ticks == 10) uv_timer_stop(&timer);
  }

public:
  void start(uv_loop_t *loop) {
    uv_timer_init(loop, &timer);
    timer.data = this;
    uv_timer_start(&timer, [](uv_timer_t *t) { static_cast<session *>(t->data)->on_tick(); }, 5, 5);
  }
};
}
int main() {
  net::session session;
  session.start(uv_default_loop());
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
END
# shellcheck disable=SC2046 # words
c++ -g -O2 -o server $(pkg-config --cflags libuv) server.cc $(pkg-config --libs libuv)
printf '[{"directory": "%s", "file": "server.cc", "arguments": ["c++", "-c", "server.cc"]}]\n' "$TMP" >compile_commands.json

# verdicts JQ: the verdicts of both calls.
verdicts() {
  code=0
  "$BLOCKSCAN" report -q --static compile_commands.json --runtime stalls.db --output json=report.json 2>err || code=$?
  [ "$code" = 1 ] || fail "report: exit code $code"
  holds "$1"
}

record 0 --threshold 30ms -- ./server
says "(inlined)"
verdicts '[.findings[] | {(.sink.api): .runtime.verdict}] | add == {"usleep": "confirmed", "sleep": "not-exercised"}'
holds '.findings[0].entries[0].seen >= 1 and .findings[0].sink.function == "net::session::on_tick"'

# Without debug information nobody can know; it is said.
strip -g server
record 0 --threshold 30ms -- ./server
says_not "(inlined)"
verdicts '[.findings[] | select(.runtime.verdict == "runtime-only") | .runtime.missed | test("no debug information of server was found")] == [true]'
