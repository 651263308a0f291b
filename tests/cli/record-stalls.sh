# What holds a loop is found, with its length, its kind, its callback and its line; nothing else is.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

# The threshold leaves room for a busy machine: what is not held stays far below.
threshold="--threshold 30ms"

# held WAIT KIND MS API CULPRIT: one stall of at least MS, in API (null: none).
held() {
  # shellcheck disable=SC2086 # two words
  record 0 $threshold -- "$BLOCKSCAN_PROGRAMS/loop" "$1" "$2" "$3"
  holds ".stalls | map(select(.culprit.function == \"$5\")) | length == 1"
  holds ".stalls[] | select(.culprit.function == \"$5\") | .duration_ms >= $3 - 1 and .duration_ms < $3 + 2000 and .ended"
  [ "$4" = any ] || holds ".stalls[] | select(.culprit.function == \"$5\") | .api == $4"
  holds ".stalls[] | select(.culprit.function == \"$5\") | .callback == \"on_tick\""
  holds ".stalls[] | select(.culprit.function == \"$5\") | .culprit.file | endswith(\"tests/runtime/record/loop.c\")"
  holds '.loops | length == 1 and .[0].iterations >= 20 and .[0].dropped_events == 0'
}
held epoll nanosleep 80 '"nanosleep"' rest
holds '.stalls[] | select(.culprit.function == "rest") | .kind == "off-cpu" and .rule == "sleep.nanosleep" and .cpu_ms < 40'
says "in nanosleep under rest"
says "on_tick"
held poll mutex 80 '"pthread_mutex_lock"' hold_mutex
held select file 80 '"flock"' hold_file
held epoll first 80 '"nanosleep"' rest

# On the CPU: many samples, all in the same function; how much of the CPU it got is the machine's affair.
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll spin 300
holds '[.stalls[] | select(.duration_ms >= 299)] | length == 1 and (.[0].samples | length >= 3) and .[0].api == null'
holds '.stalls[] | select(.duration_ms >= 299) | .callback == "on_tick" and .kind != "off-cpu"'
holds '.stalls[] | select(.duration_ms >= 299) | .samples[0].stack | map(.function) | index("hold_spin") != null'

# Twenty calls in one callback are one stall, ten callbacks in an iteration are the iteration's.
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll twenty 30
holds '[.stalls[] | select(.duration_ms >= 599)] | length == 1 and .[0].api == "nanosleep" and (.[0].samples | length >= 3)'
says "20 × nanosleep"
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll ten 10
holds '[.stalls[] | select(.duration_ms >= 99)] | length == 1'
says "10 × nanosleep"

# A loop that is never held is silent, and so is what follows a loop.
record 0 --threshold 200ms -- "$BLOCKSCAN_PROGRAMS/loop" epoll none 0
holds '.stalls == [] and (.loops | length == 1)'
record 0 --threshold 30ms -- "$BLOCKSCAN_PROGRAMS/uv"
holds '[.stalls[] | select(.duration_ms >= 59)] | length == 1 and .[0].callback == "on_timer" and .[0].culprit.function == "rest"'
holds '.loops[0].library == "libuv"'
says "libuv loop"
