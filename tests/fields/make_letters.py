#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes labelled Chilean letters: NAME.pdf with a text layer and NAME.truth.json with its true fields.

    make_letters.py DIR [--copies 3] [--seed 1] [--scans DIR]

With --scans the same letters also come out as noisy, slightly turned scans (needs pdftoppm and PIL; exit 77
where they are missing). The same seed writes the same letters. Forms: letters_forms.py.
"""
import argparse
import io
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import zlib

import letters_forms
import letters_values as values

SKIPPED = 77
WIDTH, HEIGHT, MARGIN = 595, 842, 62
MARKS = 0xE000  # private use: where a true value begins, taken out before printing
FIRST = "María José Pedro Camila Ignacio Valentina Rodrigo Francisca Héctor Ñusta Óscar Paulina Gonzalo Ximena".split()
LAST = "González Muñoz Rojas Díaz Pérez Soto Contreras Silva Martínez Sepúlveda Núñez Araya Peña Ibáñez Zúñiga".split()
PLACES = "Santiago Valparaíso Concepción Temuco Maipú Ñuñoa Peñalolén Antofagasta Puerto_Montt Viña_del_Mar".split()
FIRMS = ("Constructora Andes Ltda.", "Comercial del Sur S.A.", "Servicios Integrales SpA", "Inversiones Los Robles S.A.",
         "Transportes Cordillera Limitada", "Sociedad Agrícola El Peumo SpA")


def styled_value(rng, kind, style):
    if kind == "letter" and style == "ORD":
        shown, field = values.letter(rng)
        number = shown[shown.rindex(" ") + 1:].lstrip("NnroNº°. ")
        return f"ORD. N° {number}", field
    if kind in ("resolution", "decree") and style:
        shown, value = values.number_with_year(rng)
        name, type_name = (("RESOLUCIÓN EXENTA", "resolucion") if kind == "resolution" else
                           ("DECRETO ALCALDICIO", "decreto"))
        return f"{name} N° {shown}" + rng.choice(("", " /", "")), values.numbered(type_name, value)
    if kind == "pesos" and style == "number":
        shown, field = values.pesos(rng, style="pesos")
        return shown[:-6], field
    if kind == "pesos" and style == "thousands":
        shown, field = values.pesos(rng, 10, 9000, "$")
        return shown, {"kind": "money", "value": field["value"] + "000"}
    if kind == "pesos" and style == "words":
        amount = rng.randint(300, 4000) * 1000
        joined = "de " if amount % 1_000_000 == 0 else ""
        return f"{values.apocope(values.words(amount))} {joined}pesos", {"kind": "money", "value": f"CLP {amount}"}
    if kind == "phone":
        return styled_phone(rng, style)
    if kind == "folio":
        shown, field = values.folio(rng)
        return f"folio {field['value']}", field
    if kind in ("uf", "dollars"):
        shown, value, _, _ = values.decimal(rng, 900)
        return (f"UF {shown}", {"kind": "money", "value": f"UF {value}"}) if kind == "uf" else (
            f"US$ {shown}", {"kind": "money", "value": f"USD {value}"})
    return getattr(values, kind)(rng, style=style)


def styled_phone(rng, style):
    digits = f"9{rng.randint(3, 9)}{rng.randint(0, 9_999_999):07d}"
    shown = {"plus": f"+56 9 {digits[1:5]} {digits[5:]}", "label": f"{digits[0]} {digits[1:5]} {digits[5:]}",
             "bare": digits}[style]
    return shown, {"kind": "phone", "value": "+56" + digits}


def plain_value(rng, kind):
    return {"name": lambda: f"{rng.choice(FIRST)} {rng.choice(LAST)} {rng.choice(LAST)}",
            "place": lambda: rng.choice(PLACES).replace("_", " "), "firm": lambda: rng.choice(FIRMS),
            "n": lambda: str(rng.randint(10, 999)), "big": lambda: str(rng.randint(1_000_000, 99_999_999))}[kind]()


def fill(rng, line, fields):
    def one(match):
        kind, style = match.group(1), match.group(2)
        if kind in ("name", "place", "firm", "n", "big"):
            return plain_value(rng, kind)
        shown, field = styled_value(rng, kind, style) if style else getattr(values, kind)(rng)
        fields.append(dict(field, raw=shown))
        return chr(MARKS + len(fields) - 1) + shown
    return re.sub(r"\{(\w+)(?::([\w$ ]+))?\}", one, line)


def wrap(text, columns):
    lines, current = [], ""
    for word in text.split():
        visible = len(re.sub("[\ue000-\uf8ff]", "", current + " " + word))
        if current and visible > columns:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    return lines + [current]


def lay_out(lines, size, width):
    """Lists of (x, y, text) per page; a table row is one run per cell on one line."""
    columns = int((WIDTH - 2 * MARGIN) / (size * width))
    pages, runs, y = [], [], HEIGHT - MARGIN
    for line in lines:
        depth = len(wrap(line, columns - 8)) * size * 1.35
        if line == "%" or y - depth < MARGIN:
            pages.append(runs)
            runs, y = [], HEIGHT - MARGIN
            if line == "%":
                continue
        if line.startswith("|"):
            cells = [cell.strip() for cell in line[1:].split("|")]
            for i, cell in enumerate(cells):
                runs.append((MARGIN + i * (WIDTH - 2 * MARGIN) / len(cells), y, cell))
            y -= size * 1.35
            continue
        kind = line[:1] if line[:1] in "^>" and line else ""
        for piece in wrap(line[len(kind):], columns if not kind else columns - 8):
            extent = len(piece) * size * width
            x = {"": MARGIN, "^": (WIDTH - extent) / 2, ">": WIDTH - MARGIN - extent - 20}[kind]
            runs.append((max(x, MARGIN), y, piece))
            y -= size * 1.35
        y -= size * 0.4
    return pages + [runs]


def pdf_string(text):
    raw = re.sub("[\ue000-\uf8ff]", "", text).encode("cp1252")
    return b"(" + re.sub(rb"([()\\])", rb"\\\1", raw) + b")"


def pdf_of(objects):
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def stream(data, extra=b""):
    packed = zlib.compress(data)
    return b"<< /Filter /FlateDecode %s/Length %d >>\nstream\n%s\nendstream" % (extra, len(packed), packed)


def text_pdf(pages, font, size):
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % font.encode()]
    for i, runs in enumerate(pages):
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F 3 0 R >> >> "
                       b"/Contents %d 0 R >>" % (WIDTH, HEIGHT, 5 + 2 * i))
        body = b"".join(b"BT /F %.1f Tf %.1f %.1f Td %s Tj ET\n" % (size, x, y, pdf_string(text))
                        for x, y, text in runs)
        objects.append(stream(body))
    return pdf_of(objects)


def image_pdf(jpegs):
    kids = b" ".join(b"%d 0 R" % (3 + 3 * i) for i in range(len(jpegs)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(jpegs))]
    for i, (width, height, data) in enumerate(jpegs):
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /XObject << /I %d 0 R >> >> "
                       b"/Contents %d 0 R >>" % (WIDTH, HEIGHT, 4 + 3 * i, 5 + 3 * i))
        objects.append(b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray "
                       b"/BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream"
                       % (width, height, len(data), data))
        objects.append(stream(b"%d 0 0 %d 0 0 cm /I Do" % (WIDTH, HEIGHT)))
    return pdf_of(objects)


def make_letter(name, copy, seed):
    rng = random.Random(f"{name} {copy} {seed}")
    fields = []
    lines = [fill(rng, line, fields) for line in letters_forms.FORMS[name]]
    size = rng.choice((10, 10.5, 11, 12))
    font = rng.choice(("Helvetica", "Times-Roman", "Helvetica", "Courier"))
    pages = lay_out(lines, size, 0.6 if font == "Courier" else 0.5)
    for page, runs in enumerate(pages, 1):
        for _, _, text in runs:
            for mark in re.findall("[\ue000-\uf8ff]", text):
                fields[ord(mark) - MARKS]["page"] = page
    return text_pdf(pages, font, size), fields


def degrade(rng, image):
    from PIL import Image, ImageChops, ImageFilter
    turned = image.rotate(rng.uniform(-0.8, 0.8), Image.BICUBIC, fillcolor=255)
    blurred = turned.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    noise = Image.effect_noise(image.size, rng.uniform(6, 24))
    noisy = ImageChops.add(blurred, noise, 1, -128)
    if rng.random() < 0.25:
        noisy = noisy.filter(ImageFilter.MedianFilter(3)).point(lambda v: 255 if v > 150 else 0)
    out = io.BytesIO()
    noisy.convert("L").save(out, "JPEG", quality=rng.randint(45, 80))
    return noisy.width, noisy.height, out.getvalue()


def make_scan(pdf, target, rng):
    from PIL import Image
    raw = subprocess.run(["pdftoppm", "-r", "200", "-gray", str(pdf)], check=True, capture_output=True).stdout
    pages, at = [], 0
    while at < len(raw):
        pages.append(Image.open(io.BytesIO(raw[at:])).copy())
        at += len(b"P5\n%d %d\n255\n" % pages[-1].size) + pages[-1].width * pages[-1].height
    target.write_bytes(image_pdf([degrade(rng, page) for page in pages]))


def can_scan():
    try:
        import PIL  # noqa: F401
    except ImportError:
        return False
    return shutil.which("pdftoppm") is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scans", type=pathlib.Path)
    options = parser.parse_args()
    if options.scans and not can_scan():
        print("skipped: scans need pdftoppm (poppler-utils) and PIL (python3-pil)", file=sys.stderr)
        return SKIPPED
    options.directory.mkdir(parents=True, exist_ok=True)
    for name in letters_forms.FORMS:
        for copy in range(1, options.copies + 1):
            target = options.directory / f"{name}-{copy}.pdf"
            data, fields = make_letter(name, copy, options.seed)
            target.write_bytes(data)
            truth = json.dumps({"file": target.name, "fields": fields}, ensure_ascii=False, indent=1)
            target.with_suffix(".truth.json").write_text(truth + "\n", encoding="utf-8")
            if options.scans:
                options.scans.mkdir(parents=True, exist_ok=True)
                make_scan(target, options.scans / target.name, random.Random(f"scan {target.name} {options.seed}"))
                (options.scans / target.name).with_suffix(".truth.json").write_text(truth + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
