# SPDX-License-Identifier: GPL-3.0-or-later
"""Real documents in, their true text out, within bounds that leave room for noise.

The measure is the share of true words that are missing from a page, whatever their order: it is
kind to reading order and hard on lost or misread words. bench/read measures character error rates.
"""
import csv
import re
import unicodedata
from collections import Counter

from harness import CORPUS, ENDED_WELL, Case


def words(text):
    plain = unicodedata.normalize("NFC", text).replace("\u00ad", "")
    return Counter(re.findall(r"\w+", plain.lower()))


def missing_share(name, text):
    """The better of the two truths: with hyphens as printed, or joined."""
    shares = []
    for suffix in (".txt", ".flow.txt"):
        path = CORPUS / "truth" / (name + suffix)
        if path.exists():
            truth = words(path.read_text(encoding="utf-8"))
            shares.append(sum((truth - words(text)).values()) / max(1, sum(truth.values())))
    return min(shares)


def table(name):
    with open(CORPUS / name, encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


class Golden(Case):
    def pages(self, *sources):
        self.assert_code(self.read(*sources), ENDED_WELL)
        records = {source.name: self.record(source.stem) for source in sources}
        for record in records.values():
            self.assert_complete(record)
        return {(name, page["page"]): page for name, record in records.items() for page in record["pages"]}

    def test_text_layers_are_taken_whole(self):
        sources = sorted(self.corpus("text").glob("*.pdf"))
        pages = self.pages(*sources)
        for source in sources:
            page = pages[source.name, 1]
            with self.subTest(source.name):
                self.assertIn(page["route"], ("text", "mixed"))
                self.assertLess(missing_share(source.stem, page["text"]), 0.03)

    def test_scans_are_read(self):
        rows = table("scans.tsv") if self.corpus("scans.tsv") else []
        sources = sorted({CORPUS / row["file"] for row in rows})
        pages = self.pages(*sources)
        shares = []
        for row in rows:
            page = pages[row["file"].split("/")[1], int(row["page"])]
            self.assertNotEqual("text", page["route"])
            shares.append(missing_share(row["truth"], page["text"]))
        self.assertLess(sum(shares) / len(shares), 0.06, sorted(shares)[-5:])
        self.assertLess(sorted(shares)[len(shares) // 2], 0.05)

    def test_pages_of_mixed_documents_take_their_routes(self):
        rows = table("mixed.tsv") if self.corpus("mixed.tsv") else []
        sources = sorted({self.corpus(f"mixed/{row['file']}") for row in rows})
        pages = self.pages(*sources)
        allowed = {"text": {"text"}, "scan": {"image", "render"}, "text+pic": {"text", "mixed"}}
        for row in rows:
            page = pages[row["file"], int(row["page"])]
            with self.subTest(f"{row['file']} {row['page']} {row['kind']}"):
                if row["kind"] in allowed:
                    self.assertIn(page["route"], allowed[row["kind"]])
                else:
                    self.assertNotEqual("text", page["route"])
                if row["truth"] and row["truth"] != "-":
                    self.assertLess(missing_share(row["truth"], page["text"]), 0.15)

    def test_a_page_says_the_same_twice(self):
        source = self.corpus("scans/g4_300-3.pdf")
        first = self.pages(source)
        self.data = self.folder / "otra"
        second = self.pages(source)
        self.assertEqual({key: page["text"] for key, page in first.items()},
                         {key: page["text"] for key, page in second.items()})
