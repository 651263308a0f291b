# Two hundred threads with a loop each.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
record 0 --threshold 100ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll threads 150 200
holds '.loops | length == 200'
holds '[.stalls[] | select(.duration_ms >= 149) | .loop] | unique | length == 200'
holds '[.loops[] | select(.dropped_events > 0)] == []'
