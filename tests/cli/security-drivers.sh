# `query-driver` in a project's file runs no program of the project, whatever its path looks like; one that the user names on the command line
# is run.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
mkdir "$TMP/p"
cd "$TMP/p"
printf '#!/bin/sh\necho "$0" >>%s/RAN\n' "$TMP" >gcc
chmod +x gcc
mkdir bin
cp gcc bin/x-gcc-12
ln -s ../gcc bin/cc
printf 'int x;\n' >a.c
ask() { # ask COMPILER ARGUMENT…
  rm -f "$TMP/RAN"
  printf '[{"directory": "%s", "file": "a.c", "arguments": ["%s", "-c", "a.c"]}]\n' "$PWD" "$1" >v.json
  shift
  "$BLOCKSCAN" scan -q --no-cache --if-no-loops=ok "$@" v.json >out 2>err || :
}
printf 'query-driver: ["/**", "**"]\n' >.blockscan.yaml
for compiler in "$PWD/gcc" ./gcc bin/cc "/proc/self/root$PWD/gcc" "/proc/self/root$PWD/bin/x-gcc-12" "/proc/self/root/proc/self/root$PWD/gcc" \
  "/proc/thread-self/root$PWD/gcc" "/dev/../proc/self/root/$PWD/bin/../gcc" "/proc/self/root$PWD/bin/cc" "/proc/self/cwd/gcc" "/dev/fd/../root$PWD/gcc"; do
  ask "$compiler"
  [ ! -e "$TMP/RAN" ] || fail "$compiler: ran $(cat "$TMP/RAN")"
done
# A folder that leads into the project from outside.
ln -s "$PWD" "$TMP/way"
ask "$TMP/way/gcc"
[ ! -e "$TMP/RAN" ] || fail "over a link from outside: ran $(cat "$TMP/RAN")"
# Outside it is asked, and anywhere for the user.
mkdir "$TMP/tools"
cp gcc "$TMP/tools/"
ask "$TMP/tools/gcc"
[ -e "$TMP/RAN" ] || fail "a compiler outside the project is not asked"
rm .blockscan.yaml
ask "$TMP/tools/gcc"
[ ! -e "$TMP/RAN" ] || fail "a compiler was asked that nobody allowed"
ask "$PWD/gcc" --query-driver="$PWD/*"
[ -e "$TMP/RAN" ] || fail "the user's own wish is not heard"
