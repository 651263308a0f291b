# Annotations: the runner's own escaping, ten of a level, the rest summed up.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
samples github
cat >read.py <<'END'
"""Reads workflow commands as the runner does: actions/runner, ActionCommand.cs."""
import re, sys

def undo(text, pairs):
    for pair in pairs:
        text = text.replace(pair[0], pair[1])
    return text

DATA = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
PROPERTY = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]

def commands(name):
    text = open(name, encoding="utf-8", newline="").read()
    assert text == "" or text.endswith("\n")
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        level, properties, data = match.groups()
        values = dict(pair.split("=", 1) for pair in properties.split(","))
        assert set(values) <= {"file", "line", "col", "title"}, values
        yield level, {key: undo(value, PROPERTY) for key, value in values.items()}, undo(data, DATA)

assert list(commands("empty.github")) == [] and list(commands("recording.github")) == []
gap, first, second = commands("everything.github")
assert first[0] == "error" and first[1] == {"file": "src/server.c", "line": "120", "col": "5", "title": "dns.getaddrinfo"}, first
assert "src/dns.c:2" in first[2] and "confirmed: 12 stalls" in first[2]
assert second[1]["title"] == "disk.fsync"
assert gap[0] == "warning" and gap[1] == {"file": "src/foo.c", "title": "blockscan is incomplete"}, gap
assert "1 of 14 units" in gap[2] and "'bar.h' file not found" in gap[2]
many = list(commands("many.github"))
assert [c[0] for c in many].count("error") == 10 and [c[0] for c in many].count("warning") == 10
assert len(many) == 21 and many[20][2] == "Not annotated: 1656 errors, 1657 warnings. ", many[20]
gap, *odd = commands("odd.github")
assert gap[1]["title"] == "blockscan is incomplete" and len(odd) == 8, len(odd)
assert odd[0][1]["file"] == "</script><img src=x onerror=alert(1)>"
assert odd[2][1]["file"] == "line\nbreak\r tab\ufffd\ufffd[31m\ufffd", odd[2]
assert odd[6][1]["file"] == "::error file=x::y,z:w%0A;semi;colon 12"
END
python3 read.py || fail "the commands"

odd_file=$(odd_project odd)
scan 1 --output github
[ "$(wc -l <out)" = 1 ] || { cat out; fail "one finding, one line"; }
grep -q "^::error file=a b&c%2541/d<e>'f/gr.*,line=4,col=70,title=sleep.sleep::sleep() " out || { cat out; fail "the annotation"; }
sed -i 's/sleep(1)/(void)0/' "odd/$odd_file"
scan 0 --output github
[ ! -s out ] || fail "an annotation of nothing"
