# A program that a filter of system calls ends for any that it does not expect: it lives on, and is watched.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
code=0
"$BLOCKSCAN_PROGRAMS/sandbox" || code=$?
[ $code = 3 ] || exit 77 # filters cannot be had here
for kind in prctl seccomp; do
  record 3 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/sandbox" $kind
  holds '.loops | length == 1 and .[0].iterations >= 20'
  holds '[.stalls[] | select(.callback == "on_tick" and .duration_ms >= 59 and .culprit.function == "on_tick")] | length == 2'
  says_not SIGSYS
done
# The end that its own call brought is named.
record 159 --threshold 40ms -- "$BLOCKSCAN_PROGRAMS/sandbox" break
says 'SIGSYS ended the program'
holds '[.stalls[] | select(.callback == "on_tick" and .duration_ms >= 59)] | length == 2'
