# SIGINT in the middle: the run ends at once with exit code 3, and the next one goes on from what was done.
set -eu
. "$(dirname "$0")/helpers"
make_project "$TMP/p" 200
cd "$TMP/p"
# The last one, by size the first to be parsed, takes longer than the test has patience.
awk 'BEGIN { for (i = 0; i < 300000; i++) printf "int v%d(int x) { return x * %d + v%d(x); }\n", i, i, i % 7 }' >u199.c
settle
"$BLOCKSCAN" extract compile_commands.json -o "$TMP/facts" --cache-dir .blockscan -q -j2 --max-broken 9 2>"$TMP/err" &
pid=$!
n=0
until [ "$(sqlite3 .blockscan/facts.db 'SELECT count(*) FROM unit' 2>/dev/null || echo 0)" -ge 32 ] || [ $n -ge 100 ]; do
  sleep 0.1
  n=$((n + 1))
done
kill -INT $pid
code=0
wait $pid || code=$?
if [ $code != 3 ]; then
  [ $code = 0 ] && exit 77 # too fast a machine
  cat "$TMP/err"
  fail "exit code $code"
fi
says interrupted
if pgrep -P $pid >/dev/null; then fail "a worker is left behind"; fi
# A scan ends the same way, without a report that could be taken for a whole one.
"$BLOCKSCAN" scan compile_commands.json --cache-dir .blockscan -q -j2 --max-broken 9 --output text="$TMP/report" 2>"$TMP/err" &
pid=$!
n=0
until pgrep -P $pid >/dev/null || [ $n -ge 200 ]; do # before its workers are there, a background job ignores SIGINT
  sleep 0.1
  n=$((n + 1))
done
sleep 0.3
kill -INT $pid
code=0
wait $pid || code=$?
[ $code = 3 ] || { cat "$TMP/err"; fail "scan: exit code $code"; }
says interrupted
[ ! -e "$TMP/report" ] || fail "a report of half a program"

echo 'int short_again(void);' >u199.c
settle
extract 0 compile_commands.json -o "$TMP/facts" --cache-dir .blockscan -v -q
cached=$(sed -n 's/.* \([0-9]*\) from the cache/\1/p' "$TMP/err")
[ "$cached" -ge 32 ] || fail "only $cached units were kept"
