# Calls through pointers that nothing reaches are a list: in JSON, and in text with --ledger.
set -eu
. "$(dirname "$0")/helpers"
cd "$TMP"
cat >main.c <<'END'
#include <uv.h>
struct plugin { void (*notify)(int level); };
static struct plugin *loaded;
static void tell(int level) { loaded->notify(level); }
static void on_timer(uv_timer_t *timer) { (void)timer; tell(1); }
static void never(void) { loaded->notify(0); }
void (*kept)(void) = never;
int main(void) { uv_timer_t timer; uv_timer_start(&timer, on_timer, 1, 0); return uv_run(uv_default_loop(), 0); }
END
echo '[{"directory": ".", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >compile_commands.json
"$BLOCKSCAN" scan -q --no-cache --output json=r.json --output text >short
"$BLOCKSCAN" scan -q --no-cache --ledger >long
! grep -q 'field notify of plugin' short || fail "the list is told without --ledger"
grep -q '2 indirect calls through pointers' short || fail "their number is not told"
grep -q 'main.c:4:.*tell calls through field notify of plugin.*1 callback comes here' long || { cat long; fail "no row for tell"; }
grep -q 'main.c:6:.*no callback comes here' long || { cat long; fail "no row for never"; }
"$BLOCKSCAN" diff r.json r.json --output json=again.json
for f in r.json again.json; do
  grep -q '"through": "field notify of plugin", "type": "void (int)", "entries": 1' "$f" || fail "$f has no list"
done
