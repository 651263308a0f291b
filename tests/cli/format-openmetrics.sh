# openmetrics: what Prometheus' own parser of OpenMetrics takes, with the counts of the report.
set -eu
. "$(dirname "$0")/format-helpers"
. "$(dirname "$0")/record-helpers"
cd "$TMP"
samples openmetrics
cat >read.py <<'END'
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families

def read(name):
    text = open(name, encoding="utf-8", newline="").read()
    assert text.endswith("\n# EOF\n") or text == "# EOF\n"
    families = {family.name: family for family in text_string_to_metric_families(text)}
    for family in families.values():
        assert family.documentation, family.name
    return families

def value(families, family, suffix="", **labels):
    found = [s.value for s in families[family].samples
             if s.name == family + suffix and all(s.labels.get(key) == text for key, text in labels.items())]
    assert len(found) == 1, (family, suffix, labels, found)
    return found[0]

if len(sys.argv) > 1:
    report = json.load(open("report.json"))
    told = read("out.openmetrics")
    assert value(told, "blockscan_stalls", "_total") == len(report["stalls"]) > 0
    total = sum(stall["duration_ms"] for stall in report["stalls"]) / 1000
    assert abs(value(told, "blockscan_reported_stall_seconds", "_total") - total) < 0.001
    assert value(told, "blockscan_iteration_duration_seconds", "_count") > 0
    assert value(told, "blockscan_calls", "_total", api="nanosleep") > 0
    sys.exit()
empty = read("empty.openmetrics")
assert "blockscan_stalls" not in empty and value(empty, "blockscan_findings", level="error") == 0
static = read("static.openmetrics")
assert (value(static, "blockscan_findings", level="error"), value(static, "blockscan_findings", level="warning")) == (1, 1)
assert value(static, "blockscan_suppressed") == 1 and value(static, "blockscan_incomplete") > 0
told = read("recording.openmetrics")
assert [told[name].type for name in ("blockscan_iteration_duration_seconds", "blockscan_stalls", "blockscan_threshold_seconds")] == \
    ["histogram", "counter", "gauge"]
assert value(told, "blockscan_threshold_seconds") == 0.01 and value(told, "blockscan_stalls", "_total", loop="1") == 2
assert value(told, "blockscan_reported_stall_seconds", "_total", loop="1") == 0.224
assert value(told, "blockscan_iteration_duration_seconds", "_bucket", loop="1", le="+Inf") == 1000
assert value(told, "blockscan_iteration_duration_seconds", "_bucket", loop="1", le="0.067108864") == 990
assert value(told, "blockscan_iteration_duration_seconds", "_sum", loop="1") == 0.9
assert value(told, "blockscan_calls", "_total", api="fsync", rule="disk.fsync") == 3
assert value(told, "blockscan_call_seconds", "_total", api="fsync") == 0.09
read("everything.openmetrics")
assert any("\ufffd" in sample.labels["thread"] for sample in read("odd.openmetrics")["blockscan_stalls"].samples)
END
python3 read.py || fail "the metrics"
record 0 --output openmetrics=out.openmetrics -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 60
python3 read.py recorded || { cat out.openmetrics; fail "the recorded metrics"; }

# Prometheus itself, where it is installed, keeps every sample; a time is what it wants of a file.
if command -v promtool >/dev/null; then
  for file in static recording odd everything out; do
    sed '/^#/!s/$/ 1700000000/' "$file.openmetrics" >timed
    promtool tsdb create-blocks-from openmetrics timed "blocks-$file" >promtool 2>&1 || { cat promtool; fail "Prometheus does not take $file"; }
    kept=$(awk 'NR > 1 { samples += $5 } END { print samples }' promtool)
    [ "$kept" = "$(grep -vc '^#' "$file.openmetrics")" ] || { cat promtool; fail "Prometheus keeps only some of $file"; }
  done
fi
