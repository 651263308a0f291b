# GitLab code quality and reviewdog's lines: every key that their readers ask for, unique fingerprints, what was not parsed.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
samples gitlab
samples rdjsonl
cat >read.py <<'END'
import json, os

ISSUE = {"description": str, "check_name": str, "fingerprint": str, "severity": str, "location": dict}
for name in ["empty", "everything", "static", "recording", "odd", "many"]:
    issues = json.load(open(name + ".gitlab", encoding="utf-8"))
    for issue in issues:
        assert {key: type(value) for key, value in issue.items()} == ISSUE, issue
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        path = issue["location"]["path"]
        assert path and not path.startswith(("./", "/")) or name == "odd", path
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    count = {"empty": 0, "everything": 5, "static": 4, "recording": 0, "odd": 17, "many": 3333}[name]
    assert len(issues) == count, (name, len(issues))

# proto/rdf/reviewdog.proto of reviewdog: names and types
def exactly(value, form):
    assert set(value) <= set(form), value
    for key, inner in value.items():
        exactly(inner, form[key]) if isinstance(form[key], dict) else None
        assert isinstance(inner, dict if isinstance(form[key], dict) else form[key]), value

POSITION = {"line": int, "column": int}
DIAGNOSTIC = {"message": str, "location": {"path": str, "range": {"start": POSITION, "end": POSITION}}, "severity": str,
              "source": {"name": str, "url": str}, "code": {"value": str, "url": str}}
for name, count in [("empty", 0), ("everything", 4), ("static", 4), ("recording", 0), ("odd", 17), ("many", 3333)]:
    lines = open(name + ".rdjsonl", encoding="utf-8", newline="").read().split("\n")
    assert lines.pop() == "" and len(lines) == count, (name, len(lines))
    for line in lines:
        diagnostic = json.loads(line)
        exactly(diagnostic, DIAGNOSTIC)
        assert diagnostic["severity"] in ("ERROR", "WARNING", "INFO") and diagnostic["message"]
first = json.loads(open("everything.rdjsonl").readline())
assert first["location"] == {"path": "src/server.c", "range": {"start": {"line": 120, "column": 5}}}
assert json.load(open("odd.gitlab"))[1]["location"]["path"].startswith('a "quoted"')
END
python3 read.py || fail "the reports"

odd_file=$(odd_project odd)
scan 1 --output gitlab --output rdjsonl=lines
[ "$(jq -r '.[0].location.path' out)" = "$odd_file" ] || fail "the path"
[ "$(jq -r .location.path lines)" = "$odd_file" ] || fail "the path of the diagnostic"
[ "$(jq .location.range.start.column lines)" = 70 ] || fail "columns are bytes"
