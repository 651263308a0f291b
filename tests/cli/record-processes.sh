# Threads, children and programs that are killed: each loop is its own, and nothing that was written is lost.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

record 0 --threshold 100ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll threads 150 50
holds '.loops | length == 50'
holds '[.stalls[] | select(.duration_ms >= 149) | .loop] | unique | length == 50'
holds '[.stalls[] | select(.samples != [])] | length >= 50'

# Children of fork without exec have loops of their own; --no-follow leaves them alone.
record 0 --threshold 50ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll children 150
holds '[.loops[].process] | unique | length == 3'
holds '[.stalls[] | select(.duration_ms >= 149) | .loop] | unique | length == 2'
record 0 --threshold 50ms --no-follow -- "$BLOCKSCAN_PROGRAMS/loop" epoll children 150
holds '.loops | length == 1'
record 0 --threshold 50ms -- sh -c '"$0" epoll nanosleep 150; "$0" poll nanosleep 150' "$BLOCKSCAN_PROGRAMS/loop"
holds '.loops | length == 2'
holds '[.stalls[] | select(.duration_ms >= 149)] | length == 2'

# Killed in the middle of a stall: it is there, without an end.
"$BLOCKSCAN" record -o killed.db --output json=killed.json -- \
  sh -c 'echo $$ >pid; exec "$0" epoll nanosleep 60000' "$BLOCKSCAN_PROGRAMS/loop" 2>err &
recorder=$!
while kill -0 $recorder && ! [ -s pid ]; do sleep 0.1; done
sleep 2
kill -KILL "$(cat pid)"
code=0
wait $recorder || code=$?
[ $code = 137 ] || fail "killed by SIGKILL: exit code $code"
jq -e '[.stalls[] | select(.duration_ms > 500)] | length == 1 and (.[0].ended | not) and .[0].api == "nanosleep" and
  .[0].culprit.function == "rest"' killed.json >/dev/null || { cat killed.json; fail "the stall of a killed program"; }

# A signal to the recorder goes to the program, and the recording is whole. (A shell's background jobs ignore SIGINT.)
"$BLOCKSCAN" record -o interrupted.db --output json=interrupted.json -- \
  sh -c 'echo $$ >begun; exec "$0" epoll nanosleep 60000' "$BLOCKSCAN_PROGRAMS/loop" 2>err &
recorder=$!
while kill -0 $recorder && ! [ -s begun ]; do sleep 0.1; done
sleep 2
kill -TERM $recorder
code=0
wait $recorder || code=$?
[ $code = 143 ] || fail "interrupted: exit code $code"
jq -e '.stalls | length >= 1' interrupted.json >/dev/null || fail "nothing of an interrupted recording"
[ "$(sqlite3 interrupted.db 'PRAGMA integrity_check')" = ok ] || fail "the store of an interrupted recording"

# A recorder that is killed leaves a valid file, and the program goes on.
"$BLOCKSCAN" record -o lost.db -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 200 2>err &
recorder=$!
sleep 0.2
kill -KILL $recorder
wait $recorder || true
[ "$(sqlite3 lost.db 'PRAGMA integrity_check')" = ok ] || fail "the store of a killed recorder"

# --duration ends the program.
record 0 --duration 1s -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 60000
holds '[.stalls[] | select(.duration_ms > 300)] | length == 1'
