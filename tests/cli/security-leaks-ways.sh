# More ways for files outside the project into a report: over the parent of a linked folder, with a name that is longer than a path may be, in
# messages that seem to be about a header that is missing, with the word `embed` cut in two in each way that clang takes for nothing. And
# strangers bring no precompiled headers or modules. Each has a twin that is quoted, or read.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
mkdir -p "$TMP/p" "$TMP/outside/sub"
cd "$TMP/p"
out=$TMP/outside
printf '#define MESSAGE "S3CRET in a macro"\n' >"$out/secret.h"
printf 'S3CRET_name\n' >"$out/name"
printf 'S3CRET\n' >"$out/secret.txt"
printf '#define MESSAGE "S3CRET in a macro"\n' >own.h
ln -s "$out/sub" link
ln -s link/../sub links
loop='typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
unsigned sleep(unsigned);
static uv_timer_t *t;'

# look TEXT WHAT OPTION…: a scan to each format says what is wrong in TEXT's way: hidden, or quoted.
n=0
scan() {
  suffix=$1 text=$2
  shift 2
  n=$((n + 1)) options=
  for option; do options="$options, \"$option\""; done
  printf '%b\n' "$text" >"v.$suffix"
  printf '[{"directory": "%s", "file": "v.%s", "arguments": ["clang"%s, "-c", "v.%s"]}]\n' "$PWD" "$suffix" "$options" "$suffix" >v.json
  rm -f o.*
  code=0
  "$BLOCKSCAN" scan -v --no-cache --ledger --output text=o.text --output json=o.json --output markdown=o.md --output html=o.html \
    --output sarif=o.sarif $more v.json >o.out 2>o.err || code=$?
}
more=
hidden() {
  what=$1
  shift
  scan "$@"
  [ $code = 3 ] || fail "$what: exit code $code"
  ! grep -l S3CRET o.* || { grep -h S3CRET o.text o.err | cut -c1-300 >&2; fail "$what"; }
}
quoted() {
  what=$1
  shift
  scan "$@"
  [ $code = 3 ] || fail "$what: exit code $code"
  grep -q S3CRET o.text || { cat o.text o.err >&2; fail "$what is not quoted"; }
}
fails='_Static_assert(0, MESSAGE);'
quoted "a header of the project" c "#include \"own.h\"\n$fails"
hidden "a header outside" c "#include \"$out/secret.h\"\n$fails"
hidden "the parent of a link" c "#include \"link/../secret.h\"\n$fails"
hidden "the parent of a link to a link" c "#include \"links/../secret.h\"\n$fails"
hidden "a text over the parent of a link" c "int x =\n#include \"link/../name\"\n;"
hidden "-I the parent of a link" c "#include <secret.h>\n$fails" -Ilink/..
hidden "-include over the parent of a link" c "$fails" -include link/../secret.h
long=$(awk 'BEGIN { for (i = 0; i < 560; i++) printf "../sub/" }')
hidden "a long way" c "#include \"link/../sub/$long../secret.h\"\n$fails"

# "file not found" may be said by anyone.
inc="#include \"$out/secret.h\"\n"
hidden "an assertion about a file" c "${inc}_Static_assert(0, MESSAGE \"' file not found\");"
hidden "an assertion about a file, with a quote" c "${inc}_Static_assert(0, \"'\" MESSAGE \"' file not found\");"
hidden "an include of a macro" c "$inc#include MESSAGE\n"
hidden "an unavailable function" c "${inc}__attribute__((unavailable(MESSAGE \" file not found\"))) void g(void);\nvoid h(void) { g(); }"
hidden "diagnose_if" c "${inc}void g(int a) __attribute__((diagnose_if(a, MESSAGE \"' file not found\", \"error\")));\nvoid h(void) { g(1); }"
quoted "a missing header in a unit that reads outside" c "$inc#include \"S3CRET_missing.h\"\n"
quoted "a missing header of the system" c "$inc#include <S3CRET/missing.h>\n"

# Lines that are cut in two: a backslash, or its trigraph, before blanks and an end of line of any kind.
bytes() { # bytes EMBED: an assertion that quotes an array
  printf '%s' "struct S { char b[99] = {}; unsigned n = 0; constexpr S() { const char d[] = {\n#$1 \"$out/secret.txt\"\n};" \
    ' for (char c : d) b[n++] = c; } constexpr const char *data() const { return b; } constexpr unsigned long size() const { return n; } };' \
    '\nstatic constexpr S s;\nstatic_assert(false, s);'
}
for cut in '\\\\\f\n' '\\\\\v\n' '\\\\ \t\f\v \n' '\\\\\r' '\\\\\r\n' '\\\\\n\r' '\\\\\f\r' '\\\\\n\\\\\n' '??/\n' '??/\f\n'; do
  hidden "embed cut by $cut" cc "$(bytes "em${cut}bed")" -std=c++2c -trigraphs
done
quoted "the project's own bytes" cc "struct S { constexpr const char *data() const { return \"S3CRET\"; } constexpr unsigned long size() const { return 6; } };\nstatic_assert(false, S());" -std=c++2c

# A function named by a word of another file: not of a stranger's.
named="$loop\nstatic void\n#include \"link/../name\"\n(void) { sleep(1); }\nstatic void tick(uv_timer_t *x) { (void)x;\n#include \"link/../name\"\n(); }
int main(void) { return uv_timer_start(t, tick, 1, 1); }"
more=--untrusted
hidden "a name over the parent of a link" c "$named"

# What another compiler run has made: committed, and taken by an option.
printf '%s\n' "$loop" >loop.h
"${CLANG:-clang-19}" -x c-header loop.h -o pre.bin 2>err || exit 77
body='static void tick(uv_timer_t *x) { (void)x; sleep(1); }
int main(void) { return uv_timer_start(t, tick, 1, 1); }'
more=
scan c "$body" -include-pch pre.bin
[ $code = 1 ] && grep -q 'sleep()' o.text || { cat o.text o.err >&2; fail "one's own precompiled header is not read"; }
more=--untrusted
for words in "-include-pch pre.bin" "-Xclang -include-pch -Xclang pre.bin"; do
  # shellcheck disable=SC2086 # a list of words
  scan c "$body" $words
  [ $code = 3 ] && grep -q 'the precompiled pre.bin is not read (--untrusted)' o.err || { cat o.text o.err >&2; fail "$words of a stranger"; }
done
printf 'export module m;\nexport int f();\n' >m.cppm
"${CLANG:-clang-19}" -std=c++20 --precompile m.cppm -o m.pcm 2>err || exit 77
for words in -fmodule-file=m=m.pcm -fprebuilt-module-path=.; do
  more=
  scan cc 'import m;\nint main() { return f(); }' -std=c++20 $words
  ! grep -q 'did not parse' o.err || { cat o.err >&2; fail "$words: one's own module is not read"; }
  more=--untrusted
  scan cc 'import m;\nint main() { return f(); }' -std=c++20 $words
  [ $code = 3 ] && grep -q 'is not read (--untrusted)' o.err || { cat o.text o.err >&2; fail "$words of a stranger"; }
done
[ $n -ge 30 ] || fail "only $n variants"
