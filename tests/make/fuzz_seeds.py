# SPDX-License-Identifier: GPL-3.0-or-later
"""fuzz_seeds.py OUTDIR: OUTDIR/TARGET/* for each fuzz target that profits from a start.

Image headers get the heads of good and lying pictures, text targets get letters, the two protocol
targets get small bodies of each type (first byte: the type).
"""
import pathlib
import sys

import documents
import hostile
import pdf
import raster


def image_heads():
    grey = b"\x80" * 64
    yield raster.png_grey(8, 8, grey, 300)
    yield raster.tiff([(8, 8, 8, grey)] * 2)
    yield raster.tiff([(8, 8, 1, b"\xaa" * 8)], loop_to=0)
    for name in ("huge.jpg", "endless.png", "strips.tif", "wide.tif"):
        yield hostile.ENTRIES[name][0]()[:4096]


def letters():
    yield "\n".join(documents.page_lines(1)).encode()
    yield ("RUT: 12.345.678-5, C.I. N° 9.876.543-K\nSantiago, 5 de marzo de 2024; 05/03/2024\n"
           "la suma de $ 1.250.000.- (un millón doscientos cincuenta mil pesos), UF 2.500,75\n"
           "Ley N° 20.285, Decreto Supremo N° 13/2009, Rol C-1234-2020, RIT O-55-2021\n"
           "contacto@municipalidad.cl, +56 2 2678 1234, patente BB-CL-23\n").encode()


def bodies():
    for kind in range(16):
        yield bytes([kind])
        yield bytes([kind]) + bytes(64)
        yield bytes([kind, 4, 0, 0, 0]) + b"abcd" + bytes(40)


def searches():
    yield '"resolución exenta" -borrador notific* N° 302/2022'.encode()
    yield "12.345.678-K juan@muni.cl «sin efecto» -anul* docu\u00admento".encode()


FAMILIES = {"header": image_heads, "image": image_heads, "field": letters, "text": letters, "summary": letters,
            "search": searches,
            "request": bodies, "reply": bodies,
            "pdf": lambda: [pdf.text_document([documents.page_lines(1)])]}


def main(out):
    sources = pathlib.Path(__file__).resolve().parents[2] / "src"
    for target in sorted(path.stem for path in sources.rglob("*_fuzz.cpp")):
        folder = pathlib.Path(out, target)
        folder.mkdir(parents=True, exist_ok=True)
        for word, seeds in FAMILIES.items():
            if word in target:
                for index, seed in enumerate(seeds()):
                    (folder / f"{word}{index}").write_bytes(seed)


if __name__ == "__main__":
    main(sys.argv[1])
