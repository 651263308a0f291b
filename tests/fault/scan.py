#!/usr/bin/env python3
"""Each call that a scan makes of the system fails once: the n-th allocation, write, fsync, open …, alone and with all behind it.

usage: scan.py BLOCKSCAN SHIM [--seconds S] [--kinds K,…] [--table FILE]

A small program is scanned with two workers and a cache, to a JSON file, from an empty cache and from a full one. What is allowed: the
report byte for byte as without a fault; or exit code 2 or 3 and a sentence on stderr, with no report or a whole one that says so. Afterwards
nothing runs, no temporary file is left, the cache is whole, and a scan with it says what the first one said.
With --seconds, as many n as fit into the time, spread evenly; without, every n.
"""
import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import loaded  # noqa: E402  a module of this folder

KINDS = ["alloc", "write", "sync", "open", "mmap", "fork", "pipe", "read", "rename", "truncate", "thread"]
COUNTERS = loaded.COUNTERS
SOURCES = {
    "loop.h": "#include <poll.h>\nvoid on_read(int fd);\nvoid save(int fd);\nstruct client { int fd; void (*handler)(int); };\n",
    "main.c": '#include "loop.h"\nstatic struct client clients[4];\nint main(void) {\n  struct pollfd p[4];\n  clients[0].handler = on_read;\n  for (;;) {\n'
              "    poll(p, 4, -1);\n    for (int i = 0; i < 4; i++)\n      if (p[i].revents) clients[i].handler(clients[i].fd);\n  }\n}\n",
    "read.c": '#include "loop.h"\nvoid on_read(int fd) { save(fd); }\n',
    "save.c": '#include <unistd.h>\n#include "loop.h"\nvoid save(int fd) { fsync(fd); }\n',
    ".blockscan.yaml": "startup: [init]\n",
}


class Failure(Exception):
    pass


class Loop:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        folder.mkdir(exist_ok=True)
        self.project, self.out, self.cache, self.full = (folder / n for n in ("p", "out", "cache", "full"))
        for name, text in SOURCES.items():
            path = self.project / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        units = [n for n in SOURCES if n.endswith(".c")]
        self.database = self.project / "compile_commands.json"
        self.database.write_text(json.dumps([{"directory": str(self.project), "file": n, "arguments": ["cc", "-c", n]} for n in units]))
        self.state = folder / "state"
        self.out.mkdir()
        self.cache.mkdir()
        command = [options.blockscan, "-j2", "-q", "--cache-dir", self.cache, "--output", f"json={self.out}/r.json", self.database]
        environment = dict(os.environ, XDG_STATE_HOME=str(self.state), XDG_CACHE_HOME=str(self.folder / "xdg"))
        self.scanner = loaded.Program(options.shim, command, environment, self.project)
        code, said, _ = self.run("")
        self.reference = self.report()
        if code != 1 or b'"fsync"' not in self.reference:
            raise Failure(f"without a fault: exit code {code}: {said}")
        shutil.copytree(self.cache, self.full)

    def report(self):
        path = self.out / "r.json"
        return path.read_bytes() if path.exists() else None

    def run(self, fault):
        """Exit code, stderr, and the counters."""
        try:
            code, pid, _, said, counters = self.scanner.run(fault, self.project, 60)
        except loaded.DoesNotEnd:
            raise Failure("does not end") from None
        for _ in range(100):  # a worker ends when it sees that its parent has gone
            try:
                os.killpg(pid, 0)
            except ProcessLookupError:
                break
            time.sleep(0.1)
        else:
            os.killpg(pid, signal.SIGKILL)
            raise Failure("a process went on")
        return code, said, counters

    def begin(self, warm):
        for path in (self.cache, self.out):
            shutil.rmtree(path)
        self.out.mkdir()
        if warm:
            shutil.copytree(self.full, self.cache)
        else:
            self.cache.mkdir()

    def left_behind(self):
        return sorted(p.name for p in self.out.iterdir() if p.name != "r.json")

    def cache_is_as_it_was(self, warm):
        """What was not touched need not be tried; without a database a scan begins anew."""
        files = sorted(p.name for p in self.cache.rglob("*") if p.is_file())
        if not warm:
            return files == []
        return files == sorted(p.name for p in self.full.rglob("*") if p.is_file()) and all(
            (self.cache / n).read_bytes() == (self.full / n).read_bytes() for n in files)

    def check_cache(self, warm):
        if self.cache_is_as_it_was(warm):
            return
        path = self.cache / "facts.db"
        if path.exists():
            with sqlite3.connect(path) as db:
                whole = db.execute("PRAGMA integrity_check").fetchone()[0]
            db.close()
            if whole != "ok":
                raise Failure(f"the cache is damaged: {whole}")
        shutil.rmtree(self.out)
        self.out.mkdir()
        code, said, _ = self.run("")
        if code != 1 or self.report() != self.reference:
            raise Failure(f"the scan after it differs: exit code {code}: {said}")
        if "broken" in said or "damaged" in said:
            raise Failure(f"the scan after it finds a damaged cache: {said}")

    def one(self, kind, n, sticky, warm):
        """What became of it: same, said, or not reached."""
        self.begin(warm)
        code, said, counters = self.run(f"{kind}:{n}{'+' if sticky else ''}")
        report = self.report()
        if not counters[COUNTERS - 1] and (code != 1 or report != self.reference):
            raise Failure(f"exit code {code}, and nothing has failed: {said}")
        if not counters[COUNTERS - 1]:
            return "unreached"
        if code == 1:
            if report != self.reference:
                raise Failure("exit code 1 and another report")
            result = "same"
        elif code in (2, 3):
            if len(said.strip()) < 10:
                raise Failure(f"exit code {code} and no word why: {said!r}")
            if report is not None:
                try:
                    document = json.loads(report)
                except ValueError:
                    raise Failure("half a report") from None
                if code == 3 and not (document.get("ledger") or document.get("incomplete")):
                    raise Failure("exit code 3, and the report has no ledger")
            result = "error" if code == 2 else "incomplete"
        else:
            raise Failure(f"exit code {code}: {said}")
        if self.left_behind():
            raise Failure(f"left behind: {self.left_behind()}")
        self.check_cache(warm)
        return result


def numbers(first, total, limit):
    """All, or so many of them spread evenly, the first and the last among them."""
    count = total - first + 1
    if limit >= count:
        return list(range(first, total + 1))
    step = count / limit
    return sorted({first, total} | {first + int(i * step) for i in range(limit)})


def rounds(loop, options, kinds):
    """kind, sticky, warm, and the n of each round"""
    plan = []
    for warm in (False, True):
        loop.begin(warm)
        _, _, counters = loop.run("")
        plan += [[kind, sticky, warm, counters[KINDS.index(kind)]] for kind in kinds for sticky in (False, True)]
    plan = [row for row in plan if row[3]]
    limit = sys.maxsize
    if options.seconds:
        began = time.monotonic()
        loop.begin(False)
        loop.one("sync", 1, False, False)
        limit = max(2, int(options.seconds * options.jobs / (time.monotonic() - began) / len(plan)))
    return [(kind, sticky, warm, total, numbers(options.first, total, limit)) for kind, sticky, warm, total in plan if total >= options.first]


def table(rows):
    lines = ["| call | cache | fails | calls | tried | the same report | exit 3, incomplete | exit 2, an error | wrong |", "|---|---|---|--:|--:|--:|--:|--:|--:|"]
    for (kind, sticky, warm, total), seen in rows:
        tried = sum(seen.values()) - seen["unreached"]
        lines.append(f"| {kind} | {'full' if warm else 'empty'} | {'from the n-th on' if sticky else 'the n-th'} | {total} | {tried} | {seen['same']} |"
                     f" {seen['incomplete']} | {seen['error']} | {seen['wrong']} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("blockscan", type=pathlib.Path)
    parser.add_argument("shim", type=pathlib.Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--first", type=int, default=1, help="the first n of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="scans at once")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--fault", help="only this one: KIND:N, or KIND:N+; and its stderr")
    options = parser.parse_args()
    options.blockscan, options.shim = options.blockscan.resolve(), options.shim.resolve()
    with tempfile.TemporaryDirectory(prefix="blockscan-fault-") as folder:
        loop = Loop(options, pathlib.Path(folder) / "first")
        if options.fault:
            loop.begin(False)
            print(*loop.run(options.fault))
            return
        rows, wrong, own, count = [], 0, threading.local(), itertools.count()

        def try_one(job):
            kind, n, sticky, warm = job
            if not hasattr(own, "loop"):
                own.loop = Loop(options, pathlib.Path(folder) / str(next(count)))
            try:
                return own.loop.one(kind, n, sticky, warm), ""
            except Failure as failure:
                return "wrong", f"{kind}:{n}{'+' if sticky else ''}, {'full' if warm else 'empty'} cache: {failure}"

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for kind, sticky, warm, total, tries in rounds(loop, options, options.kinds.split(",")):
                seen = dict.fromkeys(["same", "incomplete", "error", "unreached", "wrong"], 0)
                for result, text in pool.map(try_one, [(kind, n, sticky, warm) for n in tries]):
                    seen[result] += 1
                    if text:
                        print(text, flush=True)
                wrong += seen["wrong"]
                rows.append(((kind, sticky, warm, total), seen))
                if not options.seconds:
                    print(table(rows[-1:]).splitlines()[-1], flush=True)
        text = table(rows)
        if options.table:
            options.table.write_text(text + "\n")
        if options.seconds:
            print(text)
        sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
