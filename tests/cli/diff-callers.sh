# A 31st caller of a known blocking function is new, as it is with --new-from-rev; a renamed one is not.
set -eu
. "$(dirname "$0")/helpers"
cd "$TMP"
make() { # make COUNT NAME: COUNT callers of save(), the last one called NAME
  {
    echo '#include <unistd.h>'
    echo '#include <uv.h>'
    echo 'static void save(int fd) { fsync(fd); }'
    i=1
    while [ "$i" -lt "$1" ]; do echo "static void caller$i(void) { save($i); }"; i=$((i + 1)); done
    echo "static void $2(void) { save($i); }"
    echo 'static void on_timer(uv_timer_t *timer) { (void)timer;'
    i=1
    while [ "$i" -lt "$1" ]; do echo "caller$i();"; i=$((i + 1)); done
    echo "$2(); }"
    echo 'int main(void) { uv_timer_t timer; uv_timer_start(&timer, on_timer, 1, 0); return uv_run(uv_default_loop(), 0); }'
  } >main.c
  "$BLOCKSCAN" scan -q --no-cache --output "json=$3" || [ $? = 1 ]
}
echo '[{"directory": ".", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >compile_commands.json
make 30 last old.json
make 30 renamed renamed.json
make 31 last new.json
"$BLOCKSCAN" diff old.json renamed.json >out || fail "a renamed caller is new"
code=0
"$BLOCKSCAN" diff old.json new.json >out || code=$?
[ $code = 1 ] || { cat out; fail "the 31st caller is not new: $code"; }
grep -q 'caller30' out || { cat out; fail "the new caller is not named"; }
