#!/usr/bin/env python3
"""Runs all fuzzers in turn, one process at a time, and prints a table of what each did.

usage: all.py FUZZERS CORPORA MINUTES [NAME…]

FUZZERS is the folder of the programs fuzz_NAME, CORPORA keeps what they find, from one run to the next; findings go there too. Each fuzzer
gets an equal part of the time. Edges are those of the whole program that is linked, which has more than the fuzzer aims at: compare them
with the run before. Ends with 1 when there was a finding.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SLOW_SECONDS = 25  # of one input: a finding
MEGABYTES = 2048


def seed(name, corpus, environment):
    """The seeds join the corpus; what is in it already stays."""
    fresh = corpus.with_name(corpus.name + ".seeds")
    shutil.rmtree(fresh, ignore_errors=True)
    subprocess.run(["sh", HERE / "seeds.sh", name, fresh], check=True, env=environment)
    return fresh


def numbers(text):
    """execs, new units, edges, edges there are, bytes of the corpus' largest features: as libFuzzer prints them"""
    def last(pattern):
        found = re.findall(pattern, text)
        return int(found[-1]) if found else 0

    return {
        "execs": last(r"stat::number_of_executed_units:\s*(\d+)"),
        "new": last(r"stat::new_units_added:\s*(\d+)"),
        "edges": last(r"\bcov: (\d+)"),
        "all": last(r"\((\d+) inline 8-bit counters\)"),
        "rss": last(r"stat::peak_rss_mb:\s*(\d+)"),
    }


def run(program, corpora, seconds, environment):
    name = program.name.removeprefix("fuzz_")
    corpus = corpora / name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = seed(name, corpus, environment)
    before = set(corpora.glob(f"{name}-*"))
    command = [program, f"-max_total_time={seconds}", f"-timeout={SLOW_SECONDS}", f"-rss_limit_mb={MEGABYTES}", "-close_fd_mask=1",
               "-print_final_stats=1", f"-artifact_prefix={corpora}/{name}-", corpus, seeds]
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    text = done.stderr.decode(errors="replace")
    (corpora / f"{name}.log").write_text(text)
    row = numbers(text)
    row.update(name=name, seconds=time.monotonic() - began, findings=sorted(set(corpora.glob(f"{name}-*")) - before), failed=done.returncode != 0)
    row["findings"] = [f for f in row["findings"] if "-slow-unit-" not in f.name]
    return row


def line(row):
    share = 100 * row["edges"] / row["all"] if row["all"] else 0
    rate = row["execs"] / row["seconds"] if row["seconds"] else 0
    return (f"{row['name']:14} {row['seconds']:7.0f} {row['execs']:11,} {rate:9.0f} {row['new']:7,} {row['edges']:7,} {share:6.1f}% {row['rss']:6}"
            f"  {', '.join(f.name for f in row['findings']) or ('ended early' if row['failed'] else '-')}")


def main():
    fuzzers, corpora, minutes, names = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), float(sys.argv[3]), sys.argv[4:]
    programs = sorted(p for p in fuzzers.glob("fuzz_*") if os.access(p, os.X_OK) and p.is_file())
    if names:
        programs = [p for p in programs if p.name.removeprefix("fuzz_") in names]
    if not programs:
        sys.exit("all.py: there are no such fuzzers")
    corpora.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1", UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
                       LSAN_OPTIONS=f"suppressions={HERE.parent / 'lsan.supp'}:print_suppressions=0",
                       BLOCKSCAN=str(fuzzers.parent / "blockscan"))
    seconds = max(1, int(minutes * 60 / len(programs)))
    print(f"{'fuzzer':14} {'seconds':>7} {'executions':>11} {'a second':>9} {'new':>7} {'edges':>7} {'of all':>7} {'MB':>6}  findings", flush=True)
    rows = []
    for program in programs:
        rows.append(run(program, corpora, seconds, environment))
        print(line(rows[-1]), flush=True)
    total = {"name": "together", "rss": max(r["rss"] for r in rows), "all": 0, "edges": 0, "findings": [], "failed": False}
    for key in ("seconds", "execs", "new"):
        total[key] = sum(r[key] for r in rows)
    print(line(total))
    sys.exit(any(r["findings"] or r["failed"] for r in rows))


if __name__ == "__main__":
    main()
