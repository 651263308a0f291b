# Units that a worker cannot survive are lost, one by one, and named; the number of workers changes nothing.
set -eu
. "$(dirname "$0")/helpers"
make_project "$TMP/p" 12
cd "$TMP/p"
extract 0 compile_commands.json -o "$TMP/one" -q --no-cache -j1
extract 0 compile_commands.json -o "$TMP/four" -q --no-cache -j4
diff -r "$TMP/one" "$TMP/four" || fail "-j changes the facts"

# 50 MB of source, in two seconds: lost, or done on a machine of another century.
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "static int generated_function_%07d(int x) { return x; }\n", i }' >u3.c
[ "$(wc -c <u3.c)" -gt 50000000 ] || fail "the generated unit is too small"
extract 0 compile_commands.json -o "$TMP/big" -q --no-cache -j2 --unit-timeout 2 --max-broken 1
says 'u3.c: broken: took longer than 2 s'
[ "$(ls "$TMP/big" | wc -l)" = 12 ] || fail "a unit is missing"
for n in 0 1 2 4 11; do cmp "$TMP/big/u$n.c.bsf" "$TMP/one/u$n.c.bsf" || fail "u$n.c is not what it was"; done

# Too little memory for it. Sanitizers need an address space without limits: nothing to see there.
if ! grep -qa __asan_init "$BLOCKSCAN"; then
  extract 0 compile_commands.json -o "$TMP/small" -q --no-cache -j2 --unit-memory 700 --unit-timeout 60 --max-broken 1
  says 'u3.c: broken'
  if grep -q 'took longer' "$TMP/err"; then fail "no limit on memory"; fi
fi

# A worker that is killed from outside loses what it was at.
"$BLOCKSCAN" extract compile_commands.json -o "$TMP/killed" -q --no-cache -j1 --max-broken 1 2>"$TMP/err" &
pid=$!
worker=
n=0
while [ -z "$worker" ] && [ $n -lt 100 ]; do
  worker=$(pgrep -P $pid || true)
  [ -n "$worker" ] || sleep 0.05
  n=$((n + 1))
done
sleep 0.2
kill -KILL $worker
code=0
wait $pid || code=$?
[ $code = 0 ] || { cat "$TMP/err"; fail "exit code $code"; }
says 'u3.c: broken: libclang crashed (SIGKILL)'
[ "$(ls "$TMP/killed" | wc -l)" = 12 ] || fail "a unit is missing"

# The time is the unit's own: one that waits longer for a file than --unit-timeout, and then has little to do, is read.
mkdir "$TMP/waits"
cd "$TMP/waits"
mkfifo late.h
printf '#include "late.h"\nint f(void) { return late; }\n' >u.c
echo '[{"directory": ".", "file": "u.c", "command": "cc -c u.c"}]' >compile_commands.json
(sleep 4; echo 'static const int late = 1;' >late.h) &
extract 0 compile_commands.json --dump -q --no-cache --unit-timeout 2
prints 'f '
wait
# One that waits for ever is ended all the same.
extract 3 compile_commands.json --dump -q --no-cache --unit-timeout 1
says 'took longer than 1 s'
