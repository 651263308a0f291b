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
expect_error "--jobs: 'x' is not a number" scan --jobs=x
expect_error "--jobs: '0' is not a number" scan -j 0
expect_error "--jobs: '-1' is not a number" scan -j -1
expect_error "--jobs: '99999999999999999999' is not" scan -j 99999999999999999999
expect_error "--fail-on: 'fatal' is none of note, warning, error, never" scan --fail-on=fatal
expect_error "--confidence: 'sure' is none of possible, likely, certain" --confidence=sure
expect_error "--output: 'xml' is none of text, json" scan --output xml
expect_error "--output: no file after 'json='" scan --output json=
expect_error "--color: 'red' is none of auto, always, never" scan --color=red
expect_error "one compile database is enough: 'b' after 'a'" graph a b
expect_error "(nor is that a verb; blockscan --help lists them)" sacn
expect_error "there is no verb 'sacn'" help sacn
expect_error "no completion for 'tcsh'" completion tcsh
expect_error "which shell?" completion
expect_error "invalid option -- 'j'" link -j 2 x.bsf
expect_error "invalid option -- 'o'" why -o json main
expect_error "expected --output=DIR or --dump" extract

for arguments in --help -h "help" "--version" "scan --help" "help scan" "rules --help" "completion --help"; do
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
