#!/usr/bin/env python3
"""Starts pdf-ingest with a slow place to upload to, sends it eight documents, and waits for its end.

    load.py COMMAND...      the command that starts the server, "build/pdf-ingest" or "blockscan record -- build/pdf-ingest"

Four go to the blocking endpoint, four to the asynchronous one. The exit code is the command's.
"""
import sys
import urllib.request

import sample
import service
import storage

REQUESTS = ["/ingest/blocking", "/ingest/async"] * 4


def main():
    # Large on purpose: every step takes longer than the threshold of a stall, also on a fast machine.
    body = sample.document(pages=1, images=1, width=2000, height=1000, saves=9000)
    with storage.stand_in(0.15) as environment:
        command = sys.argv[1:] + ["--requests", str(len(REQUESTS))]
        with service.running(command, environment) as (process, address):
            for path in REQUESTS:
                with urllib.request.urlopen(address + path, data=body) as answer:
                    answer.read()
            return process.wait()


sys.exit(main())
