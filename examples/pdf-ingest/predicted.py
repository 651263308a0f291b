#!/usr/bin/env python3
"""Compares what a recording of the blocking endpoint predicts with what the asynchronous one then is.

    predicted.py BLOCKSCAN PDF_INGEST [--s3rver FOLDER] [--at-once 1,10] [--requests 300] [--runs 3] [--markdown FILE]

The blocking endpoint is recorded under so many clients. Then the asynchronous one gets as many requests at the same rate, under the recorder
too. Each figure is the median of the runs. It ends with 1 when a gain that was measured is further than 15 points from what was predicted.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure
import service

THRESHOLD = "3ms"
TOLERANCE = 15  # points of a hundred
MARKS = "<!-- predicted: begin -->", "<!-- predicted: end -->"
FIGURES = {"max": "longest iteration", "p99": "p99 of the iterations", "held": "held, of its time", "busy": "busy, of its time"}


def record(options, environment, endpoint, file, at_once, rate, folder):
    """Sends the requests to a recorded service. Returns the report and how many requests there were each second."""
    recording, report = os.path.join(folder, "stalls.db"), os.path.join(folder, "report.json")
    command = [options.blockscan, "record", "-q", "--threshold", THRESHOLD, "-o", recording, "--", options.program]
    with service.running(command, environment) as (_, address):
        limit = ["-q", f"{rate / at_once:.3f}"] if rate else []
        hey = subprocess.run(["hey", "-n", str(options.requests), "-c", str(at_once), *limit, "-m", "POST", "-T", "application/pdf", "-D", file,
                              "-t", "0", address + measure.ENDPOINTS[endpoint]], check=True, capture_output=True, text=True)
    if f"[200]\t{options.requests} responses" not in hey.stdout:
        raise SystemExit(f"{endpoint}: not all of {options.requests} requests were answered with 200:\n{hey.stdout}")
    database = pathlib.Path(options.program).parent / "compile_commands.json"
    joined = subprocess.run([options.blockscan, "report", "-q", "--static", database, "--runtime", recording, "--output", f"json={report}"],
                            check=False, stdout=subprocess.DEVNULL)
    if joined.returncode > 1:
        raise SystemExit(f"blockscan report ended with {joined.returncode}")
    with open(report, encoding="utf-8") as text:
        return json.load(text), float(hey.stdout.partition("Requests/sec:")[2].split()[0])


def predicted(report):
    """What the recording was, and between what it would be: milliseconds, and parts of the loop's time."""
    without = report["recording"]["without"]
    scale = {"max": 1, "p99": 1, "held": without["time_ms"], "busy": without["time_ms"]}
    return {name: tuple(without[f"{kind}{name}_ms"] / by for kind in ("was_", "", "most_")) for name, by in scale.items()}


def measured(report):
    loop = max(report["loops"], key=lambda one: one["iterations"])
    time = loop["busy_ms"] + loop["idle_ms"]
    return {"max": loop["max_us"] / 1000, "p99": loop["p99_us"] / 1000, "held": report["recording"]["stalled_ms"] / time,
            "busy": loop["busy_ms"] / time}


def compare(options, environment, file, at_once):
    """For each figure the medians of what it was, would be at least and at most, and is."""
    rows = {name: [] for name in FIGURES}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            before, rate = record(options, environment, "blocking", file, at_once, None, folder)
            after, _ = record(options, environment, "async", file, at_once, rate, folder)
            foretold, came = predicted(before), measured(after)
            print(f"{at_once} at once, run {number + 1}: {rate:.1f} requests/s", file=sys.stderr, flush=True)
            for name, row in rows.items():
                row.append((*foretold[name], came[name]))
    return {name: tuple(statistics.median(column) for column in zip(*row)) for name, row in rows.items()}


def gain(was, now):
    return 100 * (1 - now / was)


def distance(was, least, most, came):
    """By how many points the gain is another one than was predicted; 0 in between."""
    return max(0, gain(was, came) - gain(was, least), gain(was, most) - gain(was, came))


def between(low, high, show):
    return show(low) if show(low) == show(high) else f"{show(low)} to {show(high)}"


def table(results):
    lines = ["| at once | | recorded | predicted | measured | predicted gain | measured gain | apart |", "|---:|---|---:|---:|---:|---:|---:|---:|"]
    for at_once, rows in results.items():
        for name, (was, least, most, came) in rows.items():
            def show(value, is_part=name in ("held", "busy")):
                return f"{100 * value:.1f}%" if is_part else measure.milliseconds(value / 1000)
            apart = distance(was, least, most, came)
            gains = between(gain(was, most), gain(was, least), lambda value: f"{value:.1f}%")
            lines.append(f"| {at_once} | {FIGURES[name]} | {show(was)} | {between(least, most, show)} | {show(came)} | {gains} | "
                         f"{gain(was, came):.1f}% | {f'{apart:.1f}' if apart else 'in between'} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Compares a prediction with what comes.")
    parser.add_argument("blockscan")
    parser.add_argument("program")
    parser.add_argument("--s3rver", default="build/s3rver", help="where npm installs s3rver")
    parser.add_argument("--at-once", type=lambda text: [int(size) for size in text.split(",")], default=[1, 10])
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    with measure.prepared(options.s3rver) as (file, environment):
        results = {size: compare(options, environment, file, size) for size in options.at_once}
    print(measure.aligned(table(results)))
    if options.markdown:
        measure.replace_measured(options.markdown, table(results), MARKS)
    apart = max(distance(*row) for rows in results.values() for row in rows.values())
    print(f"the gain that is furthest from its prediction: {apart:.1f} points", file=sys.stderr)
    return apart > TOLERANCE


if __name__ == "__main__":
    sys.exit(main())
