# SPDX-License-Identifier: GPL-3.0-or-later
"""Interruptions: what was read is not read again, every page is there exactly once."""
import json
import os
import signal

from harness import ENDED_WELL, INTERRUPTED, WITH_FINDINGS, Case, dice, pages_in_store, wait_for

PAGES = 40


class Resume(Case):
    def test_a_second_run_reads_nothing(self):
        source = self.quick_scan(6)
        self.assert_code(self.read(source), ENDED_WELL)
        first = self.record(source.stem)
        outcomes, run = self.read_json(source)
        self.assert_code(run, ENDED_WELL)
        self.assertEqual(6, outcomes[0]["pages_kept"])
        self.assertEqual(first["pages"], self.record(source.stem)["pages"])

    test_a_second_run_reads_nothing.sanitizer = True

    def test_other_options_read_again(self):
        source = self.quick_scan(3)
        self.assert_code(self.read(source), ENDED_WELL)
        outcomes, _ = self.read_json(source, "--dpi", "150")
        self.assertEqual(0, outcomes[0]["pages_kept"])
        self.assertEqual(150, self.record(source.stem)["options"]["dpi"])
        outcomes, _ = self.read_json(source)
        self.assertEqual(3, outcomes[0]["pages_kept"])

    def test_options_that_change_no_page_read_nothing_again(self):
        source = self.quick_scan(3)
        self.assert_code(self.read(source, "--jobs", "1"), ENDED_WELL)
        outcomes, _ = self.read_json(source, "--jobs", "2", "--summary", "off", "--memory", "1G")
        self.assertEqual(3, outcomes[0]["pages_kept"])

    def test_ctrl_c_ends_with_what_is_done_written(self):
        source = self.quick_scan(PAGES)
        run = self.start(source)
        self.assertTrue(run.wait_for_pages(3), "ended before Ctrl-C")
        run.signal(signal.SIGINT)
        self.assert_code(run.finish(seconds=15), INTERRUPTED)
        kept = pages_in_store(self.data)
        self.assertTrue(3 <= kept < PAGES, kept)
        self.assertEqual(kept, self.record(source.stem)["pages_read"])
        outcomes, run = self.read_json(source)
        self.assert_code(run, ENDED_WELL)
        self.assertEqual(kept, outcomes[0]["pages_kept"])
        self.assert_every_page_read(self.record(source.stem), PAGES)

    test_ctrl_c_ends_with_what_is_done_written.sanitizer = True

    def test_after_kill_9_the_next_run_goes_on(self):
        source = self.quick_scan(PAGES)
        run = self.start(source)
        self.assertTrue(run.wait_for_pages(5), "ended before the kill")
        run.signal(signal.SIGKILL)
        run.finish()
        kept = pages_in_store(self.data)
        outcomes, run = self.read_json(source)
        self.assert_code(run, ENDED_WELL)
        self.assertTrue(5 <= kept <= outcomes[0]["pages_kept"] < PAGES)
        self.assert_every_page_read(self.record(source.stem), PAGES)

    def test_a_killed_run_leaves_no_half_written_result(self):
        source = self.text(400)
        for pages in (50, 250, 400):
            run = self.start(source, data=self.folder / f"data{pages}", out=self.folder / f"out{pages}")
            run.wait_for_pages(pages)
            run.signal(signal.SIGKILL)
            run.finish()
            for path in (self.folder / f"out{pages}").glob("*.json"):
                json.loads(path.read_text(encoding="utf-8"))
            self.assertEqual([], list((self.folder / f"out{pages}").glob(".civicum*")))

    def test_an_interrupted_run_leaves_a_whole_record_of_an_earlier_one(self):
        source = self.quick_scan(PAGES)
        self.assert_code(self.read(source), ENDED_WELL)
        run = self.start(source, "--dpi", "150", data=self.folder / "other")
        self.assertTrue(run.wait_for_pages(2))
        run.signal(signal.SIGINT)
        run.finish()
        self.assert_every_page_read(self.record(source.stem), PAGES)

    def test_kills_of_readers_and_command_at_random_lose_and_repeat_no_page(self):
        source, random = self.quick_scan(PAGES), dice()
        most_read_twice = 0
        for _ in range(8):
            run = self.start(source, "--jobs", "2")
            goal = pages_in_store(self.data) + random.randint(1, 4)
            if not run.wait_for_pages(min(goal, PAGES - 1)):
                break
            most_read_twice += 2
            readers = run.readers()
            if readers and random.random() < 0.5:
                self.kill(random.choice(readers))
                run.wait_for_pages(min(goal + 2, PAGES - 1))
            run.signal(signal.SIGKILL)
            run.finish()
        kept = pages_in_store(self.data)
        outcomes, run = self.read_json(source)
        self.assert_code(run, ENDED_WELL)
        self.assertGreaterEqual(outcomes[0]["pages_kept"], kept)
        self.assert_every_page_read(self.record(source.stem), PAGES)
        self.assertEqual(PAGES, pages_in_store(self.data))

    test_kills_of_readers_and_command_at_random_lose_and_repeat_no_page.sanitizer = True

    @staticmethod
    def kill(pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def test_two_commands_on_one_data_folder_take_turns(self):
        source = self.quick_scan(12)
        first = self.start(source, out=self.folder / "uno")
        wait_for(lambda: (self.data / "owner.lock").exists(), "the first owns the folder")
        second = self.start(source, out=self.folder / "dos")
        self.assert_code(first.finish(), ENDED_WELL)
        self.assert_code(second.finish(), ENDED_WELL)
        self.assert_every_page_read(self.record(source.stem, self.folder / "uno"), 12)
        self.assert_every_page_read(self.record(source.stem, self.folder / "dos"), 12)

    def test_a_damaged_store_is_an_error_with_its_name_not_a_crash(self):
        self.data.mkdir()
        (self.data / "civicum.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
        run = self.read(self.text(1))
        self.assertNotIn(run.code, (ENDED_WELL, WITH_FINDINGS))
        self.assertGreater(run.code, 0)
        self.assertIn("civicum.sqlite", run.err)
        self.assertIn("--data", run.err)
