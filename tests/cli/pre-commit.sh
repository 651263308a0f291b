# The hooks of .pre-commit-hooks.yaml under the real pre-commit.
set -eu
. "$(dirname "$0")/git-helpers"
command -v pre-commit >/dev/null || exit 77
export PRE_COMMIT_HOME="$TMP/home" HOME="$TMP"
mkdir "$TMP/bin"
ln -s "$BLOCKSCAN" "$TMP/bin/blockscan"
PATH=$TMP/bin:$PATH
make_loop "$TMP/p"

# The hooks come from a repository, as a user has them.
mkdir "$TMP/hooks"
cp "$BLOCKSCAN_SOURCE/.pre-commit-hooks.yaml" "$TMP/hooks/"
git -C "$TMP/hooks" init -q .
git -C "$TMP/hooks" add -A
git -C "$TMP/hooks" commit -q -m hooks
git -C "$TMP/hooks" tag v1
cd "$TMP/p"
# use ID: the configuration with this hook.
use() {
  printf 'repos:\n- repo: %s/hooks\n  rev: v1\n  hooks:\n  - id: %s\n    verbose: true\n' "$TMP" "$1" >.pre-commit-config.yaml
  git add .pre-commit-config.yaml
}
# commit EXPECTED_CODE
commit() {
  code=0
  git commit -q -m change >"$TMP/out" 2>&1 || code=$?
  : >"$TMP/err"
  [ "$code" = "$1" ] || { cat "$TMP/out" >&2; fail "the commit ends with $code, not $1"; }
}
use blockscan
pre-commit install >"$TMP/out" 2>&1
commit 0
prints '(no files to check)'

insert 1 src/main.c '/* a comment */'
git add src/main.c
commit 0
silent 'fsync()'
insert 12 src/main.c '  sleep(1);'
git add src/main.c
commit 1
prints 'src/main.c:12:3: error: sleep()'
silent 'fsync()'
# What is not staged is put away by pre-commit.
git reset -q
git checkout -q src/main.c
insert 1 src/main.c '/* another */'
git add src/main.c
insert 14 src/main.c '  sleep(1);'
commit 0
silent 'sleep()'
grep -q 'sleep(1)' src/main.c || fail "what was not staged is lost"
git checkout -q src/main.c

# All files; a range of commits; no database.
pre-commit run --all-files >"$TMP/out" 2>&1 && fail "all files have a finding"
prints 'fsync()'
insert 13 src/main.c '  sleep(1);'
git commit -q --no-verify -a -m sleep
pre-commit run --from-ref HEAD~1 --to-ref HEAD >"$TMP/out" 2>&1 && fail "the range has a finding"
prints 'sleep()'
silent 'fsync()'
mv compile_commands.json "$TMP/bin/"
echo '/* more */' >>src/disk.c
git add src/disk.c
commit 0
prints 'blockscan: skipped: no compile_commands.json'
mv "$TMP/bin/compile_commands.json" .

use blockscan-new
commit 0
echo '/* more */' >>src/disk.c
git add src/disk.c
commit 0
silent 'fsync()'
sed -i 's/  sleep(1);/  save(4);/' src/main.c
git add src/main.c
commit 1
prints '1 new, 1 fixed'
git commit -q --no-verify -m save
pre-commit run --from-ref HEAD~1 --to-ref HEAD >"$TMP/out" 2>&1 && fail "the range has a new finding"
prints '1 new, 1 fixed'
