"""A pytest plugin: a marked test fails when it holds an event loop, with the stack of what held it.

    @pytest.mark.no_blocking(threshold=0.05)
    def test_upload():
        asyncio.run(upload())

Copy this file beside the tests, or add its folder (`share/blockscan/pytest` of an installation) to PYTHONPATH, and load
it with `-p pytest_blockscan` or `pytest_plugins = ["pytest_blockscan"]`. The recorder has to be there before the
interpreter starts; so a marked test runs, with its fixtures, in a pytest of its own under `blockscan record`. The
threshold is in seconds, or a text such as "50ms"; it is 10 ms without one. The program is $BLOCKSCAN, or the
`blockscan` of the installation that this file lies in, or that of the PATH.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

CHILD = "BLOCKSCAN_PYTEST_CHILD"


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "no_blocking(threshold=0.01): the test may not hold an event loop for as long (blockscan)"
    )


def find_program():
    beside = pathlib.Path(__file__).resolve().parents[3] / "bin" / "blockscan"
    program = os.environ.get("BLOCKSCAN") or (str(beside) if beside.exists() else shutil.which("blockscan"))
    if not program:
        pytest.fail("no_blocking: there is no blockscan: install it, or set BLOCKSCAN", pytrace=False)
    return program


def time_text(threshold):
    return threshold if isinstance(threshold, str) else f"{round(threshold * 1e6)}us"


def describe(report, stall):
    """The stall as `blockscan record` tells it, down to what the program's loop had called."""
    held = f" in {stall['api']}" if stall.get("api") else ""
    lines = [f"Event loop stall  duration {stall['duration_ms']:.1f} ms{held}"]
    samples = stall.get("samples") or []
    stack = samples[0].get("stack", []) if samples else []
    culprit = stall.get("culprit") or {}
    for frame in stack:
        if not frame.get("function"):
            continue  # the interpreter's own
        own = (frame.get("function"), frame.get("line")) == (culprit.get("function"), culprit.get("line"))
        place = f"{frame['file']}:{frame['line']}" if frame.get("file") else f"in {frame.get('module') or '?'}"
        lines.append(f"  {'>' if own else ' '} {frame['function']:<31} {place}")
        if frame.get("function") == stall.get("callback"):
            break
    return "\n".join(lines)


def run_recorded(item, threshold):
    with tempfile.TemporaryDirectory(prefix="blockscan-") as folder:
        report = pathlib.Path(folder, "report.json")
        here = str(pathlib.Path(__file__).resolve().parent)
        path = os.pathsep.join(p for p in [here, os.environ.get("PYTHONPATH", "")] if p)
        command = [find_program(), "record", "-q", "--threshold", threshold, "-o", str(pathlib.Path(folder, "stalls.db")),
                   "--output", f"json={report}", "--", sys.executable, "-m", "pytest", "-q", "-p", "pytest_blockscan",
                   "-p", "no:cacheprovider", "--rootdir", str(item.config.rootpath), item.nodeid]
        environment = dict(os.environ, PYTHONPATH=path, **{CHILD: "1"})
        done = subprocess.run(command, cwd=item.config.rootpath, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        try:
            return done, json.loads(report.read_text())
        except (OSError, ValueError):
            return done, None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    marker = pyfuncitem.get_closest_marker("no_blocking")
    if marker is None or os.environ.get(CHILD):
        return None
    threshold = time_text(marker.kwargs.get("threshold", marker.args[0] if marker.args else 0.01))
    done, report = run_recorded(pyfuncitem, threshold)
    if done.returncode != 0:
        pytest.fail(f"under blockscan record: exit code {done.returncode}\n{done.stdout}", pytrace=False)
    if report is None:
        pytest.fail(f"blockscan wrote no report\n{done.stdout}", pytrace=False)
    if not report.get("loops"):
        notes = "\n".join(report.get("ledger", {}).get("notes", []))
        pytest.fail(f"no_blocking: no event loop was seen\n{notes}", pytrace=False)
    stalls = report.get("stalls", [])
    if stalls:
        told = "\n".join(describe(report, stall) for stall in stalls)
        pytest.fail(f"{pyfuncitem.name} held an event loop (threshold {threshold})\n{told}", pytrace=False)
    return True
