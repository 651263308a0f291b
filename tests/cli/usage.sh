# Usage errors end with exit code 2 and name the option; help and version go to stdout and end with 0.
set -eu
fail() { echo "$*" >&2; exit 1; }

# expect_error TEXT ARGUMENT...: exit code 2, TEXT on stderr, nothing on stdout.
expect_error() {
  text=$1; shift
  code=0
  "$BLOCKSCAN" "$@" >"$TMP/out" 2>"$TMP/err" || code=$?
  [ "$code" = 2 ] || fail "blockscan $*: exit code $code"
  grep -qF -- "$text" "$TMP/err" || { cat "$TMP/err"; fail "blockscan $*: no '$text'"; }
  [ ! -s "$TMP/out" ] || fail "blockscan $*: wrote to stdout"
}

cd "$TMP"
expect_error "--no-such-option" scan --no-such-option
expect_error "--jobs: invalid value 'x' (expected a number" scan --jobs=x
expect_error "--jobs: invalid value '0' (expected a number" scan -j 0
expect_error "--jobs: invalid value '-1' (expected a number" scan -j -1
expect_error "--jobs: invalid value '99999999999999999999'" scan -j 99999999999999999999
expect_error "--fail-on: invalid value 'fatal' (expected note, warning, error or never)" scan --fail-on=fatal
expect_error "--confidence: invalid value 'sure' (expected possible, likely or certain)" --confidence=sure
expect_error "--output: unknown format 'xml' (expected one of text, json" scan --output xml
expect_error "--output: 'report.json' is no format: --output json=report.json writes that file" scan -o report.json
expect_error "--output: 'out/a.HTML' is no format: --output html=out/a.HTML writes that file" scan -o out/a.HTML
expect_error "--output: no file after 'json='" scan --output json=
expect_error "--color: invalid value 'red' (expected auto, always or never)" scan --color=red
expect_error "more than one compile database: 'a' and 'b'" graph a b
expect_error "unknown verb 'sacn'; did you mean 'scan'?" sacn
expect_error "unknown verb 'sacn'; did you mean 'scan'?" help sacn
expect_error "(and not a verb; 'blockscan --help' lists the verbs)" nothing-of-that-kind
expect_error "unknown verb 'elephant'; 'blockscan --help' lists the verbs" help elephant
expect_error "no rule 'fsycn', and no rule for a function of that name; did you mean 'fsync'?" explain fsycn
expect_error "no rule 'elephantine', and no rule for a function of that name; 'blockscan rules list'" explain elephantine
expect_error "no completion for 'tcsh'" completion tcsh
expect_error "expected a shell: bash, zsh or fish" completion
expect_error "invalid option -- 'j'" link -j 2 x.bsf
expect_error "invalid option -- 'o'" why -o json main
expect_error "expected --output=DIR or --dump" extract

for arguments in --help -h "help" "--version" "scan --help" "help scan" "rules --help" "completion --help" \
  "scan -h" "record -h" "report -h" "diff -h" "learn -h" "why -h" "explain -h" "graph -h" "extract -h" "link -h" "lsp -h" \
  "install-hook -h" "completion -h" "rules -h" "rules list -h" "rules show -h" "rules check -h" "scan -q -h"; do
  # shellcheck disable=SC2086 # the words are meant to be parted
  "$BLOCKSCAN" $arguments >"$TMP/out" 2>"$TMP/err" || fail "blockscan $arguments: exit code $?"
  [ -s "$TMP/out" ] && [ ! -s "$TMP/err" ] || fail "blockscan $arguments: not on stdout"
done
"$BLOCKSCAN" --help | grep -q '^  scan  ' || fail "--help does not list scan"
"$BLOCKSCAN" --version | grep -Eq '^blockscan [0-9]+\.[0-9]+' || fail "--version without a version"
"$BLOCKSCAN" --version | grep -Eq '^libclang [0-9]+\.' || fail "--version without libclang's"
for option in --output --confidence --fail-on --jobs --max-broken; do
  "$BLOCKSCAN" scan --help | grep -q -- "$option" || fail "scan --help does not list $option"
done
if [ -c /dev/full ] && "$BLOCKSCAN" --help >/dev/full 2>"$TMP/err"; then fail "a full stdout is no error"; fi
