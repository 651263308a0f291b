# seeds.sh NAME FOLDER: fills FOLDER with what the fuzzer NAME starts from. Those of the facts are made by $BLOCKSCAN, because
# facts of an older version are refused at their first bytes.
set -eu
name=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
[ ! -d "$here/seeds/$name" ] || cp -R "$here/seeds/$name/." "$folder"
[ "$name" = facts ] || exit 0
database=$(mktemp)
trap 'rm -f "$database"' EXIT
separator='['
for program in "$here"/../scan/cxx-*.cc "$here"/../scan/own-*.c "$here"/../scan/pointer-*.c; do
  printf '%s{"directory": "/", "file": "%s", "arguments": ["cc", "-c", "%s"]}' "$separator" "$program" "$program"
  separator=,
done >"$database"
echo ']' >>"$database"
ASAN_OPTIONS=detect_leaks=0 "$BLOCKSCAN" extract -q --no-cache --max-broken 100 "$database" -o "$folder" 2>/dev/null
