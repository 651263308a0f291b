# The language server and the text report in a real editor. NVIM names another Neovim.
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
mkdir broken
printf '/* a file */\n#include "nowhere.h"\nint broken(void) { return 1; }\n' >broken/broken.c
echo '[{"directory": ".", "file": "broken.c", "arguments": ["cc", "-c", "broken.c"]}]' >broken/compile_commands.json
mkdir -p snippet/src snippet/.git
cp src/main.c snippet/src/one.c
echo 'int two;' >snippet/src/two.c
echo '[{"directory": ".", "file": "src/one.c", "arguments": ["cc", "-c", "src/one.c"]}]' >snippet/compile_commands.json
# The bound is for a machine that does nothing else: tests run beside each other.
export SECONDS="${BLOCKSCAN_EDITOR_SECONDS:-20}"
"$BLOCKSCAN" scan -q --fail-on never --output text=report.txt
HOME="$TMP/home" XDG_STATE_HOME="$TMP/home" TMPDIR="$TMP" \
  PATH="$(dirname "$BLOCKSCAN"):$PATH" "${NVIM:-nvim}" --headless -u NONE -i NONE -n -c "luafile $BLOCKSCAN_SOURCE/tests/lsp/neovim.lua" </dev/null
grep -q '^  // blockscan: ignore\[sleep.sleep\] -- ' src/main.c
