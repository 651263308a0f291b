# Functions that go to code which no pack knows are listed, and `learn --static` drafts a pack that the next scan takes.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
cat >app.c <<'END'
#include <stdlib.h>
#include <unistd.h>
struct courier;
void courier_message_callback_set(struct courier *m, void (*f)(struct courier *, int));
void courier_connect_callback_set(struct courier *m, void (*f)(struct courier *, int));
static void on_message(struct courier *m, int n) { (void)m; sleep((unsigned)n + 1); }
static void on_other(struct courier *m, int n) { (void)m; (void)n; }
static void on_connect(struct courier *m, int n) { (void)m; (void)n; }
static int compare(const void *a, const void *b) { return a < b; }
void start(struct courier *m, int *list, void (*chosen)(struct courier *, int)) {
  courier_message_callback_set(m, on_message);
  chosen = list ? on_other : on_message;
  courier_message_callback_set(m, chosen);
  courier_connect_callback_set(m, on_connect);
  qsort(list, 2, sizeof *list, compare);
}
END
echo '[{"directory": ".", "file": "app.c", "command": "cc -c app.c"}]' >compile_commands.json
code=0
"$BLOCKSCAN" scan -q --no-cache --output json=r.json --output text=r.txt --output markdown=r.md --output html=r.html --output sarif=r.sarif \
  2>err || code=$?
[ "$code" = 3 ] || fail "the scan: exit code $code"
grep -q 'incomplete: no callback .* courier_message_callback_set() and 1 more' err || { cat err; fail "the reason"; }
[ "$(jq -c '[.ledger.handed_over[] | [.api, .argument, .functions, .place.line]]' r.json)" = \
  '[["courier_message_callback_set",1,2,11],["courier_connect_callback_set",1,1,14]]' ] || { jq .ledger r.json; fail "the ledger"; }
for report in r.txt r.md r.html r.sarif; do # the text wraps, Markdown escapes
  tr -d '\\\n ' <$report | sed 's/&#95;/_/g' | grep -q '3functionswerehandedto2externalfunctionsthatnopackknows:courier_message_callback_set(2)' || fail "$report"
done

# From the database, from the one that is found, from a report: the same draft.
"$BLOCKSCAN" learn -q --no-cache --static compile_commands.json >draft.json || fail "learn --static DATABASE"
"$BLOCKSCAN" learn -q --no-cache --static >found.json || fail "learn --static"
"$BLOCKSCAN" learn -q --static=r.json -o report.json || fail "learn --static=REPORT"
cmp draft.json found.json
cmp draft.json report.json
[ "$(jq -r .name draft.json)" = courier ] || fail "the name"
grep -q 'to be reviewed' draft.json || fail "no mark"
"$BLOCKSCAN" rules check draft.json >/dev/null || fail "rules check"
code=0
"$BLOCKSCAN" scan -q --no-cache --rules draft.json --output json=again.json 2>err || code=$?
[ "$code" = 1 ] || { cat err; fail "with the draft: exit code $code"; }
[ "$(jq -r '.findings[].entries[].function' again.json)" = on_message ] || fail "with the draft: another finding"
[ "$(jq '.ledger.handed_over | length' again.json)" = 0 ] || fail "with the draft: still handed over"

# Nothing to draft is said.
printf 'int f(void) { return 0; }\n' >app.c
"$BLOCKSCAN" learn --no-cache --static compile_commands.json >out 2>err || fail "nothing to draft"
[ ! -s out ] && grep -q 'nothing to draft' err || fail "nothing to draft is not said"
