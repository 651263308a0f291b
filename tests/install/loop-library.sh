# loop-library.sh BUILD_FOLDER: who uses an installed build adds a loop library by one JSON file, for both halves: the scan finds its
# callbacks, the recorder names its loop and the callback that held it, and both give the library's own advice.
set -eu
build=$1
unset BLOCKSCAN_RULES
cmake --install "$build" --prefix "$TMP/prefix" >/dev/null
mkdir "$TMP/project"
cd "$TMP/project"
fail() { echo "$*"; cat report.txt record.txt 2>/dev/null; exit 1; }
blockscan() { env -i PATH=/usr/bin:/bin HOME="$TMP" "$TMP/prefix/bin/blockscan" "$@"; }

# The library: its own functions have no debug information, and it waits two functions below its run function.
cat >mill.h <<'END'
typedef struct mill mill;
typedef void mill_function(mill *m, void *data);
mill *mill_new(void);
void mill_every(mill *m, int ms, mill_function *function, void *data);
int mill_grind(mill *m, double patience); /* no wrapper of whole numbers fits it */
void mill_stop(mill *m);
END
cat >mill.c <<'END'
#include "mill.h"
#include <poll.h>
#include <stdlib.h>
struct mill { int ms, is_over; mill_function *function; void *data; };
mill *mill_new(void) { return calloc(1, sizeof(mill)); }
void mill_every(mill *m, int ms, mill_function *function, void *data) { m->ms = ms, m->function = function, m->data = data; }
void mill_stop(mill *m) { m->is_over = 1; }
__attribute__((noinline)) static int rest(mill *m) {
  struct pollfd none[2] = {{.fd = -1}, {.fd = -1}};
  return poll(none, 2, m->ms) + 0 * m->ms;
}
__attribute__((noinline)) static void turn(mill *m) { m->function(m, m->data); __asm__(""); }
int mill_grind(mill *m, double patience) {
  for (int i = 0; !m->is_over && i < patience; i++) rest(m), turn(m);
  free(m);
  return 0;
}
END
cat >server.c <<'END'
#include "mill.h"
#include <unistd.h>
static int turns;
static void on_turn(mill *m, void *data) {
  (void)data;
  if (++turns == 4) usleep(60000);
  if (turns == 8) mill_stop(m);
}
int main(void) {
  mill *m = mill_new();
  mill_every(m, 5, on_turn, 0);
  return mill_grind(m, 1e6);
}
END
cc -O1 -fno-optimize-sibling-calls -shared -fPIC -o libmill.so.1 mill.c
rm mill.c # a library is compiled elsewhere
cc -O1 -g -fno-optimize-sibling-calls -o server server.c -L. -l:libmill.so.1 -Wl,-rpath,"$PWD"
printf '[{"directory": "%s", "file": "server.c", "arguments": ["cc", "-c", "server.c"]}]\n' "$PWD" >compile_commands.json
cat >mill.json <<'END'
{
  "kind": "loop",
  "name": "mill",
  "title": "mill event loop",
  "offload_advice": "mill_send(m, work)",
  "recorder": {"modules": ["libmill.so"]},
  "register": [{"functions": ["mill_every"], "callbacks": [2], "role": "timer"}],
  "run": [{"functions": ["mill_grind"]}]
}
END
blockscan rules check mill.json

# Without the pack neither half knows the library.
blockscan scan --no-cache --color=never compile_commands.json >report.txt 2>&1 || true
grep -q 'No callback of an event loop was found' report.txt || fail "a scan without the pack finds a loop"
blockscan record --threshold 30ms -o none.db --output json=none.json -- ./server 2>record.txt
jq -e '.loops | length == 1 and .[0].library == "own"' none.json >/dev/null || fail "$(cat none.json)"

# With it, by an option or by the project's configuration.
named='(.loops | length == 1 and .[0].library == "mill") and
  ([.stalls[] | select(.callback == "on_turn" and .api == "usleep" and .duration_ms >= 59)] | length == 1)'
for way in option configuration; do
  rules='--rules mill.json'
  [ $way = option ] || { rules= && echo 'packs: [mill.json]' >.blockscan.yaml; }
  status=0
  # shellcheck disable=SC2086 # two words or none
  blockscan scan --no-cache --color=never $rules compile_commands.json >report.txt 2>&1 || status=$?
  [ "$status" = 1 ] || fail "a scan with the pack by $way: exit code $status"
  grep -q '^server\.c:6:.*usleep' report.txt || fail "the scan has no finding"
  # shellcheck disable=SC2086 # two words or none
  blockscan record $rules --threshold 30ms -o stalls.db --output json=live.json -- ./server 2>record.txt
  jq -e "$named" live.json >/dev/null || fail "$way: $(cat live.json)"
  grep -q 'mill loop' record.txt || fail "the summary does not name the loop"
  # shellcheck disable=SC2086 # two words or none
  blockscan report --no-cache $rules compile_commands.json --runtime stalls.db --output json=joined.json >/dev/null 2>&1 || true
  jq -e '.loops[0].library == "mill" and (.findings[0] | .evidence == "both" and .entries[0].loop == "mill")' joined.json >/dev/null ||
    fail "$way: $(cat joined.json)"
done

# A pack that is wrong is said before the program starts.
status=0
blockscan record --rules server.c -o stalls.db -- touch started 2>record.txt || status=$?
[ "$status" = 2 ] && [ ! -e started ] || fail "a wrong pack: exit code $status"
