# A loop over io_uring: liburing's waits end its iterations.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
[ -x "$BLOCKSCAN_PROGRAMS/uring" ] || exit 77
"$BLOCKSCAN_PROGRAMS/uring" 1 || exit 77

record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/uring" 20 80
holds '.stalls | length == 1 and .[0].duration_ms >= 79 and .[0].api == "usleep" and .[0].culprit.function == "main"'
holds '.loops | length == 1 and .[0].iterations >= 19'
record 0 --threshold 1s -- "$BLOCKSCAN_PROGRAMS/uring" 20
holds '.stalls == [] and (.loops | length == 1 and .[0].iterations >= 19)'
