# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of which a part is broken or missing: what a reader must say of each, never silence.

damaged() gives NAME -> (bytes, what is allowed): "gap" (the page must be a gap, damaged), "part"
(read, and marked as damaged), "either", "whole" (nothing is lost: no mark may be there).
"""
import subprocess
import tempfile
import zlib

import documents
import pdf
import raster

PROSE = documents.page_lines(1, 3)
PICTURE_AT = "q 470 0 0 300 60 60 cm /Im Do Q\n"
FULL_PAGE = "q 595 0 0 842 0 0 cm /Im Do Q\n"


def page(content, entries="", data=b"", **options):
    """One page, where `entries` are given with a picture /Im of these."""
    def picture(document):
        image = document.add_stream(data, f"/Type /XObject /Subtype /Image {entries}")
        return f"/XObject << /Im {image} 0 R >>"
    return pdf.one_page(content, extra=picture if entries else None, **options)


def masked(key, mask_entries, mask):
    """A page of text above a sound picture with such a mask."""
    def picture(document):
        ref = document.add_stream(mask, f"/Type /XObject /Subtype /Image {mask_entries}")
        image = document.add_stream(zlib.compress(b"\x40" * 40000), "/Type /XObject /Subtype /Image " +
                                    grey_entries(200, 200, "/FlateDecode", f"/{key} {ref} 0 R"))
        return f"/XObject << /Im {image} 0 R >>"
    return pdf.one_page(text().decode("latin-1") + PICTURE_AT, extra=picture)


def text():
    return pdf.text_stream(PROSE)


def rendered(*options, box="[0 0 595 842]", dpi=150):
    return documents._rendered(1, 6, 7, dpi, options, box)[0]


def smashed(data, at=0.5):
    """Some bytes in the middle replaced: still a file of its kind, with broken data."""
    middle = int(len(data) * at)
    return data[:middle] + bytes((i * 37 + 11) & 0x7F for i in range(400)) + data[middle + 400:]


def recoded(picture, *options):
    """A page (width, height, bits, rows) as a TIFF with tiffcp's options."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/in.tif", "wb") as out:
            out.write(raster.tiff([picture]))
        subprocess.run(["tiffcp", *options, f"{folder}/in.tif", f"{folder}/out.tif"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(f"{folder}/out.tif", "rb") as done:
            return done.read()


def grey_entries(width, height, name, more=""):
    filters = f"/Filter {name}" if name else ""
    return f"/Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 {filters} {more}"


def text_pages():
    yield "content-missing.pdf", page(text(), contents="99 0 R"), "gap"
    yield "content-part-missing.pdf", page(text(), contents="[4 0 R 99 0 R]"), "part"
    yield "content-null.pdf", page(text(), contents="[4 0 R null]"), "whole"
    yield "content-no-stream.pdf", page(text(), contents="[5 0 R]"), "gap"
    packed = zlib.compress(text())
    yield "content-half.pdf", pdf.one_page(packed[:len(packed) // 2], entries="/Filter /FlateDecode"), "either"
    packer = zlib.compressobj()
    flushed = packer.compress(text()) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield "content-flushed.pdf", pdf.one_page(flushed, entries="/Filter /FlateDecode"), "whole"
    yield "content-rubbish.pdf", pdf.one_page(b"\x13rubbish" * 40, entries="/Filter /FlateDecode"), "gap"
    yield "content-filter.pdf", pdf.one_page(text(), entries="/Filter /NoSuchDecode"), "gap"
    yield "content-operator.pdf", page(text() + b"12 0 0 12 0 0 xyzzy\n" + text()), "part"
    yield "content-args.pdf", page(text() + b"BT /F1 Tf (Perdido) Tj ET\n"), "part"
    yield "font-missing.pdf", page(text(), fonts=False), "gap"
    yield "font-half-missing.pdf", page(text() + b"BT /F9 12 Tf 60 90 Td (Perdido por completo) Tj ET"), "part"
    yield "xobject-missing.pdf", page(text() + PICTURE_AT.encode()), "part"
    yield "xobject-alone-missing.pdf", page(FULL_PAGE), "gap"
    yield "sound.pdf", page(text()), "whole"
    yield "restore-first.pdf", page(b"Q Q\n" + text()), "whole"
    yield "restore-between.pdf", page(text() + b"q Q Q\n" + text(), contents="[4 0 R]"), "whole"
    yield "sound-blank.pdf", page(b""), "whole"


def picture_pages():
    width, height, _, rows = raster.read_netpbm(rendered("-gray"))
    jpeg = documents.jpeg_picture(rendered("-gray", "-jpeg"))
    jpeg_entries = f"/Width {jpeg[0]} /Height {jpeg[1]} /ColorSpace /{jpeg[2]} /BitsPerComponent 8 /Filter /DCTDecode"
    flate = zlib.compress(rows)
    for place, content in (("full", FULL_PAGE), ("beside-text", pdf.text_stream(PROSE[:6]).decode("latin-1") + PICTURE_AT)):
        broken = "part" if place == "beside-text" else "either"
        yield f"{place}-sound.pdf", page(content, jpeg_entries, jpeg[5]), "whole"
        yield f"{place}-sound-flate.pdf", page(content, grey_entries(width, height, "/FlateDecode"), flate), "whole"
        yield f"{place}-jpeg-smashed.pdf", page(content, jpeg_entries, smashed(jpeg[5])), broken
        yield f"{place}-jpeg-cut.pdf", page(content, jpeg_entries, jpeg[5][:len(jpeg[5]) // 2]), broken
        yield f"{place}-jpeg-rubbish.pdf", page(content, jpeg_entries, b"no picture at all" * 30), broken
        yield f"{place}-flate-cut.pdf", page(content, grey_entries(width, height, "/FlateDecode"), flate[:len(flate) // 2]), broken
        yield f"{place}-flate-smashed.pdf", page(content, grey_entries(width, height, "/FlateDecode"), smashed(flate)), broken
        yield f"{place}-raw-short.pdf", page(content, grey_entries(width, height, ""), rows[:len(rows) // 2]), broken
        yield f"{place}-empty.pdf", page(content, grey_entries(width, height, ""), b""), broken
        a85 = b"".join(b"%c" % (33 + i % 80) for i in range(5000))
        yield f"{place}-a85-cut.pdf", page(content, grey_entries(width, height, "/ASCII85Decode"), a85), broken
        yield f"{place}-filter.pdf", page(content, grey_entries(width, height, "/NoSuchDecode"), rows), broken
        yield f"{place}-no-size.pdf", page(content, "/ColorSpace /DeviceGray /BitsPerComponent 8", rows), broken


def masked_pages():
    soft = grey_entries(200, 200, "/FlateDecode")
    hard = "/Width 200 /Height 200 /ImageMask true /BitsPerComponent 1"
    packed = zlib.compress(b"\xff" * 40000)
    yield "soft-mask-sound.pdf", masked("SMask", soft, packed), "whole"
    yield "soft-mask-cut.pdf", masked("SMask", soft, packed[:len(packed) // 2]), "part"
    yield "mask-sound.pdf", masked("Mask", hard, b"\0" * 5000), "whole"
    yield "mask-cut.pdf", masked("Mask", hard, b"\0" * 1000), "part"


def patterned(data, entries):
    """Text above a box that is filled with a pattern of a picture."""
    def pattern(document):
        image = document.add_stream(data, f"/Type /XObject /Subtype /Image {entries}")
        tile = document.add_stream("470 0 0 300 0 0 cm /Im Do", "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 "
                                   "/BBox [0 0 470 300] /XStep 470 /YStep 300 /Matrix [1 0 0 1 60 60] "
                                   f"/Resources << /XObject << /Im {image} 0 R >> >>")
        return f"/Pattern << /P {tile} 0 R >>"
    return pdf.one_page(text().decode("latin-1") + "/Pattern cs /P scn 60 60 470 300 re f\n", extra=pattern)


def pattern_pages():
    picture = documents.jpeg_picture(rendered("-gray", "-jpeg"))
    entries = f"/Width {picture[0]} /Height {picture[1]} /ColorSpace /{picture[2]} /BitsPerComponent 8 /Filter /DCTDecode"
    yield "pattern-sound.pdf", patterned(picture[5], entries), "whole"
    yield "pattern-cut.pdf", patterned(picture[5][:len(picture[5]) // 2], entries), "part"


def inline_picture(data, entries="", width=200, height=200):
    head = f"q 100 0 0 100 60 60 cm BI /W {width} /H {height} /CS /G /BPC 8 {entries} ID ".encode()
    return page(text() + head + data + b"\nEI Q\n" + text())


def inline_pages():
    samples = bytes(i * 31 % 256 for i in range(40000))
    packed = zlib.compress(samples)
    jpeg = documents.jpeg_picture(rendered("-gray", "-jpeg", dpi=50))
    size = {"width": jpeg[0], "height": jpeg[1]}
    rgb = f"/F /DCT /CS /{jpeg[2]}"
    yield "inline-raw-sound.pdf", inline_picture(samples), "whole"
    yield "inline-raw-short.pdf", inline_picture(samples[:9000]), "part"
    yield "inline-flate-sound.pdf", inline_picture(packed, "/F /Fl"), "whole"
    yield "inline-flate-cut.pdf", inline_picture(packed[:len(packed) // 2], "/F [/Fl]"), "part"
    yield "inline-jpeg-sound.pdf", inline_picture(jpeg[5], rgb, **size), "whole"
    yield "inline-jpeg-cut.pdf", inline_picture(jpeg[5][:len(jpeg[5]) // 2], rgb, **size), "part"


def fax_pages():
    width, height, _, rows = raster.read_netpbm(rendered("-mono", dpi=200))
    whole = recoded((width, height, 1, rows), "-c", "g4", "-r", str(height))
    directory = int.from_bytes(whole[4:8], "little")
    fields = {}
    for i in range(int.from_bytes(whole[directory:directory + 2], "little")):
        at = directory + 2 + 12 * i
        fields[int.from_bytes(whole[at:at + 2], "little")] = int.from_bytes(whole[at + 8:at + 12], "little")
    code = whole[fields[273]:fields[273] + fields[279]]
    black = fields[262] & 0xFFFF == 1
    entries = (f"/Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode "
               f"/DecodeParms << /K -1 /Columns {width} /Rows {height} /BlackIs1 {'true' if black else 'false'} >>")
    yield "fax-sound.pdf", page(FULL_PAGE, entries, code), "whole"
    yield "fax-cut.pdf", page(FULL_PAGE, entries, code[:len(code) // 2]), "either"
    yield "fax-smashed.pdf", page(FULL_PAGE, entries, smashed(code)), "either"


def picture_files():
    jpeg = rendered("-gray", "-jpeg")
    yield "whole.jpg", jpeg, "whole"
    yield "cut.jpg", jpeg[:len(jpeg) // 2], "part"
    yield "no-end.jpg", jpeg[:-2], "part"
    yield "smashed.jpg", smashed(jpeg), "either"
    width, height, _, rows = raster.read_netpbm(rendered("-gray"))
    png = raster.png_grey(width, height, rows, 150)
    yield "cut.png", png[:len(png) // 2], "part"
    yield "smashed.png", smashed(png), "part"


def tiff_files():
    picture = raster.read_netpbm(rendered("-gray"))
    for coding in ("lzw", "zip", "jpeg"):
        for layout, options in (("strips", ("-s", "-r", "32")), ("tiles", ("-t", "-w", "256", "-l", "256"))):
            whole = recoded(picture, "-c", coding, *options)
            yield f"{coding}-{layout}-sound.tif", whole, "whole"
            yield f"{coding}-{layout}-smashed.tif", smashed(whole), "either"
    whole = recoded(picture, "-c", "packbits", "-r", "32")
    yield "packbits-sound.tif", whole, "whole"
    # A run that goes beyond its row: bytes in the middle alone are other bytes.
    yield "packbits-smashed.tif", whole[:20000] + b"\x81\0" * 2000 + whole[24000:], "either"
    odd = raster.tiff([picture]).replace(b"\x02\x01\x03\0\x01\0\0\0\x08\0", b"\x02\x01\x03\0\x01\0\0\0\x0c\0")
    yield "twelve-bits.tif", odd, "unsupported"


def page_tree(kids, count, prepare=lambda document, page: {}):
    """Four pages that inherit all they need, below a root with these kids: {1} to {4} are pages, {root}
    the root, other names what `prepare(document, page)` returns for a function that makes a branch."""
    document = pdf.Pdf()
    catalog, root, font = document.reserve(), document.reserve(), document.add(pdf.HELVETICA)
    names = {"root": f"{root} 0 R"}
    for number in range(1, 5):
        content = document.add_stream(pdf.text_stream(documents.page_lines(number, 1)))
        names[str(number)] = f"{document.add(f'<< /Type /Page /Contents {content} 0 R >>')} 0 R"
        names[f"inline{number}"] = f"<< /Type /Page /Contents {content} 0 R >>"
    names["font"] = f"{font} 0 R"

    for wrong in ("/Annots (hola)", "/Contents 17", "/Contents << >>"):
        names[wrong] = f"{document.add(f'<< /Type /Page {wrong} >>')} 0 R"

    def fill(text):
        for name, value in names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def branch(inner, claimed, entries=""):
        inner = f"/Kids [{fill(inner)}]" if inner is not None else ""
        return f"{document.add(f'<< /Type /Pages {inner} /Count {claimed} {entries} >>')} 0 R"

    names.update(prepare(branch, names))
    document.put(catalog, f"<< /Type /Catalog /Pages {root} 0 R >>")
    document.put(root, f"<< /Type /Pages /Kids [{fill(kids)}] /Count {count} /MediaBox [0 0 595 842] "
                       f"/Resources << /Font << /F1 {font} 0 R >> >> >>")
    return document.bytes(catalog)


def deep_branch(branch, names):
    inner = branch("{1} {2} {3} {4}", 4)
    for _ in range(150):
        inner = branch(inner, 4)
    return {"deep": inner}


def broken_trees():
    """NAME -> (a PDF, its pages in order: the number printed on each, "" on a blank one, None where a page is lost)."""
    return {
        "sound": (page_tree("{1} {2} {3} {4}", 4), [1, 2, 3, 4]),
        "deep": (page_tree("{deep}", 4, deep_branch), [1, 2, 3, 4]),
        "lying": (page_tree("{1} {2} {3} {4}", 2), [1, 2, 3, 4]),
        "integer": (page_tree("{1} 7 {2} {3} {4}", 5), [1, None, 2, 3, 4]),
        "missing": (page_tree("{1} 99 0 R {2} {3} {4}", 5), [1, None, 2, 3, 4]),
        "missing-two": (page_tree("{1} 99 0 R {2} {3} {4}", 6), [1, None, None, 2, 3, 4]),
        "inline": (page_tree("{1} {inline2} {3} {4}", 4), [1, 2, 3, 4]),
        "font": (page_tree("{1} {2} {font} {3} {4}", 5), [1, 2, None, 3, 4]),
        "annotations": (page_tree("{1} {/Annots (hola)} {2} {3} {4}", 5), [1, "", 2, 3, 4]),
        "contents": (page_tree("{1} {/Contents 17} {2} {/Contents << >>} {3} {4}", 6), [1, None, 2, None, 3, 4]),
        "circle": (page_tree("{1} {2} {root} {3} {4}", 4), [1, 2, 3, 4]),
        "no-kids": (page_tree("{1} {b} {2}", 4, lambda branch, _: {"b": branch(None, 2)}), [1, None, None, 2]),
        "inherits": (page_tree("{1} {b} 7", 4, lambda branch, _: {"b": branch("{2} {3}", 2, "/Rotate 90")}),
                     [1, 2, 3, None]),
    }


def broken_chains():
    """NAME -> a TIFF of two pages and a list of directories that goes on to nothing."""
    pictures = [raster.read_netpbm(documents._rendered(number, 6, 7, 100, ("-gray",), documents.A4)[0]) for number in (1, 2)]
    whole = raster.tiff(pictures)
    three = raster.tiff(pictures * 2)
    return {"beyond.tif": raster.tiff(pictures, last_next=0x7FFFFFF0),
            "at-the-end.tif": raster.tiff(pictures, last_next=len(whole) - 3),
            "rubbish.tif": raster.tiff(pictures, last_next=9),
            "circle.tif": raster.tiff(pictures, loop_to=0),
            "cut.tif": three[:len(three) * 3 // 4 - 100]}


def damaged():
    out = {}
    for make in (text_pages, picture_pages, masked_pages, pattern_pages, inline_pages, fax_pages, picture_files, tiff_files):
        out.update((name, (data, allowed)) for name, data, allowed in make())
    return out
