# The order of a report: worse before less bad, surer before less sure, then what many callbacks reach in few steps. A callback
# that reaches a call in several ways counts once.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
cat >main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void rare(void) { sleep(1); }
static void deep3(void) { sleep(2); }
static void deep2(void) { deep3(); }
static void deep1(void) { deep2(); }
static void common(void) { sleep(3); }
static void brief(void) { usleep(4000); }
static void on_1(uv_timer_t *t) { (void)t; common(); common(); deep1(); brief(); }
static void on_2(uv_timer_t *t) { (void)t; common(); deep1(); brief(); }
static void on_3(uv_timer_t *t) { (void)t; common(); deep1(); rare(); brief(); }
static void on_4(uv_timer_t *t) { (void)t; common(); deep1(); brief(); }
void start(uv_timer_t *t) {
  uv_timer_start(t, on_1, 1, 0);
  uv_timer_start(t, on_2, 1, 0);
  uv_timer_start(t, on_3, 1, 0);
  uv_timer_start(t, on_4, 1, 0);
}
END
echo '[{"directory": ".", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >compile_commands.json
"$BLOCKSCAN" -q --no-cache --output json=report.json --output text=report.txt && fail "nothing found"
order=$(jq -r '[.findings[].sink.function] | join(" ")' report.json)
[ "$order" = "common deep3 rare brief" ] || fail "order: $order"
grep -q '^  3 more callbacks reach it: ' report.txt || { cat report.txt; fail "callbacks are not counted once"; }
if grep -q '[4-9] more callbacks' report.txt; then cat report.txt; fail "ways are counted as callbacks"; fi
