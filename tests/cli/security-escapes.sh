# Names from outside act neither on a terminal nor on the runner of a CI system, on stdout or stderr: control characters, C1, what turns
# the direction of text, what nobody sees, newlines, and lines that begin with GitHub's "::".
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
cd "$TMP"
python3 - <<'ENDPY'
import json, os
esc, c1, rlo, ls = "\x1b[31m", "\u009b32m", "\u202e", "\u2028"
source = """#include <unistd.h>
typedef struct uv_timer_s { void *data; } uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
static uv_timer_t t;
/* ::error::from the source %s%s */ static void tick(uv_timer_t *x) { (void)x; sleep(1); /* ##[error]x %s%s */ }
int NAME(void);
int NAME(void) { return uv_timer_start(&t, tick, 1, 1); }
""" % (esc, c1, rlo, ls)
names = ["::stop-commands::tok/a.c", "dir\n::error file=m.c::b/b.c", "c%s%s%sc.c" % (esc, c1, rlo), "  ::warning::d.c", "##[stop-commands]e.c",
         "f\r::error::f%sx.c" % ls, "tag\U000e0041\U000e0042.c", "zero\u200b\u2060\ufeff\u00ad.c"]
entries = []
for i, name in enumerate(names):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    open(name, "w").write(source.replace("NAME", "start%d" % i))
    entries.append({"directory": os.getcwd(), "file": name, "arguments": ["cc", "-c", name]})
good = json.dumps(entries)
open("good.json", "w").write(good)
# What is not there, or says nonsense: each kind of complaint with such a name.
for i, name in enumerate(["gone\n::error file=main.c::injected" + esc + c1, "::stop-commands::gone" + rlo]):
    entries.append({"directory": os.getcwd(), "file": name + ".c", "arguments": ["cc", "-c", "x%d" % i]})
    entries.append({"directory": "no\n::error::folder" + esc, "file": name + "2.c", "arguments": ["cc", "-c", "x%d" % i]})
    entries.append({"directory": os.getcwd(), "file": names[0], "arguments": ["cc", "@resp\n::error::r%d" % i + esc, "-include", "::error::inc" + c1, "-c", names[0]]})
entries.append({"directory": os.getcwd(), "file": "x", "arguments": []})
open("bad.json", "w").write(json.dumps(entries))
open("broken\n::error::json" + esc, "w").write("[{")
open("rules\n::error::r" + esc + ".json", "w").write('{"kind": "bloc\\u001b[31m", "::error::key\\n::error::": 1}')
open(".blockscan.yaml", "w").write("")
open("config\n::error::c" + esc, "w").write('"::error::key\\n::error::x\\e[31m": 1\n')
ENDPY

# harmless FILE WHAT: no hazard in it; only the github format has lines that are commands, of the kinds that it is meant to have.
cat >harmless.py <<'ENDPY'
import re, sys
path, what = sys.argv[1:]
text = open(path, encoding="utf-8", errors="surrogateescape").read() if path != "-" else sys.stdin.read()
for c in text:
    n = ord(c)
    bad = n in (0xad, 0x200b, 0xfeff) or 0x2060 <= n <= 0x2064 or 0xe0000 <= n <= 0xe007f or n < 0x20 and c not in "\n\t" or 0x7f <= n < 0xa0 or n in (0x2028, 0x2029, 0x61c, 0x200e, 0x200f) or 0x202a <= n <= 0x202e or 0x2066 <= n <= 0x2069
    if bad: sys.exit(f"{what}: character {n:#x} in the output")
for line in re.split("[\n\r]", text):
    if what == "github" and line.startswith("::"): # a command of the newer form: the older one is not looked for in it
        if re.match(r"::(error|warning|notice)( [a-zA-Z]+=[^:]*)?::", line): continue
    if "##[" in line: sys.exit(f"{what}: {line!r}")
    if line.lstrip().startswith("::"): sys.exit(f"{what}: {line!r}")
ENDPY
check() { # check WHAT ARGUMENT…
  what=$1
  shift
  "$BLOCKSCAN" "$@" >out 2>err || :
  [ -s out ] || [ -s err ] || fail "$what: says nothing"
  python3 harmless.py out "$what" || fail "stdout of $*"
  python3 harmless.py err "stderr of $what" || fail "stderr of $*"
}
for format in text github markdown gitlab rdjsonl json sarif html junit; do
  check $format scan --no-cache --notes good.json --output $format
  check $format scan --no-cache --notes bad.json --output $format --max-broken 100
  check $format scan --no-cache -v --color=never bad.json --output $format
done
grep -q '^./::stop-commands::tok/a.c:' out || "$BLOCKSCAN" scan -q --no-cache good.json | grep -q '^./::stop-commands::tok/a.c:' || fail "no finding there"
check graph graph --no-cache good.json
check why why --no-cache tick good.json
check why why --no-cache "no
::error::such$(printf '\033')" good.json
check extract extract -v --no-cache bad.json -o facts
check database scan --no-cache "broken
::error::json$(printf '\033')[31m"
check config scan --no-cache --config "config
::error::c$(printf '\033')[31m" good.json
check rules scan --no-cache --rules "rules
::error::r$(printf '\033')[31m.json" good.json
check rules rules check "rules
::error::r$(printf '\033')[31m.json"
