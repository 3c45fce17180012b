# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in the output folder afterwards: names, both files, the record's fields."""
import hashlib
import os

from harness import ENDED_WELL, LIBRARY, Case, documents

import raster

PAGE_MEMBERS = {"page", "route", "dpi", "engine", "text", "blank", "confidence", "words", "elapsed_ms", "cpu_ms",
                "peak_bytes", "swap_bytes_peak", "major_faults", "attempts", "sandbox"}
RECORD_MEMBERS = {"record_version", "file", "type", "sha256", "options", "pages_in", "pages_read", "gaps", "pages",
                  "fields", "summary"}


class Outputs(Case):
    def names(self):
        return sorted(str(path.relative_to(self.out)) for path in self.out.rglob("*") if path.is_file())

    def test_a_document_gets_a_record_and_a_text_by_page(self):
        self.assert_code(self.read(self.copy(self.text(), "oficio.pdf")), ENDED_WELL)
        self.assertEqual(["oficio.json", "oficio.md"], self.names())
        markdown = (self.out / "oficio.md").read_text(encoding="utf-8")
        for number in (1, 2, 3):
            self.assertIn(str(1000 + number), markdown)

    test_a_document_gets_a_record_and_a_text_by_page.sanitizer = True

    def test_a_second_document_of_the_same_name_keeps_its_extension(self):
        self.need_tool("pdftoppm")
        pdf = self.copy(self.text(1), "oficio.pdf")
        png = self.copy(LIBRARY.path("carta.png", documents.png_file), "oficio.png")
        other = self.copy(self.text(2), "otra/oficio.pdf")
        third = self.copy(self.text(4), "tercera/oficio.pdf")
        self.assert_code(self.read(pdf, png, other, third), ENDED_WELL)
        records = [name for name in self.names() if name.endswith(".json")]
        self.assertEqual(4, len(records), records)
        self.assertIn("oficio.json", records)
        self.assertIn("oficio.png.json", records)
        self.assertIn("oficio.pdf.json", records)
        self.assertEqual(1, self.record("oficio")["pages_in"])

    def test_folders_are_mirrored(self):
        self.copy(self.text(1), "archivo/a.pdf")
        self.copy(self.text(2), "archivo/sub/a.pdf")
        self.copy(self.text(3), "archivo/sub/más hondo/b c.PDF")
        (self.folder / "archivo/notas.txt").write_text("no es un documento")
        self.assert_code(self.read(self.folder / "archivo"), ENDED_WELL)
        records = [name for name in self.names() if name.endswith(".json")]
        self.assertEqual(["a.json", "sub/a.json", "sub/más hondo/b c.json"], records)
        self.assertEqual(2, self.record("sub/a")["pages_in"])

    def test_standard_input_is_read_as_stdin(self):
        with open(self.text(2), "rb") as file:
            self.assert_code(self.read("-", stdin=file), ENDED_WELL)
        self.assertEqual(["stdin.json", "stdin.md"], self.names())
        self.assert_every_page_read(self.record("stdin"), 2)

    def test_the_same_content_under_another_name_is_read_once_and_gets_its_own_files(self):
        first = self.copy(self.quick_scan(6), "uno.pdf")
        second = self.copy(self.quick_scan(6), "dos.pdf")
        outcomes, run = self.read_json(first, second)
        self.assert_code(run, ENDED_WELL)
        self.assertEqual(["dos.json", "dos.md", "uno.json", "uno.md"], self.names())
        self.assertEqual([0, 6], sorted(outcome["pages_kept"] for outcome in outcomes))
        one, two = self.record("uno"), self.record("dos")
        self.assertEqual(("uno.pdf", "dos.pdf"), (one["file"], two["file"]))
        self.assertEqual([p["text"] for p in one["pages"]], [p["text"] for p in two["pages"]])

    def test_inputs_are_never_overwritten(self):
        source = self.copy(self.text(1), "out/oficio.pdf")
        before = source.read_bytes()
        for name in ("oficio.json", "oficio.md"):
            self.copy(source, f"in/{name}")
        self.assert_code(self.read(source, "--pdf", out=self.folder / "out"), ENDED_WELL)
        self.assertEqual(before, source.read_bytes())

    def test_odd_names_are_kept(self):
        for name in ("con espacios y ñ.pdf", "-guion.pdf", "sin-extension", "salto\nde línea.pdf", "punto."):
            source = self.copy(self.text(1), name)
            out = self.folder / f"out-{abs(hash(name))}"
            self.assert_code(self.read(source, out=out), ENDED_WELL)
            self.assertEqual(2, len(list(out.iterdir())), name)

    def test_a_name_that_is_not_utf8_is_read(self):
        path = os.fsencode(self.folder) + b"/a\xf1o.pdf"
        with open(path, "wb") as file:
            file.write(self.text(1).read_bytes())
        run = self.read(path)
        self.assert_code(run, ENDED_WELL)
        self.assertEqual(2, len(list(self.out.iterdir())))

    def test_a_record_holds_what_the_contract_says(self):
        source = self.copy(self.quick_scan(2), "oficio.pdf")
        self.assert_code(self.read(source), ENDED_WELL)
        record = self.record("oficio")
        self.assertEqual(set(), RECORD_MEMBERS - set(record))
        self.assertEqual(1, record["record_version"])
        self.assertEqual(hashlib.sha256(source.read_bytes()).hexdigest(), record["sha256"])
        self.assertEqual(("pdf", "oficio.pdf", "spa", 200), (record["type"], record["file"],
                         record["options"]["lang"], record["options"]["dpi"]))
        for page in record["pages"]:
            self.assertEqual(set(), PAGE_MEMBERS - set(page))
            self.assertIn(page["route"], ("text", "image", "render", "mixed"))
            self.assertIn("spa", page["engine"])
            self.assertEqual(1, page["attempts"])
            self.assertTrue(0 < page["confidence"] <= 1)
            self.assertNotIn("degraded", page)

    def test_words_lie_inside_the_page_where_they_are_printed(self):
        self.assert_code(self.read(self.copy(self.text(1), "oficio.pdf")), ENDED_WELL)
        page = self.record("oficio")["pages"][0]
        self.assertEqual("text", page["route"])
        self.assertIsNone(page["confidence"])
        word = next(word for word in page["words"] if word["text"] == "1001")
        x0, y0, x1, y1 = word["box"]
        self.assertTrue(60 < x0 < x1 < 200, word)
        self.assertTrue(842 - 780 - 15 < y0 < y1 < 842 - 780 + 45, word)
        for word in page["words"]:
            self.assertTrue(0 <= word["box"][0] <= word["box"][2] <= 595.1, word)

    def test_images_of_every_kind_are_read(self):
        self.need_tool("pdftoppm")
        tiff = LIBRARY.path("varias.tif", documents.tiff_file, 3)
        png = LIBRARY.path("carta.png", documents.png_file)
        jpeg = LIBRARY.path("foto.jpg", documents.jpeg_file)
        self.assert_code(self.read(tiff, png, jpeg), ENDED_WELL)
        self.assert_every_page_read(self.record("varias"), 3)
        for name in ("carta", "foto"):
            record = self.record(name)
            self.assertEqual("image", record["type"])
            self.assert_every_page_read(record, 1)

    def test_faint_print_and_shadows_are_read(self):
        self.need_tool("pdftoppm")
        width, height, _, rows = raster.read_netpbm(documents._rendered(1, 6, 3, 150, ("-gray",), documents.A4)[0])
        half = width * (height // 3)
        faint = bytes(219 + value * 36 // 255 for value in range(256))
        shaded = b"".join(bytes(value * (width - x * 2 // 3) // width for x, value in enumerate(rows[y * width:(y + 1) * width]))
                          for y in range(height))
        pictures = {"plena": rows, "tenue": rows.translate(faint), "sombra": shaded,
                    "mitad": rows[:half] + rows[half:].translate(bytes(160 + value * 95 // 255 for value in range(256))),
                    "vacia": bytes(251 + (i * 7919 >> 5) % 5 for i in range(width * height))}
        words = {}
        for name, data in pictures.items():
            document = self.folder / f"{name}.png"
            document.write_bytes(raster.png_grey(width, height, data, 150))
            self.read(document)
            page = self.record(name)["pages"][0]
            words[name] = len(page["words"])
            self.assertEqual(name == "vacia", page["blank"], name)
        for name in ("tenue", "sombra", "mitad"):
            self.assertGreater(words[name], 0.9 * words["plena"], name)

    def test_relative_names_mean_the_callers_folder(self):
        self.copy(self.text(1), "aquí/oficio.pdf")
        run = self.read("oficio.pdf", cwd=self.folder / "aquí", out="salida")
        self.assert_code(run, ENDED_WELL)
        self.assertTrue((self.folder / "aquí/salida/oficio.json").exists())
