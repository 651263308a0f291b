# No compile database: how to make one with the build system that is there. One that is there is found from where people stand.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }

# expect_hint TEXT FILE…: in a folder with these files.
expect_hint() {
  text=$1; shift
  rm -rf "$TMP/tree"
  mkdir "$TMP/tree"
  for file in "$@"; do
    mkdir -p "$(dirname "$TMP/tree/$file")"
    : >"$TMP/tree/$file"
  done
  code=0
  (cd "$TMP/tree" && "$BLOCKSCAN") >"$TMP/out" 2>"$TMP/err" || code=$?
  [ "$code" = 2 ] || fail "$*: exit code $code"
  [ ! -s "$TMP/out" ] || fail "$*: wrote to stdout"
  grep -q 'no compile_commands.json in this folder' "$TMP/err" || fail "$*: does not say what is missing"
  grep -qF -- "$text" "$TMP/err" || { cat "$TMP/err"; fail "$*: no '$text'"; }
  [ ! -e "$TMP/tree/.blockscan" ] || fail "$*: left a cache behind"
}
expect_hint 'cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON' CMakeLists.txt Makefile
expect_hint 'meson setup build' meson.build
expect_hint 'bear -- make' Makefile
expect_hint 'bear -- make' GNUmakefile
expect_hint 'bazel run @hedron_compile_commands//:refresh_all' MODULE.bazel
expect_hint 'bazel run @hedron_compile_commands//:refresh_all' WORKSPACE
expect_hint './configure && bear -- make' configure
expect_hint './auto/configure && bear -- make' auto/configure
expect_hint 'autoreconf -i' configure.ac
expect_hint 'ninja -t compdb' build.ninja
expect_hint 'bear -- BUILD COMMAND' main.c

# A folder may be given for the file; a file that is not there is named, and a misspelt verb is not taken for one.
code=0
"$BLOCKSCAN" "$TMP/tree" 2>"$TMP/err" || code=$?
[ "$code" = 2 ] && grep -qF "$TMP/tree: no compile_commands.json" "$TMP/err" || fail "a folder without a database"
code=0
"$BLOCKSCAN" "$TMP/none.json" 2>"$TMP/err" || code=$?
[ "$code" = 2 ] && grep -qF "$TMP/none.json: No such file" "$TMP/err" || fail "a file that is not there"

# Found in ., build, out, build-anything, and above.
for place in . build out build-release build/release cmake-build-debug _build out/Default; do
  rm -rf "$TMP/tree"
  mkdir -p "$TMP/tree/$place" "$TMP/tree/src/deep"
  echo 'int main(void) { return 0; }' >"$TMP/tree/main.c"
  printf '[{"directory": "%s", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]\n' "$TMP/tree" \
    >"$TMP/tree/$place/compile_commands.json"
  for from in . src src/deep; do
    (cd "$TMP/tree/$from" && "$BLOCKSCAN" -q --no-cache --if-no-loops=ok) >"$TMP/out" 2>"$TMP/err" || fail "$place is not found from $from"
    grep -q 'No callback of an event loop was found' "$TMP/out" || fail "$place from $from: another report"
  done
  "$BLOCKSCAN" -q --no-cache --if-no-loops=ok "$TMP/tree" >"$TMP/out" || fail "$place is not found in a folder that is given"
done

# A source or a header in the place of the database is what to report: the database is found as always.
rm -rf "$TMP/tree"
mkdir -p "$TMP/tree/build"
printf '#include "part.h"\nint main(void) { return 0; }\n' >"$TMP/tree/main.c"
: >"$TMP/tree/part.h"
echo '[{"directory": "..", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >"$TMP/tree/build/compile_commands.json"
for file in main.c part.h; do
  (cd "$TMP/tree" && "$BLOCKSCAN" -q --no-cache --if-no-loops=ok "$file") >"$TMP/out" 2>"$TMP/err" || true
  grep -q 'expected an array' "$TMP/err" && fail "$file is taken for a database"
  (cd "$TMP/tree" && "$BLOCKSCAN" -q --no-cache --if-no-loops=ok -p build "$file") >"$TMP/out2" 2>"$TMP/err2" || true
  cmp -s "$TMP/out" "$TMP/out2" || { cat "$TMP/err" "$TMP/err2"; fail "$file alone is not like $file behind -p"; }
done
rm -rf "$TMP/tree"
mkdir "$TMP/tree"
echo 'int main(void) { return 0; }' >"$TMP/tree/main.c"
code=0
(cd "$TMP/tree" && "$BLOCKSCAN" main.c) 2>"$TMP/err" || code=$?
[ "$code" = 2 ] && grep -q '^blockscan: no compile_commands.json' "$TMP/err" || { cat "$TMP/err"; fail "a source without a database"; }
