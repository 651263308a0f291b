#!/usr/bin/env python3
"""Loads pdf-ingest with `hey`, asks /health every 10 ms meanwhile, and compares the two endpoints.

    measure.py PDF_INGEST [--s3rver FOLDER] [--sizes 100,1000] [--endpoints blocking,async] [--runs 3] [--json FILE] [--charts FOLDER]
               [--markdown FILE]

Uploads go to s3rver, installed into FOLDER by npm, or to the bucket that S3_ENDPOINT and its like name. Each figure is the median of the
runs; one run before them warms up. `--markdown` replaces what stands between the two marks in that file.
"""
import argparse
import contextlib
import csv
import http.client
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import sample
import service
import storage

ENDPOINTS = {"blocking": "/ingest/blocking", "async": "/ingest/async"}
PROBE_PERIOD = 0.01
REQUESTS_MIN = 50  # of a few clients each sends several
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def quantile(values, part):
    """The smallest value that so many of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(part * len(ordered) * 1000) // 1000) - 1))]


# ---- the probe, a process of its own ----

def probe(address):
    """Asks /health every 10 ms until its standard input ends, then prints the latencies, in seconds.

    A question that could not be asked in time, because the answer before it was late, counts from when it was due: a client that came
    then would have waited that long. (Otherwise one answer of ten seconds counts once, and hides a thousand that nobody asked for.)
    """
    where = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=600)
    latencies, due = [], time.monotonic()
    os.set_blocking(0, False)
    while sys.stdin.buffer.raw.read(1) is None:
        time.sleep(max(0, due - time.monotonic()))
        connection.request("GET", "/health")
        connection.getresponse().read()
        answered = time.monotonic()
        while due <= answered:
            latencies.append(answered - due)
            due += PROBE_PERIOD
    json.dump(latencies, sys.stdout)


@contextlib.contextmanager
def probing(address, latencies):
    """Fills `latencies` with what the probe saw."""
    process = subprocess.Popen([sys.executable, __file__, "--probe", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(0.3)
    yield
    latencies += json.loads(process.communicate()[0])


# ---- one run ----

def run(address, path, file, size):
    """`size` clients at once. Returns what a table shows, seconds for latencies."""
    health, count = [], max(size, REQUESTS_MIN)
    with probing(address, health):
        began = time.monotonic()
        hey = subprocess.run(["hey", "-n", str(count), "-c", str(size), "-m", "POST", "-T", "application/pdf", "-D", file, "-t", "0",
                              "-o", "csv", address + path], check=True, capture_output=True, text=True)
        took = time.monotonic() - began
    rows = list(csv.DictReader(io.StringIO(hey.stdout)))
    good = [float(row["response-time"]) for row in rows if row["status-code"] == "200"]
    if len(good) != count:
        raise SystemExit(f"{path}: {len(good)} of {count} requests were answered with 200")
    return {"rate": count / took, "p50": quantile(good, 0.5), "p95": quantile(good, 0.95), "p99": quantile(good, 0.99),
            "health_p99": quantile(health, 0.99), "health_worst": max(health), "health": health}


def medians(runs):
    result = {key: statistics.median(r[key] for r in runs) for key in runs[0] if key != "health"}
    middle = sorted(runs, key=lambda r: r["health_worst"])[len(runs) // 2]
    return {**result, "health": middle["health"]}


def measure(address, file, sizes, names, count):
    results = {}
    for size in sizes:
        runs = {name: [] for name in names}
        for number in range(count + 1):  # the first warms up
            for name in names:
                result = run(address, ENDPOINTS[name], file, size)
                print(f"{size} at once, {name}, {'warm-up' if number == 0 else f'run {number}'}: {result['rate']:.1f} requests/s, "
                      f"p99 {result['p99']:.2f} s, /health p99 {result['health_p99'] * 1000:.1f} ms", flush=True)
                if number:
                    runs[name].append(result)
        results[size] = {name: medians(of) for name, of in runs.items()}
    return results


# ---- what a person reads ----

def table(results):
    lines = ["| at once | endpoint | requests/s | p50 | p95 | p99 | `/health` p99 | `/health` worst |",
             "|---:|---|---:|---:|---:|---:|---:|---:|"]
    for size, of in results.items():
        for name, r in of.items():
            lines.append(f"| {size} | {name} | {r['rate']:.1f} | {r['p50']:.2f} s | {r['p95']:.2f} s | {r['p99']:.2f} s | "
                         f"{milliseconds(r['health_p99'])} | {milliseconds(r['health_worst'])} |")
        if len(of) < 2:
            continue
        lines.append(f"| {size} | *improvement* | *×{of['async']['rate'] / of['blocking']['rate']:.2f}* | " + " | ".join(
            f"*÷{of['blocking'][key] / of['async'][key]:.1f}*" for key in ("p50", "p95", "p99", "health_p99", "health_worst")) + " |")
    return "\n".join(lines)


def aligned(table_):
    """The same table for a terminal."""
    rows = [[cell.strip().replace("`", "").replace("*", "") for cell in line.strip("|").split("|")] for line in table_.splitlines()]
    del rows[1]
    widths = [max(map(len, column)) for column in zip(*rows)]
    numbers = [column[-1][:1].isdigit() for column in zip(*rows)]
    return "\n".join("  ".join(cell.rjust(width) if number else cell.ljust(width) for cell, width, number in zip(row, widths, numbers)).rstrip()
                     for row in rows)


def growth(results):
    """What a complaint would say: of one endpoint, under the fewest clients and under the most."""
    (few, of), (many, busy) = min(results.items()), max(results.items())
    alone, crowd = next(iter(of.values())), next(iter(busy.values()))
    return (f"With {many} clients at once half of the answers take longer than {milliseconds(crowd['p50'])}; with {few} it was "
            f"{milliseconds(alone['p50'])}.\nMeanwhile /health, which has nothing to do, answered after {milliseconds(crowd['health_worst'])} at worst.")


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


STYLE = """<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 } .axis { stroke: #8c959f } .grid { stroke: #d0d7de }
  .blocking { fill: #cf222e; stroke: #cf222e } .async { fill: #1a7f37; stroke: #1a7f37 } .line { fill: none; stroke-width: 1.5 }
  .label { stroke: none }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .grid { stroke: #3d444d } .paper { fill: #0d1117 } }
</style>"""


def svg(width, height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">\n{STYLE}\n'
            f'<rect class="paper" width="{width}" height="{height}" fill="#ffffff"/>\n'
            f'<text class="title" x="16" y="26">{title}</text>\n' + "\n".join(body) + "\n</svg>\n")


def latency_chart(results):
    """Bars, one for each quantile, on a scale of its own for each size."""
    body, left, step = [], 110, 22
    y, bar_width = 52, 430
    for size, of in results.items():
        longest = max(r["p99"] for r in of.values())
        body.append(f'<text x="16" y="{y + 4}">{size} requests at once</text>')
        y += 16
        for key in "p50", "p95", "p99":
            for name, r in of.items():
                width = max(1.0, r[key] / longest * bar_width)
                body.append(f'<text x="{left - 8}" y="{y + 11}" text-anchor="end">{key} {name}</text>'
                            f'<rect class="{name}" x="{left}" y="{y}" width="{width:.1f}" height="14"/>'
                            f'<text x="{left + width + 6:.1f}" y="{y + 11}">{r[key]:.2f} s</text>')
                y += step - 4
            y += 6
        y += 18
    return svg(640, y, "How long an ingest takes", body)


def health_chart(results, size):
    """The answers to /health over time, on a logarithmic scale of milliseconds."""
    left, top, width, height = 70, 46, 540, 230
    of = results[size]
    seconds = max(len(r["health"]) for r in of.values()) * PROBE_PERIOD
    lowest, highest = 0.1, 1e5

    def y_of(milliseconds_):
        import math
        part = (math.log10(max(milliseconds_, lowest)) - math.log10(lowest)) / (math.log10(highest) - math.log10(lowest))
        return top + height * (1 - part)

    body = []
    for value, text in (0.1, "0.1 ms"), (1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1e3, "1 s"), (1e4, "10 s"), (1e5, "100 s"):
        body.append(f'<line class="grid" x1="{left}" x2="{left + width}" y1="{y_of(value):.1f}" y2="{y_of(value):.1f}"/>'
                    f'<text x="{left - 8}" y="{y_of(value) + 4:.1f}" text-anchor="end">{text}</text>')
    for place, (name, r) in enumerate(of.items()):
        body.append(f'<rect class="{name}" x="{left + width - 80}" y="{top + 8 + 20 * place}" width="14" height="4"/>'
                    f'<text x="{left + width - 60}" y="{top + 15 + 20 * place}">{name}</text>')
        points = [f"{left + width * i * PROBE_PERIOD / seconds:.1f},{y_of(value * 1000):.1f}" for i, value in enumerate(r["health"])]
        body.append(f'<polyline class="{name} line" points="{" ".join(points)}"/>')
    body.append(f'<text x="{left + width}" y="{top + height + 22}" text-anchor="end">{seconds:.0f} s after the load began</text>')
    return svg(640, top + height + 40, f"What /health waits while {size} PDFs are ingested", body)


def replace_measured(file, text, marks=(BEGIN, END)):
    begin, end = marks
    whole = file.read_text()
    before, _, rest = whole.partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise SystemExit(f"{file} has no place for the figures: {begin} and {end}")
    file.write_text(f"{before}{begin}\n{text}\n{end}{after}")


@contextlib.contextmanager
def prepared(s3rver):
    """A PDF to send, and the environment of a service that has a storage: $S3_ENDPOINT's, or one that is started for it."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file, contextlib.ExitStack() as stack:
        file.write(sample.document())
        file.flush()
        own = os.environ.get("S3_ENDPOINT")
        yield file.name, dict(os.environ) if own else stack.enter_context(storage.s3rver(s3rver))


def main():
    if sys.argv[1:2] == ["--probe"]:
        return probe(sys.argv[2])
    parser = argparse.ArgumentParser(description="Compares the two endpoints of pdf-ingest under load.")
    parser.add_argument("program")
    parser.add_argument("--s3rver", default="build/s3rver", help="where npm installs s3rver")
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")], default=[100, 1000])
    parser.add_argument("--endpoints", type=lambda text: text.split(","), default=list(ENDPOINTS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--charts", type=pathlib.Path)
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    with prepared(options.s3rver) as (file, environment), service.running([options.program], environment) as (_, address):
        results = measure(address, file, options.sizes, options.endpoints, options.runs)
    print("\n" + aligned(table(results)))
    if len(options.endpoints) == 1 and len(results) > 1:
        print("\n" + growth(results))
    if options.json:
        short = {size: {name: {k: v for k, v in r.items() if k != "health"} for name, r in of.items()} for size, of in results.items()}
        options.json.write_text(json.dumps(short, indent=1) + "\n")
    if options.charts:
        options.charts.mkdir(parents=True, exist_ok=True)
        (options.charts / "showcase-latency.svg").write_text(latency_chart(results))
        (options.charts / "showcase-health.svg").write_text(health_chart(results, options.sizes[-1]))
    if options.markdown:
        replace_measured(options.markdown, table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
