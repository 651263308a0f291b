# Unwind information that never ends, in a program that means harm or was built wrongly: the recorder goes on, and the stalls are recorded.
set -eu
. "$(dirname "$0")/record-helpers"
[ "$(uname -m)" = x86_64 ] || exit 77
code=0
timeout -s KILL 60 "$BLOCKSCAN" record --threshold 20ms -o "$TMP/stalls.db" --output json="$TMP/report.json" -- "$BLOCKSCAN_PROGRAMS/endless" \
  >"$TMP/out" 2>"$TMP/err" || code=$?
[ "$code" = 0 ] || fail "exit code $code"
holds '[.stalls[] | select(.duration_ms >= 59 and .api == "usleep")] | length >= 4'
