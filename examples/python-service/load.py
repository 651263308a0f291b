#!/usr/bin/env python3
"""Starts the service under a command and asks each endpoint a few times: load.py [--loop uvloop] [--s3rver FOLDER] COMMAND…

COMMAND is put before `python3 -m uvicorn …`, "blockscan record --" for example. The bucket is a stand-in that takes 150 ms for each upload,
or s3rver, installed into FOLDER by npm.
"""
import argparse
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pdf-ingest"))
import sample  # noqa: E402 -- of the other example
import storage  # noqa: E402

REQUESTS = ["/sleep", "/hash", "/key", "/ingest/blocking", "/ingest/async"]
EACH = 3
PYTHON = "/usr/bin/python3"  # Debian's, which has the packages


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(process, address):
    for _ in range(600):
        try:
            return urllib.request.urlopen(address + "/health").read()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise SystemExit("the service did not start")


def main():
    parser = argparse.ArgumentParser(description="Asks each endpoint of the service a few times.")
    parser.add_argument("--loop", default="asyncio")
    parser.add_argument("--app", default="service:app")
    parser.add_argument("--s3rver")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    body = sample.document(pages=2, images=2, width=800, height=600)
    bucket = storage.s3rver(options.s3rver) if options.s3rver else storage.stand_in(0.15)
    with bucket as environment:
        process = subprocess.Popen(options.command + [PYTHON, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--loop", options.loop,
                                                "--port", str(port), "--app-dir", str(HERE), options.app], env=environment)
        try:
            wait_until_up(process, address)
            for path in REQUESTS * EACH:
                urllib.request.urlopen(address + path, data=body if "ingest" in path else b"").read()
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait()
    return 0 if code == -signal.SIGINT else code


sys.exit(main())
