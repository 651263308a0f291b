# A program for the C library musl runs as it does without the recorder, whether it is recorded itself or started by one that is; it is
# said to be not observable.
set -eu
. "$(dirname "$0")/record-helpers"
command -v musl-gcc >/dev/null || exit 77
cd "$TMP"
musl-gcc -O1 -D_GNU_SOURCE -o after "$BLOCKSCAN_SOURCE/tests/runtime/record/after.c"
record 0 -- ./after caller
says 'the program uses the C library musl'
code=0
./after other || code=$?
record $code -- sh -c './after other'
record 0 -- sh -c './after caller; exec sleep 0.5'
record 0 -- sh -c './after caller & sleep 1; wait'
says 'did not load the library'
says "$TMP/after (1)"
