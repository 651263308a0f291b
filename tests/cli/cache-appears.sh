# A header that a source asks for by __has_include, and that was not there: when it appears, what the cache has of the unit is another one.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
mkdir -p inc sub
cat >a.c <<'END'
#include "sub/slow.h"
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
unsigned sleep(unsigned seconds);
int fsync(int fd);
static void on_tick(uv_timer_t *timer) {
  (void)timer;
  fsync(1);
#ifdef SLOW
  sleep(1);
#endif
}
void start(uv_timer_t *timer) { uv_timer_start(timer, on_tick, 0, 1); }
END
cat >sub/slow.h <<'END'
#if __has_include("beside.h") || __has_include ( <folder.h> )
#define SLOW
#endif
END
printf '[{"directory": "%s", "file": "a.c", "command": "cc -Iinc -c a.c"}]\n' "$TMP" >compile_commands.json
# scan FINDINGS WHAT: twice, from what the cache has.
scan() {
  for time in first second; do
    sleep 0.1
    "$BLOCKSCAN" scan -q --cache-dir cache --output json=r.json --fail-on never >/dev/null 2>err || { cat err >&2; fail "$2: exit code $?"; }
    [ "$(jq '.findings | length' r.json)" = "$1" ] || fail "$2, $time: $(jq '.findings | length' r.json) findings, not $1"
  done
}
scan 1 "neither is there"
echo '//' >sub/beside.h
scan 2 "beside the header"
rm sub/beside.h
scan 1 "gone again"
echo '//' >inc/folder.h
scan 2 "in a folder of the command line"
rm inc/folder.h
echo '//' >inc/other.h
scan 1 "another name"
