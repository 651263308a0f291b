# Each watched call on a loop is counted at its place, however short it was, and has the stack that led there.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

for thread in main thread; do
  record 0 --threshold 5s -- "$BLOCKSCAN_PROGRAMS/sites" $thread 100
  # One place, two paths; what came before and after the loop is not counted.
  stored 2 "SELECT count(*) FROM v_calls"
  stored "pread|read_byte|100" "SELECT hook, caller, count FROM v_calls WHERE stack LIKE '%shallow%'"
  stored "pread|read_byte|200" "SELECT hook, caller, count FROM v_calls WHERE stack LIKE '%deep%deep%deep%deep%'"
  stored 0 "SELECT count(*) FROM v_calls WHERE stack NOT LIKE '%on_tick%run_loop%'"
  stored 1 "SELECT min(max_ms * 1000 >= p99_us AND p99_us >= p50_us AND total_ms >= max_ms) FROM v_calls"
  stored 300 "SELECT sum(count) FROM call_histogram"
  stored 100 "SELECT iterations FROM loops WHERE unplaced_calls = 0 AND wait_stack_id"
  stored 100 "SELECT sum(count) FROM loop_histogram"
  # The frame that the loop had called is marked.
  stored on_tick "SELECT DISTINCT function FROM stacks k JOIN v_stacks v ON v.stack_id = k.id
    AND v.depth = k.callback_depth AND v.level = k.callback_level"
  stored read_byte "SELECT DISTINCT function FROM stacks k JOIN v_stacks v ON v.stack_id = k.id
    AND v.depth = k.culprit_depth AND v.level = k.culprit_level"
  stored 1 "SELECT duration_ns > 0 FROM sessions"
  holds '.recording.threshold_ms == 5000 and (.loops[0].histogram | map(.count) | add) == 100'
  holds '[.calls[] | [.api, .rule, .calls]] | sort == [["pread", "disk.pread", 100], ["pread", "disk.pread", 200]]'
  holds '.calls | all(.loop == 1 and .total_ms >= .max_ms and .max_ms >= .p99_ms and .p99_ms >= .p50_ms)'
  holds '.calls | all((.stack | map(.function) | index("on_tick")) != null)'
done

# More places than the table has room for: none is lost silently. (Without a place it is not known that one call came after the loop.)
record 0 --threshold 5s -- "$BLOCKSCAN_PROGRAMS/sites" main 20 600
stored 1 "SELECT (SELECT sum(count) FROM calls) + sum(unplaced_calls) IN (12060, 12061) FROM loops"
stored 1 "SELECT unplaced_calls > 0 FROM loops"
# Slow calls without a row have their place from their own event.
stored 1 "SELECT count(*) BETWEEN 100 AND 300 FROM calls"
holds '.loops[0].unplaced_calls > 0 and (.calls | map(.calls) | add) + .loops[0].unplaced_calls >= 12060'
says "calls from places for which its table has no room"
record 0 --threshold 5s -- "$BLOCKSCAN_PROGRAMS/sites" main 20 3
stored "0|120" "SELECT unplaced_calls, (SELECT sum(count) FROM calls) FROM loops"
if grep -q "more places" err; then fail "a table with room said that it had none"; fi

# What held a loop is a finding of the recording; what was fast is none.
holds '.findings == []'
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 80
holds '[.findings[] | select(.sink.api == "nanosleep")] | length == 1 and .[0].evidence == "runtime" and .[0].rule == "sleep.nanosleep"'
holds '.findings[] | select(.sink.api == "nanosleep") | .runtime.verdict == "runtime-only" and .runtime.stalls == 1 and .runtime.max_ms >= 79'
holds '.findings[] | select(.sink.api == "nanosleep") | .sink.function == "rest" and .entries[0].function == "on_tick"'
if command -v python3 >/dev/null && python3 -c 'import jsonschema' 2>/dev/null; then
  python3 -c 'import json, jsonschema, sys; jsonschema.validate(*[json.load(open(f)) for f in sys.argv[1:]])' \
    report.json "$BLOCKSCAN_SOURCE/reports/findings.schema.json" || fail "the report is not of the schema"
fi
