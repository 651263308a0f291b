"""An asyncio service that holds its loop now and then: what tests/cli/record-python.sh and bench/python record.

usage: service.py [--loop asyncio|uvloop] KIND:MILLISECONDS…

One handler runs each block in turn, with pauses between. It prints a line for each: kind, function, first and last
line of the code that holds the loop, milliseconds that it took. KIND is sleep (a system call), zlib, hash or regex
(C code that holds the interpreter lock), python (none of it leaves the evaluator), or upload (boto3, with --upload URL).
"""
import asyncio
import hashlib
import re
import sys
import time
import zlib

DATA = bytes(range(256)) * 64
TEXT = "a" * 24 + "!"


def hold_sleep(seconds):
    time.sleep(seconds)


def hold_zlib(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        zlib.crc32(DATA)


def hold_hash(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        hashlib.sha256(DATA[:2000]).digest()


def hold_regex(seconds):
    pattern = re.compile("(a|aa)+$")
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pattern.match(TEXT[-16:])


def hold_python(seconds):
    end = time.thread_time() + seconds
    n = 0
    while time.thread_time() < end:
        n += 1
        n ^= 5
    return n


def hold_upload(seconds):
    CLIENT.put_object(Bucket="bucket", Key=str(seconds), Body=b"x")


CLIENT = None
TOLD = []  # printed at the end: writing would be part of what holds the loop


def make_client(url):
    import boto3
    from botocore.config import Config

    return boto3.client("s3", endpoint_url=url, region_name="x", aws_access_key_id="x", aws_secret_access_key="x",
                        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}))


async def handle_block(kind, seconds):
    hold = globals()["hold_" + kind]
    code = hold.__code__
    lines = [line for _, _, line in code.co_lines() if line] if hasattr(code, "co_lines") else [code.co_firstlineno + 9]
    before = time.perf_counter()
    hold(seconds)
    took = time.perf_counter() - before
    TOLD.append(f"{kind} {hold.__name__} {code.co_firstlineno} {max(lines)} {took * 1000:.3f}")


async def serve(blocks):
    for kind, seconds in blocks:
        await asyncio.sleep(0.03)
        await asyncio.create_task(handle_block(kind, seconds))
    await asyncio.sleep(0.03)


def main(arguments):
    global CLIENT
    if arguments[:1] == ["--loop"]:
        if arguments[1] == "uvloop":
            import uvloop

            uvloop.install()
        arguments = arguments[2:]
    if arguments[:1] == ["--upload"]:
        CLIENT = make_client(arguments[1])
        arguments = arguments[2:]
    blocks = [(kind, int(ms) / 1000) for kind, ms in (a.split(":") for a in arguments)]
    asyncio.run(serve(blocks))
    print("\n".join(TOLD))


main(sys.argv[1:])
