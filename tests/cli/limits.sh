# A bound that cuts the search is in the ledger, and the report is incomplete when a blocking call may lie behind it.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
echo '[{"directory": ".", "file": "app.c", "command": "cc -c app.c"}]' >compile_commands.json
# chain LENGTH LAST: a callback, and so many functions below it; the last one does LAST.
chain() {
  echo 'typedef struct uv_timer_s uv_timer_t;'
  echo 'int uv_timer_start(uv_timer_t *t, void (*f)(uv_timer_t *), unsigned long a, unsigned long b);'
  echo 'unsigned sleep(unsigned s);'
  echo "static void f$1(void) { $2 }"
  i=$1
  while [ "$i" -gt 0 ]; do
    echo "static void f$((i - 1))(void) { f$i(); }"
    i=$((i - 1))
  done
  echo "static void on_timer(uv_timer_t *t) { (void)t; $3 f0(); }"
  echo 'void start(uv_timer_t *t) { uv_timer_start(t, on_timer, 1, 0); }'
}
# scan CODE LIMITS [OPTION…]: the ledger's limits as NAME:COUNT:HIDES
scan() {
  code=0 wanted=$1 limits=$2
  shift 2
  "$BLOCKSCAN" scan -q --no-cache --output json=r.json "$@" 2>err || code=$?
  [ "$code" = "$wanted" ] || { cat err; fail "exit code $code, not $wanted"; }
  found=$(jq -r '[.ledger.limits[]? | "\(.limit):\(.count):\(.hides)"] | join(" ")' r.json)
  [ "$found" = "$limits" ] || fail "limits \"$found\", not \"$limits\""
}
chain 50 'sleep(1);' '' >app.c
scan 1 ''
chain 70 'sleep(1);' '' >app.c
scan 3 'depth:1:true'
grep -q 'incomplete: the search from 1 callback stops where calls are 63 deep; blocking calls may lie behind it' err || { cat err; fail "the reason"; }
[ "$(jq '.findings | length' r.json)" = 0 ] || fail "a finding from behind the bound"
# The call is reached by a shorter way, too: nothing is hidden.
chain 70 'sleep(1);' 'f60();' >app.c
scan 1 ''
# Nothing blocks down there: the search does not even go.
chain 70 '' 'sleep(1);' >app.c
scan 1 ''

# More targets than are followed.
cat >app.c <<'END'
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *t, void (*f)(uv_timer_t *), unsigned long a, unsigned long b);
unsigned sleep(unsigned s);
static void one(int x) { (void)x; }
static void two(int x) { (void)x; }
static void three(int x) { sleep((unsigned)x); }
static void (*const table[])(int) = {one, two, three};
static void on_timer(uv_timer_t *t) { (void)t; table[(unsigned long)t % 3](1); }
void start(uv_timer_t *t) { uv_timer_start(t, on_timer, 1, 0); }
void elsewhere(int x) { table[x](x); }
END
scan 1 ''
scan 3 'targets:1:true' --max-targets 2

# Of many callbacks that reach one call the paths of the first are kept. The others are named, and counted.
{
  echo 'typedef struct uv_timer_s uv_timer_t;'
  echo 'int uv_timer_start(uv_timer_t *t, void (*f)(uv_timer_t *), unsigned long a, unsigned long b);'
  echo 'unsigned sleep(unsigned s);'
  echo 'static void nap(void) { sleep(1); }'
  for i in $(seq 70); do echo "static void on_timer$i(uv_timer_t *t) { (void)t; nap(); }"; done
  echo 'void start(uv_timer_t *t) {'
  for i in $(seq 70); do echo "uv_timer_start(t, on_timer$i, 1, 0);"; done
  echo '}'
} >app.c
scan 1 'paths:1:false'
[ "$(jq '.findings[0] | [.paths_left_out, (.entries | length), ([.entries[] | select(.path != [])] | length)] | join(" ")' r.json)" = '"6 70 64"' ] ||
  fail "other numbers of paths"
grep -qF '1 finding has more than the 64 call paths that are kept of each' r.json || fail "the sentence"
scan 1 '' --max-paths 0
[ "$(jq '.findings[0].paths_left_out' r.json)" = null ] || fail "a path is left out"
