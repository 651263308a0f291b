# Names and lines of a stripped program come from debug information in files of its own: by build-id, or by .gnu_debuglink.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"

mkdir kept
objcopy --only-keep-debug "$BLOCKSCAN_PROGRAMS/loop" kept/loop.debug
objcopy --strip-all "$BLOCKSCAN_PROGRAMS/loop" loop
id=$(readelf -n loop | sed -n 's/.*Build ID: //p')
[ -n "$id" ] || exit 77
rest=${id#??}
mkdir -p "debug/.build-id/${id%"$rest"}"

# held COUNT OPTION…: in so many stalls the culprit's line is known.
held() {
  count=$1
  shift
  record 0 --threshold 30ms "$@" -- ./loop epoll nanosleep 80
  holds "[.stalls[] | select(.duration_ms >= 79)] | length == 1"
  holds "[.stalls[] | select(.culprit.function == \"rest\" and (.culprit.file | endswith(\"loop.c\")))] | length == $count"
}

# Without, there is no name.
held 0
held 0 --debuginfo debug

cp kept/loop.debug "debug/.build-id/${id%"$rest"}/$rest.debug"
held 1 --debuginfo debug
held 0

# Another build's is not taken.
cp "$BLOCKSCAN_PROGRAMS/uv" "debug/.build-id/${id%"$rest"}/$rest.debug"
held 0 --debuginfo debug

# By name, beside the program, in a folder of that purpose.
objcopy --add-gnu-debuglink=kept/loop.debug loop
mkdir .debug
mv kept/loop.debug .debug
held 1
