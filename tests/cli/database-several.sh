# Several databases: the newest of the build folders, and which it is; one that is named is taken. Files behind a database limit what
# is reported, not what is analysed.
set -eu
fail() { cat err >&2; echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
mkdir -p src build/debug build/release out
cat >src/a.c <<'END'
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
unsigned sleep(unsigned seconds);
void save(void);
static void on_tick(uv_timer_t *timer) { (void)timer; save(); sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_tick, 0, 1); }
END
printf 'int fsync(int fd);\nvoid save(void) { fsync(1); }\n' >src/b.c
# entry NAME: an entry of src/NAME.c
entry() { printf '{"directory": "%s", "file": "src/%s.c", "command": "cc -c src/%s.c"}' "$TMP" "$1" "$1"; }
echo "[$(entry a)]" >build/debug/compile_commands.json
echo "[$(entry a), $(entry b)]" >build/release/compile_commands.json
echo "[$(entry b)]" >out/compile_commands.json
touch -d '2020-01-01' build/debug/compile_commands.json out/compile_commands.json
touch -d '2021-01-01' build/release/compile_commands.json
# scan CODE FINDINGS [ARGUMENT…]
scan() {
  wanted=$1 findings=$2 code=0
  shift 2
  "$BLOCKSCAN" scan -q --no-cache --output json=r.json "$@" >report 2>err || code=$?
  [ "$code" = "$wanted" ] || fail "scan $*: exit code $code, not $wanted"
  [ "$(jq '.findings | length' r.json)" = "$findings" ] || fail "scan $*: $(jq '.findings | length' r.json) findings, not $findings"
}
scan 1 2
grep -q 'taking build/release/compile_commands.json, the newest of 3 compile databases; -p names another' err || fail "which it takes"
touch -d '2022-01-01' build/debug/compile_commands.json
scan 1 1
grep -q 'taking build/debug/compile_commands.json, the newest of 3' err || fail "the newest is another now"
scan 1 2 -p build/release
if grep -q newest err; then fail "it was named"; fi
scan 1 2 -p build/release/compile_commands.json

# Only what is in src/b.c, or comes through it; the callback is in src/a.c all the same.
scan 1 1 -p build/release src/b.c
[ "$(jq -r '.findings[0].sink.file' r.json)" = src/b.c ] || fail "another finding"
scan 1 2 -p build/release src/a.c
scan 1 2 build/release src/a.c src/b.c
(cd src && "$BLOCKSCAN" scan -q --no-cache -p ../build/release b.c >report 2>../err) || [ $? = 1 ] || fail "from a folder below"
code=0
"$BLOCKSCAN" scan -q --no-cache -p build/debug src/b.c >report 2>err || code=$?
[ $code = 3 ] && grep -q 'src/b.c is not in the compile database' err || fail "a file of another database: $code"
code=0
"$BLOCKSCAN" scan -q --no-cache -p build/release src/none.c >report 2>err || code=$?
[ $code = 2 ] && grep -q 'src/none.c: no such file' err || fail "a file that is not there: $code"
