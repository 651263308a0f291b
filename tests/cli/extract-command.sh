# extract -- COMMAND is one action of a build system: the facts of one unit, the same bytes as from a database, without one. link takes
# them in any order, from archives, and each unit once.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
mkdir -p src server.p 'with space'
for program in pointer-table offload-pthread; do cp "$BLOCKSCAN_SOURCE/tests/scan/$program.c" src/; done
for n in pointer-table offload-pthread; do
  jq -n --arg n $n '{directory: ".", file: "src/\($n).c", arguments: ["cc", "-D_GNU_SOURCE", "-c", "src/\($n).c", "-o", "server.p/\($n).o"]}'
done | jq -s . >compile_commands.json
# run CODE ARGUMENT…
run() {
  wanted=$1; shift
  code=0
  "$BLOCKSCAN" "$@" >out 2>err || code=$?
  [ "$code" = "$wanted" ] || { cat err >&2; fail "$*: exit code $code, not $wanted"; }
}
run 0 extract -q --no-cache -o whole
XDG_CACHE_HOME=$TMP/cache
export XDG_CACHE_HOME
run 0 extract -o a.bsf --depfile a.d -- cc -D_GNU_SOURCE -c src/pointer-table.c -o server.p/pointer-table.o
cmp a.bsf whole/src__pointer-table.c.bsf || fail "another unit than the database's"
[ ! -e cache ] || fail "a cache was used"
[ ! -e server.p/pointer-table.o ] || fail "the command was run"
head -2 a.d | tr -d '\n' | grep -qxF 'a.bsf: \  src/pointer-table.c \' || { cat a.d >&2; fail "the files that were read"; }

# A launcher: the facts beside the object, and what the command does.
run 0 extract --then-run -- cc -D_GNU_SOURCE -c src/offload-pthread.c -o server.p/offload-pthread.o
[ -s server.p/offload-pthread.o ] || fail "the command was not run"
cmp server.p/offload-pthread.o.bsf whole/src__offload-pthread.c.bsf || fail "the facts of a launched command"
run 5 extract --then-run -- sh -c 'exit 5'
run 1 extract --then-run -- cc -c src/nothere.c -o x.o
run 0 extract --then-run -- cc -c src/offload-pthread.c -D_GNU_SOURCE -o 'with space/a.o'
[ -s 'with space/a.o.bsf' ] || fail "an object in a folder with a space"

# An archive is its units; a unit that comes twice is one; the order makes no difference.
run 1 scan -q --no-cache --output json=scan.json
run 0 link --archive lib.bsa server.p/offload-pthread.o.bsf
run 1 link --output json=link.json lib.bsa a.bsf whole
cmp scan.json link.json || fail "another report than the scan's"
run 1 link --output json=link.json a.bsf lib.bsa
cmp scan.json link.json || fail "another order, another report"
run 0 link --archive both.bsa lib.bsa a.bsf
run 1 link --output json=link.json both.bsa
cmp scan.json link.json || fail "an archive of an archive"

# Only the files that are asked for are parsed.
run 0 extract -v --no-cache -o one compile_commands.json src/pointer-table.c
grep -qF '1 units parsed' err || { cat err >&2; fail "more than one was parsed"; }
run 2 extract -q --no-cache -o one compile_commands.json src/nothere.c
grep -qF 'src/nothere.c is not a unit' err || fail "a file that is none"

# What is wrong is said.
run 2 extract -o b.bsf -- cc -c
grep -qF 'names no source' err || fail "no source"
run 2 extract -o b.bsf -- cc -c src/a.c src/b.c
grep -qF 'more than one source' err || fail "two sources"
run 2 extract --depfile d -o o compile_commands.json
grep -qF 'need a compile command' err || fail "a depfile of a database"
run 2 extract compile_commands.json -o o -- cc -c src/pointer-table.c
grep -qF 'stands before a compile command' err || fail "database and command"
head -c 200 lib.bsa >cut.bsa
run 2 link cut.bsa
grep -qF 'cut.bsa: an archive that is cut off' err || fail "a cut archive"
run 2 link --archive c.bsa compile_commands.json
grep -qF 'compile_commands.json: not facts' err || fail "an archive of what is no facts"
