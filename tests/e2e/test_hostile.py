# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bad input of tests/make/hostile.py ends in a result, a typed gap or a typed refusal.

All of them go through ONE run of the command (as a user would hand over a folder), which must end
within its bound, with a small parent; then each file's record is looked at by a test of its own.
Files that need options of their own are run alone.
"""
import json
import pathlib
import tempfile

import harness
import hostile
from harness import INTERRUPTED, Case, status_field, wait_for

PARENT_PEAK_KB_MAX = 64 * 1024
READER_PEAK_KB_MAX = 1200 * 1024
RUN_SECONDS_MAX = 900


class Batch:
    """The one run and what was seen of it; made by the first test that needs it."""

    def __init__(self, case):
        self.temporary = tempfile.TemporaryDirectory(prefix="civicum-hostile-")
        self.folder = pathlib.Path(self.temporary.name)
        self.documents = self.folder / "documents"
        hostile.main(self.documents)
        self.entries = json.loads((self.documents / "index.json").read_text(encoding="utf-8"))
        sources = [self.documents / e["file"] for e in self.entries if not e["args"]]
        self.run = case.start(*sources, "--page-seconds", harness.PAGE_SECONDS, "--memory", "1G",
                              data=self.folder / "data", out=self.folder / "out")
        self.reader_peak_kb = 0
        wait_for(self.has_ended, "the hostile run ended", RUN_SECONDS_MAX)
        self.run.finish()
        self.records = {}
        for path in (self.folder / "out").glob("*.json"):
            record = json.loads(path.read_text(encoding="utf-8"))
            self.records[record["file"]] = record

    def has_ended(self):
        for reader in self.run.readers():
            peak = int((status_field(reader, "VmHWM") or "0").split()[0])
            self.reader_peak_kb = max(self.reader_peak_kb, peak)
        return not self.run.is_alive()


class Hostile(Case):
    batch = None
    failure = ""

    def the_batch(self):
        if Hostile.failure:
            self.fail(Hostile.failure)
        if Hostile.batch is None:
            Hostile.failure = "the one run did not end; see the first failure"
            Hostile.batch = Batch(self)
            Hostile.failure = ""
        return Hostile.batch

    def check(self, entry, record):
        allow = entry["allow"]
        self.assert_complete(record)
        if "error" in record:
            self.assertIn(record["error"]["reason"], allow["error"], record["error"])
            self.assertEqual(0, record["pages_in"])
            return
        if entry["pages_in"] is not None:
            self.assertEqual(entry["pages_in"], record["pages_in"])
        for gap in record["gaps"]:
            self.assertIn(gap["reason"], allow["gaps"], gap)
            self.assertTrue(gap["detail"])
        if record["pages"] and not allow["read"]:
            self.assertTrue(record["gaps"], "read whole, though it cannot be")

    def test_the_run_as_a_whole_ends_with_findings_and_a_small_parent(self):
        batch = self.the_batch()
        self.assert_code(batch.run, 1)
        self.assertLess(batch.run.peak_kb, PARENT_PEAK_KB_MAX)
        self.assertLess(batch.reader_peak_kb, READER_PEAK_KB_MAX)
        self.assertLess(len(batch.run.err), 200_000, "a hostile file makes the command talk without end")
        print(f"     hostile run: {batch.run.seconds:.0f} s, parent {batch.run.peak_kb // 1024} MB, "
              f"largest reader {batch.reader_peak_kb // 1024} MB")

    @classmethod
    def tearDownClass(cls):
        if cls.batch:
            cls.batch.temporary.cleanup()


def of_the_batch(name):
    def test(self):
        batch = self.the_batch()
        entry = next(e for e in batch.entries if e["file"] == name)
        self.assertIn(name, batch.records, "no record")
        self.check(entry, batch.records[name])
    return test


def alone(name):
    def test(self):
        make, entry = hostile.ENTRIES[name]
        (self.folder / name).write_bytes(make())
        run = self.read(self.folder / name, *entry["args"], seconds=entry["seconds"])
        self.assertNotIn(run.code, (INTERRUPTED, 70))
        self.check(entry, self.record(name.rsplit(".", 1)[0]))
    return test


for file_name, (_, facts) in hostile.ENTRIES.items():
    method = alone(file_name) if facts["args"] else of_the_batch(file_name)
    setattr(Hostile, "test_" + file_name.replace("-", "_").replace(".", "_") + f": {facts['why']}", method)
