# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of which something is broken or missing says so: a gap, or a mark beside what was read."""
from harness import Case  # the way to tests/make too

import damaged


class Damage(Case):
    def test_what_is_lost_of_a_page_is_said(self):
        self.need_tool("pdftoppm", "tiffcp")
        cases = damaged.damaged()
        folder = self.folder / "in"
        folder.mkdir()
        for name, (data, _) in cases.items():
            (folder / name).write_bytes(data)
        run = self.read(folder)
        self.assertGreaterEqual(run.code, 0)
        wrong = []
        for name, (_, allowed) in cases.items():
            said = self.what_was_said(name)
            if said not in {"either": ("gap", "part")}.get(allowed, (allowed,)):
                wrong.append(f"{name}: {said}, not {allowed}")
        self.assertEqual([], wrong)

    def test_tiff_pages_that_cannot_be_found_are_a_gap(self):
        self.need_tool("pdftoppm")
        for name, data in damaged.broken_chains().items():
            document = self.folder / name
            document.write_bytes(data)
            run = self.read(document, "--pdf")
            self.assertEqual(1, run.code, name)
            record = self.record(name.rsplit(".", 1)[0])
            self.assert_complete(record, 3)
            self.assertEqual([(3, "damaged")], [(gap["page"], gap["reason"]) for gap in record["gaps"]], name)
            self.assertTrue((self.out / name).with_suffix(".pdf").exists(), name)

    def what_was_said(self, name):
        stem = name if (self.out / f"{name}.json").exists() else name.rsplit(".", 1)[0]
        record = self.record(stem)
        self.assert_complete(record, 1)
        if record["gaps"]:
            return "gap" if record["gaps"][0]["reason"] == "damaged" else record["gaps"][0]["reason"]
        return "part" if record["pages"][0].get("degraded", {}).get("reason") == "damaged" else "whole"
