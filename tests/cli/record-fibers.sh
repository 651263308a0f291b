# Loops and callbacks on the stacks of coroutines, where the depth of a stack says nothing.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
for kind in migrate call; do
  record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/fibers" $kind
  holds '.loops | length == 1 and .[0].iterations >= 35'
  holds '[.stalls[] | select(.api == "poll" and .culprit.function == "wait_for_answer" and .duration_ms >= 79)] | length == 1'
  holds '[.stalls[] | select(.api == "usleep" and .culprit.function == "save" and .duration_ms >= 59)] | length == 1'
  holds '[.stalls[] | select(.duration_ms >= 200)] == []'
done
