# A recording whose file another process has locked: it is waited for, without a look at the program that comes later for it, and nothing is
# lost. One that stays locked to the end is told of, with -q too, in each format and in the exit code of a run with a bound.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
cat >lock.py <<'END'
import sqlite3, sys, time
path, after, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
deadline = time.monotonic() + 20
while True:  # once there is a session, the file is the recording's
    try:
        db = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=10)
        if db.execute("SELECT count(*) FROM sessions").fetchone()[0]:
            break
    except sqlite3.Error:
        pass
    if time.monotonic() > deadline:
        sys.exit("no recording")
    time.sleep(0.02)
time.sleep(after)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(abs(seconds))
while seconds < 0 and "locked by another" not in open("err").read() and time.monotonic() < deadline + 60:
    time.sleep(0.1)
db.execute("ROLLBACK")
END
# locked SECONDS CODE ARGUMENT…: records a program of two seconds in which four stalls end, with the file locked for so long, and when
# that is negative until the recorder says so.
locked() {
  seconds=$1 expected=$2
  shift 2
  rm -f stalls.db* locked
  python3 lock.py stalls.db 0.3 "$seconds" >locked 2>&1 &
  locker=$!
  code=0
  "$BLOCKSCAN" record --threshold 30ms -o stalls.db --output json=report.json "$@" -- \
    sh -c 'for i in 1 2 3 4; do "$0" epoll nanosleep 100; sleep 0.3; done' "$BLOCKSCAN_PROGRAMS/loop" >out 2>err || code=$?
  [ "$code" = "$expected" ] || fail "locked for $seconds s: exit code $code, not $expected"
}
held='[.stalls[] | select(.duration_ms >= 99 and any(.calls[]?; .api == "nanosleep"))] | length == 4'
finished() { wait "$locker" || fail "$(cat locked)"; grep -q locked locked || fail "it was not locked"; }

# For a while, and longer than the program runs.
for seconds in 1 -1; do
  locked $seconds 0 --fail-over 100s
  finished
  holds "$held"
  says_not 'not everything'
  stored 4 'SELECT count(*) FROM stalls WHERE duration_ns >= 99000000'
  stored ok 'PRAGMA integrity_check'
done
says 'stalls.db is locked by another process: waiting'
[ -n "${BLOCKSCAN_QUICK:-}" ] && exit 0
# For good: 10 seconds are waited, then the rest is told.
locked 40 1 -q --fail-over 100s --output junit=report.xml
says 'not everything was stored'
holds "$held"
holds '.ledger.notes[] | select(test("not everything was stored, [1-9][0-9]* rows are lost: .*locked"))'
grep -q 'not proven: not everything was stored' report.xml || fail "the bound's test case"
kill $locker 2>/dev/null || true
wait $locker 2>/dev/null || true
stored ok 'PRAGMA integrity_check'
