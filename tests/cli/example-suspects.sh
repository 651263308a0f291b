# The usual suspects on libuv, and one on each other loop: found and stalled, their twins neither. Those whose library or server is not
# installed are left out; a dozen of the fourteen need none.
set -eu
cmake -S "$BLOCKSCAN_SOURCE/examples/suspects" -B "$TMP/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >"$TMP/cmake" 2>&1 ||
  { cat "$TMP/cmake"; exit 1; }
cmake --build "$TMP/build" >"$TMP/built" 2>&1 || { cat "$TMP/built"; exit 1; }
for only in libuv libevent-sleep glib-subprocess asio-lock; do
  python3 "$BLOCKSCAN_SOURCE/examples/suspects/run.py" "$BLOCKSCAN" "$TMP/build" --only "$only" >"$TMP/out" 2>&1 || { cat "$TMP/out"; exit 1; }
  [ "$only" != libuv ] || [ "$(grep -c '^| [a-z]* | libuv' "$TMP/out")" -ge 12 ] || { cat "$TMP/out"; exit 1; }
done
