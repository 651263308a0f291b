# A cache or a recording that somebody else has written is not executed: a view in a table's place, a trigger, a foreign schema, ids that
# lead nowhere. Each ends at once, with an error or as a cache that is set aside; none ends with "nothing to report".
set -eu
. "$(dirname "$0")/git-helpers"
p=$TMP/p
make_loop "$p"
cd "$p"
endless='WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)'

# ends EXPECTED_CODE ARGUMENT…: within seconds.
ends() {
  expected=$1 code=0
  shift
  timeout 30 "$BLOCKSCAN" "$@" >"$TMP/out" 2>"$TMP/err" || code=$?
  [ "$code" = "$expected" ] || { cat "$TMP/out" "$TMP/err" >&2; fail "$*: exit code $code, not $expected"; }
}

# ---- caches ----
# poison SQL: a cache with all that a good one has, then changed.
poison() {
  rm -rf cache
  run 1 -q --cache-dir cache .
  rm -f cache/report.bin
  sqlite3 cache/facts.db "PRAGMA journal_mode = DELETE; $1" >/dev/null
}
for table in unit file; do
  columns=$([ $table = unit ] && echo 'i AS key, 1 AS used, 1 AS size, x AS dependencies, x AS facts' ||
    echo 'i AS id, x AS path, 1 AS size, 1 AS modified, 1 AS changed, 1 AS inode, 1 AS hashed, 1 AS hash')
  poison "DROP TABLE $table; CREATE VIEW $table AS $endless SELECT $columns FROM (SELECT i, hex(i) AS x FROM n)"
  ends 1 -q --cache-dir cache .
  prints 'fsync()'
  says 'facts.db.broken-1'
done
poison "CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM unit; END"
ends 1 -q --cache-dir cache .
says 'facts.db.broken-1'
poison "CREATE TABLE more(x)"
ends 1 -q --cache-dir cache .
says 'facts.db.broken-1'
# One that is as it should be is used.
poison "SELECT 1"
ends 1 -q --cache-dir cache .
[ ! -s "$TMP/err" ] || fail "a good cache is set aside: $(cat "$TMP/err")"

# ---- recordings ----
cd "$TMP"
"$BLOCKSCAN" record -q --threshold 30ms -o good.db -- "$BLOCKSCAN_PROGRAMS/loop" epoll file 80 || fail "no recording"
[ "$(stat -c %a good.db)" = 600 ] || fail "others can read a recording"
ends 1 report --runtime good.db
spoil() { # spoil SQL: the recording, changed.
  cp good.db bad.db
  sqlite3 bad.db "PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = OFF; $1" >/dev/null
}
stalls=$(sqlite3 good.db 'SELECT count(*) FROM stalls')
[ "$stalls" -ge 1 ] || fail "no stall was recorded"
for table in stalls samples stacks frames calls; do
  columns=$(sqlite3 good.db "SELECT group_concat('i AS ' || name) FROM pragma_table_info('$table')")
  spoil "DROP TABLE $table; CREATE VIEW $table AS $endless SELECT $columns FROM n"
  ends 2 report --runtime bad.db
  says 'not a recording of blockscan'
done
spoil "DROP VIEW v_loops; CREATE VIEW v_loops AS $endless SELECT i FROM n"
ends 2 report --runtime bad.db
spoil "CREATE TRIGGER t AFTER INSERT ON stalls BEGIN DELETE FROM stalls; END"
ends 2 report --runtime bad.db
# Ids that lead nowhere.
for change in 'UPDATE samples SET stack_id = stack_id + 1000' 'DELETE FROM loops' 'DELETE FROM stacks' 'DELETE FROM processes' \
  'UPDATE stack_addresses SET address_id = 12345' 'DELETE FROM sessions'; do
  spoil "$change"
  ends 2 report --runtime bad.db
  says 'the recording is damaged'
  ends 2 learn --runtime bad.db
done
spoil 'SELECT 1'
ends 1 report --runtime bad.db

# A recording that is found is this user's, and that is said.
cp good.db stalls.db
ends 1 report
says 'the recording is stalls.db'
if [ "$(id -u)" = 0 ]; then
  chown 65534 stalls.db
  ends 2 report
  says 'stalls.db is not used: another user owns it'
  ends 1 report --runtime stalls.db
fi
