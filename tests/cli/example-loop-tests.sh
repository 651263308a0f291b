# The example of googletest, Catch2 and meson against an installed tree: what keeps the loop free passes, what holds it fails and says where.
set -eu
command -v meson >/dev/null || exit 77
[ -d /usr/include/gtest ] || exit 77
[ -d /usr/include/catch2 ] || exit 77
cmake --install "$(dirname "$BLOCKSCAN")" --prefix "$TMP/prefix" >/dev/null
export PKG_CONFIG_PATH="$TMP/prefix/share/pkgconfig"
cp -r "$BLOCKSCAN_SOURCE/examples/loop-tests" "$TMP/source"
cd "$TMP"
meson setup build source >setup.txt 2>&1 || { cat setup.txt; exit 1; }
meson test -C build --print-errorlogs >tests.txt 2>&1 || { cat tests.txt; exit 1; }
grep -q '^Expected Fail: *3' tests.txt || { cat tests.txt; exit 1; }

# held PROGRAM TEXT…: it fails, and says the texts.
held() {
  program=$1
  shift
  status=0
  "build/$program" >out 2>&1 || status=$?
  [ "$status" = 1 ] || { echo "$program: exit code $status, not 1"; cat out; exit 1; }
  for text; do
    grep -qF -- "$text" out || { echo "$program does not say: $text"; cat out; exit 1; }
  done
}
held test_gtest 'Ticks.Held: Event loop stall' on_tick 'save ' ticks.c: '[       OK ] Ticks.KeepTheLoopFree' '1 FAILED TEST'
held test_catch2 'the loop is held: Event loop stall' on_tick 'save ' ticks.c: '1 failed'
