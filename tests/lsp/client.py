#!/usr/bin/env python3
"""Talks to `blockscan lsp` as an editor does, and checks every answer.

    client.py BLOCKSCAN WORKSPACE

WORKSPACE has src/main.c, whose line 6 sleeps in a callback, and a compile database.
"""

import json
import pathlib
import subprocess
import sys


class Server:
    def __init__(self, blockscan, *options):
        self.process = subprocess.Popen([blockscan, "lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last_id = 0

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method, params=None):
        self.send({"method": method, "params": params or {}})

    def read(self):
        length = None
        while (line := self.process.stdout.readline().strip()):
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        assert length is not None, "the server has ended"
        return json.loads(self.process.stdout.read(length))

    def request(self, method, params=None):
        """The whole answer; what comes in between is left out."""
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params or {}})
        while (message := self.read()).get("id") != self.last_id:
            pass
        return message

    def wait_for(self, method):
        while (message := self.read()).get("method") != method:
            pass
        return message["params"]

    def end(self):
        self.process.stdin.close()
        return self.process.wait(60)


def start(blockscan, workspace, *options):
    server = Server(blockscan, *options)
    answer = server.request("initialize", {"processId": None, "rootUri": workspace.as_uri(), "capabilities": {}})
    assert answer["result"]["capabilities"]["hoverProvider"] is True, answer
    server.notify("initialized")
    return server


def check_diagnostics(server, uri):
    published = server.wait_for("textDocument/publishDiagnostics")
    assert published["uri"] == uri, published
    (one,) = published["diagnostics"]
    assert one["code"] == "sleep.sleep" and one["source"] == "blockscan" and one["severity"] == 1, one
    # Behind a character that takes two units of UTF-16 and four bytes.
    assert one["range"] == {"start": {"line": 5, "character": 15}, "end": {"line": 5, "character": 20}}, one
    texts = [related["message"] for related in one["relatedInformation"]]
    assert any("registered by uv_timer_start" in text for text in texts), texts
    assert any("on_timer() leads to nap()" in text for text in texts), texts
    return one


def check_hover(server, uri):
    at = {"textDocument": {"uri": uri}, "position": {"line": 7, "character": 2}}
    text = server.request("textDocument/hover", at)["result"]["contents"]["value"]
    assert "on\\_timer" in text and "sleep.sleep" in text and "Instead" in text, text
    at["position"]["line"] = 0
    assert server.request("textDocument/hover", at)["result"] is None
    at["textDocument"]["uri"] = "untitled:1"
    assert server.request("textDocument/hover", at)["result"] is None


def apply(text, edit):
    lines = text.split("\n")
    lines.insert(edit["range"]["start"]["line"], edit["newText"].rstrip("\n"))
    return "\n".join(lines)


def check_suppression(server, path, diagnostic):
    """What the code action writes is a suppression that the next scan takes."""
    uri = path.as_uri()
    foreign = {**diagnostic, "source": "clangd"}
    answer = server.request("textDocument/codeAction", {
        "textDocument": {"uri": uri}, "range": diagnostic["range"], "context": {"diagnostics": [foreign, diagnostic]}})
    (action,) = answer["result"]
    (edit,) = action["edit"]["changes"][uri]
    assert edit["newText"].startswith("  // blockscan: ignore[sleep.sleep] -- "), edit
    path.write_text(apply(path.read_text(encoding="utf-8"), edit), encoding="utf-8")
    server.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    published = server.wait_for("textDocument/publishDiagnostics")
    assert published == {"uri": uri, "diagnostics": []}, published


def check_unsaved_text(server, uri, diagnostic):
    """The edit goes by the text in the editor, whose lines may have moved."""
    server.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "c", "version": 1, "text": "x\n"}})
    server.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2},
                                             "contentChanges": [{"text": "a\n\t\tsleep(1);\n"}]})
    moved = {**diagnostic, "range": {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 7}}}
    answer = server.request("textDocument/codeAction", {
        "textDocument": {"uri": uri}, "range": moved["range"], "context": {"diagnostics": [moved]}})
    (edit,) = answer["result"][0]["edit"]["changes"][uri]
    assert edit["newText"].startswith("\t\t// blockscan"), edit
    assert edit["range"]["start"] == {"line": 1, "character": 0}, edit
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def check_errors(blockscan, workspace):
    server = Server(blockscan)
    assert server.request("textDocument/hover")["error"]["code"] == -32002
    server.send_bytes(b"Content-Length: 3\r\nContent-Type: x\r\n\r\n{x}")
    assert server.read()["error"]["code"] == -32700
    server.send_bytes(b"Content-Length: 2\r\n\r\n[]")
    assert server.read()["error"]["code"] == -32600
    server.request("initialize", {"rootUri": workspace.as_uri()})
    assert server.request("textDocument/rename")["error"]["code"] == -32601
    assert server.request("initialize")["error"]["code"] == -32600
    server.notify("$/cancelRequest", {"id": 1})
    assert server.request("shutdown")["result"] is None
    assert server.request("textDocument/hover")["error"]["code"] == -32600
    server.notify("exit")
    assert server.process.wait(60) == 0

    server = Server(blockscan)
    server.notify("exit")
    assert server.process.wait(60) == 1
    server = Server(blockscan)
    server.send_bytes(b"Content-Length: many\r\n\r\n{}")
    assert server.read()["error"]["code"] == -32700
    assert server.process.wait(60) == 1
    assert Server(blockscan).end() == 1


def check_no_database(blockscan, workspace):
    empty = workspace / "empty"
    empty.mkdir()
    server = start(blockscan, empty, "--stdio", "--", "no-such.json")
    message = server.wait_for("window/showMessage")
    assert "no-such.json" in message["message"] and message["type"] == 1, message
    assert server.end() == 1


def main():
    blockscan, workspace = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    path = workspace / "src/main.c"
    server = start(blockscan, workspace)
    diagnostic = check_diagnostics(server, path.as_uri())
    check_hover(server, path.as_uri())
    check_unsaved_text(server, path.as_uri(), diagnostic)
    check_suppression(server, path, diagnostic)
    for _ in range(20):  # each makes the scan before it stale
        server.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    server.wait_for("textDocument/publishDiagnostics")
    server.request("shutdown")
    server.notify("exit")
    assert server.process.wait(60) == 0
    check_errors(blockscan, workspace)
    check_no_database(blockscan, workspace)


if __name__ == "__main__":
    main()
