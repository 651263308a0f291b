# The lenses of the language server: how long a call blocks and for whom, before and with a recording. A line that nothing is known of has
# none.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >main.c <<'END'
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
struct watcher { void (*ready)(void); int fd; };
static int ticks;
static void nap(void) {
  usleep(200000);
}
static void never(void) {
  sleep(9);
}
static void on_tick(void) {
  if (++ticks == 3) nap();
  if (ticks > 100) never();
  usleep(200); // blockscan: ignore[sleep.usleep] -- short
}
static void on_tock(void) {
  if (ticks > 200) nap();
}
static void harmless(void) { ticks++; }
static void run(struct watcher *watchers, int count) {
  struct pollfd fds[4];
  while (ticks < 5) {
    for (int i = 0; i < count; i++) fds[i] = (struct pollfd){.fd = watchers[i].fd, .events = POLLIN};
    if (poll(fds, count, -1) < 0) return;
    for (int i = 0; i < count; i++)
      if (fds[i].revents) watchers[i].ready();
  }
}
int main(void) {
  int fd = eventfd(1, EFD_NONBLOCK);
  struct watcher watchers[] = {{on_tick, fd}, {on_tock, fd}, {harmless, fd}};
  run(watchers, 3);
}
END
cc -g -O0 -o main main.c
echo '[{"directory": ".", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >compile_commands.json
record 0 --threshold 150ms -- ./main
export TMPDIR="$TMP"
python3 - "$BLOCKSCAN" "$TMP" <<'END' || fail "the lenses"
import os
import pathlib
import re
import sys

sys.path.insert(0, os.environ["BLOCKSCAN_SOURCE"] + "/tests/lsp")
sys.dont_write_bytecode = True
import client

blockscan, workspace = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
uri = (workspace / "main.c").as_uri()


def lenses(*options, command=None, refreshes=True):
    """{line from 1: title}, the raw answer, and what came before the report; a refresh is asked for where the client can."""
    server = client.Server(blockscan, *options)
    capabilities = {"workspace": {"codeLens": {"refreshSupport": refreshes}}}
    answer = server.request("initialize", {"rootUri": workspace.as_uri(), "capabilities": capabilities,
                                           "initializationOptions": {"lensCommand": command} if command else None})
    assert answer["result"]["capabilities"]["codeLensProvider"] == {"resolveProvider": False}, answer
    assert server.request("textDocument/codeLens", {"textDocument": {"uri": uri}})["result"] == []  # no report yet
    server.notify("initialized")
    messages = []
    last = "workspace/codeLens/refresh" if refreshes else "textDocument/publishDiagnostics"
    while (message := server.read())["method"] != last:
        messages.append(message)
    raw = server.request("textDocument/codeLens", {"textDocument": {"uri": uri}})["result"]
    other = server.request("textDocument/codeLens", {"textDocument": {"uri": "untitled:1"}})["result"]
    assert other == [], other
    server.request("shutdown")
    server.notify("exit")
    assert server.process.wait(60) == 0
    return {lens["range"]["start"]["line"] + 1: lens["command"]["title"] for lens in raw}, raw, messages


titles, raw, _ = lenses()
assert titles == {
    7: "blocks for milliseconds, 2 callbacks reach it",
    10: "blocks for seconds, 1 callback reaches it",
    12: "io callback reaches 2 blocking calls, the longest for seconds",
    17: "io callback reaches 1 blocking call, it blocks for milliseconds",
}, titles
assert all(lens["command"]["command"] == "" and "arguments" not in lens["command"] for lens in raw), raw

titles, raw, _ = lenses("--runtime", "stalls.db", command="show.it", refreshes=False)
assert re.fullmatch(r"blocks up to \d+(\.\d)? ms in 1 recorded stall, 2 callbacks reach it", titles[7]), titles
assert titles[10] == "blocks for seconds, not called in the recording, 1 callback reaches it", titles
assert re.fullmatch(r"io callback reaches 2 blocking calls, blocks up to [\d.]+ ms in the recording", titles[12]), titles
assert re.fullmatch(r"recorded: [2-5] calls of usleep\(\), longest [\d.]+ [µm]s, together [\d.]+ [µm]s", titles[15]), titles
assert titles[17] == "io callback reaches 1 blocking call, it blocks for milliseconds", titles  # another one was on the stack
[lens] = [lens for lens in raw if lens["range"]["start"]["line"] == 6]
assert lens["command"]["command"] == "show.it", lens
at, position, places = lens["command"]["arguments"]
assert at == uri and position == {"line": 6, "character": 0}, lens
assert [place["range"]["start"]["line"] for place in places] == [11, 16] and places[0]["uri"] == uri, places

# A recording that is not there: said, and the source is shown as without.
titles, _, messages = lenses("--runtime", "other.db")
assert titles[7] == "blocks for milliseconds, 2 callbacks reach it", titles
told = [m["params"]["message"] for m in messages if m["method"] == "window/showMessage"]
assert told == [f"blockscan: no such recording: {workspace}/other.db"], told
END
for left in blockscan-lsp-*; do
  [ ! -e "$left" ] || fail "$left is left behind"
done
