# The language server and the text report in a real editor.
set -eu
cd "$TMP"
mkdir -p src home
cat >src/main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
extern int x;
static void nap(void) {
  /* 😀 */ x = sleep(1);
}
static void on_timer(uv_timer_t *timer) { (void)timer; nap(); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
echo '[{"directory": ".", "file": "src/main.c", "arguments": ["cc", "-c", "src/main.c"]}]' >compile_commands.json
"$BLOCKSCAN" scan -q --fail-on never --output text=report.txt
HOME="$TMP/home" XDG_STATE_HOME="$TMP/home" TMPDIR="$TMP" \
  nvim --headless -u NONE -i NONE -n -c "luafile $BLOCKSCAN_SOURCE/tests/lsp/neovim.lua" </dev/null
grep -q '^  // blockscan: ignore\[sleep.sleep\] -- ' src/main.c
