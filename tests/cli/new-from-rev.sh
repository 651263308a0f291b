# --new-from-rev tells each commit's new way to a blocking call and nothing else (tests/cli/commits.py has the commits), wherever the
# project lies in its repository, and leaves nothing behind.
set -eu
. "$(dirname "$0")/git-helpers"
python3 "$BLOCKSCAN_SOURCE/tests/cli/commits.py"

# A project below the repository's top, from a subfolder, under a name with a symbolic link in it.
mkdir -p "$TMP/real/top/sub"
make_loop "$TMP/real/top/sub/p"
rm -rf "$TMP/real/top/sub/p/.git"
git -C "$TMP/real/top" init -q .
git -C "$TMP/real/top" add -A
git -C "$TMP/real/top" commit -q -m base
ln -s "$TMP/real" "$TMP/link"
p=$TMP/link/top/sub/p
list_units "$p" main disk
cd "$p/src"
insert 11 main.c '  save(5);'
run 1 -q --new-from-rev HEAD "$p"
prints 'through the change at: src/main.c:11 in on_second()'
prints '1 new, 0 fixed'
run 0 -q --new-from-rev HEAD --fail-on never "$p/compile_commands.json" -o json
[ "$(jq -c '[.findings[].entries[].function]' "$TMP/out")" = '["on_second"]' ] || fail "an old way is told"
cd ..
# An untracked file is new; one that is not to be found in the revision's tree, because it is ignored, is not.
printf 'static void late(void) {}\n' >src/late.c
list_units "$p" main disk late
run 1 -q --new-from-rev HEAD "$p"
git checkout -q src/main.c
run 0 -q --new-from-rev HEAD "$p"
run 2 -q --new-from-rev nothing "$p"
says "'nothing' names no commit"
mkdir "$TMP/none"
cp -r include src compile_commands.json "$TMP/none/"
(cd "$TMP/none" && GIT_CEILING_DIRECTORIES=$TMP && export GIT_CEILING_DIRECTORIES && run 2 -q --new-from-rev HEAD --root .) ||
  fail "no repository is no error"

# The temporary folder goes with the process, even when that is killed: here while it waits for its rules a second time.
insert 11 src/main.c '  save(5);'
mkdir "$TMP/tmp"
mkfifo "$TMP/rules.json"
TMPDIR=$TMP/tmp "$BLOCKSCAN" -q --new-from-rev HEAD --rules "$TMP/rules.json" "$p" >/dev/null 2>&1 &
echo '{"kind": "blocking", "rules": []}' >"$TMP/rules.json"
tries=0
while [ -z "$(ls "$TMP/tmp")" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || fail "no temporary folder"
  sleep 0.1
done
kill -KILL $!
wait $! 2>/dev/null || :
tries=0
while [ -n "$(ls "$TMP/tmp")" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || fail "the temporary folder stays"
  sleep 0.1
done
