# `record -o FORMAT=FILE` is --output, as -o is for the verbs that report; any other name is the recording's own file.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
"$BLOCKSCAN" record -o json=r.json -- true >out 2>err || fail "exit code"
jq -e .schema r.json >/dev/null || fail "r.json is no report"
[ -e stalls.db ] && [ ! -e json=r.json ] || fail "the recording is elsewhere: $(ls)"
rm stalls.db
"$BLOCKSCAN" record -o mine=1.db -o folded=f -- true >out 2>err || fail "exit code"
[ -e mine=1.db ] && [ -e f ] && [ ! -e stalls.db ] || fail "the recording has another name: $(ls)"

# The page says when the recording was made.
"$BLOCKSCAN" report -q --runtime mine=1.db -o html=r.html 2>err || fail "exit code"
age=$(($(date +%s) - $(sed -n 's/.*"startedMs":\([0-9]*\)[0-9][0-9][0-9][,}].*/\1/p' r.html)))
[ "$age" -ge 0 ] && [ "$age" -lt 3600 ] || fail "made $age seconds ago"
