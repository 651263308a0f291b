# A program in a PID namespace of its own, where it has another number: its stacks are its own, and not those of who has that number here.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
unshare -pf --mount-proc true 2>err || exit 77
record 0 --threshold 40ms -- unshare -pf --mount-proc sh -c '"$0" epoll nanosleep 80; true' "$BLOCKSCAN_PROGRAMS/loop"
holds '[.stalls[] | select(.culprit.function == "rest" and .duration_ms >= 79 and (.samples | length) > 0)] | length == 1'
says_not 'not found'
