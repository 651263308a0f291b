# What people and scripts ask of the text report: the summary last, a bound that no other format has, statistics, ASCII.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
cat >main.c <<'EOF'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
EOF
i=0
while [ "$i" -lt 60 ]; do
  echo "static void on_$i(uv_timer_t *timer) { (void)timer; sleep(1); }" >>main.c
  i=$((i + 1))
done
printf '/* caf\303\251 */ static void largo(uv_timer_t *timer) { (void)timer; usleep(900000); /* gr\303\266\303\237e */ }\n' >>main.c
echo 'void start(uv_timer_t *timer) {' >>main.c
i=0
while [ "$i" -lt 60 ]; do
  echo "uv_timer_start(timer, on_$i, 1, 0);" >>main.c
  i=$((i + 1))
done
echo 'uv_timer_start(timer, largo, 1, 0); }' >>main.c
printf '[{"directory": "%s", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]\n' "$TMP" >compile_commands.json

# run CODE ARGUMENT...: stdout in out.
run() {
  wanted=$1
  shift
  code=0
  "$BLOCKSCAN" -q "$@" compile_commands.json >out 2>err || code=$?
  [ "$code" = "$wanted" ] || { cat out err; fail "$*: exit code $code, not $wanted"; }
}
says() { grep -qF -- "$1" out || { cat out; fail "no '$1'"; }; }
says_not() { ! grep -qF -- "$1" out || { cat out; fail "there is '$1'"; }; }
listed() { grep -c '^main.c:[0-9]*:[0-9]*: ' out; }

run 1
[ "$(listed)" = 50 ] || fail "$(listed) findings are listed"
says 'and 11 more; --max-findings 0 shows all, --statistics counts them'
tail -n 3 out | grep -q "^Exit code 1: 61 findings at or above 'warning' (--fail-on)\.$" || fail "the exit code is not at the end"
tail -n 1 out | grep -q "^Next: 'blockscan why " || fail "what to do next is not last"
# shellcheck disable=SC2046 # the words that the report proposes
"$BLOCKSCAN" $(sed -n "s/^Next: 'blockscan \(why [a-z0-9_]*\)'.*/\1/p" out) compile_commands.json >/dev/null || fail "what it proposes does not work"
# shellcheck disable=SC2046
"$BLOCKSCAN" $(sed -n "s/^Next: .*'blockscan \(explain [a-z.]*\)'.*/\1/p" out) >/dev/null || fail "nor does this"
run 1 --max-findings 0
[ "$(listed)" = 61 ] && says_not ' more; --max-findings' || fail "$(listed) findings are listed"
run 1 --max-findings 3
[ "$(listed)" = 3 ] || fail "$(listed) findings are listed"
run 0 --fail-on never
says 'Exit code 0: --fail-on=never.'

# The bound is of the text alone.
run 1 --output json --output sarif=out.sarif --output gitlab=out.gitlab
[ "$(jq '.findings | length' out)" = 61 ] || fail "JSON has $(jq '.findings | length' out) findings"
[ "$(jq '.runs[0].results | length' out.sarif)" = 61 ] || fail "SARIF has not all findings"
[ "$(jq length out.gitlab)" = 61 ] || fail "GitLab's has not all findings"

run 1 --statistics
[ "$(listed || true)" = 0 ] || fail "findings are listed"
says '     60  sleep.sleep   error'
says '     61  main.c'
says '      1  largo  main.c'
tail -n 2 out | grep -q '^Exit code 1: ' || fail "the summary is not last"

# What the program writes itself is ASCII in the C locale, what it quotes stays what it is in a pipe.
"$BLOCKSCAN" rules list >rules.utf8 2>/dev/null
LC_ALL=C.UTF-8 "$BLOCKSCAN" rules list >rules.utf8
LC_ALL=C "$BLOCKSCAN" rules list >rules.ascii
grep -q '…' rules.utf8 && ! LC_ALL=C grep -q '[^ -~]' rules.ascii || fail "rules list is not ASCII in the C locale"
LC_ALL=C "$BLOCKSCAN" rules list --library czmq | grep -q ' \.\.\. ' || LC_ALL=C grep -q ' \.\.\. [0-9]* more' rules.ascii ||
  fail "no dots in the place of an ellipsis"
LC_ALL=C run 1 --max-findings 0
says 'größe'
LC_ALL=C script -qec "'$BLOCKSCAN' -q --max-findings 0 compile_commands.json" /dev/null </dev/null >terminal 2>&1 || true
grep -q 'gr??e' terminal && ! LC_ALL=C grep -q "[^ -~$(printf '\r\033\t')]" terminal || fail "a terminal of the C locale gets other characters"

# A narrow terminal: what is prose is wrapped, with no space at a line's end; headlines, code and places stay whole, for editors read them.
for columns in 30 60; do
  code="s/$(printf '\033')\\[[0-9;]*[mK]//g"
  LC_ALL=C script -qec "stty cols $columns; '$BLOCKSCAN' -q --max-findings 1 compile_commands.json" /dev/null </dev/null |
    tr -d '\r' | sed "$code" >terminal || true
  prose=$(sed -n '/^Event loops/,$p' terminal | grep -v '^Cheapest cuts')
  [ -z "$(echo "$prose" | awk -v most="$columns" 'length($0) > most')" ] || { cat terminal; fail "not wrapped at $columns columns"; }
  ! grep -q '[^ ] $' terminal || { cat terminal; fail "a space at the end of a line"; }
done
