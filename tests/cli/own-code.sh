# The program scans its own code: every unit is understood, no comment of ours is idle, and what could hold our own loop
# for long is answered for.
set -eu
status=0
"$BLOCKSCAN" scan --no-cache -q --output "json=$TMP/report.json" --output "text=$TMP/report.txt" \
  "$(dirname "$BLOCKSCAN")/compile_commands.json" || status=$?
cat "$TMP/report.txt"
[ "$status" -le 1 ] || { echo "exit code $status"; exit 1; }
[ "$(jq '.ledger.broken_units | length' "$TMP/report.json")" = 0 ]
[ "$(jq .project.functions "$TMP/report.json")" -gt 500 ]
if grep -F 'the suppression' "$TMP/report.txt"; then exit 1; fi
[ "$(jq '[.findings[] | select(.severity == "error" and .suppressed == null)] | length' "$TMP/report.json")" = 0 ]
