# A recording on a disk that fills up: the program ends as it would, the summary counts what is lost, and the file can be read. Needs to mount.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
mkdir small
mount -t tmpfs -o size=400k tmpfs small 2>/dev/null || exit 77
trap 'umount "$TMP/small"' EXIT
code=0
"$BLOCKSCAN" record --threshold 1ms -o small/stalls.db -- "$BLOCKSCAN_PROGRAMS/sites" main 20 600 >out 2>err || code=$?
[ "$code" = 0 ] || fail "exit code $code"
if grep -q 'not everything was stored' err; then
  grep -qE 'not everything was stored, [1-9][0-9]* rows? (is|are) lost: .*(full|No space)' err || fail "the rows are not counted"
else
  fail "the disk did not fill up"
fi
[ "$(sqlite3 "file:small/stalls.db?mode=ro" 'PRAGMA quick_check')" = ok ] || fail "the file is damaged"

# On a disk with room nothing is lost.
record 0 -- "$BLOCKSCAN_PROGRAMS/sites" main 20 600
says_not 'not everything was stored'

# Loss is said with -q too, and a bound that cannot be proved is not kept.
rm -rf small/*
code=0
"$BLOCKSCAN" record -q --threshold 1ms --fail-over 100s -o small/stalls.db -- "$BLOCKSCAN_PROGRAMS/sites" main 20 600 >out 2>err || code=$?
[ "$code" = 1 ] || fail "a bound over lost rows: exit code $code, not 1"
grep -qE 'not everything was stored, [1-9][0-9]* rows are lost' err || fail "loss is not said with -q"
record 0 -q --fail-over 100s -- "$BLOCKSCAN_PROGRAMS/sites" main 20 600
