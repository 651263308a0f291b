# A cache on a full disk: one warning, and the run goes on. Needs to mount; else it is skipped.
set -eu
. "$(dirname "$0")/helpers"
make_project "$TMP/p" 40
mkdir "$TMP/small"
mount -t tmpfs -o size=96k tmpfs "$TMP/small" 2>/dev/null || exit 77
trap 'umount "$TMP/small"' EXIT
cd "$TMP/p"
extract 0 compile_commands.json -o "$TMP/facts" -v -q --cache-dir "$TMP/small/cache"
parsed 40 0
[ "$(grep -c 'cache' "$TMP/err")" -le 2 ] || { cat "$TMP/err"; fail "more than one warning"; }
grep -qE 'cannot be (written|used)|going on without' "$TMP/err" || { cat "$TMP/err"; fail "no warning"; }
[ "$(ls "$TMP/facts" | wc -l)" = 40 ] || fail "facts are missing"
