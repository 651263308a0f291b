# Each watched call on a loop is counted at its place, however short it was, and has the stack that led there.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
command -v sqlite3 >/dev/null || exit 77

# asks SQL: the answer, columns separated by spaces.
asks() { sqlite3 -readonly -separator ' ' stalls.db "$1"; }
# is WANTED SQL
is() {
  got=$(asks "$2")
  [ "$got" = "$1" ] || { echo "$2: $got, not $1" >&2; exit 1; }
}

for thread in main thread; do
  record 0 --threshold 5s -- "$BLOCKSCAN_PROGRAMS/sites" $thread 100
  # One place, two paths; what came before and after the loop is not counted.
  is 2 "SELECT count(*) FROM v_calls"
  is "pread read_byte 100" "SELECT hook, caller, count FROM v_calls WHERE stack LIKE '%shallow%'"
  is "pread read_byte 200" "SELECT hook, caller, count FROM v_calls WHERE stack LIKE '%deep%deep%deep%deep%'"
  is 0 "SELECT count(*) FROM v_calls WHERE stack NOT LIKE '%on_tick%run_loop%'"
  is 1 "SELECT min(max_ms * 1000 >= p99_us AND p99_us >= p50_us AND total_ms >= max_ms) FROM v_calls"
  is 300 "SELECT sum(count) FROM call_histogram"
  is 100 "SELECT iterations FROM loops WHERE unplaced_calls = 0 AND wait_stack_id"
  # The frame that the loop had called is marked, and none on the stack of the wait.
  is "on_tick" "SELECT DISTINCT function FROM stacks k JOIN v_stacks v ON v.stack_id = k.id
    AND v.depth = k.callback_depth AND v.level = k.callback_level"
  is "read_byte" "SELECT DISTINCT function FROM stacks k JOIN v_stacks v ON v.stack_id = k.id
    AND v.depth = k.culprit_depth AND v.level = k.culprit_level"
  is 1 "SELECT duration_ns > 0 FROM sessions"
done

# More places than the table has room for: none is lost silently.
record 0 --threshold 5s -- "$BLOCKSCAN_PROGRAMS/sites" main 20 600
is 12060 "SELECT sum(count) + (SELECT sum(unplaced_calls) FROM loops) FROM calls"
is 1 "SELECT unplaced_calls > 0 FROM loops"
is 1 "SELECT count(*) BETWEEN 100 AND 256 FROM calls"
says "calls of more places than its table holds"
record 0 --threshold 5s -- "$BLOCKSCAN_PROGRAMS/sites" main 20 3
! grep -q "more places" err || exit 1
