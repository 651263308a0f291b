# Bounds, exit codes, JUnit, and what cannot be observed.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
program=$BLOCKSCAN_PROGRAMS/loop

record 7 -- "$program" epoll exit7 0
record 3 -- sh -c 'echo out; echo err >&2; exit 3'
[ "$(cat out)" = out ] || fail "the program's output"
says err
record 143 -- sh -c 'kill -TERM $$'

# A bound that is broken gives 1, one that is kept changes nothing.
record 1 --fail-over 100ms -- "$program" epoll nanosleep 200
says "broken: --fail-over"
record 0 --fail-over 30s -- "$program" epoll nanosleep 200
says "kept: --fail-over"
record 1 --budget fsync=0 -- "$program" epoll fsync 0
says "broken: fsync=0 (3 calls"
record 0 --budget fsync=3,total=60s,stalls=1000,nanosleep=60s -- "$program" epoll fsync 0
record 1 --budget fsync=3 --budget total=100ms -- "$program" epoll nanosleep 200
record 7 --fail-over 10s -- "$program" epoll exit7 0

record 1 --output junit=bounds.xml --fail-over 100ms --budget fsync=0 -- "$program" epoll nanosleep 200
python3 - bounds.xml <<'END' || fail "the JUnit document"
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()
cases = {c.get("name"): c.find("failure") for c in suite.findall("testcase")}
assert suite.get("tests") == "3" and suite.get("failures") == "1", suite.attrib
assert cases["exit code"] is None and cases["fsync=0"] is None
assert "Event loop stall #1" in cases["--fail-over"].text
END

# The report keeps the schema.
python3 -c 'import jsonschema' 2>/dev/null && python3 - "$BLOCKSCAN_SOURCE/reports/findings.schema.json" report.json <<'END'
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft202012Validator(schema).validate(report)
assert report["stalls"] and report["loops"]
END

# Never "clean" about what was not watched.
record 0 -- "$program" epoll noloop 50
says "no event loop was seen"
record 0 -- "$BLOCKSCAN_PROGRAMS/static"
says "not observable"
holds '.ledger.notes | any(startswith("not observable"))'
record 1 --fail-over 10s -- "$BLOCKSCAN_PROGRAMS/static"
record 1 --fail-over 10s -- "$BLOCKSCAN_PROGRAMS/gone"
says "not observable: a Go program"
record 0 -- "$BLOCKSCAN_PROGRAMS/host" "$BLOCKSCAN_PROGRAMS/plugin.so"
! grep -q "not observable" err || fail "a plain program is said to be not observable"

# wrong TEXT ARGUMENT...: a usage error, or one of starting the program.
wrong() {
  text=$1
  shift
  code=0
  "$BLOCKSCAN" record "$@" >out 2>err || code=$?
  [ $code = 2 ] || fail "record $*: exit code $code"
  says "$text"
}
wrong "expected a program to run"
wrong "--threshold: invalid time '10' (expected" --threshold 10 -- true
wrong "--threshold: invalid time '1us' (expected 1 ms to" --threshold 1us -- true
wrong "(expected total, stalls or a watched function)" --budget nothing=3 -- true
wrong "invalid value '3' (expected a time" --budget total=3 -- true
wrong "invalid budget 'fsync' (expected NAME=BOUND)" --budget fsync -- true
wrong "unknown format 'xml' (expected one of text, json, sarif" --output xml -- true
wrong "cannot run ./not-there" -o none.db -- ./not-there
wrong "stalls.db" -o no/folder/stalls.db -- true
