# rules.sh LIBRARY: what a rule names in the C library is watched or left out for a reason that is written down, and a watched function has
# the rule that names it: the two halves of the report meet by both.
set -eu
command -v jq >/dev/null || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$BLOCKSCAN_SOURCE"
fail() {
  echo "$1:" >&2
  cat "$2" >&2
  exit 1
}
# function TAB rule, of the rules and of the hooks
jq -r '.rules[] | .id as $id | .functions[]? | "\(.)\t\($id)"' rules/blocking/*.json | sort -u >"$folder/rules"
tr '\n' ' ' <runtime-check/shared/hooks.def | cat - runtime-check/shared/hooks-*.def | tr '\n' ' ' | sed -E 's/ +/ /g; s/ (WAIT[A-Z_]*|HOOK[A-Z_]*)\(/\n\1(/g' |
  sed -nE 's/^(WAIT|WAIT_LIBRARY|HOOK_LOCK|HOOK_VOID|HOOK_FORMAT_VOID)\(([A-Za-z_0-9]+), "([^"]+)".*/\2\t\3/p
    s/^HOOK_(FD|TAKES)\([^,]+, ([A-Za-z_0-9]+), "([^"]+)", "([^"]+)".*/\2\t\3\n\2\t\4/p
    s/^(HOOK|HOOK_OPENS|HOOK_OWN|HOOK_FORMAT|WAIT_OTHER)\([^,]+, ([A-Za-z_0-9]+), "([^"]+)".*/\2\t\3/p' | sort -u >"$folder/hooks"
[ "$(wc -l <"$folder/hooks")" -gt 500 ]
# liburing's own inline functions lead to this one; a rule would find it in their bodies, which peek, too.
comm -23 "$folder/hooks" "$folder/rules" | grep -v '^__io_uring_get_cqe' >"$folder/other" || true
[ ! -s "$folder/other" ] || fail "watched, and no such rule names them" "$folder/other"

sed -nE 's/^([A-Za-z_0-9]+): ..*/\1/p' runtime-check/shared/unwatched.txt | sort >"$folder/left-out"
cut -f 1 "$folder/hooks" | sort -u >"$folder/watched"
comm -12 "$folder/left-out" "$folder/watched" >"$folder/other"
[ ! -s "$folder/other" ] || fail "left out and watched all the same" "$folder/other"
libc=$(ldd "$1" | awk '$1 ~ /^libc\.so/ { print $3 }')
nm -D --defined-only "$libc" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$folder/libc"
cut -f 1 "$folder/rules" | sort -u | comm -12 - "$folder/libc" >"$folder/named"
comm -23 "$folder/named" "$folder/watched" | comm -23 - "$folder/left-out" >"$folder/other"
[ ! -s "$folder/other" ] || fail "named by a rule, neither watched nor in unwatched.txt" "$folder/other"
comm -23 "$folder/left-out" "$folder/named" >"$folder/other"
[ ! -s "$folder/other" ] || fail "in unwatched.txt, and no rule names them" "$folder/other"
