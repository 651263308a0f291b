# The bundled example under load: the upload that is made on the loop holds it, the one on the thread pool does not.
set -eu
. "$(dirname "$0")/record-helpers"
cmake -S "$BLOCKSCAN_SOURCE/examples/pdf-ingest" -B "$TMP/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
cmake --build "$TMP/build" >/dev/null
cd "$TMP"
python3 "$BLOCKSCAN_SOURCE/examples/pdf-ingest/load.py" \
  "$BLOCKSCAN" record --threshold 100ms -o stalls.db --output json=report.json -- build/pdf-ingest 2>err || fail "exit code $?"
holds '[.stalls[] | select(.api == "poll")] | length == 2'
holds '.stalls[] | select(.api == "poll") | .culprit.function == "upload" and .duration_ms >= 149'
holds '.stalls[] | select(.api == "poll") | .samples[0].stack | map(.function) | index("answer_blocking") != null'
holds '.loops | length == 1 and .[0].library == "libuv"'
says "libuv loop"
