# A program that was built with a sanitizer runs under the recorder as any other, started directly or by another program.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

ran=
for sanitizer in address thread; do
  program=$BLOCKSCAN_PROGRAMS/loop-$sanitizer
  # Some sanitizer runtimes cannot place their shadow on some kernels.
  "$program" epoll none 0 >/dev/null 2>&1 || continue
  ran=yes
  record 0 --threshold 40ms -- "$program" epoll nanosleep 80
  holds '[.stalls[] | select(.callback == "on_tick" and .duration_ms >= 79 and .api == "nanosleep")] | length == 1'
  record 0 --threshold 1s -- sh -c '"$1" epoll none 0; exit $?' sh "$program"
  holds '.stalls == [] and (.loops | length == 1)'
done
[ "$ran" ] || exit 77
