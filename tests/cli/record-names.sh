# A recorded loop has the name of its pack, the one that a scan gives it.
set -eu
. "$(dirname "$0")/record-helpers"
[ -x "$BLOCKSCAN_PROGRAMS/wayland" ] || exit 77
cd "$TMP"
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/wayland"
holds '.loops | length == 1 and .[0].library == "wayland"'
holds '[.stalls[] | select(.callback == "on_timer" and .api == "usleep")] | length == 1'
says 'wayland loop'
stored wayland 'SELECT library FROM loops'
