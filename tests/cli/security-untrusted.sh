# --untrusted: what a stranger's change says of itself is not believed. Configuration, packs, baseline and suppressions are those of the base
# revision; files outside the project are refused; the run is bounded.
set -eu
. "$(dirname "$0")/git-helpers"
p=$TMP/p
make_loop "$p"
cd "$p"
scan() { # scan EXPECTED_CODE ARGUMENT…
  expected=$1
  shift
  run "$expected" -q --untrusted --new-from-rev HEAD "$@" .
}
insert 11 src/main.c '  save(5);'
scan 1
prints 'through the change at: src/main.c:11 in on_second()'

# Each way to hush it that a change can bring.
hushes() { # hushes WHAT: without --untrusted nothing is found, with it the finding stays.
  run 0 -q --no-cache --new-from-rev HEAD .
  scan 1
  prints 'in on_second()'
}
printf 'levels:\n  disk.fsync: off\n' >.blockscan.yaml
hushes
printf 'exclude:\n  - path: "src/**"\n    reason: trust me\n' >.blockscan.yaml
hushes
printf 'startup: [on_second, on_first]\n' >.blockscan.yaml
hushes
git add .blockscan.yaml
hushes
git rm -q --cached .blockscan.yaml
rm .blockscan.yaml
sed -i 's|^  save(5);|  save(5); // blockscan: ignore[disk.fsync] -- trust me|' src/main.c
hushes
git checkout -q src/main.c
insert 11 src/main.c '  save(5);'
sed -i 's|^void save(int fd) { fsync(fd); }|// blockscan: ignore[disk.fsync] -- trust me\n&|' src/disk.c
hushes
git checkout -q src/disk.c
run 0 -q --no-cache --update-baseline .
[ -s .blockscan-baseline.json ] || fail "no baseline"
hushes
rm .blockscan-baseline.json
run 0 -q --cache-dir planted --update-baseline .
rm .blockscan-baseline.json
scan 1 --cache-dir planted
rm -rf planted

# What the base has is believed, and what the change makes of it is not.
git checkout -q src/main.c
printf 'levels:\n  disk.fsync: off\n' >.blockscan.yaml
git add .blockscan.yaml
git commit -q -m levels
insert 11 src/main.c '  save(5);'
scan 0
printf '\nnonsense: 1\n' >>.blockscan.yaml
scan 0
rm .blockscan.yaml
scan 0
git checkout -q .blockscan.yaml
git rm -q .blockscan.yaml
git commit -q -m "no levels"
scan 1
# Suppressions that the base has stay, wherever their lines have moved.
git checkout -q src/main.c
sed -i 's|^void save(int fd) { fsync(fd); }|// blockscan: ignore[disk.fsync] -- only in tests\n&|' src/disk.c
git commit -q -a -m suppressed
insert 11 src/main.c '  save(5);'
insert 1 src/disk.c '/* moved */'
scan 0
git checkout -q src

# A rule file of the base, changed.
mkdir rules
cat >rules/mine.json <<'ENDJSON'
{"kind": "blocking", "rules": [{"id": "mine.save", "functions": ["save"], "severity": "error", "why": "save() waits", "instead": {"any": "later"},
 "examples": {"blocks": "void f(void) { save(1); }", "does_not": "void f(void) {}"}}]}
ENDJSON
"$BLOCKSCAN" rules check rules/mine.json >/dev/null 2>&1 || rm -rf rules
if [ -d rules ]; then
  printf 'rules: [rules/mine.json]\n' >.blockscan.yaml
  git add -A
  git commit -q -m rules
  echo '[' >rules/mine.json
  scan 0
  git checkout -q rules
fi

# Without a base nothing of the tree is believed, and that is said.
printf 'levels:\n  disk.fsync: off\n' >.blockscan.yaml
git checkout -q HEAD~2 -- src/disk.c 2>/dev/null || :
run 1 --untrusted .
says '.blockscan.yaml is not used'

# Files outside the project.
printf 'secret\n' >"$TMP/secret"
printf '#include "%s/secret"\n' "$TMP" >src/bad.c
list_units "$p" main disk bad
run 3 -q --untrusted .
prints "neither the project's nor the system's"
printf 'int x;\n' >src/bad.c
printf 'extra-arg: ["-include", "%s/secret"]\n' "$TMP" >.blockscan.yaml
run 1 -q --untrusted .

# The whole run is bounded.
awk 'BEGIN { for (i = 0; i < 300000; i++) printf "int v%d(int x) { return x * %d + v%d(x); }\n", i, i, i % 7 }' >src/bad.c
code=0
timeout 60 "$BLOCKSCAN" -q --untrusted --timeout 1 . >"$TMP/out" 2>"$TMP/err" || code=$?
[ $code = 3 ] || fail "--timeout: exit code $code"
says 'timeout has expired'
