# header.sh HEADER_FOLDER: the header alone compiles in each language and standard without a warning.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/all.c" <<'END'
#include <blockscan/runtime.h>
static void tell(const bs_stall *stall, void *data) { (void)stall, (void)data; }
int all(void);
int all(void) {
  bs_scope scope;
  bs_counts counts;
  char text[64];
  BS_SCOPE("a", 0) BS_ALLOW { bs_allow_begin(); bs_allow_end(); }
  BS_NO_STALLS("b", BS_MILLISECOND, BS_LOG) { BS_EXPECT_STALL("c", 1, BS_ABORT) continue; }
  BS_NO_STALLS_CALL("d", 1, tell, NULL) BS_EXPECT_STALL_CALL("e", 1, tell, NULL) break;
  bs_scope_begin(&scope, "f", 1);
  if (bs_runtime_start(NULL) != 0) return *bs_runtime_error();
  bs_runtime_counts(&counts);
  return (int)bs_scope_end(&scope) + (int)bs_runtime_text(text, sizeof text) + bs_runtime_stop() + bs_recorded();
}
END
cp "$folder/all.c" "$folder/all.cc"
cat >>"$folder/all.cc" <<'END'
int guards();
int guards() {
  blockscan::scope a("a");
  blockscan::scope b("b", BS_MILLISECOND, BS_CALLBACK, tell, NULL);
  blockscan::expect_stall c("c", 1);
  blockscan::allow d;
  return 0;
}
END
flags="-Wall -Wextra -pedantic -Werror -O1 -c -o $folder/all.o -I $1"
compiled=0
# compile COMPILER STANDARD FILE
compile() {
  command -v "$1" >/dev/null || return 0
  # shellcheck disable=SC2086 # a list of words
  "$1" $flags -std="$2" "$folder/$3" || { echo "$1 -std=$2" >&2; exit 1; }
  compiled=$((compiled + 1))
}
for compiler in gcc clang-19; do
  for standard in c99 c11 c17 gnu17; do compile $compiler $standard all.c; done
done
for compiler in g++ clang++-19; do
  for standard in c++98 c++11 c++17 c++20; do compile $compiler $standard all.cc; done
done
[ $compiled -gt 0 ]
