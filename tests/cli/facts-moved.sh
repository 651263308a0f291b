# The facts of a project are the same bytes wherever it lies: no path of its folder is in them, neither in the names of types without
# a name nor in __FILE__, and none that the command line gives as absolute.
set -eu
for folder in "$TMP/a" "$TMP/somewhere/else/b"; do
  mkdir -p "$folder/src"
  cat >"$folder/src/state.h" <<'EOF'
typedef struct { void (*call)(int); struct { int n; } inner; } hooks;
typedef void (*on_hooks)(hooks *);
EOF
  cat >"$folder/src/main.c" <<'EOF'
#include <assert.h>
#include <stdio.h>
#include "state.h"
#define HERE "at " __FILE__
static struct { int (*open)(const char *); on_hooks each; } table;
static void visit(struct { int n; } *own, on_hooks each) { each(0); (void)own; }
int main(void) {
  assert(table.open);
  visit(0, table.each);
  puts(HERE);
  return table.open(__FILE__) + table.open(DATA "/file");
}
EOF
  cat >"$folder/src/more.cc" <<'EOF'
#include <functional>
static struct { int n; struct { int deep; void call() { deep++; } } inner; } state;
template <typename F> int run(F f) { return f(state.n); }
static std::function<int(int)> kept = [](int n) { return n + 1; };
int more() { state.inner.call(); return run([](int n) { return n; }) + run(kept); }
EOF
  jq -n --arg d "$folder" '[
    {directory: $d, file: "\($d)/src/main.c", arguments: ["cc", "-DDATA=\"\($d)/data\"", "-I\($d)/src", "-c", "\($d)/src/main.c"]},
    {directory: $d, file: "\($d)/src/more.cc", arguments: ["c++", "-c", "\($d)/src/more.cc"]}]' >"$folder/compile_commands.json"
  (cd "$folder" && "$BLOCKSCAN" extract -q --no-cache -o facts compile_commands.json)
  (cd "$folder" && "$BLOCKSCAN" extract -q --no-cache --dump compile_commands.json) >"$folder/dump.txt"
  if grep -nF "$folder" "$folder/dump.txt"; then exit 1; fi
done
grep -q 'src/main.c' "$TMP/a/dump.txt"
diff "$TMP/a/dump.txt" "$TMP/somewhere/else/b/dump.txt"
[ "$(find "$TMP/a/facts" -type f | wc -l)" -ge 2 ]
diff -r "$TMP/a/facts" "$TMP/somewhere/else/b/facts"
