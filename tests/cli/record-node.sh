# JavaScript functions have their names when node writes a map of them, and none without.
set -eu
. "$(dirname "$0")/record-helpers"
command -v node >/dev/null || exit 77
cd "$TMP"
cat >server.js <<'END'
'use strict';
function holdLoop(ms) { const end = Date.now() + ms; let n = 0; while (Date.now() < end) n++; return n; }
let ticks = 0;
const timer = setInterval(() => {
  ticks++;
  if (ticks === 10) holdLoop(1500);
  if (ticks === 20) clearInterval(timer);
}, 5);
END
named='any(.stalls[].samples[].stack[]; .module == "[jit]" and (.function | test("holdLoop .*server.js:2")))'

# The stall of 1.5 s, of which some samples are in the function once it was compiled.
record 0 --threshold 500ms -- node --perf-basic-prof server.js
rm -f "/tmp/perf-$(jq .loops[0].process report.json).map"
holds '[.stalls[] | select(.duration_ms >= 1490)] | length == 1'
holds "$named"
holds '.loops[] | .library == "libuv"'

record 0 --threshold 500ms -- node server.js
holds '[.stalls[] | select(.duration_ms >= 1490)] | length == 1'
holds "$named | not"
