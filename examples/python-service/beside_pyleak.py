#!/usr/bin/python3
"""What pyleak and blockscan say of the same requests, one table for asyncio and one for uvloop.

    PYTHONPATH=…/pyleak/src beside_pyleak.py BLOCKSCAN [--s3rver FOLDER] [--threshold 0.05]

Each gets the same fifteen requests from load.py: pyleak around every request (watched.py), blockscan outside of the unchanged service.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HANDLERS = {"/sleep": "sleep", "/hash": "hash_password", "/key": "make_key", "/ingest/blocking": "ingest_blocking", "/ingest/async": "ingest_async"}


def load(options, loop, command, app, more):
    arguments = ["--loop", loop, "--app", app] + (["--s3rver", options.s3rver] if options.s3rver else [])
    done = subprocess.run([HERE / "load.py", *arguments, *command], env={**os.environ, **more}, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{app} under {loop}: {done.returncode}\n{done.stderr}")


def of_pyleak(options, loop, folder):
    """By endpoint: (seconds, place) of each block that it reports."""
    log = os.path.join(folder, f"pyleak-{loop}.log")
    load(options, loop, [], "watched:app", {"PYLEAK_LOG": log, "PYLEAK_THRESHOLD": str(options.threshold)})
    found, path = collections.defaultdict(list), None
    text = pathlib.Path(log).read_text(encoding="utf-8")
    for part in re.split(r"^(?=== |Event Loop Block: )", text, flags=re.M):
        if part.startswith("== "):
            path = part.split()[1]
        elif part.startswith("Event Loop Block: "):
            own = re.findall(r'service\.py", line (\d+), in (\w+)', part)
            place = f"{own[-1][1]} service.py:{own[-1][0]}" if own else "no frame of the service"
            found[path].append((float(re.search(r"Duration: ([\d.]+)", part)[1]), place))
    return found


def of_blockscan(options, loop, folder):
    report = os.path.join(folder, f"{loop}.json")
    load(options, loop, [options.blockscan, "record", "-q", "--threshold", f"{options.threshold * 1000:.0f}ms", "-o",
                         os.path.join(folder, f"{loop}.db"), "--output", f"json={report}", "--"], "service:app", {})
    found = collections.defaultdict(list)
    for stall in json.loads(pathlib.Path(report).read_text(encoding="utf-8"))["stalls"]:
        stacks = [sample["stack"] for sample in stall.get("samples", [])]
        names = {frame.get("function") for stack in stacks for frame in stack}
        path = next((path for path, handler in HANDLERS.items() if handler in names), "elsewhere")
        culprit = stall.get("culprit") or {}
        place = f"{culprit['function']} {os.path.basename(culprit['file'])}:{culprit['line']}" if culprit else "no frame of the service"
        found[path].append((stall["duration_ms"] / 1000, f"{place}, {stall.get('api') or stall['kind']}"))
    return found


def cell(events):
    if not events:
        return "nothing"
    places = collections.Counter(place for _, place in events)
    return f"{len(events)}, longest {max(events)[0] * 1000:.0f} ms; " + "; ".join(f"`{place}`" for place, _ in places.most_common(3))


def main():
    parser = argparse.ArgumentParser(description="What pyleak and blockscan say of the same requests.")
    parser.add_argument("blockscan")
    parser.add_argument("--s3rver", help="where npm installs s3rver; without it uploads take 150 ms each")
    parser.add_argument("--threshold", type=float, default=0.05, help="seconds, for both")
    options = parser.parse_args()
    print("| loop | request, three of each | pyleak | blockscan |\n|---|---|---|---|")
    for loop in "asyncio", "uvloop":
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours = of_pyleak(options, loop, folder), of_blockscan(options, loop, folder)
        for path in [*HANDLERS, "elsewhere"]:
            if theirs[path] or ours[path] or path in HANDLERS:
                print(f"| {loop} | `{path}` | {cell(theirs[path])} | {cell(ours[path])} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
