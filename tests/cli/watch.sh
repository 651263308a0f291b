# watch: a scan at the start and after each save of what a scan reads; none for other files; the last exit code at the end.
set -eu
. "$(dirname "$0")/git-helpers"
make_loop "$TMP/p"
cd "$TMP/p"
XDG_CACHE_HOME=$TMP/cache "$BLOCKSCAN" watch compile_commands.json >"$TMP/out" 2>"$TMP/err" &
watcher=$!
trap 'kill "$watcher" 2>/dev/null || true' EXIT

# scans N: waits until N scans have ended.
scans() {
  waited=0
  while [ "$(grep -c 'waiting for changes' "$TMP/err")" -lt "$1" ]; do
    waited=$((waited + 1))
    [ "$waited" -lt 300 ] || { cat "$TMP/out" "$TMP/err" >&2; fail "no scan $1"; }
    sleep 0.1
  done
}
scans 1
grep -q 'fsync()' "$TMP/out" || fail "nothing was found"
echo text >README
echo 'int a;' >.hidden.c
sed -i 's/fsync(fd);/(void)fd;/' src/disk.c
scans 2
grep -q 'src/disk.c was saved' "$TMP/err" || { cat "$TMP/err" >&2; fail "it does not say why it scans"; }
tail -n 3 "$TMP/out" | grep -q '^Exit code 0' || { tail -n 5 "$TMP/out" >&2; fail "the change was not seen"; }
! grep -q 'README\|hidden' "$TMP/err" || fail "it scans for other files"
# A folder that comes later, a file that is moved into place.
mkdir src/more
printf 'levels: {disk.fsync: off}\n' >next
mv next .blockscan.yaml
scans 3
echo '#define MORE 1' >src/more/more.h
scans 4
kill -INT "$watcher"
code=0
wait "$watcher" || code=$?
[ "$code" = 0 ] || fail "exit code $code, not that of the last scan"

# A root that is a link is watched as well.
ln -s p "$TMP/link"
cd "$TMP"
: >"$TMP/err" # nothing of the first watcher's is counted
XDG_CACHE_HOME=$TMP/cache "$BLOCKSCAN" watch --root link p/compile_commands.json >"$TMP/out" 2>"$TMP/err" &
watcher=$!
scans 1
sed -i 's/(void)fd;/fsync(fd);/' p/src/disk.c
scans 2
kill -INT "$watcher"
wait "$watcher" || :
cd "$TMP/p"
"$BLOCKSCAN" watch --update-baseline compile_commands.json >"$TMP/out" 2>"$TMP/err" && fail "it would write what it watches"
grep -q 'watch cannot be combined' "$TMP/err" || { cat "$TMP/err" >&2; fail "another error"; }
