# --hook in a plain git hook: staged files decide what is reported; what will be committed is analysed, not what lies on the disk.
set -eu
. "$(dirname "$0")/git-helpers"
make_loop "$TMP/p"
cd "$TMP/p"
mkdir "$TMP/bin"
ln -s "$BLOCKSCAN" "$TMP/bin/blockscan"
PATH=$TMP/bin:$PATH

# commit EXPECTED_CODE: tries to commit what is staged; what the hook says goes to $TMP/out.
commit() {
  code=0
  git commit -q -m change >"$TMP/out" 2>&1 || code=$?
  : >"$TMP/err"
  [ "$code" = "$1" ] || { cat "$TMP/out" >&2; fail "the commit ends with $code, not $1"; }
}

run 0 install-hook -- -q
prints '.git/hooks/pre-commit runs blockscan'
run 0 install-hook -- -q

# No source is staged: nothing is analysed. One that has nothing to do with the old finding: silence.
echo text >README
git add README
commit 0
insert 1 src/main.c '/* a comment */'
git add src/main.c
commit 0
silent fsync
# The file of the old finding.
insert 1 src/disk.c '/* a comment */'
git add src/disk.c
commit 1
prints 'src/disk.c:4:21: error: fsync()'
git commit -q --no-verify -m change

# A staged line that leads to it.
sed -i 's/save(1)/save(2)/' src/main.c
git add src/main.c
commit 1
prints 'through the change at: src/main.c:8 in on_first()'
git reset -q --hard

# Partial staging: the staged call counts, the one on the disk does not, and the disk stays as it is.
insert 12 src/main.c '  sleep(1);'
git add src/main.c
sed -i 's/sleep(1)/usleep(2)/' src/main.c
cp src/main.c "$TMP/main.c"
commit 1
prints 'sleep() sleeps for whole seconds'
silent usleep
cmp src/main.c "$TMP/main.c" || fail "the hook has changed a file"
git reset -q
insert 1 src/main.c '/* another */'
git diff src/main.c >"$TMP/all.patch"
git checkout -q src/main.c
insert 1 src/main.c '/* another */'
git add src/main.c
cp "$TMP/main.c" src/main.c
commit 0
git checkout -q src/main.c
# Staged, and deleted on the disk.
insert 13 src/main.c '  sleep(1);'
git add src/main.c
rm src/main.c
commit 1
prints 'sleep() sleeps for whole seconds'
git reset -q --hard

# All that the parser takes for a source is one for the hook: one that the database does not list is named.
for name in new.CPP new.CXX new.cp new.c; do
  echo 'int x;' >"src/$name"
  git add "src/$name"
  commit 0
  prints "src/$name is not in the compile database"
  git rm -q -f "src/$name"
  git commit -q --no-verify -m 'without it'
done

# New findings only: the old one in a staged file is none.
run 0 install-hook -- -q --new-from-rev HEAD
insert 1 src/disk.c '/* a comment */'
git add src/disk.c
commit 0
sed -i 's/  (void)t;\n}/&/; 0,/on_second(uv_timer_t \*t) {/s//on_second(uv_timer_t *t) {\n  save(3);/' src/main.c
git add src/main.c
commit 1
prints 'in on_second()'
prints '1 new'
git commit -q --no-verify -m change
sed -i 's/fsync(fd)/(void)fd/' src/disk.c
git add src/disk.c
commit 0
# What is not staged is on neither side.
insert 12 src/main.c '  usleep(4);'
insert 1 src/disk.c '/* staged */'
git add src/disk.c
commit 0
silent usleep
git checkout -q src/main.c

# A new file that the database does not know.
echo 'int unlisted;' >src/new.c
git add src/new.c
commit 0
prints 'src/new.c is not in the compile database'

# No database: said, and in nobody's way when so asked.
mv compile_commands.json "$TMP/bin/"
echo 'int more;' >>src/new.c
git add src/new.c
commit 1
prints 'no compile_commands.json'
run 0 install-hook
commit 0
prints 'blockscan: skipped: no compile_commands.json'
mv "$TMP/bin/compile_commands.json" .

# From a subfolder, from another work tree of the repository, and before the first commit.
git worktree add -q "$TMP/other" HEAD~2
cp compile_commands.json "$TMP/other/"
sed -i "s#$TMP/p#$TMP/other#" "$TMP/other/compile_commands.json"
(cd "$TMP/other/src" && insert 12 main.c '  sleep(1);' && git add main.c && ! git commit -q -m change) >"$TMP/out" 2>&1 ||
  { cat "$TMP/out" >&2; fail "another work tree is not looked at"; }
prints 'sleep() sleeps'
make_loop "$TMP/first"
cd "$TMP/first"
rm -rf .git
git init -q .
git add -A
run 1 --hook -q --new-from-rev HEAD
prints '1 new'
run 1 --hook -q

# A hook that is there is kept; core.hooksPath; removal.
run 0 install-hook
run 0 install-hook --uninstall
[ ! -e .git/hooks/pre-commit ] || fail "not removed"
run 2 install-hook --uninstall
mkdir -p .git/hooks
printf '#!/bin/sh\necho mine\n' >.git/hooks/pre-commit
run 2 install-hook -- --new-from-rev HEAD --missing-db=skip
says 'already exists and was kept'
says 'blockscan --hook --new-from-rev HEAD --missing-db=skip || exit 1'
run 2 install-hook
says 'blockscan --hook --new-from-rev HEAD --missing-db=skip || exit 1' # new findings, by default
run 2 install-hook --uninstall
grep -q mine .git/hooks/pre-commit || fail "another hook was touched"
git config core.hooksPath tools/hooks
run 0 install-hook
[ -x tools/hooks/pre-commit ] || fail "core.hooksPath is not asked"
cd "$TMP"
GIT_CEILING_DIRECTORIES=$TMP run 2 install-hook
