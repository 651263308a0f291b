#!/usr/bin/env python3
"""Each call that the recorder makes of the system fails once: the n-th allocation, write, fsync, open …, alone and with all behind it;
and it is killed at each write.

usage: record.py BLOCKSCAN SHIM [--seconds S] [--kinds K,…] [--table FILE] [--jobs N]

A program with three stalls is recorded for half a second, with a bound that it keeps. What is allowed: the three stalls in the file and in the
report, and exit code 0; or a sentence on stderr and exit code 1 (the bound is not proved), 2 or 3. Whatever becomes of it, the file, if there is
one, is whole and no row in it names one that is not there, and the program has come to its end when the recorder says so. The recorder that is
killed leaves such a file, with all stalls of the transactions that SQLite had acknowledged.
With --seconds, as many n as fit into the time, spread evenly; without, every n.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import loaded  # noqa: E402  a module of this folder

KINDS = ["alloc", "write", "sync", "open", "mmap", "fork", "pipe", "read", "rename", "truncate", "thread", "kill"]
COUNTERS = loaded.COUNTERS
STALLS = 3
PROGRAM = r"""
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
static void hold(void) { nanosleep(&(struct timespec){.tv_nsec = 40000000}, NULL); }
int main(void) {
  int ends[2];
  if (pipe(ends) != 0) return 1;
  struct pollfd p = {.fd = ends[0], .events = POLLIN};
  for (int i = 0; i < 30; i++) {
    poll(&p, 1, 4);
    if (i % 10 == 5) hold();
  }
  puts("done");
}
"""


class Failure(Exception):
    pass


class Loop:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.program = folder / "program"
        (folder / "program.c").write_text(PROGRAM)
        compiler = os.environ.get("CC", "cc")
        # A C library without debug information: to unpack that takes longer than all else, and makes thousands of allocations of libdw.
        libc = pathlib.Path(subprocess.run([compiler, "-print-file-name=libc.so.6"], check=True, capture_output=True, text=True).stdout.strip())
        whole = libc.read_bytes().replace(b"\x14\0\0\0\x03\0\0\0GNU\0", b"\x14\0\0\0\xff\0\0\0GNU\0", 1)  # its build id is none any more
        (folder / "lib").mkdir()
        (folder / "lib/libc.so.6").write_bytes(whole)
        (folder / "lib/libc.so.6").chmod(0o755)
        subprocess.run([compiler, "-g", "-O1", "-D_GNU_SOURCE", f"-Wl,--disable-new-dtags,-rpath,{folder}/lib", "-o", self.program, folder / "program.c"],
                       check=True)
        self.own = threading.local()

    def recorder(self):
        """This thread's."""
        if not hasattr(self.own, "recorder"):
            command = [self.options.blockscan, "record", "--threshold", "20ms", "--fail-over", "100s", "--output", "json=report.json", "--output",
                       "text=report.txt", "--", self.program]
            environment = dict(os.environ, BLOCKSCAN_FAULT_ONLY=self.options.blockscan.name)
            self.own.recorder = loaded.Program(self.options.shim, command, environment, self.folder)
        return self.own.recorder

    def run(self, fault, where):
        """Exit code, stdout, stderr and the counters of one recording in a folder of its own."""
        shutil.rmtree(where, ignore_errors=True)
        where.mkdir()
        try:
            code, _, out, said, counters = self.recorder().run(fault, where, 90)
        except loaded.DoesNotEnd:
            raise Failure("does not end") from None
        return code, out, said, counters

    def check_file(self, where):
        """How many stalls the file has, and how many of them are the program's own; None without a session."""
        path = where / "stalls.db"
        if not path.exists() or not path.stat().st_size:
            return None
        db = sqlite3.connect(path)
        try:
            whole = db.execute("PRAGMA integrity_check").fetchall()
            if whole != [("ok",)]:
                raise Failure(f"the file is damaged: {whole[:3]}")
            if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                return None
            dangling = db.execute("PRAGMA foreign_key_check").fetchall()
            if dangling:
                raise Failure(f"rows that name none: {dangling[:3]}")
            if not db.execute("SELECT count(*) FROM sessions").fetchone()[0]:
                return None
            return db.execute("SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM stall_calls c WHERE c.stall_id = s.id AND c.hook = "
                              "'nanosleep') THEN 1 END) FROM stalls s WHERE duration_ns > 39000000").fetchone()
        except sqlite3.DatabaseError as error:
            raise Failure(f"the file cannot be read: {error}") from None
        finally:
            db.close()

    def reported(self, where):
        path = where / "report.json"
        if not path.exists():
            return None
        try:
            # A busy machine may hold the loop elsewhere, too.
            return sum(stall["duration_ms"] >= 39 and any(call["api"] == "nanosleep" for call in stall.get("calls", []))
                       for stall in json.loads(path.read_text()).get("stalls", []))
        except ValueError:
            raise Failure("half a report") from None

    def killed(self, fault, where):
        code, _, said, counters = self.run(fault, where)
        if not counters[COUNTERS - 1]:
            return "unreached"
        if code != -signal.SIGKILL:
            raise Failure(f"exit code {code}: {said}")
        stalls, commits, acknowledged = self.check_file(where), counters[COUNTERS - 2], counters[COUNTERS - 3]
        if commits > 1 and stalls is None:
            raise Failure("the session was acknowledged, and is not there")
        if acknowledged and stalls[0] < acknowledged:
            raise Failure(f"{acknowledged} stalls were acknowledged in {commits} transactions, and {stalls} are there")
        return "whole"

    def one(self, kind, n, sticky, where):
        """What became of it."""
        if kind == "kill":
            return self.killed(f"write:{n}!", where)
        code, out, said, counters = self.run(f"{kind}:{n}{'+' if sticky else ''}", where)
        stalls, reported = self.check_file(where), self.reported(where)
        if code == 0:
            if out != "done\n":
                raise Failure("exit code 0, and the program has not come to its end")
            if reported != STALLS or not stalls or stalls[1] != STALLS:
                raise Failure(f"exit code 0, {reported} stalls in the report and {stalls} in the file: {said}")
            return "same" if counters[COUNTERS - 1] else "unreached"
        if not counters[COUNTERS - 1]:
            raise Failure(f"exit code {code}, and nothing has failed: {said}")
        if code not in (1, 2, 3, 126, 127):
            raise Failure(f"exit code {code}: {said}")
        if len(said.strip()) < 10:
            raise Failure(f"exit code {code} and no word why: {said!r}")
        report = where / "report.txt"
        if code == 1 and "not" not in said + (report.read_text() if report.exists() else ""):
            raise Failure("the bound is broken, and nothing says why")
        return "loss" if code == 1 else "error"


def numbers(first, total, limit):
    """All, or so many of them spread evenly, the first and the last among them."""
    count = total - first + 1
    if limit >= count:
        return list(range(first, total + 1))
    step = count / limit
    return sorted({first, total} | {first + int(i * step) for i in range(limit)})


def rounds(loop, options, kinds):
    """kind, sticky, and the n of each round"""
    began = time.monotonic()
    code, out, said, counters = loop.run("", loop.folder / "count")
    if code != 0 or out != "done\n" or loop.reported(loop.folder / "count") != STALLS:
        raise Failure(f"without a fault: exit code {code}: {said}")
    took = time.monotonic() - began
    plan = []
    for kind in kinds:
        total = counters[KINDS.index("write" if kind == "kill" else kind)]
        plan += [(kind, sticky, total) for sticky in ((False,) if kind == "kill" else (False, True)) if total]
    limit = sys.maxsize
    if options.seconds:
        limit = max(2, int(options.seconds * options.jobs / (took * 1.3) / len(plan)))
    if options.most:
        limit = min(limit, options.most)
    return [(kind, sticky, total, numbers(options.first, total, limit)) for kind, sticky, total in plan if total >= options.first]


RESULTS = ["same", "loss", "error", "whole", "unreached", "wrong"]
TITLE = ("| call | fails | calls | tried | the same three stalls | loss, said | an error, said | killed, the file whole | wrong |\n"
         "|---|---|--:|--:|--:|--:|--:|--:|--:|")


def row_text(row, seen):
    kind, sticky, total = row
    how = "killed at the n-th" if kind == "kill" else "from the n-th on" if sticky else "the n-th"
    tried = sum(seen.values()) - seen["unreached"]
    cells = [str(seen[name]) for name in ("same", "loss", "error", "whole", "wrong")]
    return f"| {'write' if kind == 'kill' else kind} | {how} | {total} | {tried} | {' | '.join(cells)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("blockscan", type=pathlib.Path)
    parser.add_argument("shim", type=pathlib.Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--most", type=int, help="so many n of each kind, at most")
    parser.add_argument("--first", type=int, default=1, help="the first n of each kind")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--jobs", type=int, default=4, help="recordings at once: they sleep for most of their time")
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--fault", help="only this one: KIND:N, KIND:N+, or write:N!; and its stderr")
    options = parser.parse_args()
    options.blockscan, options.shim = options.blockscan.resolve(), options.shim.resolve()
    with tempfile.TemporaryDirectory(prefix="blockscan-fault-") as folder:
        loop = Loop(options, pathlib.Path(folder))
        if options.fault:
            print(*loop.run(options.fault, loop.folder / "one"), sep="\n")
            print(loop.check_file(loop.folder / "one"), "stalls in the file")
            return
        rows, wrong = [], 0

        def try_one(job):
            kind, n, sticky = job
            where = loop.folder / f"{kind}-{n}-{sticky}"
            try:
                return loop.one(kind, n, sticky, where), ""
            except Failure as failure:
                return "wrong", f"{kind}:{n}{'+' if sticky else ''}: {failure}"
            finally:
                shutil.rmtree(where, ignore_errors=True)

        print(TITLE, flush=True)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for kind, sticky, total, tries in rounds(loop, options, options.kinds.split(",")):
                seen = dict.fromkeys(RESULTS, 0)
                for result, text in pool.map(try_one, [(kind, n, sticky) for n in tries]):
                    seen[result] += 1
                    if text:
                        print(text, flush=True)
                wrong += seen["wrong"]
                rows.append(row_text((kind, sticky, total), seen))
                print(rows[-1], flush=True)
        if options.table:
            options.table.write_text("\n".join([TITLE] + rows) + "\n")
        sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
