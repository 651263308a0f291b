# A recording that goes on: files that are finished and numbered, each a recording by itself; a summary on SIGUSR1 where that
# is asked for, and else the signal is the program's; counters for Prometheus.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
outside=$BLOCKSCAN_PROGRAMS/outside

# Blocks of 60 ms, ten a second for 7 s, in files of 2 s: of those that are kept each has some, none twice.
"$BLOCKSCAN" record -o "$TMP/stalls.db" --output json="$TMP/report.json" --rotate-time 2s --keep 2 --metrics "$TMP/metrics.prom" --on-usr1 summary \
  -- "$outside" held 60 70 >out 2>err &
recorder=$!
sleep 1.7
kill -USR1 "$recorder"
wait "$recorder" || fail "exit code $?"
grep -qE '[0-9]+ stalls? in 1 loop' err || fail 'no summary'
ls stalls.db stalls.db.1 stalls.db.2 >/dev/null
[ ! -e stalls.db.3 ] || fail 'a third finished file was kept'
for file in stalls.db.1 stalls.db.2; do
  "$BLOCKSCAN" report --runtime "$file" --output json="$file.json" 2>/dev/null || true
  jq -e '(.stalls | length) >= 8 and (.stalls | length) <= 45 and .loops[0].iterations <= 60 and ([.stalls[] | select(.culprit != null)] | length) >= 5' "$file.json" >/dev/null ||
    { cat "$file.json" >&2; fail "$file is no recording of its own time"; }
done
holds '.stalls | length <= 45'
grep -q '^blockscan_iterations_total{.*library="own"} [0-9]' metrics.prom || fail 'no iterations in the metrics'
# All stalls of the whole run, whatever file they are in.
count=$(sed -n 's/^blockscan_stalls_total{.*} //p' metrics.prom)
[ "$count" -ge 60 ] || fail "the metrics have $count stalls"
grep -q '^blockscan_callback_stalled_seconds_total{callback="on_timer"} ' metrics.prom || fail 'no callback in the metrics'
grep -q '^blockscan_iteration_seconds{.*quantile="0.99"} [0-9]' metrics.prom || fail 'no quantile in the metrics'

# Asked over HTTP, on loopback only.
port=$((20000 + $$ % 20000))
"$BLOCKSCAN" record -q -o "$TMP/http.db" --metrics "127.0.0.1:$port" -- "$outside" held 60 40 >out 2>err &
recorder=$!
sleep 3
curl -sf "http://127.0.0.1:$port/metrics" >answer || fail 'no answer'
grep -q '^# TYPE blockscan_stalls_total counter$' answer || fail 'no stalls in the answer'
! curl -sf "http://127.0.0.1:$port/other" >answer || fail 'an answer to something else'
wait "$recorder" || fail "exit code $?"
record 2 --metrics 192.0.2.1:9464 -- true
says 'is not a loopback address'

# A twin: without being asked for, the signal goes to the program.
cat >signalled.sh <<'END'
trap 'echo got it; exit 7' USR1
i=0; while [ $i -lt 50 ]; do sleep 0.1; i=$((i + 1)); done
END
"$BLOCKSCAN" record -q -o "$TMP/usr1.db" -- sh signalled.sh >out 2>err &
recorder=$!
sleep 1
kill -USR1 "$recorder"
code=0
wait "$recorder" || code=$?
[ "$code" = 7 ] || fail "exit code $code"
grep -q 'got it' out || fail 'the program did not get the signal'

record 2 --keep 3 -- true
says 'expected --rotate-size or --rotate-time as well'
record 2 --rotate-size 3x -- true
says "invalid size '3x'"
