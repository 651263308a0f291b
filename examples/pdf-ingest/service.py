"""Starts pdf-ingest, alone or under another program, and tells where it listens."""
import contextlib
import re
import subprocess


@contextlib.contextmanager
def running(command, environment):
    """Yields the process and its address; ends it with SIGTERM when it did not end by itself."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        address = re.search(r"http://\S+", process.stdout.readline())
        if not address:
            raise SystemExit(process.wait() or "the service did not say where it listens")
        yield process, address[0]
    finally:
        if process.poll() is None:
            process.terminate()
        process.stdout.close()
        process.wait()
