# SPDX-License-Identifier: GPL-3.0-or-later
"""--pdf: the original with a text layer that other programs find, at the right places."""
import html
import contextlib
import os
import re
import signal
import subprocess
import time

import hostile
from harness import ENDED_WELL, LIBRARY, WITH_FINDINGS, Case, documents, wait_for


def output_of(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, check=True).stdout


def words_of(path, page=1):
    """pdftotext's words of a page with their boxes, top left origin, in points."""
    text = output_of("pdftotext", "-bbox", "-f", page, "-l", page, path, "-").decode("utf-8")
    pattern = r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>'
    return [(html.unescape(m[5]), tuple(float(m[i]) for i in range(1, 5))) for m in re.finditer(pattern, text)]


def overlap(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(width, 0) * max(height, 0) / smaller if smaller > 0 else 0


class Layer(Case):
    def setUp(self):
        super().setUp()
        self.need_tool("pdftoppm", "pdftotext", "pdfimages", "qpdf")

    def layered(self, source):
        self.assert_code(self.read(source, "--pdf"), ENDED_WELL)
        target = self.out / f"{source.stem}.pdf"
        self.assertTrue(target.exists())
        output_of("qpdf", "--check", target)
        return target

    def assert_words_at_their_places(self, target, record):
        found = words_of(target)
        expected = [word for word in record["pages"][0]["words"] if len(word["text"]) > 3]
        self.assertTrue(expected)
        placed = [word for word in expected
                  if any(text == word["text"] and overlap(box, word["box"]) > 0.5 for text, box in found)]
        self.assertGreaterEqual(len(placed), 0.95 * len(expected))

    def scan(self):
        return LIBRARY.path("escaneado.pdf", documents.scan_pdf, 2)

    def test_words_of_a_scan_are_found_at_their_places(self):
        target = self.layered(self.scan())
        self.assert_words_at_their_places(target, self.record("escaneado"))

    test_words_of_a_scan_are_found_at_their_places.sanitizer = True

    def test_the_layer_is_invisible(self):
        target = self.layered(self.scan())
        pictures = [output_of("pdftoppm", "-r", "60", "-gray", path) for path in (self.scan(), target)]
        self.assertEqual(pictures[0], pictures[1])

    def test_images_keep_their_own_bytes(self):
        target = self.layered(self.scan())
        before, after = self.folder / "before", self.folder / "after"
        for path, folder in ((self.scan(), before), (target, after)):
            folder.mkdir()
            output_of("pdfimages", "-all", path, folder / "i")
        self.assertEqual([p.read_bytes() for p in sorted(before.iterdir())],
                         [p.read_bytes() for p in sorted(after.iterdir())])

    def test_an_image_becomes_a_pdf_around_it(self):
        source = LIBRARY.path("foto.jpg", documents.jpeg_file)
        target = self.layered(source)
        output_of("pdfimages", "-all", target, self.folder / "i")
        self.assertEqual(source.read_bytes(), next(self.folder.glob("i-*")).read_bytes())
        self.assert_words_at_their_places(target, self.record("foto"))

    def test_every_page_of_a_tiff_gets_its_page_and_words(self):
        target = self.layered(LIBRARY.path("varias.tif", documents.tiff_file, 3))
        for page in (1, 2, 3):
            self.assertIn(str(1000 + page), [text for text, _ in words_of(target, page)])

    def test_a_text_document_keeps_its_text_once(self):
        source = self.text(2)
        target = self.layered(source)
        self.assertEqual(output_of("pdftotext", source, "-"), output_of("pdftotext", target, "-"))

    def test_a_second_run_can_add_the_layer(self):
        source = self.scan()
        self.assert_code(self.read(source), ENDED_WELL)
        outcomes, _ = self.read_json(source, "--pdf")
        self.assertEqual(2, outcomes[0]["pages_kept"])
        self.assert_words_at_their_places(self.out / "escaneado.pdf", self.record("escaneado"))

    def test_a_reader_that_is_killed_while_it_writes_is_followed_by_another(self):
        source = LIBRARY.path("pesado.tif", documents.tiff_file, 4, 300, 6, False)
        self.assert_code(self.read(source), ENDED_WELL)
        has_killed = False
        for delay in (0.3, 0.1, 0.03, 0):
            run = self.start(source, "--pdf")
            readers = wait_for(lambda: run.readers() or not run.is_alive() and [None], "a reader")
            time.sleep(delay)
            if readers[0]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(readers[0], signal.SIGKILL)
                    has_killed = True
            self.assert_code(run.finish(), ENDED_WELL)
            self.assertEqual(b"%PDF", (self.out / "pesado.pdf").read_bytes()[:4])
            if has_killed:
                return
        self.fail("no reader was met at its work")

    def test_turned_pages_get_their_words_at_their_places(self):
        source = self.folder / "girado.pdf"
        output_of("qpdf", "--rotate=+90", self.scan(), source)
        target = self.layered(source)
        shown = " ".join(text for text, _ in words_of(target))
        self.assertIn("1001", shown)

    def test_mixed_documents_keep_every_page(self):
        source = self.corpus("mixed/mix-a.pdf")
        target = self.layered(source)
        pages = [output_of("pdfinfo", path).decode().split("Pages:")[1].split()[0] for path in (source, target)]
        self.assertEqual(pages[0], pages[1])
        self.assertGreater(len(words_of(target, 2)), 50)

    def test_a_pdf_that_can_be_read_but_not_written_again_says_so(self):
        source = self.folder / "treeloop.pdf"
        source.write_bytes(hostile.ENTRIES["treeloop.pdf"][0]())
        told, run = self.read_json(source, "--pdf")
        self.assert_code(run, WITH_FINDINGS)
        self.assertIn("too damaged to be written again", told[0]["pdf_error"])
        self.assertNotIn("pdf", told[0])
        self.assertGreater(self.record("treeloop")["pages_read"], 0)
        self.assertFalse((self.out / "treeloop.pdf").exists())
