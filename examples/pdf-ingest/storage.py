"""Places to upload to: s3rver, which speaks S3 and checks signatures, and a stand-in that only takes its time."""
import contextlib
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

BUCKET = "images"
# The one pair of keys that s3rver knows.
KEYS = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER"}


def environment(endpoint):
    return {**os.environ, **KEYS, "S3_ENDPOINT": endpoint, "S3_BUCKET": BUCKET}


@contextlib.contextmanager
def stand_in(seconds):
    """Takes every upload, and `seconds` for each. Yields the variables for the server."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(seconds)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    place = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    place.daemon_threads = True
    threading.Thread(target=place.serve_forever, daemon=True).start()
    try:
        yield environment(f"http://127.0.0.1:{place.server_address[1]}")
    finally:
        place.shutdown()
        place.server_close()


def s3rver_program(folder):
    """Where s3rver is, installed into `folder` by npm if it is not there yet."""
    program = pathlib.Path(folder) / "node_modules" / "s3rver" / "bin" / "s3rver.js"
    if not program.exists():
        if not shutil.which("npm"):
            raise SystemExit("npm is not installed: it brings s3rver")
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder, "s3rver@3.7.1"], check=True)
    return program


@contextlib.contextmanager
def s3rver(folder):
    """Runs s3rver on a free port of the loopback interface. Yields the variables for the server."""
    program = s3rver_program(folder)
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(["node", program, "-d", data, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets",
                                    "--configure-bucket", BUCKET], stdout=log, stderr=log)
        try:
            yield environment(wait_for_address(process, log))
        finally:
            process.terminate()
            process.wait()


def wait_for_address(process, log):
    for _ in range(200):
        time.sleep(0.05)
        log.seek(0)
        text = log.read()
        address = re.search(r"127\.0\.0\.1[: ]+(?:port )?(\d+)", text)
        if address:
            return f"http://127.0.0.1:{address[1]}"
        if process.poll() is not None:
            break
    raise SystemExit("s3rver did not start:\n" + text)
