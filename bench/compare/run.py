#!/usr/bin/env python3
"""Runs what can be had of the tools that docs/comparison.md names over the cases of cases.c, and prints the table of that page.

usage: run.py BLOCKSCAN [CLANG] [--write DOCUMENT]     CLANG: clang 20 or newer, with its runtime libraries
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = [HERE / "cases.c", HERE / "cases_other.c"]
BEGIN, END = "<!-- bench/compare/run.py -->", "<!-- end -->"
FUNCTIONS = {}  # of a case
THRESHOLD = 30  # ms

ABOUT = {
    "sleep": "sleeps in the callback", "sleep-not": "counts", "other-unit": "`fsync` of another unit", "other-unit-not": "a function of another unit that counts",
    "pointer": "through a function pointer in a struct", "pipe": "reads a pipe that fills later", "pipe-not": "reads a pipe with `O_NONBLOCK`",
    "resolve": "asks a name server", "resolve-not": "hands that to a worker", "lock": "waits for a lock", "lock-not": "tries a lock",
    "child": "waits for a child", "child-not": "`waitpid` with `WNOHANG`", "compute": "computes for long", "compute-not": "computes shortly",
    "rare": "sleeps in a branch that this run does not take",
}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], text=True, capture_output=True, check=False, **options)


def read_cases():
    text = SOURCES[0].read_text(encoding="utf-8")
    for name, function in re.findall(r'\{"([a-z-]+)", (\w+)\}', text):
        FUNCTIONS[name] = function
    assert set(FUNCTIONS) == set(ABOUT), set(FUNCTIONS) ^ set(ABOUT)
    return list(FUNCTIONS)


def scan(blockscan, folder):
    """Cases whose function is on the path to a warning or an error."""
    database = [{"directory": str(HERE), "file": str(source), "arguments": ["cc", "-c", str(source)]} for source in SOURCES]
    (folder / "compile_commands.json").write_text(json.dumps(database), encoding="utf-8")
    done = run(blockscan, "scan", "-q", "--no-cache", "--fail-on", "never", "--root", HERE, "--output", "json", folder / "compile_commands.json")
    assert done.returncode == 0, done.stderr
    found = set()
    for finding in json.loads(done.stdout)["findings"]:
        if finding["severity"] == "note" or finding["confidence"] == "possible":
            continue
        for entry in finding["entries"]:
            found |= {step["function"] for step in entry["path"]}
    return {name for name, function in FUNCTIONS.items() if function in found}


def held(stall):
    """Milliseconds, without those in which the thread waited for a CPU: the machine may be busy."""
    return stall["duration_ms"] - sum(part["ms"] for part in stall["parts"] if part["part"] == "waiting-for-cpu")


def record(blockscan, folder):
    done = run("cc", "-g", "-O1", "-o", folder / "cases", *SOURCES, "-luv", "-pthread")
    assert done.returncode == 0, done.stderr
    found = set()
    for name in FUNCTIONS:
        done = run(blockscan, "record", "-q", "-o", folder / "stalls.db", "--threshold", f"{THRESHOLD}ms", "--output", "json", "--", folder / "cases", name)
        stalls = json.loads(done.stdout)["stalls"]
        if any(held(stall) >= THRESHOLD for stall in stalls):
            found.add(name)
    return found


def effects(clang):
    """Cases in whose function -Wfunction-effects warns."""
    done = run(clang, "-DEFFECTS", "-Wfunction-effects", "-Werror=unknown-warning-option", "-fsyntax-only", SOURCES[0])
    assert done.returncode == 0, done.stderr
    starts, text = [], SOURCES[0].read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(text, 1):
        if match := re.match(r"static void (\w+)\(", line):
            starts.append((number, match.group(1)))
    found = set()
    for line in re.findall(r"cases\.c:(\d+):\d+: warning:", done.stderr):
        found.add([function for number, function in starts if number <= int(line)][-1])
    return {name for name, function in FUNCTIONS.items() if function in found}


def realtime(clang, folder):
    done = run(clang, "-DEFFECTS", "-fsanitize=realtime", "-g", "-O1", "-o", folder / "realtime", *SOURCES, "-luv", "-pthread")
    assert done.returncode == 0, done.stderr
    found = set()
    for name in FUNCTIONS:
        done = run(folder / "realtime", name, env={**os.environ, "RTSAN_OPTIONS": "halt_on_error=false"})
        if "RealtimeSanitizer" in done.stderr:
            found.add(name)
    return found


def table(cases, columns):
    """A tick where the tool is right, what it did where it is not."""
    lines = ["| case | holds the loop | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    right = dict.fromkeys(columns, 0)
    for name in cases:
        holds = not name.endswith("-not")
        cells = []
        for column, found in columns.items():
            good = (name in found) == holds
            right[column] += good
            cells.append("✓" if good else "missed" if holds else "false alarm")
        lines.append(f"| {ABOUT[name]} | {'yes' if holds else 'no'} | " + " | ".join(cells) + " |")
    lines.append("| right | | " + " | ".join(f"{count} of {len(cases)}" for count in right.values()) + " |")
    return "\n".join(lines)


def main():
    arguments = sys.argv[1:]
    document = None
    if "--write" in arguments:
        at = arguments.index("--write")
        document = pathlib.Path(arguments[at + 1])
        del arguments[at:at + 2]
    blockscan = pathlib.Path(arguments[0]).resolve()
    clang = arguments[1] if len(arguments) > 1 else None
    cases = read_cases()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        columns = {"blockscan scan": scan(blockscan, folder), "blockscan record": record(blockscan, folder)}
        if clang:
            columns["`-Wfunction-effects`"] = effects(clang)
            columns["`-fsanitize=realtime`"] = realtime(clang, folder)
    text = table(cases, columns)
    print(text)
    if document:
        page = document.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        document.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
