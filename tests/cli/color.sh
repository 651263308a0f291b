# Colours: on a terminal and when forced, never against NO_COLOR; the option comes before the environment.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
cat >server.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
echo '[{"directory": ".", "file": "server.c", "arguments": ["cc", "-c", "server.c"]}]' >compile_commands.json
unset NO_COLOR CLICOLOR CLICOLOR_FORCE
escape=$(printf '\033')

# expect yes|no ENVIRONMENT… -- ARGUMENT…: whether the report is coloured.
expect() {
  wanted=$1; shift
  "$@" >out 2>err || [ $? = 1 ] || { cat err; fail "$*"; }
  if grep -q "$escape\\[" out; then coloured=yes; else coloured=no; fi
  [ "$coloured" = "$wanted" ] || fail "$*: coloured: $coloured, expected: $wanted"
}
scan="$BLOCKSCAN -q --no-cache compile_commands.json"
# shellcheck disable=SC2086 # words
{
  expect no env TERM=xterm $scan
  expect yes env TERM=xterm CLICOLOR_FORCE=1 $scan
  expect no env TERM=xterm CLICOLOR_FORCE=0 $scan
  expect no env TERM=xterm CLICOLOR_FORCE=1 NO_COLOR=1 $scan
  expect yes env NO_COLOR=1 $scan --color=always
  expect yes env NO_COLOR=1 $scan --color
  expect no env CLICOLOR_FORCE=1 $scan --color=never
}
# On a terminal, which script(1) makes: by itself, unless it is a dumb one or NO_COLOR is set.
command -v script >/dev/null || exit 0
expect yes env TERM=xterm script -qec "$scan" /dev/null
expect no env TERM=dumb script -qec "$scan" /dev/null
expect no env TERM=xterm NO_COLOR=1 script -qec "$scan" /dev/null
expect no env TERM=xterm CLICOLOR=0 script -qec "$scan" /dev/null
