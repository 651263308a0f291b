# What report, diff, learn, record and the options about old and new findings say of files that are none of theirs: the file and what is
# wrong with it, exit code 2, and nothing is written.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"

# wrong TEXT ARGUMENT...: exit code 2, TEXT on stderr and nothing else anywhere.
wrong() {
  text=$1; shift
  code=0
  ls -A >before
  "$BLOCKSCAN" "$@" >out 2>err </dev/null || code=$?
  [ "$code" = 2 ] || { cat err >&2; fail "blockscan $*: exit code $code"; }
  grep -qF -- "$text" err || { cat err >&2; fail "blockscan $*: no '$text'"; }
  [ ! -s out ] || fail "blockscan $*: wrote to stdout"
  ls -A >after
  cmp -s before after || { diff before after >&2; fail "blockscan $*: wrote a file"; }
}

cat >main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
printf '[{"directory": "%s", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]\n' "$TMP" >compile_commands.json
"$BLOCKSCAN" -q --fail-on never --output json=good.json
"$BLOCKSCAN" record -q -o good.db -- sleep 0.05

touch empty out err before after
mkdir folder
echo hello >text
head -c 300 good.json >cut.json
head -c 1500 good.db >cut.db
echo '{"a": 1}' >other.json
sed 's,blockscan/findings/1,blockscan/findings/9,' good.json >newer.json
cp good.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 99' >/dev/null
sqlite3 foreign.db 'PRAGMA journal_mode = DELETE; CREATE TABLE a (b)' >/dev/null
rm -f ./*-wal ./*-shm

# Reports.
for verb in "report -q --runtime good.db --static" "diff good.json"; do
  # shellcheck disable=SC2086 # the words are meant to be parted
  {
    wrong 'gone.json: cannot be read: No such file or directory' $verb gone.json
    wrong 'cut.json:' $verb cut.json
    wrong "other.json: not a blockscan report: 'schema' is missing" $verb other.json
    wrong "is 'blockscan/findings/9'; this blockscan reads blockscan/findings/1" $verb newer.json
  }
done
wrong 'empty:1: not a JSON report' diff empty good.json
wrong 'folder: cannot be read: Is a directory' diff good.json folder
wrong 'good.db:1: not a JSON report' diff good.db good.json
wrong 'expected two reports' diff good.json
wrong "'good.json' is a third" diff good.json good.json good.json
for file in empty text /dev/null; do
  wrong "$file: neither a compile database, nor a JSON report, nor a recording" report -q --runtime good.db --static "$file"
done
wrong 'good.db is a recording: give it with --runtime' report -q --runtime good.db --static good.db
wrong 'folder: no compile_commands.json in this folder' report -q --runtime good.db --static folder

# Recordings.
for verb in report learn; do
  wrong 'gone.db: No such file or directory' "$verb" -q --static good.json --runtime gone.db
  for file in empty text folder good.json foreign.db cut.db; do
    wrong "$file: not a recording of blockscan" "$verb" -q --static good.json --runtime "$file"
  done
  wrong 'newer.db: recorded by a newer blockscan (schema 99' "$verb" -q --static good.json --runtime newer.db
  wrong 'there is no stalls.db here' "$verb" -q good.json
done

# Places that cannot be written to, and options of record that name nothing.
wrong 'none/x.db: ' record -o none/x.db -- true
for file in folder text good.json foreign.db; do
  cp -r "$file" kept
  wrong "$file: this file is not a recording of blockscan and was not overwritten" record -o "./$file" -- true
  diff -r "$file" kept || fail "record -o has changed $file"
  rm -r kept
done
wrong 'cannot run ./gone: No such file or directory' record -q -o good.db -- ./gone
wrong '--debuginfo: no such folder: gone' record --debuginfo gone -- true
wrong "--budget: unknown name 'gone' (expected total" record --budget gone=1 -- true
wrong 'none/x.json: No such file or directory' diff good.json good.json --output json=none/x.json
if [ -c /dev/full ]; then
  wrong 'cannot write /dev/full: No space left on device' diff good.json good.json --output json=/dev/full
  wrong 'cannot write /dev/full: No space left on device' report -q good.json good.db --output html=/dev/full
fi

# Baselines and patches.
wrong 'gone: No such file or directory' -q --baseline gone
wrong 'folder: Is a directory' -q --baseline folder
wrong 'empty:1:0: not JSON' -q --baseline empty
wrong 'cut.json:' -q --baseline cut.json
wrong "good.json: not a baseline: 'schema' is not blockscan/baseline/1" -q --baseline good.json
wrong 'cannot write none/b.json: No such file or directory' -q --update-baseline --baseline none/b.json
wrong '--no-baseline cannot be combined' --no-baseline --update-baseline
wrong 'cannot be combined with --new-from-rev' --update-baseline --new-from-rev HEAD
wrong '--diff: gone: No such file or directory' -q --diff gone
wrong '--diff: folder: Is a directory' -q --diff folder
wrong '--diff: text: not a patch' -q --diff text
wrong '--diff: good.json: not a patch' -q --diff good.json
wrong '--missing-db requires --hook' --missing-db=skip
wrong 'not a git repository' -q --new-from-rev HEAD
wrong 'not a git repository' --hook
wrong 'not a git repository' install-hook

# What they are for: the same files in their own places are no error.
"$BLOCKSCAN" diff good.json good.json >out || fail "diff of equal reports"
"$BLOCKSCAN" report -q --fail-on never good.json good.db >out || fail "report of what belongs together"
"$BLOCKSCAN" -q --diff empty >out || fail "an empty patch is one"
ls ./*-wal ./*-shm 2>/dev/null && fail "reading a recording left files behind"
exit 0
