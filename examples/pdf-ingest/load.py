#!/usr/bin/env python3
"""Starts pdf-ingest with a slow place to upload to, sends it a few documents, and waits for its end.

    load.py COMMAND...      the command that starts the server, "build/pdf-ingest" or "blockscan record -- build/pdf-ingest"

The exit code is the command's.
"""
import binascii
import http.server
import random
import re
import subprocess
import sys
import threading
import time
import urllib.request
import zlib

UPLOAD_SECONDS = 0.15
REQUESTS = ["/blocking", "/offloaded"] * 4
WIDTH, HEIGHT, SAVES = 2000, 1000, 9000
PAETH = b"\4"  # how a row is told by the one above it, https://www.w3.org/TR/png/#9Filters


class SlowPlace(http.server.BaseHTTPRequestHandler):
    """Takes uploads, and its time."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(UPLOAD_SECONDS)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def picture():
    """A noisy picture, as a scanner makes them, packed twice: it takes time to read and to decode."""
    noise = random.Random(1).randbytes(WIDTH * 3).translate(bytes(range(16)) * 16)
    pack = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    packed = binascii.hexlify(pack.compress((PAETH + noise) * HEIGHT) + pack.flush()) + b">"
    return (b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
            b"/Filter [/ASCIIHexDecode /FlateDecode] /DecodeParms [null << /Predictor 15 /Colors 3 /Columns %d >>] "
            b"/Length %d >>\nstream\n%s\nendstream" % (WIDTH, HEIGHT, WIDTH, len(packed), packed))


def document():
    """A PDF of one page with one picture, which was saved many times: each time has added a table of objects."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 64 64] /Resources << /XObject << /I 4 0 R >> >> >>",
        picture(),
    ]
    text, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    text += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    text += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    saved, length = [], len(text)
    for _ in range(SAVES):
        saved.append(b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\n"
                     % (len(objects) + 1, table))
        table, length = length, length + len(saved[-1])
    return text + b"".join(saved) + b"startxref\n%d\n%%%%EOF\n" % table


def main():
    place = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowPlace)
    threading.Thread(target=place.serve_forever, daemon=True).start()
    upload = f"http://127.0.0.1:{place.server_address[1]}/images"
    server = subprocess.Popen(sys.argv[1:] + ["--requests", str(len(REQUESTS)), upload], stdout=subprocess.PIPE, text=True)
    address = re.search(r"http://\S+", server.stdout.readline())
    if address:
        body = document()
        for path in REQUESTS:
            with urllib.request.urlopen(address[0] + path, data=body) as answer:
                answer.read()
    return server.wait()


sys.exit(main())
