# Several programs in one database: findings stand under their programs, tests come last, --program looks at one.
set -eu
. "$(dirname "$0")/helpers"
cd "$TMP"
mkdir -p src tests
cat >src/server.c <<'END'
#include <unistd.h>
#include <uv.h>
static void on_timer(uv_timer_t *timer) { (void)timer; fsync(3); }
int main(void) { uv_timer_t timer; uv_timer_start(&timer, on_timer, 1, 0); return uv_run(uv_default_loop(), 0); }
END
sed 's/fsync(3)/sleep(5)/' src/server.c >tests/load.c
entry() { printf '{"directory": ".", "file": "%s", "arguments": ["cc", "-c", "%s"]}' "$1" "$1"; }
printf '[%s, %s]\n' "$(entry tests/load.c)" "$(entry src/server.c)" >compile_commands.json
"$BLOCKSCAN" scan -q --no-cache >out || [ $? = 1 ]
grep -n '^Program \|: error:' out | cut -d: -f2- >heads
printf 'Program server:\nsrc/server.c:3:56\nProgram load:\ntests/load.c:3:56\n' >want
cut -d: -f1-3 heads | sed 's/: error$//; s/^\(Program .*\):.*/\1:/' >have
diff -u want have || fail "the order of the programs"
"$BLOCKSCAN" scan -q --no-cache --program load --output json=one.json || [ $? = 1 ]
grep -q '"program": "load"' one.json || fail "no program in JSON"
! grep -q fsync one.json || fail "--program load tells of the server"
code=0
"$BLOCKSCAN" scan -q --no-cache --program nobody 2>err || code=$?
[ $code = 2 ] || fail "--program nobody: exit code $code"
grep -q "unknown program .*expected one of " err || fail "the programs are not named"
