# A program that runs already is watched from outside: its long stalls are found with their calls and functions, its waits
# are not interrupted, it goes on; one that has much to do is not taken for one that is held.
set -eu
. "$(dirname "$0")/record-helpers"
outside=$BLOCKSCAN_PROGRAMS/outside
cd "$TMP"

# Blocks of 300 ms, in turn at rest and computing. On a busy machine some are longer, and some cannot be told apart.
for mode in held poll; do
  rm -f blocks
  "$outside" "$mode" 300 30 >blocks &
  program=$!
  while ! [ -s blocks ]; do sleep 0.1; done
  record 0 --pid "$program" --duration 5s --threshold 150ms
  wait "$program" || fail "$mode: the program ended with $?"
  holds '.stalls | length >= 1'
  holds '[.stalls[] | select(.api == "clock_nanosleep" and .culprit.function == "rest")] | length >= 1'
  # What computes is told from what is busy by following it, which takes a CPU that the program need not wait for.
  holds '[.stalls[] | select(.culprit.function | IN("compute", "now"))] | length >= 1 or any(.ledger.notes[]; test("left out"))'
  holds '.loops | length == 1'
  says 'watched from outside, a look every 10 ms'
done
# The store is a recording like any other.
"$BLOCKSCAN" report --runtime stalls.db --output json=again.json 2>err || true
[ "$(jq '.stalls | length' again.json)" = "$(jq '.stalls | length' report.json)" ] || fail 'the store has other stalls'

# A twin: always busy, never held.
"$outside" busy 8 >count &
program=$!
sleep 1
record 0 --pid "$program" --duration 3s --threshold 1s
wait "$program" || fail "busy: the program ended with $?"
holds '.stalls | length == 0'

# By name, and what the program started.
cp "$outside" ./named-loop
sh -c './named-loop held 300 1000 >blocks & echo $! >pid; wait; exit 0' &
shell=$!
while ! [ -s blocks ]; do sleep 0.1; done
record 0 --comm named-loop --duration 1500ms --threshold 150ms
holds '.loops | length == 1 and .[0].name == "named-loop"'
record 0 --pid "$shell" --duration 1500ms --threshold 150ms
holds '.loops | length == 1 and .[0].name == "named-loop"'
kill "$(cat pid)"
wait "$shell" || fail "the shell ended with $?"

# In another PID namespace and root, seen from here.
if unshare -fp --mount-proc true 2>/dev/null; then
  rm blocks
  unshare -fp --mount-proc ./named-loop held 300 40 >blocks &
  program=$!
  while ! [ -s blocks ]; do sleep 0.1; done
  record 0 --pid "$program" --duration 2s --threshold 150ms
  holds '.loops | length == 1 and .[0].name == "named-loop"'
  holds 'any(.stalls[]; .culprit.function | IN("rest", "compute", "now"))'
  wait "$program"
fi

# It ends with what it watches.
"$outside" held 20 5 >blocks &
record 0 --pid $! --duration 60s

# Mistakes are said.
record 2 --pid 1999999999
says 'there is no process'
record 2 --pid x
says "--pid: invalid process id 'x'"
record 2 --comm no-such-program-here
says "there is no process named 'no-such-program-here'"
record 2 --pid $$ -- true
says '--pid and --comm take no program to run'
record 2 --period 5ms -- true
says '--period requires --pid or --comm'
