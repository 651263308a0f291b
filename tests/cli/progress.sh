# Off a terminal a scan is never silent for more than ten seconds, neither while it parses nor after that; --quiet is.
set -eu
fail() { cat err* >&2; echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
cat >a.c <<'END'
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
unsigned sleep(unsigned seconds);
static void on_tick(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_tick, 0, 1); }
END
echo '[{"directory": ".", "file": "a.c", "command": "cc -c a.c"}]' >compile_commands.json
# A page is more than a pipe holds: nobody reads it for a while.
("$BLOCKSCAN" scan --no-cache --output html 2>err || true) | (sleep 12; cat >page) &
("$BLOCKSCAN" scan --quiet --no-cache --output html 2>err-quiet || true) | (sleep 12; cat >page-quiet) &
# A unit that waits for its header: a pipe that nobody writes to for a while.
mkdir slow
mkfifo slow/late.h
printf '#include "late.h"\n' | cat - a.c >slow/a.c
echo '[{"directory": ".", "file": "a.c", "command": "cc -c a.c"}]' >slow/compile_commands.json
(cd slow && "$BLOCKSCAN" scan --no-cache --unit-timeout 60 >out 2>../err-slow || true) &
sleep 12
echo 'int late;' >slow/late.h &
writer=$!
wait_for() { n=0; while ! grep -q "$1" "$2" && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done; grep -q "$1" "$2" || fail "$2 does not say: $1"; }
wait_for 'still writing the report of 1 unit, 10 s' err
wait_for '0 of 1 units parsed' err-slow
if [ -s err-quiet ]; then fail "--quiet is not"; fi
kill "$writer" 2>/dev/null || true
wait
[ -s page ] && [ -s page-quiet ] || fail "no page"
