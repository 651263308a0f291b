# The VS Code extension's own code, with stand-ins for VS Code and the real server; and its version is the program's.
set -eu
command -v node >/dev/null || exit 77
cd "$TMP"
mkdir -p src
cat >src/main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
extern int x;
static void nap(void) {
  x = sleep(1);
}
static void on_timer(uv_timer_t *timer) { (void)timer; nap(); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
echo '[{"directory": ".", "file": "src/main.c", "arguments": ["cc", "-c", "src/main.c"]}]' >compile_commands.json
export TMPDIR="$TMP"
timeout 120 node "$BLOCKSCAN_SOURCE/tests/lsp/vscode.js" "$BLOCKSCAN_SOURCE/editors/vscode" "$BLOCKSCAN" "$TMP"
version=$("$BLOCKSCAN" --version | sed -n 's/^blockscan \([0-9.]*\).*/\1/p')
[ "$(jq -r .version "$BLOCKSCAN_SOURCE/editors/vscode/package.json")" = "$version" ] || { echo "the extension is not of version $version" >&2; exit 1; }
