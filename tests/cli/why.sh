# why and graph: names as people and as the graph write them, and names that nobody has.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
mkdir src
cat >src/main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void nap(void) { sleep(1); }
static void on_timer(uv_timer_t *timer) { (void)timer; nap(); }
void lonely(int x) { (void)x; }
void (*unset)(char *);
void wanted(char *text) { (void)text; }
void *keep[] = {(void *)wanted};
static void on_other(uv_timer_t *timer) { (void)timer; unset("x"); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); uv_timer_start(timer, on_other, 1, 0); }
END
echo 'static void nap(void) {} void other(void) { nap(); }' >src/other.c
printf '[%s,\n%s]\n' '{"directory": ".", "file": "src/main.c", "arguments": ["cc", "-c", "src/main.c"]}' \
  '{"directory": ".", "file": "src/other.c", "arguments": ["cc", "-c", "src/other.c"]}' >compile_commands.json

# why CODE FUNCTION TEXT: TEXT in what it prints.
why() {
  code=0
  "$BLOCKSCAN" why -q "$2" >out 2>err || code=$?
  [ "$code" = "$1" ] || { cat out err; fail "why $2: exit code $code, not $1"; }
  cat out err | grep -qF -- "$3" || { cat out err; fail "why $2: no '$3'"; }
}
why 0 nap 'nap is reached from 1 entry point'
why 0 nap 'timer callback, registered by uv_timer_start at src/main.c:11'
why 0 src/main.c:nap 'is reached from 1 entry point'
why 0 src/other.c:nap 'no event loop was seen to reach it'
why 0 sleep 'is reached from 1 entry point'
why 0 lonely 'Its address is not taken'
why 2 nobody 'nobody: no unit defines or calls a function of this name'
why 2 'two words' 'no unit defines or calls'
why 2 '' 'the name of a function is empty'

"$BLOCKSCAN" graph -q >out
grep -q "^src/main.c:on_timer	src/main.c:nap	direct	certain$" out || { cat out; fail "no direct edge"; }
grep -q "^src/other.c:other	src/other.c:nap	direct	certain$" out || { cat out; fail "functions of one name are mixed up"; }
if grep -q sleep out; then fail "a function of others without --external"; fi
"$BLOCKSCAN" graph -q --external | grep -q "^src/main.c:nap	-:sleep	direct	certain$" || fail "--external shows nothing"
LC_ALL=C sort -c out || fail "the graph is not in a fixed order"
