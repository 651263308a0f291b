# While no loop of the program runs the recorder sleeps; and it is there when one is held after all.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
wakeups() { cat /proc/"$1"/task/*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'; }
"$BLOCKSCAN" record -o stalls.db --output json=report.json -- "$BLOCKSCAN_PROGRAMS/idle" >ready 2>err &
recorder=$!
while kill -0 $recorder && ! [ -s ready ]; do sleep 0.1; done
sleep 1.2
before=$(wakeups $recorder)
sleep 1
after=$(wakeups $recorder)
# Ten of them look for programs that did not load the library, which are looked for more often in the beginning.
wait $recorder || fail "record: exit code $?"
[ $((after - before)) -le 30 ] || fail "the recorder woke $((after - before)) times in a second"
holds '[.stalls[] | select(.culprit.function == "save" and .duration_ms >= 40 and .samples != [])] | length == 5'
holds '[.stalls[].loop] | unique | length == 2'
