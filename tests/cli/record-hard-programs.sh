# Programs that are hard to look into: the stall is there with its stack, or it is said what could not be seen.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

# held SCENE ENDED: one stall of 80 ms in nanosleep.
held() {
  record 0 --threshold 30ms -- "${program:-$BLOCKSCAN_PROGRAMS/hard}" "$1" 80
  holds "[.stalls[] | select(.duration_ms >= 79)] | length == 1"
  holds ".stalls[] | select(.duration_ms >= 79) | .api == \"nanosleep\" and .ended == $2 and .culprit.function == \"rest\""
}
# passes FUNCTION...: through these functions, outermost first.
passes() {
  for function in "$@"; do
    holds "[.stalls[] | select(.duration_ms >= 79)][0].samples[0].stack | map(.function) | index(\"$function\") != null"
  done
}

# The loop's last iteration, which no wait ends.
held last false
passes last on_event hold
says "not ended"

# A sleeper whose filter would kill it if it were stopped.
held filtered true
passes filtered on_event

# Ten thousand frames: the middle is left out, and that is said.
held deep true
passes deep hold_deep descend hold
says "that were left out"

held altstack true
passes altstack hold_in_handler on_signal hold

cp "$BLOCKSCAN_PROGRAMS/hard" gone
program=$TMP/gone held deleted true
passes deleted hold_deleted hold
[ ! -e gone ] || fail "the program is still there"

# A recorder that comes too late still has the stack that the thread copied when it called from there for the first time; of a later
# call only the place is known for sure.
held late true
passes on_event hold
held again true
holds '[.stalls[] | select(.duration_ms >= 79)][0].samples[0].stack | length == 1'

# Code made at run time has the name that its perf map says.
held jit true
passes hold_jit render hold
holds 'any(.stalls[].samples[].stack[]; .function == "render" and .file == "app.js" and .line == 7)'
says "app.js:7"
rm -f "/tmp/perf-$(jq .loops[0].process report.json).map"

# A daemon goes on after the program, as long as --duration says.
record 0 --threshold 30ms --duration 2s -- "$BLOCKSCAN_PROGRAMS/hard" daemon 80
holds '[.stalls[] | select(.duration_ms >= 79 and .culprit.function == "rest")] | length == 1'
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/hard" daemon 2000
says "kept running after the program"

# Libraries that come and go while stacks are taken.
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/hard" libraries 60
holds '[.stalls[] | select(.duration_ms >= 59 and .culprit.function == "rest")] | length == 20'
