# trace: Chrome's trace events. Each loop has a named track; spans nest in it, those of a stall fill it, and times are those
# of the recording.
set -eu
. "$(dirname "$0")/format-helpers"
. "$(dirname "$0")/record-helpers"
cd "$TMP"
samples trace
cat >read.py <<'END'
import collections, json, sys

def read(name):
    file = json.load(open(name, encoding="utf-8"))
    assert set(file) == {"displayTimeUnit", "otherData", "traceEvents"} and file["displayTimeUnit"] == "ms"
    tracks = collections.defaultdict(list)
    names, open_scopes = {}, {}
    for event in file["traceEvents"]:
        track = event["pid"], event["tid"]
        assert isinstance(event["name"], str) and event["name"], event
        if event["ph"] == "M":
            assert event["name"] in ("process_name", "thread_name"), event
            names[track + (event["name"],)] = event["args"]["name"]
        elif event["ph"] == "X":
            assert event["ts"] >= 0 and event["dur"] >= 0 and event["cat"] in ("loop", "stall", "function", "call"), event
            tracks[track].append(event)
        else:
            assert event["ph"] in "be" and event["cat"] == "scope", event
            if event["ph"] == "b":
                open_scopes[event["id"]] = event
            else:
                assert event["ts"] >= open_scopes.pop(event["id"])["ts"]
    assert not open_scopes
    for track, events in tracks.items():
        assert track + ("thread_name",) in names
        around = []
        for event in sorted(events, key=lambda e: (e["ts"], -e["dur"])):
            end = float(event["ts"]) + float(event["dur"])  # as readers do
            while around and around[-1][0] <= event["ts"]:
                around.pop()
            assert not around or end <= around[-1][0], ("not nested", event, around)
            assert [e for _, e in around] or event["cat"] == "loop", event
            around.append((end, event))
    return file, tracks, names

if len(sys.argv) > 1:
    stalls = json.load(open("report.json"))["stalls"]
    _, tracks, _ = read("out.trace")
    spans = [event for events in tracks.values() for event in events]
    told = sorted(event["dur"] for event in spans if event["cat"] == "stall")
    assert len(told) == len(stalls) > 0
    assert all(abs(a - 1000 * b) < 2 for a, b in zip(told, sorted(stall["duration_ms"] for stall in stalls)))
    assert any("nanosleep" in event["name"] for event in spans if event["cat"] in ("function", "call"))
    [loop] = [event for event in spans if event["cat"] == "loop"]
    assert loop["args"]["iterations"] >= len(stalls) and loop["args"]["calls"][0]["total_ns"] > 0, loop
    sys.exit()
assert read("empty.trace")[1] == {}
file, tracks, names = read("recording.trace")
assert names[100, 101, "thread_name"] == "libuv loop, thread 101 (server)" and names[100, 101, "process_name"] == "process 100"
assert set(tracks) == {(100, 101), (100, 102), (100, 103)}, "a loop without a stall has its track"
first = next(event for event in tracks[100, 101] if event["cat"] == "stall")
assert (first["name"], first["ts"], first["dur"]) == ("on_flush", 500000, 212000), first
assert first["args"]["call"] == "fsync" and first["args"]["where"] == "flush, src/store.c:40" and first["args"]["cpu_ns"] == 1000000
functions = [(event["name"], event["ts"], event["dur"]) for event in tracks[100, 101] if event["cat"] == "function"]
assert ("main", 500000, 212000) in functions, "frames that go on are one span"
assert ("fsync", 500000, 10000) in functions and ("[libc.so.6]", 510000, 202000) in functions, functions
assert [event["args"].get("ended") for event in tracks[100, 102] if event["cat"] == "stall"] == [False]
assert sorted(event["name"] for event in file["traceEvents"] if event["ph"] == "b") == ["first start", "reload"]
assert "incomplete 1" in read("everything.trace")[0]["otherData"] and "incomplete 1" not in file["otherData"]
assert "</script><img src=x onerror=alert(1)>" in json.dumps(read("odd.trace")[0])
END
python3 read.py || fail "the traces"
record 0 --output trace=out.trace -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 60
python3 read.py recorded || fail "the recorded trace"
