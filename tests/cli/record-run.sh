# A loop is known by the function that runs it: its first iteration and its last count, and what comes after it does not.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

held='.callback == "on_timer" and .api == "usleep" and .ended and .duration_ms >= 79'
for kind in first last once; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/run" "$kind"
  holds "[.stalls[] | select($held)] | length == 1 and (.[0].culprit.file | endswith(\"tests/runtime/record/run.c\"))"
  holds '.loops | length == 1 and .[0].library == "libuv" and .[0].iterations >= 1'
  # A step may be followed by another: what lies between is the loop's. A loop that ran to its end is over.
  [ "$kind" = once ] || holds '.stalls | length == 1'
done
record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/run" none
says_not 'watched from outside'
holds '.stalls == [] and .loops == []'

# A library that only a module sees, and that goes and comes back: it works, and is watched.
record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/host" "$BLOCKSCAN_PROGRAMS/plugin.so"
holds '[.stalls[] | select(.callback == "on_timer" and .duration_ms >= 79)] | length == 2'
holds '.loops | length == 1 and .[0].library == "libuv"'
