# A program that was built with a sanitizer runs under the recorder as any other, started directly or by another program, and what its
# sanitizer finds is found.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

# finds KIND…: the same verdict as without the recorder, the stall, and a report but for `none`.
finds() {
  for kind in "$@"; do
    code=0
    "$program" "$kind" >bare.log 2>&1 || code=$?
    for _ in 1 2 3 4 5 6; do
      record "$code" --threshold 40ms -- "$program" "$kind"
      # It stops the thread by ptrace, and so does the recorder: on a busy machine they meet (docs/recording.md).
      grep -q "LeakSanitizer has encountered a fatal error" err || break
    done
    holds '[.stalls[] | select(any(.calls[]; .api == "nanosleep" and .total_ms >= 79))] | length == 1'
    if [ "$kind" = none ]; then [ "$code" = 0 ] || fail "$program found something"; continue; fi
    if ! grep -q "SUMMARY: .*Sanitizer" bare.log; then
      [ "$kind" = leak ] || fail "$program $kind: nothing found, even unrecorded"
      continue # searching for leaks needs ptrace
    fi
    grep -q "SUMMARY: .*Sanitizer" err || fail "$program $kind: nothing found"
  done
}

ran=
for sanitizer in address thread; do
  program=$BLOCKSCAN_PROGRAMS/loop-$sanitizer
  # Some sanitizer runtimes cannot place their shadow on some kernels.
  "$program" epoll none 0 >/dev/null 2>&1 || continue
  ran=yes
  record 0 --threshold 40ms -- "$program" epoll nanosleep 80
  holds '[.stalls[] | select(any(.calls[]; .api == "nanosleep" and .total_ms >= 79))] | length == 1'
  record 0 --threshold 1s -- sh -c '"$1" epoll none 0; exit $?' sh "$program"
  holds '.stalls == [] and (.loops | length == 1)'
  program=$BLOCKSCAN_PROGRAMS/faulty-$sanitizer
  case $sanitizer in
    address) finds overflow leak none ;;
    thread) finds race none ;;
  esac
done
[ "$ran" ] || exit 77
