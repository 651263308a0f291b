# A program that means harm: its children find nothing of its stack in what they inherit; what it writes over its own shared memory, or
# offers the recorder in place of it, ends no recording and changes nothing of what another process is said to have done.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
hostile=$BLOCKSCAN_PROGRAMS/hostile
chmod 755 "$TMP"

record 0 --threshold 40ms -- "$hostile" leak
grep -q '^fork: memory 0, secrets 0$' out || fail "a child by fork: $(cat out)"
grep -q '^exec: memory 0, secrets 0$' out || fail "a child by exec: $(cat out)"
holds '[.stalls[] | select(.culprit.function == "hold" or .culprit.function == "rest") | select(.duration_ms >= 59)] | length == 2'

# valid: the file is whole, and no row of it names one that is not there.
valid() {
  stored ok 'PRAGMA integrity_check'
  stored '' 'PRAGMA foreign_key_check'
  jq -e . report.json >/dev/null || fail "the report is no JSON"
}
# held: the good loop's two stalls, each with its length, in a process that has no other.
held='[.stalls[] | select((.culprit.function == "hold" or .culprit.function == "rest") and .duration_ms >= 59 and .duration_ms < 5000)] | length == 2'
for seed in ${BLOCKSCAN_SEEDS:-1 2 3}; do
  record 0 --threshold 40ms -- "$hostile" scribble "$seed"
  grep -q '^scribbled$' out || fail "it did not scribble"
  valid
  holds "$held"
done
record 0 --threshold 40ms -- "$hostile" offers
valid
holds "$held"
holds '[.ledger.notes[] | select(test("[0-9]+ offers of shared memory were refused"))] | length == 1'
