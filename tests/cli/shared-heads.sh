#!/bin/sh
# Units that begin with the same directives share what is parsed of them, and their facts are the same bytes as
# without; so are the messages of broken ones, and a changed header is seen.
. "$(dirname "$0")/helpers"
cd "$TMP"
mkdir -p p/include p/cc

cat >p/common.h <<'X'
#ifndef COMMON_H
#define COMMON_H
#include "types.h"
#include "large.h"
#include <stdlib.h>
#include <unistd.h>
static inline void nap(int s) { sleep(s); } /* blockscan: ignore[sleep.sleep] -- on purpose */
static inline void doze(int s) { sleep(s); }
#define GENERATE(n) static inline int made_##n(int x) { return x ? (int)sleep(n) : 0; } \
  static inline int other_##n(int x) { return made_##n(x); }
GENERATE(7)
GENERATE(8)
struct unit_ops { void (*run)(int); };
static const struct unit_ops default_ops = {doze};
static inline void free_text(char **p) { free(*p); }
void declared_closer(int *fd);
__attribute__((noreturn)) void die(void);
extern int counted;
#endif
X
# Large enough to be worth it.
awk 'BEGIN { for (i = 0; i < 9000; i++) printf "int declared_%d(int a_parameter_with_a_long_name_so_that_the_file_is_large);\n", i }' >p/include/large.h
echo 'typedef struct thing { int fd; void (*on)(int); } thing;' >p/include/types.h
printf 'int counter_now(void);\nenum { UNGUARDED = 1 };\n' >p/include/unguarded.h

head='/* a unit */
#define FEATURE 1
#include "common.h" // shared
#include <stdio.h>
  #  include <string.h> /* and
  a comment of two lines */'
for i in 1 2 3 4 5 6 7 8 9; do
  {
    echo "$head"
    echo "int f$i(int x) { nap(1); doze(FEATURE); default_ops.run(x); return other_7(x) + made_8(x); }"
    echo "void g$i(void) { __attribute__((cleanup(free_text))) char *t = strdup(\"x\"); (void)t; if (!t) die(); }"
  } >p/u$i.c
done
# An attribute that names what no list of definitions has.
echo 'void h(void) { __attribute__((cleanup(declared_closer))) int fd = 0; (void)fd; }' >>p/u3.c
echo 'void k(void) { __attribute__((cleanup(declared_reader))) struct unit_ops o = default_ops; (void)o; }' >>p/u4.c
sed -i 's/^extern int counted;/&\nvoid declared_reader(struct unit_ops *o);/' p/common.h
# Another definition before the same headers.
sed 's/FEATURE 1/FEATURE 2/; s/f1(/f20(/; s/g1(/g20(/' p/u1.c >p/u20.c
# A broken one, and one that includes a header twice that minds.
{ cat p/u1.c; echo 'int broken(void) { return not_declared; }'; } | sed 's/f1(/f21(/; s/g1(/g21(/' >p/u21.c
{ cat p/u1.c; echo '#include "unguarded.h"'; } | sed 's/f1(/f22(/; s/g1(/g22(/' >p/u22.c

for i in 1 2 3 4 5; do
  printf '#include <string>\n#include <vector>\n#include "shape.hpp"\nstruct c%d : shape { std::string s; void draw() override { wait<%d>(); } };\nvoid d%d() { c%d x; std::vector<int> v{%d}; x.draw(); use(x); }\n' \
    "$i" "$i" "$i" "$i" "$i" >p/cc/c$i.cc
done
cat >p/cc/shape.hpp <<'X'
#pragma once
#include <unistd.h>
struct shape { virtual void draw() = 0; virtual ~shape() = default; };
template <int N> void wait() { sleep(N); }
inline void use(shape &s) { s.draw(); }
X

{
  echo '['
  comma=''
  for f in u1 u2 u3 u4 u5 u6 u7 u8 u9 u20 u21 u22; do
    printf '%s{"directory": "%s/p", "file": "%s.c", "arguments": ["cc", "-Iinclude", "-c", "%s.c"]}\n' "$comma" "$TMP" $f $f
    comma=,
  done
  for f in c1 c2 c3 c4 c5; do
    printf ',{"directory": "%s/p/cc", "file": "%s.cc", "arguments": ["c++", "-c", "%s.cc"]}\n' "$TMP" $f $f
  done
  echo ']'
} >p/compile_commands.json

same() {
  rm -rf together alone
  "$BLOCKSCAN" extract -q -j1 --no-cache -o together p/compile_commands.json 2>together.err || [ $? = 3 ]
  "$BLOCKSCAN" extract -q -j1 --no-cache --no-precompile -o alone p/compile_commands.json 2>alone.err || [ $? = 3 ]
  [ "$(ls alone | wc -l)" = 17 ] || fail "$1: not all units have facts"
  diff -r together alone || fail "$1: the facts differ"
  diff together.err alone.err || fail "$1: the messages differ"
}

# The folder of what is precompiled is gone afterwards.
mkdir tmp
TMPDIR=$TMP/tmp "$BLOCKSCAN" extract -q -j1 --no-cache -o out p/compile_commands.json 2>err || [ $? = 3 ]
[ -z "$(ls tmp)" ] || fail "the folder is left"

same "at first"
grep -q 'not_declared' alone.err || fail "the broken unit is not told"
sed -i 's/sleep(s); }$/sleep(s + 1); usleep(5); }/' p/common.h
same "with another header"
echo 'static inline int oops(void) { return undeclared_too; }' >>p/include/types.h
same "with a broken header"
