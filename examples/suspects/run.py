#!/usr/bin/env python3
"""Scans and records each suspect and its twin on each loop, and prints a table: run.py BLOCKSCAN BUILD [--only WORD] [--markdown FILE]

BUILD is where CMake has built this folder. Servers are started on this machine, on free ports and sockets: PostgreSQL and Redis from Debian's
packages, stand-ins for a name server, an HTTP server and S3 that answer after 60 ms. What is not installed is left out, and said. The exit
code is 1 when a suspect was not found or did not stall, or when a twin was or did.
"""
import argparse
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pdf-ingest"))
import sample  # noqa: E402 -- of the other example

LOOPS = ["libuv", "libevent", "glib", "asio"]
SUSPECTS = ["sleep", "dns", "http", "postgresql", "sqlite", "redis", "file", "subprocess", "image", "hash", "pdf", "json", "lock", "cloud"]
DELAY = 0.06
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


# ---- servers ----

class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(DELAY)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"ok")

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class NameServer(socketserver.BaseRequestHandler):
    """Answers every question with 127.0.0.1 (RFC 1035, section 4)."""

    def handle(self):
        question, sender = self.request
        time.sleep(DELAY)
        answer = (question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:].split(b"\0", 1)[0] + b"\0\0\1\0\1"
                  + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1")
        sender.sendto(answer, self.client_address)


@contextlib.contextmanager
def serving(server):
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def ended(process):
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(path):
    for _ in range(400):
        if os.path.exists(path):
            return
        time.sleep(0.05)
    raise SystemExit(f"{path} did not appear")


@contextlib.contextmanager
def redis(folder):
    path = f"{folder}/redis.sock"
    with ended(subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
                                stdout=subprocess.DEVNULL)):
        wait_for(path)
        yield {"SUSPECT_REDIS": path}


@contextlib.contextmanager
def postgresql(folder):
    """PostgreSQL does not run as root: then as its own user."""
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data = f"{folder}/data"
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    os.mkdir(data)
    if as_user:
        shutil.chown(data, "postgres")
    subprocess.run([*as_user, programs / "initdb", "-D", data + "/db", "-A", "trust", "-U", "suspect", "-N"], check=True,
                   stdout=subprocess.DEVNULL, cwd="/")
    with ended(subprocess.Popen([*as_user, programs / "postgres", "-D", data + "/db", "-k", data, "-h", "", "-F"],
                                stderr=subprocess.DEVNULL, cwd="/")):
        wait_for(data + "/.s.PGSQL.5432")
        time.sleep(0.5)
        yield {"PGHOST": data, "PGUSER": "suspect", "PGDATABASE": "postgres"}


@contextlib.contextmanager
def servers(suspects):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.chmod(folder, 0o755)
        web = stack.enter_context(serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)))
        names = stack.enter_context(serving(socketserver.ThreadingUDPServer(("127.0.0.1", 0), NameServer)))
        pdf = pathlib.Path(folder, "suspect.pdf")
        pdf.write_bytes(sample.document(saves=9000))
        environment = {**os.environ, "SUSPECT_FOLDER": folder, "SUSPECT_HTTP": f"http://127.0.0.1:{web}/", "SUSPECT_S3": f"127.0.0.1:{web}",
                       "SUSPECT_DNS": str(names), "SUSPECT_PDF": str(pdf)}
        if "redis" in suspects and shutil.which("redis-server"):
            environment.update(stack.enter_context(redis(folder)))
        if "postgresql" in suspects and pathlib.Path("/usr/lib/postgresql").exists():
            shared = stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp"))  # where another user may go
            os.chmod(shared, 0o755)
            environment.update(stack.enter_context(postgresql(shared)))
        yield environment


# ---- the two halves ----

def scan(blockscan, units, work):
    """The findings of the program of these units whose path goes through suspect_work."""
    database = pathlib.Path(work, "compile_commands.json")
    database.write_text(json.dumps(units))
    result = subprocess.run([blockscan, "scan", "-q", "--no-cache", "--root", HERE, "--output", "json", database], capture_output=True,
                            text=True, check=False)
    if result.returncode not in (0, 1):
        raise SystemExit(f"scan ended with {result.returncode}: {result.stderr}")
    return [f for f in json.loads(result.stdout)["findings"] if f["confidence"] != "possible" and any(
        step["function"] == "suspect_work" for entry in f["entries"] for step in entry["path"])]


def record(blockscan, program, environment, work):
    """The longest stall with suspect_work on its stack, in milliseconds; 0 without one."""
    report = pathlib.Path(work, "report.json")
    result = subprocess.run([blockscan, "record", "-q", "-o", pathlib.Path(work, "stalls.db"), "--output", f"json={report}", "--", program],
                            env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{program} ended with {result.returncode}: {result.stderr}")
    return max([s["duration_ms"] for s in json.loads(report.read_text())["stalls"] if any(
        frame["function"] == "suspect_work" for sample_ in s["samples"] for frame in sample_["stack"])], default=0)


def units_of(database, loop, suspect, twin):
    return [u for u in database if pathlib.Path(u["file"]).name == suspect + ".c" or
            (pathlib.Path(u["file"]).stem == loop and ("-DTWIN" in u["command"]) == twin)]


def try_pair(options, database, loop, suspect, environment, work):
    """A row of the table, and whether it is as it should be."""
    found = scan(options.blockscan, units_of(database, loop, suspect, False), work)
    twin_found = scan(options.blockscan, units_of(database, loop, suspect, True), work)
    stall = record(options.blockscan, options.build / f"{loop}-{suspect}", environment, work)
    twin_stall = record(options.blockscan, options.build / f"{loop}-{suspect}-twin", environment, work)
    best = found[0] if found else None
    good = bool(found) and not twin_found and stall >= 10 and not twin_stall
    row = [suspect, loop, f"`{best['sink']['api']}`: {best['severity']}, {best['confidence']}" if best else "**not found**",
           f"{stall:.0f} ms" if stall else "**no stall**", "**found**" if twin_found else "nothing",
           f"**{twin_stall:.0f} ms**" if twin_stall else "nothing"]
    return row, good


def main():
    parser = argparse.ArgumentParser(description="Scans and records each suspect and its twin.")
    parser.add_argument("blockscan", type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--only", default="", help="programs whose name, LOOP-SUSPECT, has this word")
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    database = json.loads((options.build / "compile_commands.json").read_text())
    pairs = [(loop, suspect) for suspect in SUSPECTS for loop in LOOPS if options.only in f"{loop}-{suspect}"]
    for pair in [p for p in pairs if not (options.build / "-".join(p)).exists()]:
        print("left out, a library is not installed:", "-".join(pair))
        pairs.remove(pair)
    lines = ["| suspect | loop | scan | recording | twin's scan | twin's recording |", "|---|---|---|---:|---|---|"]
    bad = 0
    with servers({suspect for _, suspect in pairs}) as environment, tempfile.TemporaryDirectory() as work:
        for loop, suspect in pairs:
            if suspect == "redis" and "SUSPECT_REDIS" not in environment or suspect == "postgresql" and "PGHOST" not in environment:
                print("left out, its server is not installed:", f"{loop}-{suspect}")
                continue
            row, good = try_pair(options, database, loop, suspect, environment, work)
            bad += not good
            lines.append("| " + " | ".join(row) + " |")
            print(lines[-1], flush=True)
    print(f"{len(lines) - 2} pairs, {bad} not as they should be")
    if options.markdown:
        before, _, rest = options.markdown.read_text().partition(BEGIN)
        options.markdown.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.partition(END)[2])
    return 1 if bad or len(lines) == 2 else 0


if __name__ == "__main__":
    sys.exit(main())
