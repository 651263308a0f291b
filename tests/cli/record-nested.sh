# A recorder within a recorder: the inner one records, the outer one leaves its program alone, and nothing is told twice.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
record 0 --threshold 30ms -- "$BLOCKSCAN" record -q -o inner.db --output json=inner.json --threshold 30ms -- \
  "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 80
jq -e '[.stalls[] | select(.duration_ms >= 79)] | length == 1 and .[0].culprit.function == "rest"' inner.json >/dev/null ||
  fail "the inner recording"
holds '[.stalls[] | select(.culprit.function == "rest")] == []'
[ "$(sqlite3 inner.db 'PRAGMA integrity_check')" = ok ] || fail "the inner store"
