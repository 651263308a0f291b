# Named scopes under the recorder: in the summary, the report and the store, with a stack; allowed and expected stalls are none.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
program=$BLOCKSCAN_PROGRAMS/scopes
# told_again: a report of the store has the scopes that the recorder's own report has.
told_again() {
  "$BLOCKSCAN" report -q --fail-on never --runtime "$TMP/stalls.db" --output json="$TMP/again.json" \
    --output text="$TMP/again.txt" 2>"$TMP/again.err" || fail "report: exit code $?"
  jq -S .scopes "$TMP/report.json" >"$TMP/scopes"
  jq -S .scopes "$TMP/again.json" | cmp - "$TMP/scopes" || fail "report has other scopes than record"
}

record 0 --threshold 200ms -- "$program" held
holds '.scopes | length == 1 and .[0].name == "reload" and .[0].outcome == "stalled" and .[0].api == "nanosleep"'
holds '.scopes[0] | .duration_ms >= 299 and .threshold_ms == 100 and .loop == 1 and (.samples | length >= 1)'
holds '.scopes[0].samples[0].stack | map(.function) | index("rest") != null and index("reload") != null'
holds '[.stalls[] | select(.duration_ms >= 299)] | length == 1 and .[0].scope == "reload"'
says "Scope 'reload' stalled"
says "scope 'reload'"
stored "reload|stalled|nanosleep" "SELECT name, outcome, hook FROM v_scopes WHERE stack LIKE '%reload%'"
stored "reload" "SELECT scope FROM v_stalls WHERE duration_ms >= 299"
python3 -c 'import jsonschema' 2>/dev/null && python3 - "$BLOCKSCAN_SOURCE/reports/findings.schema.json" report.json <<'END'
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft202012Validator(schema).validate(report)
END
told_again
jq -e '[.stalls[] | select(.scope == "reload")] | length == 1' again.json >/dev/null || fail "no stall has the scope"
grep -q "^Scope 'reload': stalled 1 time, longest [0-9.]* ms (threshold 100 ms) in nanosleep" again.txt || fail "$(cat again.txt)"

record 0 --threshold 10s -- "$program" quick
holds '.scopes == [] and .stalls == []'
told_again
! grep -q "^Scope" again.txt || fail "a scope that is none: $(cat again.txt)"
# In a thread that runs no loop.
record 0 -- "$program" alone
holds '.scopes | length == 1 and .[0].loop == null and .[0].duration_ms >= 299'
told_again
stored 1 "SELECT count(*) FROM scopes WHERE loop_id IS NULL"

record 0 --threshold 200ms --fail-over 200ms -- "$program" allowed
holds '[.stalls[] | select(.duration_ms >= 299)] | length == 0'
record 0 --threshold 200ms --fail-over 200ms -- "$program" expected
holds '[.stalls[] | select(.duration_ms >= 299)] | length == 0'
holds '.scopes | length == 1 and .[0].outcome == "expected"'
says "kept: expected stalls (1 came)"
record 1 -- "$program" missed
holds '.scopes | length == 1 and .[0].outcome == "missed"'
says "broken: expected stalls (none in scope 'first start')"
told_again
grep -q "^Scope 'first start': was expected to stall and did not" again.txt || fail "$(cat again.txt)"
