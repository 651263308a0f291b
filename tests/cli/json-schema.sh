# JSON reports of real scans keep reports/findings.schema.json, and do not depend on where the program lies.
set -eu
fail() { echo "$*" >&2; exit 1; }
python3 -c 'import jsonschema' 2>/dev/null || exit 77

cd "$TMP"
mkdir -p one/src
cat >one/src/main.c <<'EOF'
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
struct ops { void (*run)(const char *); };
static void look_up(const char *host) {
  struct addrinfo *result;
  printf("%s\n", host);
  getaddrinfo(host, "80", NULL, &result);
}
static void nap(const char *host) { (void)host; usleep(100000); /* blockscan: ignore[*] -- "quoted" \ reason */ }
static const struct ops ops[] = {{look_up}, {nap}};
static void on_timer(uv_timer_t *timer) { (void)timer; ops[getpid() % 2].run("localhost"); }
static void on_other(uv_timer_t *timer) { (void)timer; look_up("elsewhere"); }
void start(uv_timer_t *timer) {
  uv_timer_start(timer, on_timer, 1, 0);
  uv_timer_start(timer, on_other, 1, 0);
}
EOF
printf '#include "not-there.h"\nint x = y;\n' >one/src/broken.c
cp -r one two
for program in one two; do
  printf '[{"directory": "%s", "file": "src/main.c", "arguments": ["cc", "-c", "src/main.c"]},
           {"directory": "%s", "file": "src/broken.c", "arguments": ["cc", "-c", "src/broken.c"]}]\n' \
    "$TMP/$program" "$TMP/$program" >$program/compile_commands.json
  code=0
  "$BLOCKSCAN" scan -q --no-cache --output json=$program.json --output text=$program.txt $program || code=$?
  [ "$code" = 3 ] || fail "exit code $code"
done
cmp one.json two.json || fail "the JSON report depends on the folder"
cmp one.txt two.txt || fail "the text report depends on the folder"
python3 - "${BLOCKSCAN_SOURCE:-.}/reports/findings.schema.json" one.json <<'EOF'
import json, sys
import jsonschema

schema, report = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(report)
apis = {f["sink"]["api"]: f for f in report["findings"]}
assert {"getaddrinfo", "usleep", "printf"} <= apis.keys(), apis.keys()
assert {e["function"] for e in apis["getaddrinfo"]["entries"]} == {"on_timer", "on_other"}
assert apis["usleep"]["suppressed"]["reason"].startswith('"quoted"')
assert [u["file"] for u in report["ledger"]["broken_units"]] == ["src/broken.c"]
EOF
