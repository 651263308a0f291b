"""An ASGI application of which one answer blocks for 60 ms: what bench/transparency/programs runs under uvicorn with uvloop."""
import time


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/block":
        time.sleep(0.06)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["path"].encode() + b"\n"})
