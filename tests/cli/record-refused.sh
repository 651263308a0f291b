# A process that nobody may look into: lengths and calls are there, stacks are not, and that is said once.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

# Root may look into anything: become somebody else then.
if [ "$(id -u)" = 0 ]; then
  mkdir open
  cp "$BLOCKSCAN" "$(dirname "$BLOCKSCAN")/libblockscan.so" "$BLOCKSCAN_PROGRAMS/hard" "$BLOCKSCAN_PROGRAMS/loop" open
  chmod 755 . open
  mkdir -m 777 store
  as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
else
  mkdir open store
  cp "$BLOCKSCAN_PROGRAMS/hard" "$BLOCKSCAN_PROGRAMS/loop" open
  ln -s "$BLOCKSCAN" open/blockscan
  as_nobody() { "$@"; }
fi
as_nobody "$TMP/open/blockscan" record -o store/stalls.db --output json=store/report.json --threshold 30ms -- "$TMP/open/hard" private 80 2>err ||
  fail "the program's code was not passed through"
jq -e '[.stalls[] | select(.duration_ms >= 79)] | length == 1 and .[0].api == "nanosleep"' store/report.json >/dev/null || fail "the stall"
[ "$(grep -c 'may not\|not permitted\|refused\|could not be read' err)" = 1 ] || fail "it is not said once that stacks were refused"

# The same user's other programs are looked into.
as_nobody "$TMP/open/blockscan" record -o store/stalls.db --output json=store/report.json --threshold 30ms -- "$TMP/open/loop" epoll nanosleep 80 2>err ||
  fail "the program's code was not passed through"
jq -e '[.stalls[] | select(.duration_ms >= 79)][0].culprit.function == "rest"' store/report.json >/dev/null || fail "no stack"
! grep 'may not\|not permitted\|refused\|could not be read' err || fail "refusal is said of a program that was looked into"
