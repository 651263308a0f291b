# A loop of XNextEvent has iterations and stalls; a loop within it, over the same display, too.
set -eu
. "$(dirname "$0")/record-helpers"
[ -x "$BLOCKSCAN_PROGRAMS/x11" ] || exit 77
command -v Xvfb >/dev/null || exit 77
cd "$TMP"
Xvfb -displayfd 3 -nolisten tcp 3>number >server 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  [ -s number ] && break
  sleep 1
done
DISPLAY=:$(cat number)
export DISPLAY
for kind in plain dialog; do
  record 0 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/x11" $kind
  holds '[.stalls[] | select(.api == "usleep" and .culprit.function == "save" and .callback == "on_event" and .duration_ms >= 59)] | length == 2'
done
