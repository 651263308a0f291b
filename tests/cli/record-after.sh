# What a program does when its loop is over is no stall, wherever it does it; what the loop's last callback does is one.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
for kind in caller function main parts exit quick; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/after" $kind
  holds '.loops | length == 1 and .[0].iterations >= 38'
  holds '.stalls == [] and ([.calls[] | select(.api == "usleep")] == [])'
done
record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/after" quicklast
holds '.stalls | length == 1 and .[0].culprit.function == "clean_up" and .[0].api == "usleep"'
for kind in last stuck; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/after" $kind
  holds '.stalls | length == 1 and .[0].callback == "on_tick" and .[0].culprit.function == "clean_up" and .[0].api == "usleep"'
done
