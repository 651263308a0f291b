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

# Later: what was recorded without names gets them by build-id, also when the program is gone; not when they are another's.
again() {
  "$BLOCKSCAN" report --runtime stalls.db --output json=again.json "$@" 2>err || true
  jq '[.stalls[] | select(.culprit.function == "rest" and .culprit.line > 0)] | length' again.json
}
[ "$(again)" = 0 ] || fail 'names from nowhere'
[ "$(again --debuginfo debug)" = 1 ] || fail 'no names later'
mv loop gone
[ "$(again --debuginfo debug)" = 1 ] || fail 'no names without the program'
mv gone loop
mkdir empty
[ "$(again --debuginfo empty)" = 0 ] || fail 'names from an empty folder'
code=0
"$BLOCKSCAN" report --runtime stalls.db --debuginfo no-such-folder 2>err || code=$?
[ "$code" = 2 ] || fail "no such folder: exit code $code"

# Another build's is not taken.
cp "$BLOCKSCAN_PROGRAMS/uv" "debug/.build-id/${id%"$rest"}/$rest.debug"
held 0 --debuginfo debug

# By name, beside the program, in a folder of that purpose.
objcopy --add-gnu-debuglink=kept/loop.debug loop
mkdir .debug
mv kept/loop.debug .debug
held 1

# From a debuginfod server, where one is named: not while recording, but by the report.
ldconfig -p 2>/dev/null | grep -q libdebuginfod || exit 0
mkdir -p "served/buildid/$id"
cp .debug/loop.debug "served/buildid/$id/debuginfo"
rm -r .debug
objcopy --remove-section=.gnu_debuglink loop
held 0
python3 -u -m http.server 0 --bind 127.0.0.1 --directory served >server.log 2>&1 &
server=$!
trap 'kill $server' EXIT
while kill -0 $server && ! grep -q 'port [0-9]' server.log; do sleep 0.1; done
port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' server.log)
export DEBUGINFOD_CACHE_PATH="$TMP/cache" DEBUGINFOD_URLS="http://127.0.0.1:$port"
[ "$(again --debuginfo empty)" = 1 ] || fail 'no names from a server'
rm -r served cache
mkdir cache
[ "$(again --debuginfo empty)" = 0 ] || fail 'names from an empty server'
