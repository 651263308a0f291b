# Ten thousand stalls in a row, and more than a ring holds: each is there, or counted as lost and said.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

record 0 --threshold 1ms -- "$BLOCKSCAN_PROGRAMS/hard" storm 10000
holds '.loops | length == 1 and .[0].iterations >= 10000 and .[0].dropped_events == 0'
# A busy machine may hold one of the twenty iterations before them, too.
grep -Eq '^100[012][0-9] stalls in 1 loop' err || fail "not all stalls are counted: $(head -n 1 err)"
stored 1 'SELECT count(*) BETWEEN 10000 AND 10020 FROM stalls'

# The recorder is stopped meanwhile. What it missed is counted, and what follows is recorded as ever.
record 0 --threshold 1ms -- "$BLOCKSCAN_PROGRAMS/hard" overflow 3000
holds '.loops[0].dropped_events > 1000 and .loops[0].iterations >= 3000'
holds '.stalls | length > 100'
holds '[.stalls[] | select(.duration_ms >= 49 and .culprit.function == "rest")] | length >= 1'
stored 1 'SELECT dropped > 1000 FROM loops'
says "events lost"
# All iterations are in the totals, those of lost events too.
stored 1 'SELECT sum(h.count) = l.iterations FROM loop_histogram h JOIN loops l ON l.id = h.loop_id'
