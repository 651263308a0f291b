# The same input gives the same bytes: whatever -j, with a cold cache, a warm one and none, and from another folder.
set -eu
mkdir "$TMP/a" "$TMP/b"
for folder in "$TMP/a" "$TMP/b"; do
  # Three programs of the annotated tests in one database, so that there is something to mix up.
  cp "$BLOCKSCAN_SOURCE/tests/scan/pointer-table.c" "$BLOCKSCAN_SOURCE/tests/scan/own-loop-split.c" \
    "$BLOCKSCAN_SOURCE/tests/scan/offload-pthread.c" "$folder"
  for name in pointer-table own-loop-split offload-pthread; do
    jq -n --arg d "$folder" --arg n "$name" \
      '{directory: $d, file: "\($n).c", output: "\($n).p/main.o", arguments: ["cc", "-D_GNU_SOURCE", "-c", "\($n).c"]}'
  done | jq -s . >"$folder/compile_commands.json"
done

# scan NAME FOLDER OPTION…
scan() {
  name=$1 folder=$2
  shift 2
  status=0
  (cd "$folder" && "$BLOCKSCAN" scan -q --notes --confidence possible --output text="$TMP/$name.txt" \
    --output json="$TMP/$name.json" "$@" compile_commands.json) || status=$?
  [ "$status" = 1 ] || { echo "$name: exit code $status, expected 1"; exit 1; }
}

scan first "$TMP/a" -j 1 --no-cache
[ "$(jq '.findings | length' "$TMP/first.json")" -gt 3 ]
scan parallel "$TMP/a" -j 4 --no-cache
scan cold "$TMP/a" -j 3
scan warm "$TMP/a" -j 2
scan moved "$TMP/b" --no-cache
for name in parallel cold warm moved; do
  cmp "$TMP/first.txt" "$TMP/$name.txt"
  cmp "$TMP/first.json" "$TMP/$name.json"
done
