"""The PDF service in Python, as it is usually written: correct, tested, and it freezes. Nothing in here knows blockscan.

    python3 -m uvicorn service:app                # asyncio
    python3 -m uvicorn --loop uvloop service:app

The bucket is named by S3_ENDPOINT, S3_BUCKET and AWS's own variables, as for ../pdf-ingest.
"""
import asyncio
import hashlib
import os
import time
import uuid

import boto3
import fitz
from fastapi import FastAPI, HTTPException, Request

app = FastAPI()
s3 = boto3.client("s3", endpoint_url=os.environ.get("S3_ENDPOINT"), region_name=os.environ.get("AWS_REGION", "us-east-1"))
BUCKET = os.environ.get("S3_BUCKET", "images")


def read(document):
    """The text of every page, and the images as PNG."""
    texts, images = [], []
    for number, page in enumerate(document, 1):
        texts.append(page.get_text())
        for index, reference in enumerate(page.get_images(), 1):
            pixels = fitz.Pixmap(document, reference[0])
            images.append((number, index, pixels.tobytes("png")))
    return texts, images


def upload(key, data):
    s3.put_object(Bucket=BUCKET, Key=key, Body=data, ContentType="image/png")
    return f"{s3.meta.endpoint_url}/{BUCKET}/{key}"


def open_document(body):
    try:
        return fitz.open(stream=body, filetype="pdf")
    except Exception as error:
        raise HTTPException(422, f"this PDF could not be read: {error}") from error


def answer(identity, texts, images, urls):
    return {"document_id": identity, "page_count": len(texts), "text": texts,
            "images": [{"page": page, "index": index, "url": url} for (page, index, _), url in zip(images, urls)]}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/ingest/blocking")
async def ingest_blocking(request: Request):
    document = open_document(await request.body())
    identity = uuid.uuid4().hex
    texts, images = read(document)
    urls = [upload(f"{identity}/page-{page}-image-{index}.png", data) for page, index, data in images]
    return answer(identity, texts, images, urls)


@app.post("/ingest/async")
async def ingest_async(request: Request):
    document = open_document(await request.body())
    identity = uuid.uuid4().hex
    texts, images = await asyncio.to_thread(read, document)
    urls = await asyncio.gather(*(asyncio.to_thread(upload, f"{identity}/page-{page}-image-{index}.png", data)
                                  for page, index, data in images))
    return answer(identity, texts, images, urls)


@app.post("/sleep")
async def sleep():
    time.sleep(0.2)  # where asyncio.sleep was meant
    return {"slept": True}


@app.post("/hash")
async def hash_password():
    # In C, which gives the interpreter's lock back: other threads of Python run meanwhile, the loop does not.
    return {"key": hashlib.scrypt(b"secret", salt=b"salt", n=2**14, r=8, p=4).hex()}


@app.post("/key")
async def make_key():
    # Long integers, in C, with the interpreter's lock held: no other thread of Python runs either.
    return {"key": hex(pow(2, int.from_bytes(os.urandom(512), "big"), 2**4096 - 17))}
