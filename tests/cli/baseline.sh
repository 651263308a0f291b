# The baseline: found by itself, silences what it names, tells what it names in vain, and is easy to merge.
set -eu
. "$(dirname "$0")/git-helpers"
make_loop "$TMP/p"
cd "$TMP/p"
insert 11 src/main.c '  sleep(3);'

run 1 -q
run 0 --update-baseline
says '2 findings, 2 of them new, 0 gone'
[ "$(grep -c '"file"' .blockscan-baseline.json)" = 2 ] || fail "an entry is not one line"
sed -n 's/.*"file": "\([^"]*\)".*/\1/p' .blockscan-baseline.json | sort -c || fail "not in the order of the files"
run 0 -q
prints '2 suppressed'
cp .blockscan-baseline.json "$TMP/first"
run 0 -q --update-baseline
cmp .blockscan-baseline.json "$TMP/first" || fail "another run writes another baseline"
run 1 -q --no-baseline
run 0 -q -o json
[ "$(jq -r '[.findings[].suppressed.by] | unique | join(",")' "$TMP/out")" = baseline ] || fail "by whom is not told"

# What comes later is not in it; reasons stay.
sed -i 's/"rule": "disk.fsync"/"reason": "the log is small", &/' .blockscan-baseline.json
insert 11 src/main.c '  usleep(3000);'
run 1 -q
prints usleep
silent 'fsync() waits'
run 0 -q --update-baseline
grep -q 'the log is small' .blockscan-baseline.json || fail "a reason is lost"
[ "$(grep -c '"file"' .blockscan-baseline.json)" = 3 ] || fail "not three entries"

# Lines, files and functions move: the entries stay good.
git mv src/disk.c src/files.c
list_units "$TMP/p" main files
insert 1 src/main.c '/* shifted */'
run 0 -q
silent 'no longer found'

# What is fixed is told, and goes when that is asked for.
sed -i '/usleep/d' src/main.c
run 0 -q
prints '1 of its findings is no longer found'
prints 'on_second() in src/main.c [sleep.usleep]'
run 0 --prune-baseline
says '2 findings, 0 of them new, 1 gone'
! grep -q usleep .blockscan-baseline.json || fail "a fixed one stays"
grep -q 'src/files.c' .blockscan-baseline.json || fail "a moved one is not written anew"
# Pruning takes up nothing.
insert 12 src/main.c '  usleep(3000);'
run 1 -q --prune-baseline
run 1 -q

# Of what could not be parsed a baseline would lack the findings.
echo '#include "gone.h"' >>src/files.c
cp .blockscan-baseline.json "$TMP/before"
run 2 -q --update-baseline
says 'the baseline is not written'
cmp .blockscan-baseline.json "$TMP/before" || fail "it was written all the same"
sed -i '$d' src/files.c

# Another file, one that is none, and wrong words.
run 0 -q --baseline "$TMP/mine.json" --update-baseline
run 0 -q --baseline "$TMP/mine.json"
run 2 -q --baseline "$TMP/nothing.json"
says 'No such file'
echo '{"schema": "blockscan/baseline/1", "findings": [{"id": "x"}]}' >"$TMP/bad.json"
run 2 -q --baseline "$TMP/bad.json"
says 'findings[0]: expected id'
echo '{' >"$TMP/bad.json"
run 2 -q --baseline "$TMP/bad.json"
says 'bad.json:'
run 2 -q --no-baseline --update-baseline
run 2 -q --update-baseline --new-from-rev HEAD
