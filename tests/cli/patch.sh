# --diff: what goes through a line of a patch, in the forms that patches have.
set -eu
. "$(dirname "$0")/git-helpers"
make_loop "$TMP/p"
cd "$TMP/p"
insert 11 src/main.c '  sleep(3);'
git diff >"$TMP/sleep.patch"
run 1 -q --diff "$TMP/sleep.patch"
prints 'src/main.c:11:3: error: sleep()'
silent 'fsync()'

# A changed call on the way to an old blocking function, from a subfolder, on standard input, of other programs.
git checkout -q src/main.c
sed -i 's/save(1)/save(12)/' src/main.c
git diff | (cd src && "$BLOCKSCAN" -q --diff -) >"$TMP/out" 2>"$TMP/err" && fail "exit code 0"
prints 'fsync() waits'
prints 'through the change at: src/main.c:7 in on_first()'
git show HEAD:src/main.c >"$TMP/main.c"
diff -u "$TMP/main.c" src/main.c >"$TMP/plain.patch" || :
run 1 -q --diff "$TMP/plain.patch"
git diff --no-prefix >"$TMP/no-prefix.patch"
run 1 -q --diff "$TMP/no-prefix.patch"
run 1 -q --diff "$TMP/plain.patch" -o json
[ "$(jq '[.findings[].anchor.line] | join(",")' "$TMP/out")" = '"7"' ] || fail "no anchor"

# Lines that change nothing of a path, a patch of other files, an empty one.
git checkout -q src/main.c
insert 1 src/main.c '/* only a comment */'
git diff >"$TMP/comment.patch"
run 0 -q --diff "$TMP/comment.patch"
printf -- '--- a/README\n+++ b/README\n@@ -0,0 +1 @@\n+hello\n' >"$TMP/other.patch"
run 0 -q --diff "$TMP/other.patch"
run 0 -q --diff /dev/null
# The context lines around a change are no change.
git checkout -q src/main.c
insert 8 src/main.c '  (void)0;'
git diff -U3 >"$TMP/context.patch"
run 0 -q --diff "$TMP/context.patch"

printf -- '--- a/src/main.c\n+++ b/src/main.c\n@@ -1,3 +1,4 @@\n #include\n' >"$TMP/cut.patch"
run 2 -q --diff "$TMP/cut.patch"
says 'the patch ends within a hunk'
run 2 -q --diff "$TMP/gone.patch"
