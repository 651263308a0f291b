# A program that shrinks the memory it shares with the recorder ends neither: the memory is sealed, and the stalls behind it are seen.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/shrinks"
[ "$(cat "$TMP/out")" = "found 0" ] || fail "the shared memory was shrunk"
holds '[.stalls[] | select(.duration_ms >= 55)] | length >= 2'
