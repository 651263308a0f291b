#!/usr/bin/env python3
"""Starts pdf-ingest with a slow place to upload to, sends it a few documents, and waits for its end.

    load.py COMMAND...      the command that starts the server, "build/pdf-ingest" or "blockscan record -- build/pdf-ingest"

The exit code is the command's.
"""
import http.server
import re
import subprocess
import sys
import threading
import time
import urllib.request

UPLOAD_SECONDS = 0.15
REQUESTS = ["/blocking", "/offloaded", "/blocking", "/offloaded"]


class SlowPlace(http.server.BaseHTTPRequestHandler):
    """Takes uploads, and its time."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(UPLOAD_SECONDS)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def document():
    """A PDF of one page with one image of 64 x 64 pixels."""
    pixels = bytes(range(256)) * 48
    image = (b"<< /Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
             b"/Length %d >>\nstream\n%s\nendstream" % (len(pixels), pixels))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 64 64] /Resources << /XObject << /I 4 0 R >> >> >>",
        image,
    ]
    text, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    text += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return text + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)


def main():
    place = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowPlace)
    threading.Thread(target=place.serve_forever, daemon=True).start()
    upload = f"http://127.0.0.1:{place.server_address[1]}/images"
    server = subprocess.Popen(sys.argv[1:] + ["--requests", str(len(REQUESTS)), upload], stdout=subprocess.PIPE, text=True)
    address = re.search(r"http://\S+", server.stdout.readline())
    if address:
        for path in REQUESTS:
            with urllib.request.urlopen(address[0] + path, data=document()) as answer:
                answer.read()
    return server.wait()


sys.exit(main())
