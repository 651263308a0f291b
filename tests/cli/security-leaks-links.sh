# What stands outside the project stays there when a symbolic link, a line marker, an option or a file of the project's own leads to it:
# each of these variants is scanned to every format that quotes sources.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
mkdir "$TMP/p" "$TMP/outside"
cd "$TMP/p"
out=$TMP/outside
printf 'S3CRET_token_41 is=the word\n' >"$out/secret.txt"
printf 'int S3CRET_function(void) { return S3CRET_no_such; }\n#define S3CRET_MACRO "S3CRET in a macro"\n' >"$out/secret.h"
printf '{"S3CRET_key": S3CRET}\n' >"$out/secret.json"
printf 'S3CRET_yaml: [S3CRET\n' >"$out/secret.yaml"
printf 'fun:S3CRET[\n[S3CRET\n' >"$out/secret.list"
ln -s "$out" inside
ln -s "$out/secret.txt" link.txt
ln -s "$out/secret.h" link.h
mkdir sub
ln -s ../../outside/secret.h sub/relative.h

loop='typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
unsigned sleep(unsigned);
static uv_timer_t *t;
int main(void);'
body='static void tick(uv_timer_t *x) { (void)x; sleep(1); }
int main(void) { return uv_timer_start(t, tick, 1, 1); }'

formats="text json markdown html sarif github gitlab rdjsonl"
n=0
# look WHAT ARGUMENT…: none of the outputs has a word of the files outside.
look() {
  n=$((n + 1)) what=$1
  shift
  code=0
  # shellcheck disable=SC2046 # a list of words
  "$BLOCKSCAN" scan -v --no-cache --ledger $(for format in $formats; do echo "--output $format=o.$format"; done) "$@" v.json >out 2>err || code=$?
  case $code in
  1 | 3) [ -s o.html ] || fail "$what: no report" ;;
  2) grep -q '^blockscan: .*\(secret\|own\|\.blockscan\)' err || { cat err >&2; fail "$what: exit code 2"; } ;;
  *) cat err >&2; fail "$what: exit code $code" ;;
  esac
  ! grep -n 'S3CRET' o.* out err | cut -c1-300 | grep . >&2 || fail "$what"
  rm -f o.*
}
# unit WHAT TEXT OPTION…: a unit of this text.
unit() {
  what=$1
  printf '%s\n' "$2" >v.c
  shift 2
  options=
  for option; do options="$options, \"$option\""; done
  printf '[{"directory": "%s", "file": "v.c", "arguments": ["clang"%s, "-c", "v.c"]}]\n' "$PWD" "$options" >v.json
  look "$what"
}

# Symbolic links in the tree.
unit "an include over a linked folder" "$loop
#include \"inside/secret.txt\"
$body"
unit "an include of a link" "#include \"link.txt\"
$loop $body"
unit "a header that is a link" "#include \"link.h\"
$loop $body"
unit "a header that is a relative link" "#include \"sub/relative.h\"
$loop $body"
unit "a header over -I of a link" "#include <secret.h>
$loop $body" -Iinside
unit "an embed of a link" "static const char d[] = {
#embed \"link.txt\"
};
_Static_assert(sizeof d == 1 && d[0], \"x\"); int x = no_such;
$loop $body" -std=gnu2x
unit "the unit's macro of a link" "#include \"link.h\"
_Static_assert(0, S3CRET_MACRO);"
sed -i 's/S3CRET_MACRO/M/' v.c
printf '[{"directory": "%s", "file": "link.c", "arguments": ["cc", "-c", "link.c"]}]\n' "$PWD" >v.json
ln -s "$out/secret.h" link.c
look "a unit that is a link"
printf '[{"directory": "%s/inside", "file": "secret.h", "arguments": ["cc", "-xc", "-c", "secret.h"]}]\n' "$PWD" >v.json
look "a unit in a linked folder"

# Code of a stranger's change that lies outside is not excerpted either.
printf '%s\n/* S3CRET */ %s\n' "$loop" "$body" >"$out/code.c"
ln -s "$out/code.c" code.c
printf '[{"directory": "%s", "file": "code.c", "arguments": ["cc", "-c", "code.c"]}]\n' "$PWD" >v.json
look "a unit that is a link, with a finding" --untrusted
printf '#include "code.c"\n' >v.c
printf '[{"directory": "%s", "file": "v.c", "arguments": ["cc", "-c", "v.c"]}]\n' "$PWD" >v.json
look "the same of a stranger" --untrusted

# Line markers: a place that is said to be elsewhere is not looked up there.
for marker in "# 1 \"$out/secret.txt\"" "#line 1 \"$out/secret.txt\"" "# 1 \"$out/secret.txt\" 1 3" "# 1 \"link.txt\"" "#line 1 \"inside/secret.h\"" \
  "# 1 \"../outside/secret.txt\"" "_Pragma(\"GCC system_header\")
# 1 \"$out/secret.txt\" 3"; do
  unit "a finding behind $marker" "$loop
$marker
$body"
  unit "an error behind $marker" "$marker
int x = no_such_name;
$loop $body"
done
unit "a macro that is __FILE__ of another place" "$loop
#line 1 \"$out/secret.txt\"
static const char *name = __FILE__; int y = name;
$body"

# Options that make clang read a file, or a list, or a map.
for option in "-fsanitize=address -fsanitize-ignorelist=$out/secret.list" "-fprofile-list=$out/secret.list" "-fxray-instrument -fxray-attr-list=$out/secret.list" \
  "-ivfsoverlay $out/secret.yaml" "-include-pch $out/secret.txt" "-fmodules -fmodule-map-file=$out/secret.txt" "-fmodule-file=$out/secret.txt" \
  "-fprofile-use=$out/secret.txt" "-fprofile-instr-use=$out/secret.txt" "--config=$out/secret.txt" "--config $out/secret.txt" "-Xclang @$out/secret.txt" \
  "-Wp,@$out/secret.txt" "-isystem $out -include secret.txt" "-iquote $out -include secret.h" "-idirafter $out -imacros secret.h" "-iprefix $out/ -iwithprefix . -include secret.h" \
  "-F$out -include secret.h" "-isysroot $out" "--sysroot=$out -include secret.h" "-cxx-isystem $out" "-embed-dir=$out -std=gnu2x" "-D@$out/secret.txt" "-target-feature +@$out/secret.txt" \
  "-ftrivial-auto-var-init=@$out/secret.txt" "-working-directory=$out -include secret.h" "-B$out" "-resource-dir=$out" "-specs=$out/secret.txt" "-T$out/secret.txt" \
  "-frandomize-layout-seed-file=$out/secret.txt" "-mtune=@$out/secret.txt" "@link.txt" "-include link.txt"; do
  # shellcheck disable=SC2086 # a list of words
  unit "$option" "$loop $body" $option
done

# Files that the project has under its own names.
printf '[{"directory": "%s", "file": "v.c", "arguments": ["cc", "-c", "v.c"]}]\n' "$PWD" >v.json
printf '%s\n%s\n' "$loop" "$body" >v.c
for file in secret.txt secret.json secret.yaml; do
  for name in .blockscan.yaml .blockscan-baseline.json; do
    ln -s "$out/$file" $name
    look "$name is a link to $file"
    rm $name
  done
  for key in rules packs; do
    echo "$key: [inside/$file]" >.blockscan.yaml
    look "$key over a linked folder: $file"
    ln -s "$out/$file" own.json
    echo "$key: [own.json]" >.blockscan.yaml
    look "$key: a link to $file"
    rm own.json .blockscan.yaml
  done
  echo "extra-arg: [\"-include\", \"$out/$file\"]" >.blockscan.yaml
  look "extra-arg: $file"
  rm .blockscan.yaml
done
# The words of a report do come out, or the test sees nothing.
unit "nothing" "$loop $body"
"$BLOCKSCAN" scan -q --no-cache v.json >out 2>err && fail "no finding" || :
grep -q 'sleep' out || fail "no finding in v.c"
[ $n -ge 65 ] || fail "only $n variants"
