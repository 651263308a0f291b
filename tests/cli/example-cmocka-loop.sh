# The cmocka example against an installed tree: one test passes, the other fails and says where the loop was held.
set -eu
cmake --install "$(dirname "$BLOCKSCAN")" --prefix "$TMP/prefix" >/dev/null
cmake -S "$BLOCKSCAN_SOURCE/examples/cmocka-loop" -B "$TMP/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  "-DCMAKE_PREFIX_PATH=$TMP/prefix" >/dev/null
cmake --build "$TMP/build" >/dev/null
ctest --test-dir "$TMP/build" --output-on-failure >"$TMP/tests.txt" || { cat "$TMP/tests.txt"; exit 1; }
grep -q '100% tests passed' "$TMP/tests.txt"

status=0
"$TMP/build/test_thumbnail_held" >"$TMP/out" 2>"$TMP/err" || status=$?
[ "$status" = 1 ] || { echo "exit code $status, not 1"; cat "$TMP/err"; exit 1; }
# has TEXT: on stderr
has() { grep -qF -- "$1" "$TMP/err" || { echo "not on stderr: $1"; cat "$TMP/err"; exit 1; }; }
has "test_the_loop_is_free: Scope 'thumbnail' stalled"
has on_idle
has thumbnail.c
has '1 FAILED TEST(S)'
! grep -q stalled "$TMP/tests.txt" || exit 1

# The same program under the recorder: it has a name there, and what was expected breaks no bound.
code=0
"$BLOCKSCAN" record -o "$TMP/stalls.db" --output "json=$TMP/report.json" -- "$TMP/build/test_thumbnail" >/dev/null 2>&1 || code=$?
[ "$code" = 0 ] || { echo "recorded: exit code $code"; exit 1; }
jq -e '.scopes | map(select(.outcome == "expected" and .name == "first thumbnail")) | length == 1' "$TMP/report.json" >/dev/null
