# seeds.sh NAME FOLDER: fills FOLDER with what the fuzzer NAME starts from. Those of the facts are made by $BLOCKSCAN, because facts of an
# older version are refused at their first bytes; those of modules by the compiler.
set -eu
name=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
[ ! -d "$here/seeds/$name" ] || cp -R "$here/seeds/$name/." "$folder"

facts() {
  database=$(mktemp)
  trap 'rm -f "$database"' EXIT
  separator='['
  for program in "$here"/../scan/cxx-*.cc "$here"/../scan/own-*.c "$here"/../scan/pointer-*.c; do
    printf '%s{"directory": "/", "file": "%s", "arguments": ["cc", "-c", "%s"]}' "$separator" "$program" "$program"
    separator=,
  done >"$database"
  echo ']' >>"$database"
  ASAN_OPTIONS=detect_leaks=0 "$BLOCKSCAN" extract -q --no-cache --max-broken 100 "$database" -o "$folder" 2>/dev/null
}

# A small shared object with an inlined function, in the two versions of DWARF that are met.
module() {
  printf 'int g;\nstatic inline __attribute__((always_inline)) int in(int a) { return a + g; }\nint f(int a) { return in(a) * 3; }\nint h(int a) { return f(a) + in(a); }\n' |
    "${CC:-cc}" -x c -O1 "$@" -shared -fPIC -nostdlib -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 -o "$output" -
}

case $name in
facts | link) facts ;;
symbols | elf)
  for version in 4 5; do output=$folder/dwarf-$version.so && module "-gdwarf-$version"; done
  output=$folder/plain.so && module -g0
  # Unwind information that never ends.
  "${CC:-cc}" -O1 -shared -fPIC -nostdlib -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 "$here/../runtime/record/endless.c" -o "$folder/endless.so"
  ;;
esac
