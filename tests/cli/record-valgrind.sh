# The recorder starts and stops without an error that valgrind sees; a program that runs in valgrind is recorded, and has no more
# errors than without.
set -eu
. "$(dirname "$0")/record-helpers"
command -v valgrind >/dev/null || exit 77
cd "$TMP"

# Some versions of valgrind cannot read what some compilers write.
LD_PRELOAD=${BLOCKSCAN%/*}/libblockscan.so valgrind -q "$BLOCKSCAN_PROGRAMS/loop" epoll none 0 >/dev/null 2>&1 || exit 77

# The program is valgrind, and what it runs is watched as ever.
record 0 --threshold 30ms -- valgrind -q --error-exitcode=66 --leak-check=full "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 80
holds '[.stalls[] | select(.duration_ms >= 79 and .culprit.function == "rest" and any(.samples[].stack[]; .function == "on_tick"))] | length == 1'
holds '.loops | length == 1 and .[0].iterations >= 20'
record 66 --threshold 30ms -- valgrind -q --error-exitcode=66 --leak-check=full "$BLOCKSCAN_PROGRAMS/hard" leak 80
says "definitely lost"

# A sanitizer and valgrind do not go together.
! grep -q __asan_init "$BLOCKSCAN" || exit 0

# checked KIND MS: the program's exit code, and no error of the recorder's.
checked() {
  code=0
  valgrind -q --error-exitcode=66 --leak-check=full --log-file="$TMP/valgrind" \
    "$BLOCKSCAN" record -o stalls.db --output json=report.json --threshold 30ms -- "$@" 2>err || code=$?
  [ "$code" = "$expected" ] || {
    cat "$TMP/valgrind" >&2
    fail "$*: exit code $code, not $expected"
  }
}
# Many times slower, it needs a long stall to see its stack, and may miss the waits that tell its callback.
seen='[.stalls[] | select(.duration_ms >= 1999 and any(.samples[].stack[]; .function == "on_tick"))] | length == 1'
expected=0
checked "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 2000
holds "$seen"
checked "$BLOCKSCAN_PROGRAMS/loop" epoll spin 2000
holds "$seen"
expected=7
checked "$BLOCKSCAN_PROGRAMS/hard" exit 20
