# blockscan diff: new, fixed and moved, the exit code, every format; and files that are no reports.
set -eu
. "$(dirname "$0")/git-helpers"
make_loop "$TMP/p"
cd "$TMP/p"
run 1 -q -o "json=$TMP/old.json"
run 0 diff "$TMP/old.json" "$TMP/old.json"
prints 'Compared with old.json: 0 new, 0 fixed, 0 moved.'

# A new call, a moved function, a shifted line.
insert 11 src/main.c '  sleep(3);'
insert 1 src/main.c '/* shifted */'
git mv src/disk.c src/files.c
list_units "$TMP/p" main files
run 1 -q -o "json=$TMP/new.json"
run 1 diff "$TMP/old.json" "$TMP/new.json"
prints 'src/main.c:12:3: error: sleep()'
prints 'Compared with old.json: 1 new, 0 fixed, 1 moved.'
prints 'from src/disk.c:3 in save() to src/files.c:3 in save()'
silent 'src/files.c:3:'
run 0 diff --fail-on never "$TMP/old.json" "$TMP/new.json"

# The other way round it is fixed.
run 0 diff "$TMP/new.json" "$TMP/old.json"
prints 'Compared with new.json: 0 new, 1 fixed, 1 moved.'
prints 'src/main.c:12: sleep() sleeps'

# The new findings of the last run: API, anchor.
new_callers() {
  found=$(jq -c '[.findings[] | select(.change == "new") | [.sink.api, .anchor.function, .anchor.line]]' "$TMP/out")
  [ "$found" = '[["fsync","on_second",12]]' ] || { cat "$TMP/out" >&2; fail "the new caller is told as $found"; }
}
# A new callback that reaches an old call: the place that made it.
cp src/main.c "$TMP/main.c"
sed -i 's/  sleep(3);/  save(2);/' src/main.c
run 1 -q -o "json=$TMP/caller.json"
run 1 diff "$TMP/old.json" "$TMP/caller.json" -o json
new_callers
git mv src/files.c src/disk.c
list_units "$TMP/p" main disk
run 1 -q -o "json=$TMP/caller.json"
run 1 diff "$TMP/old.json" "$TMP/caller.json" -o json
new_callers

# A comparison is a report: it keeps the contract, and every format takes it.
if python3 -c 'import jsonschema' 2>/dev/null; then
  python3 - "$TMP/out" "$BLOCKSCAN_SOURCE/reports/findings.schema.json" <<'END'
import json, sys, jsonschema
report, schema = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.validate(report, schema)
END
fi
cp "$TMP/out" "$TMP/compared.json"
run 1 diff "$TMP/old.json" "$TMP/compared.json"
for format in $("$BLOCKSCAN" diff --output=? "$TMP/old.json" "$TMP/old.json" 2>&1 | sed -n "s/.*(expected one of \(.*\))/\1/p" | tr -d ,); do
  run 1 diff "$TMP/old.json" "$TMP/new.json" -o "$format=$TMP/format"
  [ -e "$TMP/format" ] || fail "no $format"
done

run 2 diff "$TMP/old.json"
run 2 diff "$TMP/old.json" "$TMP/old.json" "$TMP/old.json"
run 2 diff "$TMP/old.json" "$TMP/gone.json"
says 'gone.json: cannot be read'
head -c 700 "$TMP/old.json" >"$TMP/cut.json"
run 2 diff "$TMP/cut.json" "$TMP/old.json"
says 'cut.json:'
