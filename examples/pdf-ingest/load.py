#!/usr/bin/env python3
"""Starts pdf-ingest with a slow place to upload to, sends it documents, and waits for its end.

    load.py [--endpoints blocking,async] [--each 4] [--at-once 1] [--small] COMMAND...

COMMAND starts the server, "build/pdf-ingest" or "blockscan record -- build/pdf-ingest". Without options it sends eight documents one after
the other, four to each endpoint. Their reading takes longer than a stall's threshold in every step, also on a fast machine; `--small` sends
ordinary ones. The exit code is the command's.
"""
import argparse
import concurrent.futures
import sys
import time
import urllib.request

import sample
import service
import storage

UPLOAD_SECONDS = 0.15


def send(address, body):
    with urllib.request.urlopen(address, data=body) as answer:
        answer.read()


def main():
    parser = argparse.ArgumentParser(description="Sends documents to pdf-ingest.")
    parser.add_argument("--endpoints", default="blocking,async")
    parser.add_argument("--each", type=int, default=4, help="documents for each endpoint")
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.small:
        body = sample.document(images=1)
    else:
        body = sample.document(pages=1, images=1, width=2000, height=1000, saves=9000)
    paths = [f"/ingest/{name}" for name in options.endpoints.split(",")] * options.each
    with storage.stand_in(UPLOAD_SECONDS) as environment:
        command = options.command + ["--requests", str(len(paths))]
        with service.running(command, environment) as (process, address):
            began = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(options.at_once) as clients:
                for answer in [clients.submit(send, address + path, body) for path in paths]:
                    answer.result()
            took = time.monotonic() - began
            code = process.wait()
    how = "one after the other" if options.at_once == 1 else f"{options.at_once} at once"
    print(f"{len(paths)} documents, {how}: {took:.2f} s; to upload one after the other would take {len(paths) * UPLOAD_SECONDS:.2f} s alone")
    return code


sys.exit(main())
