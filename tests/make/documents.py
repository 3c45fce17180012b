# SPDX-License-Identifier: GPL-3.0-or-later
"""Good documents for the tests and benches: Spanish letters as text PDFs, scans, pictures.

Text documents need nothing but pdf.py. Scans and pictures are the same pages through pdftoppm
(poppler-utils), so each has a known text; raster_tool() says whether it is there. Deterministic:
the same arguments give the same bytes, and page N of any document names its own number, so that a
test can see that every page is there exactly once.
"""
import pathlib
import random
import shutil
import subprocess
import tempfile

import pdf
import raster

OPENINGS = ["Por medio de la presente se informa a usted que", "Se certifica que, con esta fecha,",
            "En respuesta a su presentación, esta dirección comunica que", "Téngase presente que",
            "De acuerdo con los antecedentes del expediente,", "La comisión acordó por unanimidad que"]
SUBJECTS = ["la solicitud de permiso de edificación", "el convenio de colaboración suscrito",
            "la propuesta de presupuesto para el año siguiente", "el informe de la unidad de finanzas",
            "la licitación pública del mejoramiento de veredas", "el plan de trabajo de la escuela rural"]
VERBS = ["fue aprobada sin observaciones por el concejo", "deberá corregirse antes del cierre del mes",
         "cumple con las condiciones exigidas por la ordenanza", "se encuentra en trámite en la oficina de partes",
         "será publicada en el portal de la municipalidad", "requiere la firma del secretario municipal"]
CLOSINGS = ["y se dejará constancia en el acta de la sesión.", "sin perjuicio de los plazos que fija la ley.",
            "para los fines que el interesado estime convenientes.", "según consta en los documentos adjuntos.",
            "y se notificará por carta certificada al domicilio indicado."]


def page_lines(number, paragraphs=6, seed=0):
    """A letter's lines; the first names its page, the second block its office number."""
    dice = random.Random(seed * 100003 + number)
    lines = [f"Página {number} del expediente de la comuna", "", f"OFICIO N° {1000 + number}", ""]
    for _ in range(paragraphs):
        lines += [f"{dice.choice(OPENINGS)} {dice.choice(SUBJECTS)}", dice.choice(VERBS) + " " + dice.choice(CLOSINGS), ""]
    return lines


def text_pdf(path, pages, paragraphs=6, seed=0):
    data = pdf.text_document([page_lines(n, paragraphs, seed) for n in range(1, pages + 1)])
    pathlib.Path(path).write_bytes(data)
    return path


def raster_tool():
    return shutil.which("pdftoppm")


def _rendered(pages, paragraphs, seed, dpi, options, box):
    """Netpbm or JPEG bytes of each page of such a document."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "text.pdf")
        source.write_bytes(pdf.text_document([page_lines(n, paragraphs, seed) for n in range(1, pages + 1)], box=box))
        subprocess.run(["pdftoppm", "-r", str(dpi), *options, str(source), f"{folder}/page"], check=True,
                       stderr=subprocess.DEVNULL)
        return [file.read_bytes() for file in sorted(pathlib.Path(folder).glob("page-*"))]


A4 = "[0 0 595 842]"
STRIP = "[40 700 400 800]"


def scan_pdf(path, pages, dpi=200, paragraphs=6, seed=0, one_bit=False, box=A4):
    """An image-only PDF: each page one full-page image (JPEG, or 1-bit deflated)."""
    options = ["-mono"] if one_bit else ["-gray", "-jpeg", "-jpegopt", "quality=60"]
    images = []
    for data in _rendered(pages, paragraphs, seed, dpi, options, box):
        if one_bit:
            width, height, bits, rows = raster.read_netpbm(data)
            images.append((width, height, "DeviceGray", bits, "FlateDecode", pdf.deflate(rows), ""))
        else:
            images.append(jpeg_picture(data))
    pathlib.Path(path).write_bytes(pdf.image_document(images, dpi))
    return path


def cut_scan_pdf(path, share=0.5, dpi=200):
    """A page whose JPEG was cut off on its way: the lower part of the picture is missing."""
    data = _rendered(1, 6, 0, dpi, ["-gray", "-jpeg", "-jpegopt", "quality=60"], A4)[0]
    picture = jpeg_picture(data)
    pathlib.Path(path).write_bytes(pdf.image_document([(*picture[:5], data[:int(share * len(data))], "")], dpi))
    return path


def quick_scan_pdf(path, pages, seed=0):
    """Pages of three short lines on a small picture: OCR takes 50–200 ms, so that kills hit many pages."""
    return scan_pdf(path, pages, dpi=200, paragraphs=0, seed=seed, one_bit=True, box=STRIP)


def jpeg_picture(data):
    """A JPEG as pdf.image_document takes it; pdftoppm writes three channels even where it is asked for grey."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
    height, width = (int.from_bytes(data[at + i:at + i + 2], "big") for i in (5, 7))
    space = "DeviceRGB" if data[at + 9] == 3 else "DeviceGray"
    return width, height, space, 8, "DCTDecode", data, ""


def tiff_file(path, pages, dpi=200, paragraphs=2, one_bit=True, box=A4):
    options = ["-mono"] if one_bit else ["-gray"]
    images = [raster.read_netpbm(data) for data in _rendered(pages, paragraphs, 0, dpi, options, box)]
    pathlib.Path(path).write_bytes(raster.tiff(images, dpi))
    return path


def png_file(path, dpi=200, paragraphs=2, seed=0):
    width, height, _, rows = raster.read_netpbm(_rendered(1, paragraphs, seed, dpi, ["-gray"], A4)[0])
    pathlib.Path(path).write_bytes(raster.png_grey(width, height, rows, dpi))
    return path


def jpeg_file(path, dpi=200, paragraphs=2, seed=0):
    pathlib.Path(path).write_bytes(_rendered(1, paragraphs, seed, dpi, ["-gray", "-jpeg"], A4)[0])
    return path


def repeated_pdf(path, source, copies):
    """A long document from a short one, page after page, with qpdf."""
    subprocess.run(["qpdf", "--empty", "--pages", *[str(source)] * copies, "--", str(path)], check=True)
    return path
