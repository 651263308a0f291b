# A program that ends while its stack is taken: the recorder does not take its exit code away.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
for ms in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do
  record 7 --threshold 1ms -- "$BLOCKSCAN_PROGRAMS/hard" exit "$ms"
  holds '.loops | length == 1'
done
