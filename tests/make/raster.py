# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG, TIFF and Netpbm without any library, and deflate streams of gigabytes made in no time.

Sources: PNG (ISO 15948), TIFF 6.0, RFC 1950/1951. repeated() relies on Z_FULL_FLUSH: it forgets all
history, so the same block deflates to the same bytes and can simply be written again.
"""
import struct
import zlib

ADLER = 65521


def repeated(block, count, tail=b""):
    """A zlib stream of `block` written `count` times and then `tail`."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(tail) + packer.flush(zlib.Z_FINISH)
    low, high = 1, 0
    for piece, times in ((block, count), (tail, 1)):
        value = zlib.adler32(piece)
        piece_low, piece_high = value & 0xFFFF, value >> 16
        for _ in range(times):
            high = (high + piece_high + (low - 1) * len(piece)) % ADLER
            low = (low + piece_low - 1) % ADLER
    return b"\x78\xda" + packed * count + end + struct.pack(">I", high << 16 | low)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height, bits, colour, packed):
    """`packed`: the deflated scan lines; colour 0 grey, 2 RGB."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) +
            png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b""))


def png_grey(width, height, data, dpi=None):
    rows = b"".join(b"\0" + data[y * width:(y + 1) * width] for y in range(height))
    picture = png_of(width, height, 8, 0, zlib.compress(rows, 6))
    if dpi:
        metre = round(dpi / 0.0254)
        at = picture.index(b"IDAT") - 4
        picture = picture[:at] + png_chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1)) + picture[at:]
    return picture


def tiff_directory(entries, at, next_at):
    """`entries`: tag -> (type 3 short | 4 long | 5 rational, value or bytes of a rational's offset)."""
    out = struct.pack("<H", len(entries))
    for tag, (kind, value) in sorted(entries.items()):
        field = struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value)
        out += struct.pack("<HHI", tag, kind, 1) + field
    return out + struct.pack("<I", next_at)


def tiff(pages, dpi=200, loop_to=None, last_next=0):
    """Uncompressed pages (width, height, bits 1 or 8, rows). Where the last page's directory goes on:
    loop_to is a page, last_next an offset."""
    out = bytearray(b"II*\0\0\0\0\0")
    links = [4]
    for width, height, bits, rows in pages:
        data_at = len(out)
        out += rows + b"\0" * (len(rows) % 2)
        rational_at = len(out)
        out += struct.pack("<II", dpi, 1)
        at = len(out)
        struct.pack_into("<I", out, links[-1], at)
        entries = {256: (4, width), 257: (4, height), 258: (3, bits), 259: (3, 1), 262: (3, 1),
                   273: (4, data_at), 277: (3, 1), 278: (4, height), 279: (4, len(rows)),
                   282: (5, rational_at), 283: (5, rational_at), 296: (3, 2)}
        out += tiff_directory(entries, at, last_next)
        links.append(len(out) - 4)
    if loop_to is not None:
        struct.pack_into("<I", out, links[-1], struct.unpack_from("<I", out, links[loop_to])[0])
    return bytes(out)


def read_netpbm(data):
    """P4 or P5 -> (width, height, bits, rows with 1 = white for P4 as TIFF and PDF want it)."""
    fields, at = [], 2
    while len(fields) < (2 if data[:2] == b"P4" else 3):
        while data[at:at + 1].isspace():
            at += 1
        if data[at:at + 1] == b"#":
            at = data.index(b"\n", at)
            continue
        end = at
        while not data[end:end + 1].isspace():
            end += 1
        fields.append(int(data[at:end]))
        at = end
    rows = data[at + 1:]
    if data[:2] == b"P4":
        return fields[0], fields[1], 1, bytes(byte ^ 255 for byte in rows)
    return fields[0], fields[1], 8, rows
