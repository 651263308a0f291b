# pprof: gzip around a message of profile.proto, whose tables, stacks and values are those of the recording.
set -eu
. "$(dirname "$0")/format-helpers"
. "$(dirname "$0")/record-helpers"
cd "$TMP"
samples pprof
cat >read.py <<'END'
import gzip, json, sys

def fields(data):
    """The fields of a protobuf message: (number, a number or bytes)."""
    at = 0
    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        key = varint()
        assert key & 7 in (0, 2), key
        value = varint()
        if key & 7 == 2:
            assert at + value <= len(data)
            value, at = data[at:at + value], at + value
        yield key >> 3, value

def numbers(data):
    packed = []
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            packed.append(value)
            value = shift = 0
    return packed

def read(name):
    raw = open(name, "rb").read()
    assert raw[:4] == b"\x1f\x8b\x08\0" and raw[4:8] == b"\0\0\0\0", "gzip with a name or a time"
    parts = list(fields(gzip.decompress(raw)))
    of = lambda number: [value for key, value in parts if key == number]
    texts = [text.decode("utf-8") for text in of(6)]
    assert texts[0] == "" and len(set(texts)) == len(texts)
    types = [(texts[dict(fields(t))[1]], texts[dict(fields(t))[2]]) for t in of(1)]
    assert types == [("stalls", "count"), ("stalled", "nanoseconds")], types
    mappings = {dict(fields(m))[1]: texts[dict(fields(m))[5]] for m in of(3)}
    functions = {}
    for message in of(5):
        f = dict(fields(message))
        functions[f[1]] = (texts[f[2]], texts[f[4]])
    assert 0 not in functions and len(functions) == len(of(5))
    locations = {}
    for message in of(4):
        location = dict(fields(message))
        line = dict(fields(location[4]))
        assert location.get(3, next(iter(mappings), None)) in mappings or not location.get(2), location
        if 2 in location:
            assert location[2] in mappings
        locations[location[1]] = functions[line[1]][0], line[2]
    stacks = []
    for message in of(2):
        s = list(fields(message))
        labels = {texts[dict(fields(value))[1]]: texts[dict(fields(value))[2]] for key, value in s if key == 3}
        stacks.append(([locations[i] for i in numbers(dict(s)[1])], numbers(dict(s)[2]), labels))
    assert texts[of(14)[0]] == "stalled"
    return stacks, [texts[i] for i in of(13)], of(10)[0], mappings

if len(sys.argv) > 1:
    report = json.load(open("report.json"))
    stacks, comments, duration, mappings = read("out.pprof")
    stalls = report["stalls"]
    assert sum(values[0] for _, values, _ in stacks) == len(stalls) > 0
    total = sum(round(stall["duration_ms"] * 1e6) for stall in stalls)
    assert abs(sum(values[1] for _, values, _ in stacks) - total) < 1000 * len(stalls)
    assert any([name for name, _ in frames][:2] == ["rest", "hold_nanosleep"] for frames, _, _ in stacks), "innermost first"
    assert duration >= total and mappings[1].endswith("/loop"), mappings
    sys.exit()
assert read("empty.pprof")[0] == []
stacks, comments, _, mappings = read("recording.pprof")
assert comments == [] and mappings == {1: "build/server", 2: "libc.so.6"}, "the program is the first"
assert sum(values[0] for _, values, _ in stacks) == 3, "stalls are counted once"
frames, values, labels = stacks[0]
assert [name for name, _ in frames] == ["fsync", "flush", "on_flush", "main"] and frames[1][1] == 40, frames
assert labels == {"loop": "libuv loop, thread 101 (server)", "kind": "off-cpu", "callback": "on_flush", "call": "fsync"}, labels
assert sum(values[1] for _, values, labels in stacks if labels["loop"].startswith("libuv")) == 224000000
assert [labels.get("scope") for _, _, labels in stacks][-1] == "reload"
assert any(text.startswith("incomplete: ") for text in read("everything.pprof")[1])
assert any(name == "[unknown]" or "\ufffd" in name for frames, _, _ in read("odd.pprof")[0] for name, _ in frames)
END
python3 read.py || fail "the profiles"
record 0 --output pprof=out.pprof -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 60
python3 read.py recorded || fail "the recorded profile"
