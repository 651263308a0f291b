"""The service with pyleak around each request, for beside_pyleak.py: what it sees goes to the file that PYLEAK_LOG names."""
import logging
import os

from pyleak import no_event_loop_blocking

import service

seen = logging.getLogger("seen")
seen.addHandler(logging.FileHandler(os.environ["PYLEAK_LOG"]))
seen.propagate = False
seen.setLevel(logging.INFO)


async def app(scope, receive, send):
    if scope["type"] != "http":
        await service.app(scope, receive, send)
        return
    seen.info("== %s", scope["path"])
    async with no_event_loop_blocking(action="log", logger=seen, threshold=float(os.environ["PYLEAK_THRESHOLD"])):
        await service.app(scope, receive, send)
