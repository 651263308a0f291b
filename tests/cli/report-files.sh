# --output writes several reports at once; a file is replaced whole or stays as it was, and what fails is named.
set -eu
fail() { echo "$*" >&2; exit 1; }

cd "$TMP"
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"' EXIT
cat >main.c <<'EOF'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
EOF
printf '[{"directory": "%s", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]\n' "$TMP" >compile_commands.json

# scan CODE ARGUMENT...
scan() {
  wanted=$1; shift
  code=0
  "$BLOCKSCAN" -q --no-cache "$@" >out 2>err || code=$?
  [ "$code" = "$wanted" ] || { cat out err; fail "$*: exit code $code, not $wanted"; }
}

scan 1 --output text=one.txt --output json=one.json -o json
[ ! -s err ] && cmp out one.json || fail "JSON on stdout and in a file differ"
scan 1
cmp out one.txt || fail "text on stdout and in a file differ"
grep -q '^main.c:4:56: error: .* \[sleep\.' out || fail "no finding"
for dash in json=- json; do
  scan 1 -o "$dash"
  cmp out one.json || fail "-o $dash is not stdout"
done
scan 1 --output -
cmp out one.txt || fail "--output - is not the text on stdout"
"$BLOCKSCAN" record -q -o - -o json=- --threshold 1s -- true >out 2>err || fail "record -o -"
grep -q '"schema"' out || { cat out err; fail "record -o json=-: no JSON on stdout"; }
"$BLOCKSCAN" extract -o - >out 2>err && fail "facts on stdout"
grep -qF 'facts go into files' err || { cat err; fail "extract -o - says nothing useful"; }
[ ! -e - ] || fail "there is a file named -"
scan 0 --fail-on never
scan 1 --color=always
grep -q "$(printf '\033')" out || fail "no colours"
scan 1 --color=never
if grep -q "$(printf '\033')" out; then fail "colours"; fi

scan 2 --output json=none/one.json
grep -qF 'none/one.json: No such file or directory' err || fail "the file that cannot be written is not named"
scan 2 --output json=none/one.json --output text=second.txt
cmp one.txt second.txt || fail "one bad output kept the other from being written"
scan 2 --output json=.
[ "$(find . -maxdepth 1 -name '*one.json*' | wc -l)" = 1 ] || fail "a temporary file stayed behind"

mkdir small
[ "$(id -u)" = 0 ] && mount -t tmpfs -o size=16k none small 2>/dev/null || exit 0
mounted=$TMP/small
echo old >small/report.json
head -c 100000 /dev/zero >small/full 2>/dev/null || true
scan 2 --output json=small/report.json
grep -qF 'small/report.json: No space left on device' err || { cat err; fail "a full disk is not named"; }
[ "$(cat small/report.json)" = old ] || fail "the old report is gone"
[ "$(ls -A small | wc -l)" = 2 ] || fail "a temporary file stayed on the full disk"
