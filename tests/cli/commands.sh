# What stands in compile databases: both forms, quotes, response files, launchers, variants, other languages.
set -eu
. "$(dirname "$0")/helpers"
cd "$TMP"
mkdir src 'with space'
cat >src/a.c <<'END'
#include "conf.h"
#if !defined(ONE) || !defined(TWO) || !defined(NAME)
#error "a flag is lost"
#endif
const char *name(void) { return NAME; }
END
echo '/* found */' >'with space/conf.h'
cp src/a.c src/b.c
cp src/a.c src/c.c
cp src/a.c src/d.c
printf 'class shape { public: virtual int area(); };\nint use(shape *s) { return s->area(); }\n' >src/e.c
echo 'nop' >src/f.S
printf '%s\n' '-DONE -DTWO=\"2\" @nested.rsp' >flags.rsp
printf '%s\n' '"-Iwith space" -DNAME=\"nested\"' >nested.rsp
cat >compile_commands.json <<'END'
[{"directory": ".", "file": "src/a.c", "output": "a.o",
  "arguments": ["ccache", "gcc", "-DONE", "-DTWO", "-DNAME=\"plain\"", "-Iwith space", "-Werror", "-c", "src/a.c", "-MD", "-MF", "a.d"]},
 {"directory": ".", "file": "src/b.c",
  "command": "env CCACHE_DIR=/x distcc /usr/bin/gcc-12 -DONE -DTWO '-DNAME=\"b b\"' \"-Iwith space\" -fconserve-stack -c -o b.o src/b.c"},
 {"directory": ".", "file": "src/c.c", "arguments": ["cc", "@flags.rsp", "-c", "src/c.c"]},
 {"directory": ".", "file": "src/d.c",
  "command": "cc -DONE -DTWO -DNAME=\\\"first\\\" -Iwith\\ space -march=martian -c src/d.c -o first.o"},
 {"directory": ".", "file": "src/d.c",
  "command": "cc -DONE -DTWO -DNAME=\\\"second\\\" -Iwith\\ space -Wp,-MD,d.d -c src/d.c -o second.o"},
 {"directory": ".", "file": "src/d.c",
  "command": "cc -DONE -DTWO -DNAME=\\\"second\\\" -Iwith\\ space -Wp,-MD,d.d -c src/d.c -o third.o"},
 {"directory": ".", "file": "src/e.c", "command": "aarch64-linux-gnu-g++ -std=gnu++17 -c src/e.c"},
 {"directory": ".", "file": "src/f.S", "command": "cc -c src/f.S"}]
END
echo precious >a.d
extract 0 compile_commands.json --dump -o facts -v --no-cache
says '6 units parsed'
says 'skipped 1 entry that is neither C nor C++ sources: .S (1)'
for text in plain 'b b' nested first second; do prints "$text"; done
[ -f facts/src__d.c.bsf ] || fail "no facts of the first variant"
[ -f facts/src__d.c~2.bsf ] || fail "no facts of the second variant"
[ ! -f facts/src__d.c~3.bsf ] || fail "the same command counts twice"
[ "$(cat a.d)" = precious ] || fail "the build's dependency file was overwritten"
for file in d.d a.o b.o first.o; do [ ! -e "$file" ] || fail "$file was written"; done

# Relative folders are those of the database, wherever one stands.
mkdir elsewhere
(cd elsewhere && extract 0 ../compile_commands.json --no-cache -o ../again)
diff -r facts again || fail "the working folder changes the facts"

# Named units only.
extract 0 compile_commands.json src/b.c --dump --no-cache
prints 'b b'
if grep -q nested "$TMP/out"; then fail "src/c.c was not asked for"; fi
extract 2 compile_commands.json src/z.c --dump --no-cache
says 'src/z.c is not a unit of the compile database'

# A response file that is gone is a note, and whatever its flags decided is an error in the unit.
rm nested.rsp
extract 3 compile_commands.json --dump -v --no-cache
says 'the response file nested.rsp cannot be read'
