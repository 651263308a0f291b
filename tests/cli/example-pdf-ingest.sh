# The bundled example: the endpoint that works on the loop is found, the one on the thread pool is not.
set -eu
cmake -S "$BLOCKSCAN_SOURCE/examples/pdf-ingest" -B "$TMP/build" -G Ninja >/dev/null
status=0
"$BLOCKSCAN" scan --no-cache -q --output "json=$TMP/report.json" "$TMP/build/compile_commands.json" || status=$?
[ "$status" = 1 ] || { echo "exit code $status, expected 1"; exit 1; }

shown='.findings[] | select(.severity != "note" and .confidence != "possible")'
jq -r "$shown | .sink.api" "$TMP/report.json" | sort -u >"$TMP/apis"
for api in curl_easy_perform pdf_open_document_with_stream; do
  grep -qx "$api" "$TMP/apis" || { echo "not found: $api"; cat "$TMP/apis"; exit 1; }
done
# Every path goes through the blocking endpoint.
jq -r "$shown | .entries[].path | map(.function) | join(\" > \")" "$TMP/report.json" >"$TMP/paths"
! grep -v 'route > ingest_blocking' "$TMP/paths" || exit 1

# The showcase shows this finding as it is today, without the folder.
sed -n '/^s3\.c:[0-9].*libcurl\.perform/,/^  instead:/p' "$BLOCKSCAN_SOURCE/docs/showcase.md" >"$TMP/shown"
"$BLOCKSCAN" scan -q --no-cache --fail-on never --root "$BLOCKSCAN_SOURCE/examples/pdf-ingest" "$TMP/build/compile_commands.json" |
  sed -n '/^s3\.c:[0-9].*libcurl\.perform/,/^  instead:/p' >"$TMP/found"
[ "$(wc -l <"$TMP/shown")" = 11 ] || { cat "$TMP/shown"; exit 1; }
diff "$TMP/shown" "$TMP/found"
