# The language server, spoken to byte by byte.
set -eu
cd "$TMP"
mkdir -p "work space/src"
cat >"work space/src/main.c" <<'END'
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
printf '[{"directory": "%s", "file": "src/main.c", "arguments": ["cc", "-c", "src/main.c"]}]\n' "$TMP/work space" \
  >"work space/compile_commands.json"
export TMPDIR="$TMP"
python3 "$BLOCKSCAN_SOURCE/tests/lsp/client.py" "$BLOCKSCAN" "work space"
# Nothing is left behind.
for left in blockscan-lsp-*; do
  [ ! -e "$left" ] || { echo "FAILED: $left is left behind" >&2; exit 1; }
done
