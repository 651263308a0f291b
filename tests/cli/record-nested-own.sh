# The program's own loops within loops: one for the same events is a nested loop, told as such; its iterations are iterations, and what
# blocks in it has both loops in its stack. One for other events, or a single wait, holds the loop.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
held='select(.api == "usleep" and .callback == "on_tick" and .culprit.function == "save" and .duration_ms >= 59)'
for kind in again other poll; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/nested" $kind
  holds '.loops | length == 1 and .[0].library == "own" and .[0].iterations >= 70'
  holds "[.stalls[] | $held] | length == 1"
  holds '[.stalls[] | select(.duration_ms >= 300)] == []'
  holds "[.stalls[] | $held][0].samples[0].stack | map(.function) | index(\"save\") < index(\"show_dialog\")"
  holds '[.calls[] | select(.nested and .calls == 1 and .total_ms >= 200 and .total_ms <= 800)] | length == 1'
  says 'Nested loops'
done
for kind in private once; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/nested" $kind
  holds '[.stalls[] | select(.api == "epoll_wait" and .callback == "on_tick" and .duration_ms >= 280)] | length == 1'
  holds "[.stalls[] | $held] | length == 1"
  holds '[.calls[] | select(.nested)] == []'
  says_not 'Nested loops'
done
