#!/usr/bin/env python3
"""A stand-in for a model over HTTP: model.py COMMAND… starts COMMAND with its address as the last argument and ends with it.

Every answer takes 20 ms and is a large JSON text, as models give when they repeat the conversation. Each session is told to run a
command of 40 ms in its second step, and to use tools that take no time in the others.
"""
import http.server
import json
import subprocess
import sys
import threading
import time

THINKING_SECONDS = 0.02
CONTEXT = json.dumps([{"role": "tool", "content": "line %d of a long conversation, which the model repeats" % i} for i in range(1500)])


class Model(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(THINKING_SECONDS)
        if question["step"] == 1:
            tool = {"tool": "command", "argument": "sleep 0.04; echo done"}
        else:
            tool = {"tool": ("time", "words")[question["step"] % 2], "argument": "how many words are here"}
        body = ('{"context": ' + CONTEXT + ", " + json.dumps(tool)[1:]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


def main():
    model = Server(("127.0.0.1", 0), Model)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    return subprocess.run(sys.argv[1:] + [f"http://127.0.0.1:{model.server_address[1]}/answer"], check=False).returncode


sys.exit(main())
