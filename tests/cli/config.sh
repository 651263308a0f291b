# .blockscan.yaml from the command line's side: mistakes name their place and end with exit code 2.
set -eu
fail() { echo "$*" >&2; exit 1; }

cd "$TMP"
cat >main.c <<'EOF'
#include <sys/epoll.h>
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
EOF
printf '[{"directory": "%s", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]\n' "$TMP" >compile_commands.json

# run CODE: the exit code that the configuration on stdin gives; the report is in out, the messages in err.
run() {
  cat >.blockscan.yaml
  code=0
  "$BLOCKSCAN" -q --no-cache >out 2>err || code=$?
  [ "$code" = "$1" ] || { cat out err; fail "exit code $code, not $1"; }
}
says() { grep -qF -- "$2" "$1" || { cat out err; fail "$1: no '$2'"; }; }

echo '' | run 1
says out '[sleep.'
rule=$(sed -n 's/^main.c:5:.*\[\(.*\)\]$/\1/p' out)
echo "levels: {$rule: off}" | run 0
echo 'levels: {"sleep.*": note}' | run 0
says out '1 note (--notes)'
printf 'exclude:\n  - {path: "*.c", reason: a test}\n' | run 0
says out '1 suppressed'
echo 'startup: [on_timer]' | run 0
echo 'levles: {}' | run 2
says err ".blockscan.yaml:1:1: unknown key 'levles'; did you mean 'levels'?"
echo "levels: {${rule}x: off}" | run 2
says err ".blockscan.yaml:1:10: there is no rule '${rule}x'; did you mean '$rule'?"
echo 'wrappers: [{function: on_timer, like: slep}]' | run 2
says err "no rule and no loop pack mentions the function 'slep'"
echo 'rules: [nowhere.json]' | run 2
says err 'nowhere.json'
printf 'levels:\n\tx: y\n' | run 2
says err '.blockscan.yaml:2:'
rm -f .blockscan.yaml
code=0
"$BLOCKSCAN" -q --no-cache --config nowhere.yaml >out 2>err || code=$?
[ "$code" = 2 ] || fail "a missing --config is no error"
says err 'nowhere.yaml: No such file or directory'

# One under another name, or beside the right place, is pointed out.
rm -f .blockscan.yaml
warned() {
  code=0
  "$BLOCKSCAN" -q --no-cache "$@" >out 2>err || code=$?
  [ "$code" = 1 ] || { cat out err; fail "exit code $code, not 1"; }
}
warned
! grep -q 'is not read' err || { cat err; fail "a warning without a reason"; }
for name in .blockscan.yml blockscan.yaml blockscan.toml; do
  echo "levels: {$rule: off}" >"$name"
  warned
  says err "$name is not read: the configuration's name is .blockscan.yaml"
  rm "$name"
done
printf '[tool.other]\nx = 1\n' >pyproject.toml
warned
! grep -q 'is not read' err || { cat err; fail "another tool's table"; }
printf '[tool.blockscan]\nlevels = {}\n' >>pyproject.toml
warned
says err '[tool.blockscan] of pyproject.toml is not read'
rm pyproject.toml
mkdir below
echo "levels: {$rule: off}" >below/.blockscan.yaml
(cd below && warned ../compile_commands.json) || exit 1
says below/err ".blockscan.yaml of the working directory is not read: the project's root is $TMP"
