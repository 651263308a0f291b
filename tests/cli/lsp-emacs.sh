# The language server in Emacs' Eglot, set up by the snippet of docs/editors.md. EMACS names another Emacs.
set -eu
command -v "${EMACS:-emacs}" >/dev/null || exit 77
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
code=0
HOME="$TMP/home" TMPDIR="$TMP" LC_ALL=C.UTF-8 PATH="$(dirname "$BLOCKSCAN"):$PATH" \
  "${EMACS:-emacs}" -q --batch -l "$BLOCKSCAN_SOURCE/tests/lsp/emacs.el" >log 2>&1 </dev/null || code=$?
[ "$code" != 77 ] || exit 77
[ "$code" = 0 ] || { cat log >&2; exit 1; }
grep -q '^  // blockscan: ignore\[sleep.sleep\] -- ' src/main.c || { cat log src/main.c >&2; exit 1; }
