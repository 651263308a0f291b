# `:compiler blockscan` and `:make` in Vim: the finding in the quickfix list, and what is incomplete as an entry without a place. VIM_PROGRAM
# names another Vim.
set -eu
command -v "${VIM_PROGRAM:-vim}" >/dev/null || exit 77
"${VIM_PROGRAM:-vim}" --version | grep -q '+quickfix' || exit 77
cd "$TMP"
mkdir -p src build home
cat >src/main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
printf '#include "nowhere.h"\n' >src/broken.c
cat >build/compile_commands.json <<'END'
[{"directory": "..", "file": "src/main.c", "arguments": ["cc", "-c", "src/main.c"]},
 {"directory": "..", "file": "src/broken.c", "arguments": ["cc", "-c", "src/broken.c"]}]
END
cat >check.vim <<'END'
set shell=/bin/sh
compiler blockscan
silent! make -p build
let items = getqflist()
let places = filter(copy(items), "v:val.valid")
let out = map(places, 'bufname(v:val.bufnr) . ":" . v:val.lnum . ":" . v:val.type . ": " . v:val.text')
call writefile(out, 'list')
qall!
END
HOME="$TMP/home" PATH="$(dirname "$BLOCKSCAN"):$PATH" TERM=dumb "${VIM_PROGRAM:-vim}" -u NONE -i NONE -n -N -e -s \
  --cmd "set runtimepath+=$BLOCKSCAN_SOURCE/editors/vim" -c "source check.vim" </dev/null >log 2>&1 || { cat log; exit 1; }
grep -q '^src/main.c:4:e: sleep() sleeps for whole seconds \[sleep.sleep\]$' list || { cat list >&2; exit 1; }
[ "$(grep -c '^src/' list)" = 1 ] || { cat list >&2; exit 1; }
grep -q '^:0:: blockscan: incomplete: 1 of 2 units' list || { cat list >&2; exit 1; }
