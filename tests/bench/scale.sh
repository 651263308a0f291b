# The generator of bench/scale makes the program that its knobs say, the same bytes each time; link finds its callbacks and what blocks, and
# --timings tells of each phase.
set -eu
generate=$1
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
"$generate" one units=6 functions=30 callbacks=2 sinks=100 passed=10 depth=4 back=10 >/dev/null
"$generate" two units=6 functions=30 callbacks=2 sinks=100 passed=10 depth=4 back=10 >/dev/null
diff -r one two || fail "the same knobs give other bytes"
"$generate" three units=6 functions=30 callbacks=2 sinks=100 passed=10 depth=4 back=10 seed=2 >/dev/null
! diff -rq one three >/dev/null || fail "another seed gives the same bytes"
[ "$(ls one | wc -l)" = 6 ] || fail "not six units"

code=0
"$BLOCKSCAN" link -q --timings --output json=one.json one 2>err || code=$?
[ "$code" = 1 ] || { cat err >&2; fail "exit code $code, not 1"; }
for phase in read map decode link solve edges entries search cuts write; do
  [ "$(grep -cE "^timing: $phase +[0-9.]+ s +[0-9.]+ s CPU +[0-9.]+ MB peak$" err)" = 1 ] || { cat err >&2; fail "no $phase"; }
done
[ "$(wc -l <err)" = 10 ] || { cat err >&2; fail "more than the phases is told"; }
jq -e '[.findings[].entries[].function] | unique | length > 3 and all(test("^on_timer_"))' one.json >/dev/null || fail "the callbacks"
jq -e '[.findings[].rule] | unique == ["disk.fsync", "sleep.usleep"]' one.json >/dev/null || fail "what blocks"
jq -e '[.findings[].entries[].path[].how] | unique | index("field")' one.json >/dev/null || fail "no call through a field"

# Without what blocks there is nothing to report; without the option nothing is told.
"$generate" quiet units=3 functions=20 sinks=0 >/dev/null
"$BLOCKSCAN" link -q --output json=quiet.json quiet 2>err || { cat err >&2; fail "a program that does not block"; }
jq -e '.findings == []' quiet.json >/dev/null || fail "findings without a sink"
[ ! -s err ] || { cat err >&2; fail "something is told"; }
