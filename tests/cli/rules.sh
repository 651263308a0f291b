# The verb rules; and every bundled file fits the schema that editors use.
set -eu
fail() { echo "$*"; exit 1; }

"$BLOCKSCAN" rules list >"$TMP/list"
grep -Eq '^dns.getaddrinfo +error +seconds +getaddrinfo$' "$TMP/list" || fail "list has no dns.getaddrinfo"
"$BLOCKSCAN" rules list --json | jq -e 'length > 200 and all(.[]; .id and .examples.blocks and .examples.silent)' >/dev/null ||
  fail "the list as JSON lacks something"

"$BLOCKSCAN" rules show dns.getaddrinfo >"$TMP/show"
for text in 'waits for the name server' 'uv_getaddrinfo()' 'getaddrinfo(3)' 'A finding' 'No finding' 'dns.json:'; do
  grep -qF "$text" "$TMP/show" || fail "show lacks: $text"
done
"$BLOCKSCAN" rules show waitpid | grep -q '^process.waitpid: ' || fail "show does not find a function's rule"
status=0
"$BLOCKSCAN" rules show no.such 2>"$TMP/error" || status=$?
[ "$status" = 2 ] || fail "an unknown rule gave $status"
grep -q "no rule 'no.such'" "$TMP/error" || fail "$(cat "$TMP/error")"

"$BLOCKSCAN" rules check "$BLOCKSCAN_SOURCE"/rules/*/*.json "$BLOCKSCAN_SOURCE/rules/descriptors.json" ||
  fail "a bundled file is wrong"
cat >"$TMP/typo.json" <<'RULE'
{"kind": "blocking", "rules": [
  {"id": "my.wait", "fuctions": "my_wait", "category": "disk", "latency": "seconds", "message": "waits"}]}
RULE
status=0
"$BLOCKSCAN" rules check "$TMP/typo.json" 2>"$TMP/error" || status=$?
[ "$status" = 2 ] || fail "a typo gave $status"
grep -q "^$TMP/typo.json:2:21: unknown key 'fuctions' in a rule; did you mean 'functions'?" "$TMP/error" ||
  fail "$(cat "$TMP/error")"

# A user's own rule is listed, and replaces a bundled one of the same id.
cat >"$TMP/mine.json" <<'RULE'
{"kind": "blocking", "rules": [
  {"id": "dns.getaddrinfo", "functions": "my_resolve", "category": "dns", "latency": "unbounded", "message": "waits"}]}
RULE
"$BLOCKSCAN" rules list --rules "$TMP/mine.json" | grep -Eq '^dns.getaddrinfo +error +unbounded +my_resolve$' ||
  fail "a rule does not replace the bundled one"

python3 - "$BLOCKSCAN_SOURCE/rules" <<'PYTHON'
import glob, json, sys
try:
    import jsonschema
except ImportError:
    sys.exit(0)
folder = sys.argv[1]
with open(f"{folder}/schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for path in sorted(glob.glob(f"{folder}/*/*.json")) + [f"{folder}/descriptors.json"]:
    with open(path, encoding="utf-8") as file:
        for error in validator.iter_errors(json.load(file)):
            print(f"{path}: {error.json_path}: {error.message[:300]}")
            bad += 1
sys.exit(bad > 0)
PYTHON

# The manual lists every flag that a condition may name.
sed -n 's/.*FLAG(\([A-Z0-9_]*\)).*/\1/p; s/^ *{"\([A-Z][A-Z0-9_]*\)", .*/\1/p' "$BLOCKSCAN_SOURCE/rules/names.c" >"$TMP/flags"
[ "$(wc -l <"$TMP/flags")" -gt 80 ] || fail "the flags of rules/names.c were not found"
while read -r flag; do
  grep -qw "$flag" "$BLOCKSCAN_SOURCE/docs/rules.md" || fail "docs/rules.md lacks the flag $flag"
done <"$TMP/flags"
