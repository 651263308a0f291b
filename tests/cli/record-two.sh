# One recorder writes a file: a second one gets an error and takes nothing away.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
"$BLOCKSCAN" record -q --threshold 30ms -o stalls.db -- "$BLOCKSCAN_PROGRAMS/loop" epoll file 3000 >first.out 2>first.err &
first=$!
tries=0
until [ -s stalls.db ] && [ -e stalls.db-wal ]; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || fail "the first recorder writes nothing"
  sleep 0.05
done
for _ in 1 2 3; do
  code=0
  "$BLOCKSCAN" record -q -o stalls.db -- true >out 2>err || code=$?
  [ $code = 2 ] || fail "a second recorder: exit code $code, not 2"
  says 'stalls.db: another recorder is writing it'
done
# While it is written it can be read.
"$BLOCKSCAN" report --runtime stalls.db >out 2>err || [ $? = 1 ] || fail "it cannot be read meanwhile"
wait $first || fail "the first recorder failed"
[ "$(sqlite3 stalls.db 'SELECT count(*) FROM stalls WHERE duration_ns > 2900000000')" = 1 ] || fail "the first recording lost its stall"
# A finished recording is replaced.
"$BLOCKSCAN" record -q -o stalls.db -- true || fail "a finished recording is not replaced"
