# A recording holds no secrets of the command line unless one asks for them. A recorder whose clock is replaced records nothing; a program
# whose clock is replaced is recorded with the right times.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
# kept: the stored command has these words, and no other recording of them exists.
"$BLOCKSCAN" record -q -o s.db -- sh -c : x --password=hunter2 --token hunter3 postgres://app:hunter4@db/x AKIAIOSFODNN7EXAMPLE --port 80
[ "$(sqlite3 s.db 'SELECT command FROM sessions')" = '["sh","-c",":","x","--password=***","--token","***","postgres://app:***@db/x","***","--port","80"]' ] ||
  fail "stored: $(sqlite3 s.db 'SELECT command FROM sessions')"
! grep -qa 'hunter\|AKIA' s.db || fail "the file has a secret"
"$BLOCKSCAN" record -q --record-args -o s.db -- sh -c : x --password=hunter2 --port 80
[ "$(sqlite3 s.db 'SELECT command FROM sessions')" = '["sh","-c",":","x","--password=hunter2","--port","80"]' ] || fail "--record-args"

fake=$BLOCKSCAN_PROGRAMS/fakeclock.so
refused() {
  code=0
  env LD_PRELOAD="$fake" "$@" "$BLOCKSCAN" record -o fake.db -- touch ran >out 2>err || code=$?
  [ $code = 2 ] || fail "$*: exit code $code, not 2"
  grep -q "the clock is not the kernel's" err || fail "$*: no word of the clock"
  [ ! -e ran ] && [ ! -e fake.db ] || fail "$*: it was recorded"
}
case $(ldd "$BLOCKSCAN") in *asan*) exit 0 ;; esac # its library must be the first
if ! LD_PRELOAD=$fake "$BLOCKSCAN" --version >/dev/null 2>&1; then exit 0; fi
refused FAKE_SECONDS=-200000000
refused FAKE_SECONDS=3
refused FAKE_SPEED=1000
# Inside, the clock may be what it likes.
# shellcheck disable=SC2016 # of the inner shell
record 0 --threshold 40ms -- env FAKE="$fake" FAKE_SECONDS=-200000000 sh -c 'LD_PRELOAD=$FAKE:$LD_PRELOAD exec "$0" epoll nanosleep 80' \
  "$BLOCKSCAN_PROGRAMS/loop"
holds '[.stalls[] | select(.duration_ms >= 79 and .duration_ms < 10000)] | length == 1'
