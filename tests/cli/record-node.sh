# JavaScript functions have their names and places when node writes a map of them, and the program's own are marked; without one they
# have none, and what node did itself is told.
set -eu
. "$(dirname "$0")/record-helpers"
command -v node >/dev/null || exit 77
cd "$TMP"
cat >server.js <<'END'
'use strict';
const child = require('child_process');
function wait() { child.execSync('sleep 0.7'); }
function holdLoop(ms) { const end = Date.now() + ms; let n = 0; while (Date.now() < end) n++; return n; }
let ticks = 0;
const timer = setInterval(() => {
  ticks++;
  if (ticks === 10) holdLoop(1500);
  if (ticks === 15) wait();
  if (ticks === 20) clearInterval(timer);
}, 5);
END
named='any(.stalls[].samples[].stack[]; .module == "[jit]" and .function == "holdLoop" and (.file | endswith("server.js")) and .line == 4)'

# The stall of 1.5 s, of which some samples are in the function once it was compiled.
record 0 --threshold 500ms -- node --perf-basic-prof --interpreted-frames-native-stack server.js
rm -f "/tmp/perf-$(jq .loops[0].process report.json).map"
holds '[.stalls[] | select(.duration_ms >= 1490)] | length == 1'
holds "$named"
holds '.loops[] | .library == "libuv"'
held='[.stalls[] | select(.duration_ms >= 1490)][0]'
holds "$held"' | .culprit.function == "holdLoop" and .parts[0].function == "holdLoop" and (.callback | test("anonymous|timer"))'
says '  > holdLoop                        '
# What node does for a function is the function's, also when it runs a loop of its own for that.
waited='[.stalls[] | select(.duration_ms < 1490 and .duration_ms >= 690)]'
# A libuv of its own, which node may be linked with, tells of its run function.
holds "$waited"' | length == 1 and .[0].culprit.function == "wait" and (.[0].parts[0].api | test("^(epoll_pwait|uv_run)$"))'
holds "$waited"' | .[0].parts[0].function == "wait"'

record 0 --threshold 500ms -- node server.js
holds '[.stalls[] | select(.duration_ms >= 1490)] | length == 1'
holds "$named | not"
