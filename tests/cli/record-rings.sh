# Ten thousand stalls in a row, and more than a ring holds: each is there, or counted as lost and said.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

record 0 --threshold 1ms -- "$BLOCKSCAN_PROGRAMS/hard" storm 10000
holds '.loops | length == 1 and .[0].iterations >= 10000 and .[0].dropped_events == 0'
says "10000 stalls in 1 loop"
stored 1 'SELECT count(*) >= 10000 FROM stalls'

# The recorder is stopped meanwhile. What it missed is counted, and what follows is recorded as ever.
record 0 --threshold 1ms -- "$BLOCKSCAN_PROGRAMS/hard" overflow 3000
holds '.loops[0].dropped_events > 1000 and .loops[0].iterations >= 3000'
holds '.stalls | length > 100'
holds '[.stalls[] | select(.duration_ms >= 49 and .culprit.function == "rest")] | length >= 1'
stored 1 'SELECT dropped > 1000 FROM loops'
says "events lost"
# All iterations are in the totals, those of lost events too.
stored 1 'SELECT sum(h.count) = l.iterations FROM loop_histogram h JOIN loops l ON l.id = h.loop_id'
