# The completion files are accepted by their shells where these are there, and complete verbs, options and values.
set -eu
fail() { echo "$*" >&2; exit 1; }

cd "$TMP"
for shell in bash zsh fish; do
  "$BLOCKSCAN" completion "$shell" >"blockscan.$shell"
  if command -v "$shell" >/dev/null; then "$shell" -n "blockscan.$shell" || fail "$shell: syntax"; fi
  for word in scan why graph rules extract fail-on max-broken; do
    grep -q -- "$word" "blockscan.$shell" || fail "$shell: no $word"
  done
done

command -v bash >/dev/null || exit 0
cat >complete.bash <<'EOF'
source ./blockscan.bash
complete_words() { # WORD...: what the last word can become
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _blockscan
  printf '%s\n' "${COMPREPLY[@]}"
}
complete_words "$@"
EOF
# expect WANTED WORD...
expect() {
  wanted=$1; shift
  bash complete.bash "$@" | grep -qx -- "$wanted" || { bash complete.bash "$@"; fail "$*: no $wanted"; }
}
touch compile_commands.json
expect scan blockscan ""
expect scan blockscan sc
expect compile_commands.json blockscan comp
expect completion blockscan comp
expect --fail-on blockscan --fail
expect --fail-on blockscan scan --fail
expect warning blockscan scan --fail-on w
expect warning blockscan scan --fail-on = ""
expect json blockscan scan --output j
expect show blockscan rules s
expect fish blockscan completion f
expect compile_commands.json blockscan scan --config comp
