# The example's own tests against an installed tree: each of three ways passes for the asynchronous endpoint and fails for the blocking one,
# and says where the loop was held.
set -eu
cmake --install "$(dirname "$BLOCKSCAN")" --prefix "$TMP/prefix" >/dev/null
cmake -S "$BLOCKSCAN_SOURCE/examples/pdf-ingest" -B "$TMP/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  "-DCMAKE_PREFIX_PATH=$TMP/prefix" >/dev/null
cmake --build "$TMP/build" >/dev/null
ctest --test-dir "$TMP/build" --output-on-failure >"$TMP/tests.txt" || { cat "$TMP/tests.txt"; exit 1; }
grep -q '100% tests passed, 0 tests failed out of 6' "$TMP/tests.txt" || { cat "$TMP/tests.txt"; exit 1; }

# Failing is failing because of the stall.
cd "$TMP"
if build/tests/test_ingest --check blocking 2>linked; then echo "the blocking endpoint was not noticed"; exit 1; fi
grep -q "Scope 'one request' stalled" linked || { cat linked; exit 1; }
grep -q ingest_blocking linked || { cat linked; exit 1; }
code=0
"$BLOCKSCAN" record --fail-over 300ms -o blocking.db -- build/tests/test_ingest blocking >out 2>bound || code=$?
[ "$code" = 1 ] || { echo "exit code $code, not 1"; cat out bound; exit 1; }
cat out bound | grep -q "broken: --fail-over" || { cat out bound; exit 1; }
cat out bound | grep -q "curl_easy_perform\|s3_put" || { cat out bound; exit 1; }
