#!/usr/bin/env python3
"""Scans programs whose compile databases have the shapes that build systems, people and other machines give them.

    run.py BLOCKSCAN CASE.yaml...

A case is a YAML mapping:

    about:     what it is about
    needs:     programs without which it is skipped
    files:     name -> text; CALLBACK and UV are the texts below; null: an empty file
    database:  entries, or a text, of compile_commands.json; without `directory`, that of the case
    at:        where the database is written (default: compile_commands.json)
    setup:     a shell script that is run before, in the case's folder
    arguments: words for blockscan (default: none)
    exit:      the exit code
    findings:  how many findings (default: not looked at)
    first:     what the first line of stderr contains, or a list of texts in it
    says:      texts that stderr or the report contain
    silent:    texts that neither has

@HERE@ in a text is the case's folder.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

CALLBACK = """#include <unistd.h>
#include <uv.h>
EXTRA
static void on_tick(uv_timer_t *timer) {
  (void)timer;
  sleep(3);
}
int start(void) {
  static uv_timer_t timer;
  uv_timer_start(&timer, on_tick, 0, 100);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
"""
UV = """#ifndef UV_H
#define UV_H
#ifdef __cplusplus
extern "C" {
#endif
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_timer_s uv_timer_t;
struct uv_timer_s { void *data; };
typedef enum { UV_RUN_DEFAULT = 0 } uv_run_mode;
uv_loop_t *uv_default_loop(void);
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
int uv_run(uv_loop_t *loop, uv_run_mode mode);
#ifdef __cplusplus
}
#endif
#endif
"""
KEYS = {"about", "needs", "files", "database", "at", "setup", "arguments", "exit", "findings", "first", "says", "silent"}


def text_of(text):
    """CALLBACK may be followed by a line that stands at its top: "CALLBACK int x = MINE;"."""
    if text is None:
        return ""
    if text.startswith("CALLBACK"):
        return CALLBACK.replace("EXTRA", text[len("CALLBACK"):].strip())
    return UV if text == "UV" else text


def write(here, name, text):
    path = os.path.join(here, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("@HERE@", here))


def prepare(here, case):
    for name, text in case.get("files", {}).items():
        write(here, name, text_of(text))
    database = case.get("database")
    if isinstance(database, list):
        database = json.dumps([{"directory": "@HERE@", **entry} for entry in database], indent=1)
    if database is not None:
        write(here, case.get("at", "compile_commands.json"), database)
    if "setup" in case:
        subprocess.run(["sh", "-e", "-c", case["setup"]], cwd=here, check=True, capture_output=True, timeout=120)


def listed(value):
    return value if isinstance(value, list) else [value]


def complaints(case, here, run, report):
    if run.returncode != case["exit"]:
        yield f"exit code {run.returncode}, expected {case['exit']}"
    if "findings" in case and len(report.get("findings", [])) != case["findings"]:
        yield f"{len(report.get('findings', []))} findings, expected {case['findings']}"
    first = run.stderr.split("\n")[0]
    for text in listed(case.get("first", [])):
        if text.replace("@HERE@", here) not in first:
            yield f"the first line does not say \"{text}\""
    for text in listed(case.get("says", [])):
        if text.replace("@HERE@", here) not in run.stderr + run.stdout:
            yield f"nothing says \"{text}\""
    for text in listed(case.get("silent", [])):
        if text in run.stderr + run.stdout:
            yield f"something says \"{text}\""
    if run.returncode == 3 and "blockscan: incomplete: " not in run.stderr:
        yield "exit code 3 without a reason"
    if report and bool(report["ledger"]["incomplete"]) != (run.returncode == 3):
        yield f"the exit code and the ledger disagree: {report['ledger']['incomplete']}"


def check(blockscan, path):
    with open(path, encoding="utf-8") as file:
        case = yaml.safe_load(file)
    unknown = set(case) - KEYS
    if unknown:
        raise ValueError(f"{path}: unknown keys {unknown}")
    missing = [program for program in listed(case.get("needs", [])) if not (shutil.which(program) or os.path.exists(program))]
    if missing:
        print(f"skipped: there is no {missing[0]}")
        return None
    with tempfile.TemporaryDirectory(prefix="blockscan-database.") as here:
        here = os.path.realpath(here)
        prepare(here, case)
        command = [blockscan, "scan", "-q", "--no-cache", "-j1", "--output", f"json={here}/report.json", "--output", "text"]
        words = [word.replace("@HERE@", here) for word in case.get("arguments", [])]
        run = subprocess.run(command + words, cwd=here, capture_output=True, text=True, timeout=100, check=False)
        report = {}
        if os.path.exists(f"{here}/report.json"):
            with open(f"{here}/report.json", encoding="utf-8") as file:
                report = json.load(file)
        problems = list(complaints(case, here, run, report))
    for problem in problems:
        print(f"{os.path.basename(path)}: {problem}")
    if problems:
        print(run.stderr + run.stdout)
    return not problems


def main():
    blockscan, *cases = sys.argv[1:]
    results = [check(os.path.abspath(blockscan), case) for case in cases]
    if False in results:
        return 1
    return 77 if results and all(result is None for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
