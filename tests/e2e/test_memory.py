# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory that runs short: in a reader, in the budget, on the machine."""
import json
import os

import harness
from boxes import MIB, Box, LeakingReaders, Neighbour, NotHere, settle
from harness import ENDED_WELL, UNAVAILABLE, Case, is_running, wait_for

PAGES = 30


class Memory(Case):
    def box(self, limit):
        try:
            box = Box(limit)
        except NotHere as why:
            self.skipTest(str(why))
        self.addCleanup(box.remove)
        return box

    def leaking_readers(self):
        try:
            return LeakingReaders(self.folder / "leaking", harness.PROGRAM)
        except NotHere as why:
            self.skipTest(str(why))

    def neighbour(self, size, prefix):
        neighbour = Neighbour(size, prefix)
        self.addCleanup(neighbour.end)
        return neighbour

    def test_results_name_the_cgroup_that_their_reader_was_in(self):
        self.box(1024 * MIB)  # a machine on which none can be made is skipped here
        self.assert_code(self.read(self.text(1, name="una.pdf")), ENDED_WELL)
        self.assertIn("+cgroup", self.record("una")["pages"][0]["sandbox"])

    def test_a_run_without_cages_says_so_in_its_results(self):
        self.assert_code(self.read(self.text(1, name="una.pdf"), prefix=["env", "CIVICUM_CAGES=off"]), ENDED_WELL)
        self.assertNotIn("cgroup", self.record("una")["pages"][0]["sandbox"])

    def leak_once(self, *arguments, prefix=()):
        """A run of PAGES pages in which one of the readers at work leaks 1 GB/s until it is gone."""
        source, readers = self.quick_scan(PAGES), self.leaking_readers()
        run = self.start(source, "--jobs", "2", *arguments, prefix=[*prefix, *readers.prefix])
        run.wait_for_pages(2)
        leaking = run.readers()[0]
        readers.leak(leaking, 1 << 30)
        wait_for(lambda: not is_running(leaking), "the leaking reader is ended")
        others = run.readers()
        self.assert_code(run.finish(), ENDED_WELL)
        return self.record(source.stem), others

    def assert_one_page_was_lowered(self, record):
        self.assert_every_page_read(record, PAGES)
        lowered = [page["degraded"] for page in record["pages"] if "degraded" in page]
        self.assertEqual(["out_of_memory"], [degraded["reason"] for degraded in lowered])
        self.assertEqual([2], [page["attempts"] for page in record["pages"] if page["attempts"] > 1])

    def test_a_reader_that_leaks_is_ended_and_its_page_read_at_a_lower_resolution(self):
        record, others = self.leak_once()
        self.assert_one_page_was_lowered(record)
        self.assertTrue(others, "the other reader works on")

    def test_the_same_holds_where_no_cage_can_be_made(self):
        self.assert_one_page_was_lowered(self.leak_once(prefix=["env", "CIVICUM_CAGES=off"])[0])

    def status(self):
        return json.loads(self.command("status", "--json"))

    def test_status_says_who_holds_what_in_a_running_read(self):
        run = self.start(self.quick_scan(PAGES), "--jobs", "2", "--memory", "400M")
        run.wait_for_pages(1)
        status = self.status()
        self.assertEqual((run.pid, "read", 400 * MIB), (status["pid"], status["kind"], status["memory"]["budget_bytes"]))
        self.assertTrue(status["readers"])
        busy = [reader for reader in status["readers"] if reader["state"] == "busy"]
        self.assertTrue(all(0 < reader["held_bytes"] < reader["limit_bytes"] for reader in busy))
        self.assertIn("pages left", self.command("status"))
        top = self.begin("top", "--interval", "0.1")
        wait_for(lambda: os.pread(top.files[0].fileno(), 1 << 16, 0).count(b"pages left") >= 2, "two looks")
        run.finish()
        self.assert_code(top.finish(), UNAVAILABLE)

    def test_status_where_nobody_works_says_so(self):
        run = self.begin("status").finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("nobody works in", run.err)

    def test_pages_wait_while_a_neighbour_takes_the_memory_and_go_on_when_it_gives_it_back(self):
        box, source = self.box(420 * MIB), self.quick_scan(PAGES)
        run = self.start(source, "--jobs", "2", "--memory", "300M", prefix=box.prefix)
        run.wait_for_pages(2)
        neighbour = self.neighbour(330 * MIB, box.prefix)
        settle(1)
        before = run.pages_kept()
        settle(2)
        self.assertTrue(run.is_alive())
        self.assertTrue([event for event in self.status()["events"] if "memory is short" in event["what"]]
                        or [reader for reader in self.status()["readers"] if "waits_for" in reader],
                        "status does not say why nothing goes on")
        self.assertLessEqual(run.pages_kept() - before, 2, "pages go on without memory")
        self.assertTrue(neighbour.is_alive(), "the neighbour was killed")
        neighbour.end()
        self.assert_code(run.finish(), ENDED_WELL)
        record = self.record(source.stem)
        self.assert_every_page_read(record, PAGES)
        self.assertEqual({1}, {page["attempts"] for page in record["pages"]})
        self.assertFalse([page["page"] for page in record["pages"] if "degraded" in page])
