# The cache: what it keeps, what makes it parse again, and that nothing that is wrong with it stops a run.
set -eu
. "$(dirname "$0")/helpers"
make_project "$TMP/p" 6
cd "$TMP/p"
db=compile_commands.json
run() { extract 0 $db -o "$TMP/facts" -v -q --cache-dir .blockscan "$@"; }

run
parsed 6 0
[ "$(cat .blockscan/.gitignore)" = '*' ] || fail "no .gitignore"
cp -r "$TMP/facts" "$TMP/first"
run
parsed 0 6
diff -r "$TMP/first" "$TMP/facts" || fail "cached facts differ"

# Dates alone change nothing; content does, in the file or in a header; back again is known again.
touch u3.c include/common.h
run
parsed 0 6
cp u3.c old.c
echo 'int more;' >>u3.c
settle
run
parsed 1 5
cp old.c u3.c
settle
run
parsed 0 6
echo 'int other(void);' >>include/common.h
settle
run
parsed 6 0

# A header that appears earlier in the search takes the place of the one that was found.
mkdir override
run
parsed 0 6
echo 'int common(int);' >override/common.h
settle
run
parsed 6 0
rm -r override
run
parsed 6 0

# Other flags are other units; --no-cache leaves the cache alone.
sed 's/"-c"/"-DX", "-c"/' $db >other.json
extract 0 other.json -o "$TMP/facts" -v -q --cache-dir .blockscan
parsed 6 0
run --no-cache
parsed 6 0
run
parsed 0 6

# Several runs at once share it.
rm -rf .blockscan
for n in 1 2 3 4; do
  "$BLOCKSCAN" extract $db -o "$TMP/at-once-$n" --cache-dir .blockscan -q -j2 2>"$TMP/err-$n" &
done
wait
for n in 1 2 3 4; do
  [ ! -s "$TMP/err-$n" ] || { cat "$TMP/err-$n" >&2; fail "run $n of four at once complains"; }
  [ "$(ls "$TMP/at-once-$n" | wc -l)" = 6 ] || fail "run $n of four at once is incomplete"
done
run
parsed 0 6

# Damaged: no database at all, cut off, spoilt in the middle.
echo 'this is no database, and it is longer than the hundred bytes of a head: ...............................' >.blockscan/facts.db
rm -f .blockscan/facts.db-*
run
says 'facts.db.broken-1'
parsed 6 0
run
parsed 0 6
python3 - <<'END'
import os
path = ".blockscan/facts.db"
data = bytearray(open(path, "rb").read())
for i in range(len(data) // 3, len(data) - 16):
    data[i] = 0xA5
open(path, "wb").write(data)
END
rm -f .blockscan/facts.db-*
run
says 'facts.db.broken-2'
run
parsed 0 6

# Someone else's, and a newer blockscan's: the one is set aside, the other left alone.
python3 -c 'import sqlite3; c = sqlite3.connect("foreign.db"); c.execute("CREATE TABLE t(x)"); c.commit()'
cp foreign.db .blockscan/facts.db
run
says 'facts.db.broken-3'
cmp foreign.db .blockscan/facts.db.broken-3 || fail "the foreign file was changed"
python3 -c 'import sqlite3; c = sqlite3.connect(".blockscan/facts.db"); c.execute("PRAGMA user_version = 99"); c.commit()'
run
says 'newer blockscan'
parsed 6 0

# No folder can be made there.
: >file
run --cache-dir file/cache
says 'going on without'
parsed 6 0
mkdir readonly
chmod a-w readonly
if touch readonly/x 2>/dev/null; then rm -f readonly/x; else
  run --cache-dir readonly/cache
  says 'going on without'
fi
