# Over each loop library: polls before the loop are none of its waits, however many; a poll in a callback holds the loop, in whatever
# kind of callback it stands and however deep; and nothing else does.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

# check PROGRAM LIBRARY ARGUMENT…: one stall by poll, one by usleep, of that loop.
check() {
  program=$BLOCKSCAN_PROGRAMS/loops-$1 library=$2
  [ -x "$program" ] || return 0
  shift 2
  record 0 --threshold 40ms -- "$program" "$@"
  holds ".loops | length == 1 and .[0].library == \"$library\" and .[0].iterations >= 17"
  holds '[.stalls[] | select(.api == "poll" and .culprit.function == "wait_for" and .duration_ms >= 119)] | length == 1'
  holds '[.stalls[] | select(.api == "usleep" and .culprit.function == "save" and .duration_ms >= 59)] | length == 1'
  holds '[.stalls[] | select(.api)] | all(.[]; .ended and (.callback | IN("on_timer", "on_idle", "on_prepare", "on_check", "on_close", "on_io")))'
  holds '[.stalls[] | select(.culprit.function | IN("wait_for", "save") | not) | select(.duration_ms >= 100)] == []'
  # A run function that ends with a jump to another (event_base_dispatch) is one call, and no loop within a loop.
  holds '[.calls[] | select(.nested)] == []'
}
for polls in 0 3 40; do check uv libuv $polls; done
for kind in idle prepare check close io; do
  check uv libuv 0 $kind
  holds "[.stalls[] | select(.api == \"poll\" and .callback == \"on_$kind\")] | length == 1"
done
check ev libev 3
check event libevent 3
check glib glib 3
check sd sd-event 3
check own own 0
check own own 3

# What the poll took counts against its budget.
code=0
"$BLOCKSCAN" record -q -o b.db --budget poll=0 -- "$BLOCKSCAN_PROGRAMS/loops-uv" 0 || code=$?
[ $code = 1 ] || fail "a budget of no poll was kept"
