# A program that shrinks the memory it shares with the recorder ends neither: the memory is sealed, and the stalls behind it are seen.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/shrinks"
[ "$(cat "$TMP/out")" = "none 0" ] || fail "the shared memory was found or shrunk: $(cat "$TMP/out")"
holds '[.stalls[] | select(.duration_ms >= 55)] | length >= 2'
