# What is long in one place costs time in proportion: 20,000 blocking calls in one function, the same made by one macro, 4,000 callbacks of one
# call, a chain of 4,000 `else if`. Each ends in a few seconds of the processor's time, in every format with the cheapest cuts.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
head='typedef struct uv_timer_s uv_timer_t; int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
unsigned sleep(unsigned); static uv_timer_t *t;'

# ends WHAT COUNT: the program on stdin has so many findings, and is scanned within the time.
ends() {
  { printf '%s\n' "$head"; cat; } >a.c
  printf '[{"directory": "%s", "file": "a.c", "arguments": ["cc", "-c", "a.c"]}]\n' "$PWD" >a.json
  code=0
  (
    # shellcheck disable=SC3045 # dash and bash have it
    ulimit -t 60
    "$BLOCKSCAN" scan -q --no-cache --output json=o.json --output html=o.html --output sarif=o.sarif --output text=o.txt --output markdown=o.md a.json
  ) 2>err || code=$?
  [ $code = 1 ] || { head -c 500 err >&2; fail "$1: exit code $code"; }
  count=$(jq '.findings | length' o.json)
  [ "$count" = "$2" ] || fail "$1: $count findings, not $2"
  for file in o.html o.sarif o.txt o.md; do [ -s $file ] || fail "$1: no $file"; done
}
n=20000
awk -v n=$n 'BEGIN { print "static void c(uv_timer_t *x) { (void)x;"; for (i = 0; i < n; i++) print "sleep(1);"; print "}\nint main(void) { return uv_timer_start(t, c, 1, 1); }" }' |
  ends "calls in one function" $n
awk -v n=$n 'BEGIN { print "#define S sleep(1);\nstatic void c(uv_timer_t *x) { (void)x;"; for (i = 0; i < n; i++) print "S"; print "}\nint main(void) { return uv_timer_start(t, c, 1, 1); }" }' |
  ends "calls of one macro" $n
n=4000
awk -v n=$n 'BEGIN { print "static void s(void) { sleep(1); }"; for (i = 0; i < n; i++) print "static void c" i "(uv_timer_t *x) { (void)x; s(); }"
  print "int main(void) {"; for (i = 0; i < n; i++) print "uv_timer_start(t, c" i ", 1, 1);"; print "return 0; }" }' | ends "callbacks of one call" 1
awk -v n=$n 'BEGIN { print "static void c(uv_timer_t *x) { if (x) sleep(1);"; for (i = 0; i < n; i++) print "else if (x) sleep(1);"
  print "}\nint main(void) { return uv_timer_start(t, c, 1, 1); }" }' | ends "else if" $((n + 1))
