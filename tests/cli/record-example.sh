# The bundled example under load, from the scan to the joined report: every blocking call of the endpoint that works on the loop is
# confirmed, none of the one that works on the thread pool.
set -eu
. "$(dirname "$0")/record-helpers"
cmake -S "$BLOCKSCAN_SOURCE/examples/pdf-ingest" -B "$TMP/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
cmake --build "$TMP/build" >/dev/null
cd "$TMP"
python3 "$BLOCKSCAN_SOURCE/examples/pdf-ingest/load.py" \
  "$BLOCKSCAN" record -o stalls.db --output json=report.json -- build/pdf-ingest 2>err || fail "exit code $?"
# A busy machine may hold the loop elsewhere, too.
holds '[.stalls[] | select(.duration_ms >= 149 and ([.samples[].stack[].function] | index("ingest_blocking")))] | length == 4'
# One that gets no CPU may be held anywhere; in a call only where one is made.
holds '[.stalls[].samples[] | select(.api) | .stack | map(.function) | select(index("ingest_async"))] == []'
holds '[.loops[] | select(.library == "libuv")] | length == 1'
says "libuv loop"

# joined EXPECTED_CODE ARGUMENT...: the joined report in $TMP/report.json, its text in $TMP/text.
joined() {
  expected=$1
  shift
  code=0
  "$BLOCKSCAN" report -q --output json=report.json --output text=text "$@" 2>err || code=$?
  [ "$code" = "$expected" ] || fail "report $*: exit code $code, not $expected"
}
joined 1 --static build/compile_commands.json --runtime stalls.db
for api in curl_easy_perform pdf_open_document_with_stream pdf_load_image fz_get_pixmap_from_image fz_new_buffer_from_pixmap_as_png; do
  holds ".findings[] | select(.sink.api == \"$api\") | .evidence == \"both\" and .runtime.verdict == \"confirmed\""
done
# On a slow machine the rest of the work takes longer than the uploads do.
holds '.findings[] | select(.sink.api == "curl_easy_perform") | .runtime.stalls >= 1 and .runtime.max_ms >= 149 and .runtime.total_ms >= 4 * 149'
holds '[.findings[] | select(.runtime.verdict == "confirmed") | .entries[].path[].function] | index("ingest_async") == null'
holds '.findings[0].entries[0] | .function == "on_read" and .seen > 0'
# The confirmed ones lead, the time lost by them falls.
holds '[.findings[] | select(.runtime.verdict == "confirmed") | .runtime.held_ms] | . == (sort | reverse) and length >= 5'
holds '.findings[:5] | all(.runtime.verdict == "confirmed")'
grep -q "confirmed: [0-9]* stalls, longest" text || fail "the text says nothing of the stalls: $(cat text)"

# The same from the report of an earlier scan, and with what is looked for when nothing is named.
"$BLOCKSCAN" scan -q --no-cache --output json=scan.json build/compile_commands.json && fail "nothing found"
joined 1 scan.json stalls.db
holds '[.findings[] | select(.runtime.verdict == "confirmed")] | length >= 5'
cp report.json named.json
joined 1
holds '[.findings[] | select(.runtime.verdict == "confirmed")] | length >= 5'
python3 - <<'END'
import json, jsonschema, os
schema = json.load(open(os.environ["BLOCKSCAN_SOURCE"] + "/reports/findings.schema.json"))
for name in "report.json", "named.json":
    jsonschema.validate(json.load(open(name)), schema)
END
