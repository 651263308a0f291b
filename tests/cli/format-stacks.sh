# speedscope and folded stacks: what speedscope.app/file-format-schema.json asks, and weights that are the stalls' time.
set -eu
. "$(dirname "$0")/format-helpers"
. "$(dirname "$0")/record-helpers"
cd "$TMP"
samples speedscope
samples folded
cat >read.py <<'END'
import json, re, sys

def profiles(name):
    file = json.load(open(name, encoding="utf-8"))
    assert file["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    assert set(file) == {"$schema", "exporter", "name", "activeProfileIndex", "profiles", "shared"}
    frames = file["shared"]["frames"]
    assert all(set(frame) <= {"name", "file", "line", "col"} and frame["name"] for frame in frames)
    for profile in file["profiles"]:
        assert set(profile) == {"type", "name", "unit", "startValue", "endValue", "samples", "weights"}
        assert profile["type"] == "sampled" and profile["unit"] == "nanoseconds" and profile["startValue"] == 0
        assert len(profile["samples"]) == len(profile["weights"]) and all(weight > 0 for weight in profile["weights"])
        assert profile["endValue"] == sum(profile["weights"])
        assert all(stack and all(0 <= i < len(frames) for i in stack) for stack in profile["samples"])
    assert file["activeProfileIndex"] in range(max(len(file["profiles"]), 1))
    return file["profiles"], frames

def folded(name):
    stacks = {}
    for line in open(name, encoding="utf-8", newline="").read().split("\n")[:-1]:
        if line.startswith("# incomplete: "):
            assert not re.fullmatch(r"(.+) ([0-9.]+)", line), line  # no reader takes it for a stack
            continue
        stack, weight = re.fullmatch(r"(.+) (\d+)", line).groups()  # as stackcollapse and flamegraph.pl take it apart
        assert stack not in stacks
        stacks[stack] = int(weight)
    assert list(stacks) == sorted(stacks, key=lambda text: text.encode())
    return stacks

if len(sys.argv) > 1:
    report = json.load(open("report.json"))
    total = sum(round(stall["duration_ms"] * 1e6) for stall in report["stalls"])
    loops, frames = profiles("out.speedscope")
    assert abs(sum(loop["endValue"] for loop in loops) - total) < 1000 * len(report["stalls"]), total
    assert sum(folded("out.folded").values()) == sum(loop["endValue"] for loop in loops)
    assert any(";on_" in stack or "callback" in stack for stack in folded("out.folded")), folded("out.folded")
    sys.exit()
assert profiles("empty.speedscope") == ([], []) and folded("empty.folded") == {}
[first, second], frames = profiles("recording.speedscope")
assert first["name"] == "libuv loop, thread 101 (server)" and first["endValue"] == 224000000
names = [[frames[i]["name"] for i in stack] for stack in first["samples"]]
assert names[0] == ["main", "on_flush", "flush", "fsync"] and names[1][-1] == "[libc.so.6]", names
assert names[3] == ["[no stack]"] and first["weights"] == [10000000, 20000000, 182000000, 12000000]
assert second["endValue"] == 5000000000 and json.load(open("recording.speedscope"))["activeProfileIndex"] == 1
assert folded("recording.folded")["own loop, thread 102;main;on_flush;flush;fsync"] == 5000000000
def is_said(name):
    title = json.load(open(name + ".speedscope", encoding="utf-8"))["name"]
    lines = open(name + ".folded", encoding="utf-8").read().split("\n")
    assert ("; incomplete: " in title) == any(line.startswith("# incomplete: ") for line in lines), title
    return "; incomplete: " in title

assert is_said("everything") and is_said("static") and not is_said("recording") and not is_said("empty")
loops, frames = profiles("odd.speedscope")
assert len(loops) == 8 and "</script><img src=x onerror=alert(1)>" in [frame["name"] for frame in frames]
assert len(folded("odd.folded")) == 8 and all(stack.count(";") == 1 for stack in folded("odd.folded"))
END
python3 read.py || fail "the profiles"

record 0 --output speedscope=out.speedscope --output folded=out.folded -- "$BLOCKSCAN_PROGRAMS/loop" epoll nanosleep 60
python3 read.py recorded || { cat out.folded; fail "the recorded profiles"; }
