# SPDX-License-Identifier: GPL-3.0-or-later
"""hostile.py OUTDIR: every bad input that a reader must survive, and index.json that says what is allowed.

An entry: {"file", "allow": {"read": true, "gaps": [reasons], "error": [reasons]}, "pages_in": N or null,
"args": [options of civicum read], "seconds": bound for this file alone, "why"}. The outcome of a
file must be one that its entry allows; its pages must add up whatever the outcome. All together are
small on disk (some of them unpack to gigabytes) and are written in seconds. Deterministic.
"""
import json
import os
import pathlib
import random
import struct
import sys

import pdf
import raster

PROSE = ["La Dirección de Obras Municipales informa a los vecinos de la comuna que",
         "el plazo para presentar los antecedentes vence el día cinco de marzo del",
         "año dos mil veinticuatro. Los documentos se entregan en la oficina de partes",
         "de la municipalidad, de lunes a viernes, entre las nueve y las trece horas."]
STUCK = ["no_progress", "killed", "out_of_memory", "too_large", "crash"]
RUIN = ["damaged", "no_progress", "too_large", "unsupported", "crash", "out_of_memory"]
NO_DOCUMENT = ["not_a_document", "damaged", "no_pages", "unsupported"]

ENTRIES = {}


def entry(name, why, read=False, gaps=(), error=(), pages_in=1, args=(), seconds=150):
    """Registers the function below it: it returns the file's bytes."""
    def register(make):
        ENTRIES[name] = (make, {"file": name, "why": why, "pages_in": pages_in, "args": list(args),
                                "seconds": seconds,
                                "allow": {"read": read, "gaps": list(gaps), "error": list(error)}})
        return make
    return register


def text_page(**options):
    return pdf.one_page(pdf.text_stream(PROSE), **options)


def image_page(entries, data, width=595, height=842):
    def extra(document):
        number = document.add_stream(data, f"/Type /XObject /Subtype /Image {entries}")
        return f"/XObject << /Im {number} 0 R >>"
    return pdf.one_page(f"q {width} 0 0 {height} 0 0 cm /Im Do Q", extra=extra)


# Page sizes and boxes.
@entry("page100k.pdf", "a page 100,000 points wide, with text", read=True, gaps=["too_large"])
def page100k():
    return text_page(box="[0 0 100000 100000]")


def drawing(side):
    bars = b"".join(b"%d %d 40 %d re f\n" % (x, side // 3, side // 5) for x in range(100, side - 100, 300))
    return pdf.one_page(bars, box=f"[0 0 {side} {side}]")


@entry("page14400.pdf", "a drawing of 3.6 gigapixels at 300 dpi", read=True, gaps=STUCK)
def page14400():
    return drawing(14400)


@entry("page4800.pdf", "a drawing of 400 megapixels at 300 dpi", read=True, gaps=STUCK)
def page4800():
    return drawing(4800)


for box_name, box in (("zerobox", "[0 0 0 0]"), ("nobox", ""), ("negbox", "[595 842 0 0]"),
                      ("hugebox", "[-1e30 -1e30 1e30 1e30]"), ("nanbox", "[0 0 (a) /b]")):
    entry(f"{box_name}.pdf", f"a page whose MediaBox is {box or 'absent'}", read=True,
          gaps=["too_large", "damaged"])(lambda box=box: text_page(box=box))


# Bombs: small on disk, gigabytes or hours when followed.
# Poppler 25 refuses such a size.
@entry("img60k.pdf", "a 1-bit image of 60,000 x 60,000", read=True, gaps=[*STUCK, "damaged"])
def img60k():
    return image_page("/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode",
                      raster.repeated(b"\xff" * 7500 * 100, 600))


@entry("img30krgb.pdf", "an RGB image of 2.7 GB in 5 kB", read=True, gaps=STUCK)
def img30krgb():
    inner = raster.repeated(b"\xff" * 90000 * 100, 300)
    return image_page("/Width 30000 /Height 30000 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
                      "/Filter [/FlateDecode /FlateDecode]", pdf.deflate(inner))


def one_page_of_stream(data, entries):
    document = pdf.Pdf()
    catalog, pages, page = document.reserve(), document.reserve(), document.reserve()
    body = document.add_stream(data, entries)
    document.put(catalog, f"<< /Type /Catalog /Pages {pages} 0 R >>")
    document.put(pages, f"<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>")
    document.put(page, f"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 595 842] /Contents {body} 0 R "
                       "/Resources << >> >>")
    return document.bytes(catalog)


@entry("flatebomb.pdf", "a content stream of 4 GiB in a kilobyte", read=True, gaps=STUCK)
def flatebomb():
    inner = raster.repeated(b" " * (1 << 20), 4096)
    return one_page_of_stream(pdf.deflate(pdf.deflate(inner)), "/Filter [/FlateDecode /FlateDecode /FlateDecode]")


@entry("formlaughs.pdf", "nested forms that draw a thousand million rectangles", gaps=STUCK)
def formlaughs():
    def extra(document):
        inner = document.add_stream("1 1 2 2 re f", "/Type /XObject /Subtype /Form /BBox [0 0 600 900]")
        for _ in range(9):
            inner = document.add_stream("/X Do " * 10, "/Type /XObject /Subtype /Form /BBox [0 0 600 900] "
                                        f"/Resources << /XObject << /X {inner} 0 R >> >>")
        return f"/XObject << /X {inner} 0 R >>"
    return pdf.one_page("/X Do", extra=extra)


@entry("tiling.pdf", "a pattern of a thousand million tiles", read=True, gaps=STUCK)
def tiling():
    def extra(document):
        cell = document.add_stream("0 0 0.01 0.01 re f", "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 "
                                   "/BBox [0 0 0.02 0.02] /XStep 0.02 /YStep 0.02 /Resources << >>")
        return f"/Pattern << /P {cell} 0 R >>"
    return pdf.one_page("/Pattern cs /P scn 0 0 595 842 re f", extra=extra)


@entry("vector1m.pdf", "a million strokes", read=True, gaps=STUCK)
def vector1m():
    dice = random.Random(1)
    lines = [b"%d %d m %d %d l S" % tuple(dice.randrange(800) for _ in range(4)) for _ in range(10000)]
    return pdf.one_page(b"\n".join(lines) * 100, compress=True)


@entry("text4m.pdf", "3.7 million glyphs on one page", read=True, gaps=STUCK)
def text4m():
    line = pdf.escape(PROSE[0]) + b" Tj T*\n"
    return pdf.one_page(b"BT /F1 1 Tf 10 800 Td 0.02 TL\n" + line * 50000 + b"ET", compress=True)


# Nesting and loops.
@entry("contentdeep.pdf", "an array a million deep in the content", read=True, gaps=RUIN)
def contentdeep():
    return pdf.one_page(b"[" * 1000000 + b"]" * 1000000 + b"\n" + pdf.text_stream(PROSE), compress=True)


@entry("arraydeep.pdf", "an object that is an array 200,000 deep", read=True, gaps=RUIN, error=["damaged"])
def arraydeep():
    def extra(document):
        return f"/Deep {document.add(b'[' * 200000 + b']' * 200000)} 0 R"
    return text_page(extra=extra)


@entry("treedeep.pdf", "a page tree of 20,000 levels", read=True, gaps=RUIN, error=["damaged", "no_pages"], pages_in=None)
def treedeep():
    document = pdf.Pdf()
    catalog, first = document.reserve(), 2
    for level in range(20000):
        parent = f"/Parent {first + level - 1} 0 R" if level else ""
        document.add(f"<< /Type /Pages /Kids [{first + level + 1} 0 R] /Count 1 {parent} >>")
    document.add(f"<< /Type /Page /Parent {first + 19999} 0 R /MediaBox [0 0 595 842] >>")
    document.put(catalog, f"<< /Type /Catalog /Pages {first} 0 R >>")
    return document.bytes(catalog)


def tree(kids, count, extra=""):
    document = pdf.Pdf()
    catalog, pages, page = document.reserve(), document.reserve(), document.reserve()
    document.put(catalog, f"<< /Type /Catalog /Pages {pages} 0 R >>")
    document.put(pages, f"<< /Type /Pages /Kids [{kids}] /Count {count} {extra} >>")
    document.put(page, f"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 595 842] >>")
    return document.bytes(catalog)


entry("treeloop.pdf", "a page tree that contains itself", read=True, gaps=RUIN, error=["damaged", "no_pages"],
      pages_in=None)(lambda: tree("3 0 R 2 0 R", 2))
entry("nopages.pdf", "a page tree without pages", error=["no_pages", "damaged"], pages_in=0)(lambda: tree("", 0))
entry("liecount.pdf", "a tree that claims 2,000,000,000 pages", read=True, gaps=RUIN,
      error=["damaged", "no_pages", "unsupported"], pages_in=None)(lambda: tree("3 0 R", 2000000000))
entry("negcount.pdf", "a tree that claims -7 pages", read=True, gaps=RUIN, error=["damaged", "no_pages"],
      pages_in=None)(lambda: tree("3 0 R", -7))


@entry("pages20k.pdf", "20,000 pages of a line each", read=True, pages_in=20000, seconds=400)
def pages20k():
    return pdf.text_document([[f"Página {number} del expediente de la comuna."] for number in range(1, 20001)])


def form_page(form_entries, form_content):
    def extra(document):
        number = document.reserve()
        document.put(number, pdf.stream(form_content, f"/Type /XObject /Subtype /Form /BBox [0 0 600 900] "
                                        f"{form_entries.replace('SELF', f'{number} 0 R')}"))
        return f"/XObject << /X {number} 0 R >>"
    return pdf.one_page(pdf.text_stream(PROSE) + b"/X Do", extra=extra)


entry("formself.pdf", "a form that draws itself", read=True, gaps=RUIN)(
    lambda: form_page("/Resources << /XObject << /X SELF >> >>", "/X Do"))


@entry("xrefloop.pdf", "a cross-reference table whose predecessor is itself", read=True, gaps=RUIN, error=["damaged"])
def xrefloop():
    data = text_page()
    at = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % at)


# Image streams whose headers lie.
JPEG_HUGE = (b"\xff\xd8\xff\xdb\x00\x43\x00" + b"\x10" * 64 + b"\xff\xc0\x00\x0b\x08\xff\xdc\xff\xdc\x01\x01\x11\x00"
             b"\xff\xc4\x00\x14\x00\x01" + b"\0" * 15 + b"\x00" + b"\xff\xc4\x00\x14\x10\x01" + b"\0" * 15 + b"\x00"
             b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00" * 200 + b"\xff\xd9")
entry("jpeghuge.pdf", "a JPEG stream of 400 bytes that claims 65,500 pixels square", read=True, gaps=RUIN + STUCK)(
    lambda: image_page("/Width 65500 /Height 65500 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
                       JPEG_HUGE))
entry("huge.jpg", "a JPEG of 400 bytes that claims 65,500 pixels square", read=True, gaps=RUIN + STUCK,
      error=["damaged"])(lambda: JPEG_HUGE)


# Pictures of which nothing can be seen: never a blank page.
def noise_image(filter_name):
    return image_page(f"/Width 1000 /Height 1400 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /{filter_name}",
                      random.Random(filter_name).randbytes(5000))


for noise_filter in ("DCTDecode", "JPXDecode"):
    entry(f"noise{noise_filter[:3].lower()}.pdf", f"a page whose one picture is noise, called {noise_filter}",
          gaps=["damaged"])(lambda name=noise_filter: noise_image(name))
entry("hugeimage.pdf", "a picture said to have 2,000,000,000 pixels a side", gaps=["damaged"])(
    lambda: image_page("/Width 2000000000 /Height 2000000000 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\x80" * 10))


def jpx(side):
    siz = struct.pack(">HHIIIIIIIIH", 41, 0, side, side, 0, 0, side, side, 0, 0, 1) + b"\x07\x01\x01"
    cod = b"\xff\x52\x00\x0c\x00\x00\x00\x01\x00\x05\x04\x04\x00\x01"
    qcd = b"\xff\x5c\x00\x13\x40" + b"\x48" * 16
    return b"\xff\x4f\xff\x51" + siz + cod + qcd + b"\xff\x90\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x01\xff\x93" + b"\0" * 64 + b"\xff\xd9"


entry("jpxhuge.pdf", "a JPEG 2000 stream that claims 60,000 pixels square", read=True, gaps=RUIN + STUCK)(
    lambda: image_page("/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /JPXDecode",
                       jpx(60000)))
entry("jbig2huge.pdf", "a JBIG2 page of 4,294,967,294 pixels square", read=True, gaps=RUIN + STUCK)(
    lambda: image_page("/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode",
                       struct.pack(">IBBIIIIIBH", 0, 0x30, 1, 19, 0xFFFFFFFE, 0xFFFFFFFE, 0, 0, 0, 0)))
entry("negimage.pdf", "an image of -5 by 0 pixels", read=True, gaps=RUIN)(
    lambda: image_page("/Width -5 /Height 0 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\0" * 10))

# Locked documents.
entry("enc-user.pdf", "a password that was not given", error=["encrypted"], pages_in=0)(
    lambda: pdf.text_document([PROSE], encrypt=pdf.Encryption("clave", "jefe", 128)))
entry("enc-given.pdf", "a password that was given", read=True, args=["--password", "clave"])(
    lambda: pdf.text_document([PROSE], encrypt=pdf.Encryption("clave", "jefe", 128)))
entry("enc-wrong.pdf", "a wrong password", error=["encrypted"], pages_in=0, args=["--password", "otra"])(
    lambda: pdf.text_document([PROSE], encrypt=pdf.Encryption("clave", "jefe", 40)))
entry("enc-owner.pdf", "an owner's password alone: an empty user password opens it", read=True)(
    lambda: pdf.text_document([PROSE], encrypt=pdf.Encryption("", "jefe", 128)))
entry("enc-rc4.pdf", "40-bit encryption with an empty user password", read=True)(
    lambda: pdf.text_document([PROSE], encrypt=pdf.Encryption("", "jefe", 40)))

# Not documents, and ruins of documents.
entry("zero.pdf", "an empty file", error=["empty"], pages_in=0)(lambda: b"")
entry("zero.tif", "an empty file named as an image", error=["empty"], pages_in=0)(lambda: b"")
entry("notpdf.pdf", "plain text named .pdf", error=NO_DOCUMENT, pages_in=0)(
    lambda: "\n".join(PROSE).encode())
entry("random.pdf", "64 kB of noise", error=NO_DOCUMENT, pages_in=0)(lambda: random.Random(2).randbytes(65536))
entry("header-only.pdf", "a PDF header and nothing else", error=NO_DOCUMENT, pages_in=0)(lambda: b"%PDF-1.7\n")
entry("list.png", "a list of file names named .png", error=NO_DOCUMENT, pages_in=0)(
    lambda: b"/etc/hostname\n/etc/passwd\n")
entry("urls.png", "a list of addresses named .png", error=NO_DOCUMENT, pages_in=0)(
    lambda: b"http://127.0.0.1:9/a.png\nfile:///etc/passwd\n")
entry("picture.gif", "a GIF, which is not read", error=NO_DOCUMENT, pages_in=0)(
    lambda: b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;")


@entry("bitrot.pdf", "a text document with one byte in 200 changed", read=True, gaps=RUIN, error=NO_DOCUMENT, pages_in=None)
def bitrot():
    dice, data = random.Random(3), bytearray(pdf.text_document([PROSE] * 6))
    for _ in range(len(data) // 200):
        data[dice.randrange(20, len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


entry("trunc-text.pdf", "the first half of a text document", read=True, gaps=RUIN, error=NO_DOCUMENT, pages_in=None)(
    lambda: (lambda data: data[:len(data) // 2])(pdf.text_document([PROSE] * 6)))


@entry("trunc60.pdf", "the first 60 % of a scan", read=True, gaps=RUIN, error=NO_DOCUMENT, pages_in=None)
def trunc60():
    noise = random.Random(4).randbytes(600 * 800)
    data = pdf.image_document([(600, 800, "DeviceGray", 8, None, noise, "")] * 3, 72)
    return data[:len(data) * 6 // 10]


entry("junkprefix.pdf", "900 bytes of junk before the header", read=True)(
    lambda: random.Random(5).randbytes(900).replace(b"%", b"_") + text_page())


@entry("nocontent.pdf", "a page without content", read=True)
def nocontent():
    return tree("3 0 R", 1)


# Image files.
entry("bomb1bit.png", "a 1-bit PNG of 30,000 x 30,000", read=True, gaps=STUCK)(
    lambda: raster.png_of(30000, 30000, 1, 0, raster.repeated((b"\0" + b"\xff" * 3750) * 100, 300)))
entry("bombrgb.png", "an RGB PNG of 20,000 x 20,000", read=True, gaps=STUCK)(
    lambda: raster.png_of(20000, 20000, 8, 2, raster.repeated((b"\0" + b"\xff" * 60000) * 50, 400)))
entry("lying.png", "a PNG whose header promises more rows than there are", read=True, gaps=RUIN, error=["damaged"],
      pages_in=None)(lambda: raster.png_of(900, 4000, 8, 0, raster.repeated(b"\0" + b"\xff" * 900, 20)))
entry("endless.png", "a PNG of 2,147,483,647 pixels square", gaps=["too_large", "damaged", "unsupported"],
      error=["damaged", "unsupported"], pages_in=None)(
    lambda: raster.png_of(2147483647, 2147483647, 8, 0, raster.repeated(b"\0" * 1000, 10)))
entry("noend.png", "a PNG cut inside its data", read=True, gaps=RUIN, error=["damaged"], pages_in=None)(
    lambda: raster.png_of(900, 900, 8, 0, raster.repeated(b"\0" + b"\xff" * 900, 900))[:600])
entry("ifdloop.tif", "a TIFF whose directories follow each other for ever", read=True, gaps=RUIN,
      error=["damaged", "unsupported"], pages_in=None)(
    lambda: raster.tiff([(64, 64, 8, b"\xff" * 4096)] * 3, loop_to=0))
entry("pages2000.tif", "a TIFF of 2,000 small pages", read=True, pages_in=2000, seconds=600)(
    lambda: raster.tiff([(32, 32, 1, b"\xff" * 128)] * 2000))


@entry("strips.tif", "a TIFF whose strip lies 4 GB away and is 4 GB long", read=True, gaps=RUIN,
       error=["damaged", "unsupported"], pages_in=None)
def strips():
    data = bytearray(raster.tiff([(500, 500, 8, b"\xff" * 250000)]))
    for tag in (273, 279):
        at = data.rindex(struct.pack("<HHI", tag, 4, 1)) + 8
        struct.pack_into("<I", data, at, 0xFFFFFFF0)
    return bytes(data)


@entry("wide.tif", "a TIFF that claims 4,000,000,000 by 3 pixels", gaps=RUIN, error=["damaged", "unsupported"],
       pages_in=None)
def wide():
    data = bytearray(raster.tiff([(500, 3, 8, b"\xff" * 1500)]))
    struct.pack_into("<I", data, data.rindex(struct.pack("<HHI", 256, 4, 1)) + 8, 4000000000)
    return bytes(data)


@entry("noise.png", "a page of noise: layout analysis never ends on it", read=True, gaps=STUCK)
def noise():
    return raster.png_grey(1240, 1754, random.Random(6).randbytes(1240 * 1754), 150)


def main(folder):
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    index = []
    for name, (make, facts) in ENTRIES.items():
        (out / name).write_bytes(make())
        index.append(facts)
    (out / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{len(index)} files, {sum(os.path.getsize(out / e['file']) for e in index)} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
