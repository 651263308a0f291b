# Functions that only a script language calls: --entry and BLOCKSCAN_ENTRY; without them nothing is checked.
set -eu
. "$(dirname "$0")/helpers"
cd "$TMP"
cat >module.c <<'END'
#include <unistd.h>
#define BLOCKSCAN_ENTRY __attribute__((annotate("blockscan::entry")))
int lua_fetch(void *state) { (void)state; return (int)sleep(1); }
int lua_ready(void *state) { (void)state; return 0; }
#ifdef MARKED
BLOCKSCAN_ENTRY int marked(void);
#endif
int marked(void) { return (int)sleep(2); }
END
entry() { printf '[{"directory": ".", "file": "module.c", "arguments": ["cc", %s "-c", "module.c"]}]\n' "$1" >compile_commands.json; }
# scan CODE ARGUMENT...
scan() {
  want=$1 code=0
  shift
  "$BLOCKSCAN" scan -q --no-cache "$@" >out 2>err || code=$?
  [ $code = "$want" ] || { cat out err; fail "scan $*: exit code $code, not $want"; }
}
entry ''
scan 3
scan 0 --entry lua_ready
scan 1 --entry 'lua_*'
grep -q 'module.c:3.*sleep' out || fail "no finding below --entry"
! grep -q 'module.c:8' out || fail "a function that is not named is an entry"
entry '"-DMARKED",'
scan 1
grep -q 'module.c:8.*sleep' out || fail "no finding below BLOCKSCAN_ENTRY"
