#!/usr/bin/env python3
"""Makes PDF files to ingest, with nothing but the standard library.

    sample.py FILE [--pages N] [--images N] [--width N] [--height N] [--saves N]

The text is the same on every page, the images are noise as a scanner makes it. `--saves` is how often the file was saved before: each
time has added a table of objects, and all are read when the file is opened.
"""
import argparse
import binascii
import random
import zlib

PAETH = b"\4"  # how a row is told by the one above it, https://www.w3.org/TR/png/#9Filters
LINE = b"The quick brown fox jumps over the lazy dog, and blocks no event loop while it does so."


def image(number, width, height):
    """A noisy picture, packed twice: it takes time to read and to decode."""
    noise = random.Random(number).randbytes(width * 3).translate(bytes(range(16)) * 16)
    pack = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    packed = binascii.hexlify(pack.compress((PAETH + noise) * height) + pack.flush()) + b">"
    return (b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
            b"/Filter [/ASCIIHexDecode /FlateDecode] /DecodeParms [null << /Predictor 15 /Colors 3 /Columns %d >>] "
            b"/Length %d >>\nstream\n%s\nendstream" % (width, height, width, len(packed), packed))


def page_text(lines=40):
    commands = b"BT /F 9 Tf 40 780 Td 12 TL " + b"".join(b"(%s) Tj T* " % LINE for _ in range(lines)) + b"ET"
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(commands), commands)


def document(pages=4, images=3, width=240, height=160, saves=0):
    """The bytes of a PDF with so many pages; the images are on the first ones, one each, the rest on the last."""
    first_page, first_image = 5, 5 + pages
    on_page = [[] for _ in range(pages)]
    for number in range(images):
        on_page[min(number, pages - 1)].append(number)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(b"%d 0 R" % (first_page + i) for i in range(pages))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        page_text(),
    ]
    for held in on_page:
        named = b" ".join(b"/I%d %d 0 R" % (i, first_image + i) for i in held)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
                       b"/Resources << /Font << /F 3 0 R >> /XObject << %s >> >> >>" % named)
    objects += [image(i, width, height) for i in range(images)]

    text, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    text += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    text += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    saved, length = [], len(text)
    for _ in range(saves):
        saved.append(b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\n"
                     % (len(objects) + 1, table))
        table, length = length, length + len(saved[-1])
    return text + b"".join(saved) + b"startxref\n%d\n%%%%EOF\n" % table


def main():
    parser = argparse.ArgumentParser(description="Makes a PDF to ingest.")
    parser.add_argument("file")
    for name, default in ("pages", 4), ("images", 3), ("width", 240), ("height", 160), ("saves", 0):
        parser.add_argument("--" + name, type=int, default=default)
    options = vars(parser.parse_args())
    with open(options.pop("file"), "wb") as file:
        file.write(document(**options))


if __name__ == "__main__":
    main()
