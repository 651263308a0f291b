# What stands in files outside the project reaches no report and no log: neither by includes and embeds with complaints that quote them,
# nor by rule files, packs and baselines that a configuration names. Complaints about the project's own files keep their words.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
mkdir "$TMP/p" "$TMP/outside"
cd "$TMP/p"
printf 'S3CRET_token_41 is=the word\n' >"$TMP/outside/secret.txt"
printf '#define S3CRET_MACRO "S3CRET in a macro"\nstruct S3CRET_tag { int S3CRET_field; };\n' >"$TMP/outside/secret.h"
printf '{"S3CRET_key": "S3CRET value"}\n' >"$TMP/outside/secret.json"
printf 'S3CRET_yaml: {S3CRET: 1}\n' >"$TMP/outside/secret.yaml"
out=$TMP/outside

n=0
# leaks NAME TEXT: a unit with this text; its words must not come out.
variant() {
  n=$((n + 1))
  printf '%b\n' "$2" >"v$n.$1"
  case $1 in cc) standard=-std=c++2c ;; *) standard=-std=gnu2x ;; esac
  printf '[{"directory": "%s", "file": "v%d.%s", "arguments": ["clang", "%s", "-c", "v%d.%s"]}]\n' "$PWD" $n "$1" $standard $n "$1" >"v$n.json"
  for format in text markdown; do
    code=0
    "$BLOCKSCAN" scan -v --no-cache --output $format "v$n.json" >out 2>err || code=$?
    [ $code = 3 ] || { cat out err >&2; fail "variant $n: exit code $code, not 3: $2"; }
    ! grep -q 'S3CRET' out err || { cat out err >&2; fail "variant $n ($format) quotes the file: $2"; }
    # A value, letter by letter: 83 is S, 0x53.
    ! grep -qE "'?\\b83\\b'?|X<83>" out err || { cat out err >&2; fail "variant $n ($format) quotes a letter: $2"; }
  done
}
variant c "#include \"$out/secret.txt\""
variant c "#include \"../outside/secret.txt\""
variant c "int x =\n#include \"$out/secret.txt\"\n;"
variant c "int a = 1;\n#include \"$out/secret.h\"\nint f(void) { return ((struct S3CRET_tag *)0)->no_such; }"
variant c "#include \"$out/secret.h\"\n_Static_assert(0, S3CRET_MACRO);"
variant cc "#include \"$out/secret.h\"\nstatic_assert(false, S3CRET_MACRO);"
variant c "#include \"$out/secret.h\"\nint x = S3CRET_MACRO + no_such_name;"
variant c "#include \"$out/secret.h\"\nstruct S3CRET_tag v = no_such_name;"
variant c "#include \"$out/secret.h\"\nint g(void) { struct S3CRET_tag t; return t; }"
variant c "#define FILE_NAME \"$out/secret.txt\"\n#include FILE_NAME"
variant c "#include_next \"$out/secret.txt\""
variant c "#import \"$out/secret.txt\""
ln -s "$out" inside
variant c "#include \"$out/../outside/secret.txt\""
variant c "static const char d[] = {\n#embed \"$out/secret.txt\"\n, 0};\n_Static_assert(sizeof d == 1, \"x\");\nint f(void) { return d; }\n#error no"
variant cc "static constexpr char d[] = {\n#embed \"$out/secret.txt\"\n};\ntemplate <int N> struct X;\nX<d[0]> x;"
variant cc "static constexpr char d[] = {\n#em\\\\\nbed \"$out/secret.txt\"\n};\ntemplate <int N> struct X;\nX<d[0]> x;"
variant cc "static constexpr char d[] = {\n%:embed \"$out/secret.txt\"\n};\nstatic_assert(d[0] == 0);"
variant cc "struct S { char b[200] = {}; unsigned long n = 0; constexpr S() { const char d[] = {\n#embed \"$out/secret.txt\"\n}; for (unsigned long i = 0; i < sizeof d; i++) b[i] = d[i]; n = sizeof d; } constexpr const char *data() const { return b; } constexpr unsigned long size() const { return n; } };\nstatic constexpr S s;\nstatic_assert(false, s);"
variant cc "#include \"$out/secret.h\"\nvoid f(S3CRET_tag);\nvoid g() { f(1); }"
variant cc "#include \"$out/secret.h\"\ntemplate <class T> struct Y;\nY<S3CRET_tag> y;"
# The same by options.
for options in '"-include", "'"$out"'/secret.txt"' '"-imacros", "'"$out"'/secret.txt"' '"-I'"$out"'", "-include", "secret.txt"' \
  '"-isystem", "'"$out"'", "-include", "secret.txt"' '"@'"$out"'/secret.txt"' '"-isystem'"$out"'", "-DX"'; do
  printf '#include <secret.h>\nstruct S3CRET_tag v = no_such_name;\n' >option.c
  printf '[{"directory": "%s", "file": "option.c", "arguments": ["cc", %s, "-c", "option.c"]}]\n' "$PWD" "$options" >option.json
  "$BLOCKSCAN" scan -v --no-cache --output markdown option.json >o 2>e || :
  sed -i 's/S3CRET_tag v//g' o e # the source's own words
  ! grep -q 'S3CRET' o e || { cat o e >&2; fail "by $options"; }
done

# What a configuration names.
printf 'int x;\n' >ok.c
printf '[{"directory": "%s", "file": "ok.c", "arguments": ["cc", "-c", "ok.c"]}]\n' "$PWD" >ok.json
for key in rules packs; do
  for file in secret.txt secret.json secret.yaml secret.h; do
    printf '%s: [%s/%s]\n' $key "$out" $file >.blockscan.yaml
    code=0
    "$BLOCKSCAN" scan --no-cache ok.json >o 2>e || code=$?
    [ $code = 2 ] || { cat o e >&2; fail "$key: $file: exit code $code"; }
    ! grep -q S3CRET o e || { cat e >&2; fail "$key: $file is quoted"; }
    grep -q "$file" e || fail "$key: $file is not named"
  done
done
rm .blockscan.yaml

# The project's own words stay.
printf 'int f(void) { return no_such_name; }\n' >own.c
printf '[{"directory": "%s", "file": "own.c", "arguments": ["cc", "-c", "own.c"]}]\n' "$PWD" >own.json
"$BLOCKSCAN" scan -q --no-cache own.json >o 2>e || :
grep -q no_such_name o e || { cat o e >&2; fail "the project's own error has no text"; }
printf '#include <no_such_header.h>\n' >own.c
"$BLOCKSCAN" scan -q --no-cache own.json >o 2>e || :
grep -q no_such_header.h o e || fail "a missing header is not named"
