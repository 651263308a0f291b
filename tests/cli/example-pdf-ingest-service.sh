# The bundled service is one that could stand in the open: broken PDFs, oversized bodies, slow and vanishing clients and a dead storage get
# a clear error, and none of it crashes or leaks (AddressSanitizer, 300 mixed requests; REQUESTS=10000 for more).
set -eu
cmake -S "$BLOCKSCAN_SOURCE/examples/pdf-ingest" -B "$TMP/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_C_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all" >/dev/null
cmake --build "$TMP/build" >/dev/null
cat >"$TMP/check.py" <<'END'
import concurrent.futures, json, os, random, signal, socket, subprocess, sys, time, urllib.parse
sys.path.insert(0, os.environ["BLOCKSCAN_SOURCE"] + "/examples/pdf-ingest")
import sample, service, storage

PROGRAM = [os.environ["TMP"] + "/build/pdf-ingest", "--max-body", "200000", "--patience", "700"]
PDF = sample.document(pages=2, images=3, width=40, height=30)
assert len(PDF) < 200000


def talk(address, sent, shut=False):
    """Sends bytes, returns all that comes back until the end."""
    where = urllib.parse.urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=60) as client:
        try:
            client.sendall(sent)
            if shut:
                client.shutdown(socket.SHUT_WR)
            answer = b""
            while part := client.recv(65536):
                answer += part
        except ConnectionError:
            pass
        return answer


def request(path, body=b"", method="POST", more=b"", close=True):
    return (b"%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s%s\r\n" % (
        method.encode(), path.encode(), len(body), more, b"Connection: close\r\n" if close else b"") + body)


def ask(address, *given, **named):
    answer = talk(address, request(*given, **named))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def form(*parts):
    body = b"".join(b"--b42\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts) + b"--b42--\r\n"
    return {"body": body, "more": b"Content-Type: multipart/form-data; boundary=b42\r\n"}


def chunked(path, body):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 9999]), body[i:i + 9999]) for i in range(0, len(body), 9999))
    return (b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" % path.encode()) + chunks + b"0\r\n\r\n"


def expect(what, seen, wanted):
    if seen != wanted:
        raise SystemExit(f"{what}: {seen!r}, expected {wanted!r}")


def check_answers(address):
    for path in "/ingest/blocking", "/ingest/async":
        status, answer = ask(address, path, PDF)
        expect(path, (status, answer["page_count"], len(answer["text"])), (200, 2, 2))
        expect("images", [(i["page"], i["index"]) for i in answer["images"]], [(1, 1), (2, 1), (2, 2)])
        expect("text", "quick brown fox" in answer["text"][1], True)
        expect("same document, same name", answer["document_id"] in answer["images"][0]["url"], True)
        expect("form", ask(address, path, **form((b'name="note"', b"hello"), (b'name="f"; filename="a.pdf"', PDF)))[1], answer)
        expect("form of one field", ask(address, path, **form((b'name="f"', PDF)))[1], answer)
        expect("form without a file", ask(address, path, **form((b'name="a"', b"1"), (b'name="b"', b"2")))[0], 400)
        expect("form that breaks off", ask(address, path, form((b'name="f"; filename="a"', PDF))["body"][:-20],
                                           more=b"Content-Type: multipart/form-data; boundary=b42\r\n")[0], 400)
        expect("form without a boundary", ask(address, path, b"x", more=b"Content-Type: multipart/form-data\r\n")[0], 400)
        expect("chunks", json.loads(talk(address, chunked(path, PDF)).partition(b"\r\n\r\n")[2]), answer)
        expect("no body", ask(address, path)[0], 400)
        expect("no PDF", ask(address, path, b"hello")[0], 422)
        expect("half a PDF", ask(address, path, PDF[:5000])[0] in (200, 422), True)  # MuPDF mends what it can
        expect("large", ask(address, path, b"x" * 200001)[0], 413)
        expect("large chunks", talk(address, chunked(path, b"x" * 300000)).split()[1], b"413")
        expect("method", ask(address, path, method="PUT")[0], 405)
        two = talk(address, request(path, PDF, close=False) + request("/health", method="GET"))
        expect("two requests at once", two.count(b"HTTP/1.1 200 OK"), 2)
        expect("continue", talk(address, request(path, PDF, more=b"Expect: 100-continue\r\n")).split()[1], b"100")
    expect("health", ask(address, "/health", method="GET"), (200, {"status": "ok"}))
    expect("query", ask(address, "/health?x=1", method="GET")[0], 200)
    expect("elsewhere", ask(address, "/")[0], 404)
    expect("not HTTP", talk(address, b"hello\r\n\r\n").split()[1], b"400")
    expect("long head", talk(address, b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n").split()[1], b"431")


def check_clients(address):
    began = time.monotonic()
    expect("a client that sends half a request", talk(address, request("/ingest/async", PDF)[:-9]), b"")
    expect("is closed when patience ends", 0.6 < time.monotonic() - began < 5, True)
    expect("a client that leaves in between", talk(address, request("/ingest/async", PDF)[:-9], shut=True), b"")
    for path in "/ingest/blocking", "/ingest/async":
        where = urllib.parse.urlsplit(address)
        with socket.create_connection((where.hostname, where.port)) as client:
            client.sendall(request(path, PDF))  # and leaves without the answer
    expect("the others are served", ask(address, "/ingest/async", PDF)[0], 200)


def check_many(address, count):
    seeded = random.Random(7)
    kinds = [lambda path: ask(address, path, PDF)[0] == 200,
             lambda path: ask(address, path, **form((b'name="f"; filename="a.pdf"', PDF)))[0] == 200,
             lambda path: ask(address, path, PDF[:seeded.randrange(len(PDF))])[0] in (200, 400, 422),
             lambda path: ask(address, path, b"y" * 200001)[0] == 413,
             lambda path: talk(address, request(path, PDF)[:seeded.randrange(9000)], shut=True) is not None]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        work = [pool.submit(kinds[i % len(kinds)], ("/ingest/blocking", "/ingest/async")[i // 5 % 2]) for i in range(count)]
        expect("mixed requests", all(one.result() for one in work), True)


with storage.stand_in(0.001) as environment:
    with service.running(PROGRAM, environment) as (process, address):
        check_answers(address)
        check_clients(address)
        process.send_signal(signal.SIGTERM)
        expect("exit code", process.wait(20), 0)
    # Many at once are slow clients where the machine is busy: with the usual patience.
    with service.running(PROGRAM[:3], environment) as (process, address):
        check_many(address, int(os.environ.get("REQUESTS", "300")))
        process.send_signal(signal.SIGTERM)
        expect("exit code", process.wait(20), 0)
with storage.stand_in(0.3) as environment:
    with service.running(PROGRAM, environment) as (process, address):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answer = pool.submit(ask, address, "/ingest/async", PDF)
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            expect("a request that is here when the service is ended", answer.result()[0], 200)
        expect("exit code", process.wait(20), 0)
with service.running(PROGRAM, storage.environment("http://127.0.0.1:9")) as (process, address):
    for path in "/ingest/blocking", "/ingest/async":
        status, answer = ask(address, path, PDF)
        expect("storage is down", (status, "error" in answer, "connect" in answer["reason"]), (502, True, True))
    process.send_signal(signal.SIGINT)
    expect("exit code", process.wait(20), 0)
bare = subprocess.run(PROGRAM, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
expect("without settings", (bare.returncode, bare.stderr), (2, "pdf-ingest: S3_ENDPOINT is not set\n"))
END
python3 "$TMP/check.py"
