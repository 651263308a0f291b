"""A small asyncio server that asks itself a thousand times, runs a child, a thread and timers; says what came of it."""
import asyncio
import signal
import time


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    answers = set()
    for i in range(1000):
        writer.write(b"line %d\n" % (i % 10))
        answers.add(await reader.readline())
    print(sorted(answers))
    child = await asyncio.create_subprocess_exec("/bin/sh", "-c", "echo child; exit 3", stdout=asyncio.subprocess.PIPE)
    print(await child.communicate(), child.returncode)
    start = time.monotonic()
    await asyncio.sleep(0.05)
    await asyncio.to_thread(time.sleep, 0.05)
    print("long enough" if time.monotonic() - start >= 0.099 else "too short")
    came = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, came.set)
    signal.raise_signal(signal.SIGUSR1)
    await asyncio.wait_for(came.wait(), 5)
    print("signal")
    writer.close()
    await writer.wait_closed()
    server.close()
    await asyncio.sleep(0.1)


asyncio.run(main())
