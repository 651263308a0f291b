# A scan of what is broken: the report says what was not seen, the exit code is 3 past --max-broken, and never 0 for an error.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"

# database FILE…
database() {
  separator='['
  for file in "$@"; do
    printf '%s{"directory": ".", "file": "%s", "arguments": ["cc", "-c", "%s"]}' "$separator" "$file" "$file"
    separator=', '
  done >compile_commands.json
  echo ']' >>compile_commands.json
}
# scan CODE OPTION…
scan() {
  wanted=$1; shift
  code=0
  "$BLOCKSCAN" scan -q --no-cache --output text=out --output json=report.json "$@" 2>err || code=$?
  [ "$code" = "$wanted" ] || { cat out err; fail "scan $*: exit code $code, not $wanted"; }
}
says() { grep -qF -- "$2" "$1" || { cat "$1"; fail "$1: no '$2'"; }; }

cat >server.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
echo 'int quiet(void) { return 0; }' >quiet.c
printf '#include "nothere.h"\nint half(void) { return NOT_THERE; }\n' >header.c
printf 'int wrong(void) {\n  return (;\n}\n' >syntax.c

# One unit each: named in the text and in the JSON, findings of the others stay.
for broken in 'gone.c|gone.c: No such file or directory' "header.c|header.c:1:10: 'nothere.h' file not found" \
  'syntax.c|syntax.c:2:11: expected expression'; do
  file=${broken%%|*} first=${broken#*|}
  database server.c "$file"
  scan 3
  says err '1 of 2 units did not parse cleanly, more than --max-broken=0'
  says out '1 of 2 units is broken'
  says out "$first"
  says out '[sleep.sleep]'
  [ "$(jq -r '.ledger.broken_units[].file' report.json)" = "$file" ] || fail "$file is not in the JSON ledger"
  scan 1 --max-broken 1
  scan 0 --max-broken 1 --fail-on never
done

# Nothing found in what could be parsed is not "nothing": the text never says that all is well.
database quiet.c gone.c header.c syntax.c
scan 3
scan 3 --max-broken 2 --if-no-loops=ok
scan 3 --max-broken 3
scan 0 --max-broken 3 --if-no-loops=ok
says out '3 of 4 units are broken'
if grep -q 'Nothing to report' out; then fail "says that all is well"; fi

# Entries that say too little are named, once each; a folder is no unit.
echo '[{"directory": "."}, {"directory": ".", "file": "quiet.c"}, {"directory": ".", "file": "quiet.c", "command": "cc -c quiet.c"}]' \
  >compile_commands.json
scan 3 --if-no-loops=ok
says err '2 entries of the compile database are not read whole'
[ "$(grep -c '^  - .*was skipped' out)" = 2 ] || { cat out; fail "not one note for each skipped entry"; }
mkdir folder.c
database quiet.c folder.c
scan 3
says out 'folder.c: Is a directory'
scan 2 --root nowhere
says err '--root: no such folder: nowhere'

# Databases that are none.
: >compile_commands.json
scan 2
says err 'compile_commands.json:1:1: the file is empty'
printf '[\n{"directory": "/tmp", "fi' >compile_commands.json
scan 2
says err 'compile_commands.json:2:'
echo '{}' >compile_commands.json
scan 2
says err 'expected an array of compile commands'
rm compile_commands.json
mkdir compile_commands.json
scan 2 compile_commands.json
[ -s err ] || fail "a folder of that name"
rmdir compile_commands.json

# A rule file with a typo: file, line, column, what was expected.
database server.c
printf '{"kind": "blocking", "rules": [\n  {"id": "my.wait", "functions": "w", "category": "disc", "latency": "seconds", "message": "m"}]}\n' >r.json
scan 2 --rules r.json
says err "r.json:2:51: unknown word 'disc' for 'category'; did you mean 'disk'?"
printf '{"kind": "blocking", "rules": [\n  {"id": "my.wait" "functions": "w"}]}\n' >r.json
scan 2 --rules r.json
says err 'r.json:2:'
scan 2 --rules none.json
says err 'none.json: cannot read this rule file: No such file or directory'

# A cache that cannot be written: one warning, the same report. Root needs a file system that refuses even it.
scan 1
cp report.json good.json
mkdir readonly
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"' EXIT
if [ "$(id -u)" = 0 ]; then
  mount -t tmpfs -o ro none readonly 2>/dev/null && mounted=$TMP/readonly || exit 0
else
  chmod a-w readonly
fi
code=0
"$BLOCKSCAN" scan -q --cache-dir readonly/cache --output json=report.json 2>err || code=$?
[ "$code" = 1 ] || { cat err; fail "a read-only cache: exit code $code"; }
cmp good.json report.json || fail "a read-only cache changes the report"
[ "$(grep -c . err)" = 1 ] || { cat err; fail "not one warning for a read-only cache"; }
says err 'going on without'
