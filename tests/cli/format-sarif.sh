# SARIF: the standard's objects, GitHub's limits and line hashes, a baseline, verdicts, the ledger.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
check() { python3 "$BLOCKSCAN_SOURCE/tests/formats/check_sarif.py" "$@" || fail "check_sarif.py $*"; }
# holds FILE FILTER
holds() { jq -e "$2" "$1" >/dev/null || fail "not true of $1: $2"; }

samples sarif
for document in empty everything static recording odd many; do check $document.sarif; done
sample deep sarif
check deep.sarif
# So many paths that not every result can have all of its code flows.
holds deep.sarif '.runs[0] | ([.results[] | .codeFlows | length] | max == 64 and min == 1) and
  (.invocations[0].toolExecutionNotifications | any(.descriptor.id == "left-out" and (.message.text | test("call paths"))))'
holds many.sarif '.runs[0].results | length == 5000'
holds empty.sarif '.runs[0].results == []'
holds recording.sarif '.runs[0].results == [] and .runs[0].properties.stalls == 3'

# What a comparison and a recording say.
holds everything.sarif '[.runs[0].results[].baselineState] == ["new", "unchanged", "new", "new", "absent"]'
holds everything.sarif '[.runs[0].results[].properties.verdict] == ["confirmed", "observed-fast", "not-exercised", "runtime-only", null]'
holds everything.sarif '.runs[0].results[0] | .locations[0].physicalLocation.region.startLine == 120 and .relatedLocations[0].physicalLocation.region.startLine == 2'
holds everything.sarif '.runs[0].results | .[0].rank > .[2].rank and .[3].rank > .[1].rank'
holds everything.sarif '.runs[0].results[0].message.text | test("confirmed: 12 stalls, longest 212 ms")'
holds everything.sarif '[.runs[0].invocations[0].toolExecutionNotifications[].descriptor.id] | index("broken-unit") != null and index("unseen") != null'
holds static.sarif '.runs[0].results | all(has("baselineState") | not)'
# Nothing of what is suppressed or too unsure, and so no "suppressions" at all.
holds static.sarif '[.runs[0].results[].ruleId] | index("sleep.usleep") == null and index("lock.wait") == null and length == 3'
holds static.sarif '[.. | objects | has("suppressions")] | any | not'

# Real sources: columns in UTF-16 and line hashes, in files of every name.
odd_file=$(odd_project odd)
scan 1 --output sarif
cp out odd.real.sarif
check odd.real.sarif odd
holds out '.runs[0].results | length == 1 and .[0].locations[0].physicalLocation.region.startColumn == 64'
sed -i 's/$/\r/' "odd/$odd_file"
scan 1 --output sarif
check out odd
