# A program that does one of everything is scanned, recorded and joined: each verdict, why the scan missed a stall, and what `learn` makes
# of it. Built in another folder than it was scanned in, from an older version of the source.
set -eu
. "$(dirname "$0")/record-helpers"
mkdir -p "$TMP/src" "$TMP/lib"
cd "$TMP"

# A library that nobody knows, and a table of functions that only a library's callback fills.
cat >lib/thing.c <<'END'
#include <unistd.h>
void thing_wait(void) { usleep(60000); __asm__ volatile(""); }
void thing_each(void (*f)(void)) { f(); __asm__ volatile(""); }
END
cat >src/server.c <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <uv.h>

void thing_wait(void);
void *dlsym(void *, const char *);

static void pause_here(void) {
  usleep(70000);
}

static void never(void) { sleep(9); }

/* It was said that this is harmless. */
static void said(void) {
  usleep(50000); // blockscan: ignore[sleep.usleep] -- never blocks for long
}

static void hidden(void) { usleep(80000); }

static void quick(void) {
  int fd = open("quick", O_RDWR | O_CREAT, 0600);
  flock(fd, LOCK_EX);
  close(fd);
}

static void on_timer(uv_timer_t *timer) {
  static int calls;
  quick();
  switch (calls++) {
  case 4: pause_here(); break;
  case 5: pause_here(); break;
  case 6: said(); break;
  case 7: thing_wait(); break;
  case 8: {
    union { unsigned long bits; void (*f)(void); } secret;
    secret.bits = strtoul(getenv("HIDDEN") ? getenv("HIDDEN") : "0", NULL, 16) + (unsigned long)&hidden;
    secret.f();
    break;
  }
  case 12: uv_timer_stop(timer); break;
  }
  if (calls > 100) never();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 5, 5);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
END
# The older version is built elsewhere: lines have moved by two.
mkdir -p elsewhere/src elsewhere/lib
cp lib/thing.c elsewhere/lib/
sed '/^static void pause_here/i\
/* removed */\
' src/server.c >elsewhere/src/server.c
cc -O1 -fno-optimize-sibling-calls -fPIC -shared -o elsewhere/libthing.so elsewhere/lib/thing.c
# shellcheck disable=SC2046 # words
cc -g -O1 -fno-optimize-sibling-calls -fno-inline -o server $(pkg-config --cflags libuv) "$TMP/elsewhere/src/server.c" \
  -Lelsewhere -lthing -Wl,-rpath,"$TMP/elsewhere" $(pkg-config --libs libuv)
printf '[{"directory": "%s", "file": "src/server.c", "arguments": ["cc", "-c", "src/server.c"]}]\n' "$TMP" >compile_commands.json
record 0 --threshold 20ms -- ./server

# joined EXPECTED_CODE ARGUMENT...: the joined report in $TMP/report.json, its text in $TMP/text.
joined() {
  expected=$1
  shift
  code=0
  "$BLOCKSCAN" report -q --output json=report.json --output text=text "$@" 2>err || code=$?
  [ "$code" = "$expected" ] || fail "report $*: exit code $code, not $expected"
}
# verdict FUNCTION API VERDICT: that finding has it.
verdict() {
  holds "[.findings[] | select(.sink.function == \"$1\" and .sink.api == \"$2\") | .runtime.verdict] == [\"$3\"]"
}
joined 1 --static compile_commands.json --runtime stalls.db
verdict pause_here usleep confirmed
verdict never sleep not-exercised
verdict said usleep confirmed
verdict quick flock observed-fast
holds '.findings[] | select(.sink.function == "pause_here") | .runtime.stalls == 2 and .runtime.max_ms >= 69 and .evidence == "both"'
holds '.findings[] | select(.sink.function == "quick" and .sink.api == "flock") | .runtime.calls >= 9 and .runtime.stalls == 0'
holds '.findings[0].sink.function == "pause_here"'
# Moved lines, and a file of another folder.
holds '.findings[] | select(.sink.function == "pause_here") | .sink.file == "src/server.c" and .sink.line == 12'
# The comment did not hold true.
holds '.findings[] | select(.sink.function == "said") | .suppressed == null and (.runtime.remark | test("never blocks for long"))'
grep -q 'suppressed ("never blocks for long"), but it held the loop' text || fail "the text is silent about the comment"
# A library without a rule.
verdict on_timer thing_wait runtime-only
holds '.findings[] | select(.sink.api == "thing_wait") | .runtime.missed | test("no rule knows thing_wait\\(\\) of libthing.so")'
holds '.findings[] | select(.sink.api == "thing_wait") | .sink.file == "src/server.c" and .entries[0].function == "on_timer"'
# A step that the scan cannot see.
verdict hidden usleep runtime-only
holds '.findings[] | select(.sink.function == "hidden") | .runtime.missed | test("on_timer\\(\\) at src/server.c:[0-9]+ calls hidden\\(\\)")'
holds '.ledger.notes | any(test("explained by findings of the scan: 3, by places that only the recording knows: 2"))'

# The same without a call graph, from a report; several recordings count together.
"$BLOCKSCAN" scan -q --output json=scan.json compile_commands.json || true
cp stalls.db again.db
joined 1 scan.json stalls.db again.db
holds '.findings[] | select(.sink.function == "pause_here") | .runtime.stalls == 4'
holds '.findings[] | select(.sink.function == "hidden") | .runtime.missed | test("missing edge")'
# Sources that are not below the root are said, and so is a recording of another program; neither holds of what was joined above.
holds '.ledger.notes | any(test("cannot be read|another program")) | not'
mkdir nothing
joined 1 --root nothing scan.json stalls.db
holds '.ledger.notes | any(test("^1 of the 1 source files of the findings cannot be read.*--root=DIR"))'
sed 's/server\.c/client.c/g' scan.json >other.json
joined 1 other.json stalls.db
holds '.ledger.notes | any(test("the recording and the scan have no source file in common"))'
# What suppresses otherwise stays suppressed, and is counted.
printf 'exclude:\n  - {path: "src/**", reason: "old code"}\n' >.blockscan.yaml
joined 1 --static compile_commands.json --runtime stalls.db
holds '.findings[] | select(.sink.function == "pause_here") | .suppressed.by == "config" and .runtime.verdict == "confirmed"'
holds '.ledger.notes | any(test("suppressed by the baseline or the configuration held the loop"))'
printf 'levels:\n  sleep.usleep: off\n' >.blockscan.yaml
joined 1 --static compile_commands.json --runtime stalls.db
holds '.findings[] | select(.sink.function == "hidden") | .runtime.missed | test("sleep.usleep is turned off")'
rm .blockscan.yaml

# What it learned, the next scan applies; there is nothing more to learn then.
"$BLOCKSCAN" learn -o learned.json compile_commands.json stalls.db 2>err || fail "learn"
says "1 rule written to learned.json"
"$BLOCKSCAN" rules check learned.json >/dev/null || fail "a rule file that is wrong"
jq -e '.rules[0] | .id == "learned.thing_wait" and .functions == ["thing_wait"] and (.message | test("held|hold"))' learned.json >/dev/null ||
  fail "$(cat learned.json)"
! "$BLOCKSCAN" learn -o learned.json compile_commands.json stalls.db 2>err || fail "it was replaced"
says "learned.json already exists"
"$BLOCKSCAN" learn -q --force -o learned.json compile_commands.json stalls.db || fail "learn --force"
joined 1 --rules learned.json --static compile_commands.json --runtime stalls.db
verdict on_timer thing_wait confirmed
"$BLOCKSCAN" learn --rules learned.json -o more.json compile_commands.json stalls.db 2>err || fail "learn again"
says "nothing to learn"
[ ! -e more.json ] || fail "a file without rules"

# Inputs that are wrong.
for name in missing.db src/server.c learned.json; do
  joined 2 compile_commands.json "$name"
done
head -c 8192 stalls.db >cut.db
joined 2 compile_commands.json cut.db
grep -q "cut.db" err || fail "no word of the file"
mkdir empty
(cd empty && joined 2)
grep -q "blockscan record" empty/err || fail "no word of how to record"
# A recording alone, where no compile database is found.
mv compile_commands.json database
joined 1
holds '[.findings[] | .runtime.verdict] | length >= 4 and all(. == "runtime-only")'
