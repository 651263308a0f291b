# A cache that others can have written hides nothing: it lies outside the sources, its keys are bound to the user, and one that git
# tracks, that is reached over a link, that another user owns or can write is not used; that is said once.
set -eu
. "$(dirname "$0")/git-helpers"
p=$TMP/p
make_loop "$p"
cd "$p"

# The usual place is not in the project.
run 1 -q .
[ -z "$(git status --porcelain --ignored | grep -v compile_commands)" ] || fail "a scan leaves files in the project"
cache=$(echo "$XDG_CACHE_HOME"/blockscan/p-*)
[ -s "$cache/facts.db" ] && [ -s "$cache/report.bin" ] || fail "no cache below XDG_CACHE_HOME"
[ "$(stat -c %a "$cache")" = 700 ] || fail "others can read the cache"
[ "$(stat -c %a "$XDG_STATE_HOME/blockscan/cache-key")" = 600 ] || fail "others can read the key"
"$BLOCKSCAN" extract -v -q -o "$TMP/facts" . 2>"$TMP/err"
says '0 units parsed, 2 from the cache'

# Facts that stand under another content's key: what a fork's author would commit. The rows of a clean source are moved to the keys of the
# blocking one; with another user's secret none of them fits.
sed -i 's/fsync(fd)/(void)fd/' src/disk.c
run 0 -q --cache-dir evil .
cp evil/facts.db "$TMP/clean.db"
git checkout -q src/disk.c
rm -rf evil
run 1 -q --cache-dir evil .
python3 - "$TMP/clean.db" evil/facts.db <<'ENDPY'
import sqlite3, sys
clean, db = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])
clean_blob = [f for (f,) in clean.execute("SELECT facts FROM unit") if b"src/disk.c" in f and b"src/main.c" not in f]
assert len(clean_blob) == 1 and b"fsync" not in clean_blob[0]
changed = db.execute("UPDATE unit SET facts = ? WHERE instr(facts, CAST('fsync' AS BLOB)) AND NOT instr(facts, CAST('src/main.c' AS BLOB))", clean_blob)
assert changed.rowcount == 1
db.commit()
ENDPY
rm -f evil/report.bin
chmod 700 evil
# This user wrote it, so this user believes it: the attack works where the key is the same …
run 0 -q --cache-dir evil .
# … and not with another user's key.
XDG_STATE_HOME=$TMP/other-user run 1 -q --cache-dir evil .
prints 'fsync()'

refuses() { # refuses WHY ARGUMENT…: the finding is there, and why the cache is not used is said once.
  why=$1
  shift
  run 1 "$@" .
  prints 'fsync()'
  [ "$(grep -cF -- "$why" "$TMP/err")" = 1 ] || { cat "$TMP/err" >&2; fail "$*: not said once: $why"; }
}
mkdir real
chmod 700 real
ln -s real link
refuses 'it is a symbolic link' -q --cache-dir link
mkdir way
ln -s ../real way/link
refuses 'is a symbolic link' -q --cache-dir way/link/cache
mkdir -m 777 open
chmod 777 open
refuses 'other users can write it' -q --cache-dir open
mkdir -m 700 file
: >file/facts.db
chmod 666 file/facts.db
refuses 'other users can write it' -q --cache-dir file
ln -sf /etc/passwd real/report.bin
refuses 'it is a symbolic link' -q --cache-dir real
if [ "$(id -u)" = 0 ]; then
  mkdir -m 700 foreign
  chown 65534 foreign
  refuses 'another user owns it' -q --cache-dir foreign
fi
rm -rf tracked
run 1 -q --cache-dir tracked .
git add -f tracked/facts.db
refuses 'git tracks it' -q --cache-dir tracked
git reset -q
run 1 -q --cache-dir tracked .
silent 'git tracks it'

# Without a place for the key there is no cache, and the scan goes on.
: >"$TMP/no-folder"
XDG_STATE_HOME=$TMP/no-folder refuses 'no cache is used: its key' -q
