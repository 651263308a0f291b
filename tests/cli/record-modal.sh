# A loop in a callback that serves the same events is no stall: its iterations are iterations, and what blocks in there has both loops
# in its stack. One that serves others holds the outer loop.
set -eu
. "$(dirname "$0")/record-helpers"
[ -x "$BLOCKSCAN_PROGRAMS/modal" ] || exit 77
cd "$TMP"
for kind in run turns; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/modal" $kind
  holds '.loops | length == 1 and .[0].library == "glib" and .[0].iterations >= 40'
  held='select(.api == "usleep" and .callback == "on_tick" and .culprit.function == "save" and .duration_ms >= 59)'
  holds "[.stalls[] | $held] | length == 1"
  holds '[.stalls[] | select(.duration_ms >= 300)] == []'
  # From the inner loop's callback over the dialog to the outer loop.
  holds "[.stalls[] | $held][0].samples[0].stack | map(.function) | index(\"save\") < index(\"show_dialog\") and index(\"show_dialog\") < rindex(\"g_main_loop_run\")"
done
# The callback is told to run a loop of its own, and for how long.
record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/modal" run
holds '[.calls[] | select(.api == "g_main_loop_run" and .nested and .calls == 1 and .total_ms >= 399 and .rule != "")] | length == 1'
says 'Nested loops'
says 'g_main_loop_run'

record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/modal" other
holds '[.stalls[] | select(.api == "g_main_loop_run" and .callback == "on_click" and .culprit.function == "show_dialog" and .duration_ms >= 199)]
  | length == 1'
