# extract and link together give what scan gives, byte for byte: the seam along which a build system distributes the work.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
for program in pointer-table own-loop-split offload-pthread; do
  cp "$BLOCKSCAN_SOURCE/tests/scan/$program.c" .
  jq -n --arg n "$program" '{directory: ".", file: "\($n).c", output: "\($n).p/main.o", arguments: ["cc", "-D_GNU_SOURCE", "-c", "\($n).c"]}'
done | jq -s . >compile_commands.json
echo '#include "nothere.h"' >broken.c
jq '. + [{directory: ".", file: "broken.c", arguments: ["cc", "-c", "broken.c"]}]' compile_commands.json >more.json
mv more.json compile_commands.json

# run CODE ARGUMENT…
run() {
  wanted=$1; shift
  code=0
  "$BLOCKSCAN" "$@" 2>err || code=$?
  [ "$code" = "$wanted" ] || { cat err; fail "$*: exit code $code, not $wanted"; }
}
# What to do about a broken unit is told by its entry of the database, which link has not.
without_hints() {
  for report in "$@"; do
    jq 'del(.ledger.incomplete[].hint) | .ledger.notes |= map(select(test("broken unit") | not))' "$report" >hintless
    mv hintless "$report"
  done
}
run 3 scan -q --no-cache --output json=scan.json --output text=scan.txt
[ "$(jq '.findings | length' scan.json)" -gt 3 ] || fail "too few findings to compare"
run 3 extract -q --no-cache -o facts
run 3 link --output json=link.json --output text=link.txt facts
without_hints scan.json link.json
cmp scan.json link.json
sed -i 's/\. If the build makes this header.*/./; /1 broken unit (/d' scan.txt link.txt
cmp scan.txt link.txt
run 1 scan -q --no-cache --max-broken 1 --output json=accepted.json
run 1 link --max-broken 1 --output json=link.json facts/*.bsf
without_hints accepted.json link.json
cmp accepted.json link.json
mv facts elsewhere
run 3 link --output json=link.json elsewhere/pointer-table.c.bsf elsewhere/own-loop-split.c.bsf elsewhere/broken.c.bsf \
  elsewhere/offload-pthread.c.bsf
without_hints scan.json link.json
cmp scan.json link.json

# What is no file of facts is named.
mkdir empty
run 2 link empty
grep -qF 'empty: no *.bsf files' err || fail "an empty folder"
run 2 link none.bsf
grep -qF 'none.bsf: No such file' err || fail "a missing file"
head -c 300 elsewhere/pointer-table.c.bsf >cut.bsf
run 2 link elsewhere/broken.c.bsf cut.bsf
grep -qF 'cut.bsf: facts that are damaged or cut off' err || fail "a cut file"
run 2 link compile_commands.json
grep -qF 'compile_commands.json: not a facts file' err || fail "another file"
