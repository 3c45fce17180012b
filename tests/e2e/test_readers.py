# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader processes: killed, orphaned, locked in."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import harness
from harness import ENDED_WELL, UNAVAILABLE, Case, children_of, dice, is_running, process_fields, status_field, wait_for

PAGES = 40
LETHAL = signal.SIGKILL


def kill(pid, number=LETHAL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def cpu_time(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except OSError:
        return 0


class Readers(Case):
    def readers_at_work(self, run):
        return wait_for(lambda: run.readers() or not run.is_alive() and [0], "a reader")

    def test_killed_readers_cost_no_page_and_no_rung(self):
        source, random = self.quick_scan(PAGES), dice()
        run = self.start(source, "--jobs", "2")
        killed = set()
        while len(killed) < 6 and run.wait_for_pages(3 * len(killed) + 1):
            for reader in set(random.sample(run.readers(), min(1, len(run.readers())))) - killed:
                kill(reader)
                killed.add(reader)
        self.assert_code(run.finish(), ENDED_WELL)
        self.assertGreaterEqual(len(killed), 3)
        record = self.record(source.stem)
        self.assert_every_page_read(record, PAGES)
        self.assertEqual({1}, {page["attempts"] for page in record["pages"]})
        self.assertFalse([page["page"] for page in record["pages"] if "degraded" in page])

    test_killed_readers_cost_no_page_and_no_rung.sanitizer = True

    def test_a_program_without_its_reader_says_so(self):
        lonely = self.folder / "civicum"
        shutil.copy(harness.PROGRAM, lonely)
        run = self.read(self.text(1), prefix=["bash", "-c", f'exec "{lonely}" "${{@:2}}"', "bash"])
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("civicum-reader", run.err)

    def test_a_killed_reader_is_replaced(self):
        run = self.start(self.quick_scan(PAGES), "--jobs", "1")
        self.assertTrue(run.wait_for_pages(1))
        before = set(run.readers())
        for reader in before:
            kill(reader)
        after = wait_for(lambda: set(run.readers()) - before or not run.is_alive(), "a new reader", 5)
        self.assertNotEqual(True, after, "the run ended with its readers")
        self.assert_code(run.finish(), ENDED_WELL)

    def test_a_reader_that_is_stopped_at_its_start_does_not_stop_the_run(self):
        source = self.quick_scan(6)
        run = self.start(source, "--jobs", "1")
        for reader in self.readers_at_work(run):
            kill(reader, signal.SIGSTOP)
        run.finish(seconds=150)
        self.assert_every_page_read(self.record(source.stem), 6)

    def test_a_reader_that_is_stopped_at_work_does_not_stop_the_run(self):
        source = self.quick_scan(PAGES)
        run = self.start(source, "--jobs", "1")
        self.assertTrue(run.wait_for_pages(1))
        kill(max(run.readers(), key=cpu_time), signal.SIGSTOP)
        run.finish(seconds=150)
        self.assert_complete(self.record(source.stem), PAGES)

    def test_no_reader_outlives_a_killed_parent_by_more_than_a_second(self):
        run = self.start(self.quick_scan(PAGES))
        self.assertTrue(run.wait_for_pages(1))
        readers = run.readers()
        self.assertTrue(readers)
        run.signal(signal.SIGKILL)
        run.finish()
        end = time.monotonic() + 1
        wait_for(lambda: not any(map(is_running, readers)), "readers are gone", 5)
        self.assertLess(time.monotonic(), end)

    def test_no_reader_is_left_after_a_clean_end(self):
        run = self.start(self.quick_scan(3))
        readers = set(self.readers_at_work(run))
        self.assert_code(run.finish(), ENDED_WELL)
        wait_for(lambda: not any(map(is_running, readers)), "readers are gone", 1)

    def test_a_reader_is_locked_in(self):
        run = self.start(self.quick_scan(PAGES))
        self.assertTrue(run.wait_for_pages(1))
        for reader in run.readers():
            self.assertEqual("2", status_field(reader, "Seccomp"))
            self.assertEqual("1", status_field(reader, "NoNewPrivs"))
            self.assertEqual(0, int(status_field(reader, "CapEff"), 16))
        run.signal(LETHAL)

    def test_a_reader_has_no_network(self):
        run = self.start(self.quick_scan(PAGES))
        self.assertTrue(run.wait_for_pages(2))
        checked = 0
        for reader in run.readers():
            try:
                mine, its = os.readlink("/proc/self/ns/net"), os.readlink(f"/proc/{reader}/ns/net")
            except OSError:
                continue
            if subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0 \
                    or os.geteuid() == 0:
                self.assertNotEqual(mine, its)
                routes = pathlib.Path(f"/proc/{reader}/net/route").read_text().splitlines()
                self.assertLessEqual(len(routes), 1, routes)
                checked += 1
        run.signal(LETHAL)
        if not checked:
            self.skipTest("no network namespaces for this user")

    def test_a_reader_holds_only_its_document_and_its_channel(self):
        source = self.quick_scan(PAGES)
        run = self.start(source)
        self.assertTrue(run.wait_for_pages(1))
        allowed = ("socket:", "pipe:", "/dev/null", "anon_inode:", str(source), "/dev/urandom")
        for reader in run.readers():
            own_facts = f"/proc/{reader}/"
            for entry in pathlib.Path(f"/proc/{reader}/fd").iterdir():
                try:
                    target = os.readlink(entry)
                except OSError:
                    continue
                number = int(entry.name)
                self.assertTrue(target.startswith((*allowed, own_facts)) or "tessdata" in target or number <= 2 or
                                pathlib.Path(target).is_dir(), f"descriptor {number} is {target}")
                self.assertNotIn("civicum.sqlite", target)
                self.assertNotIn("owner.lock", target)
        run.signal(LETHAL)

    def test_a_reader_uses_one_thread(self):
        run = self.start(self.quick_scan(PAGES))
        self.assertTrue(run.wait_for_pages(2))
        for reader in run.readers():
            self.assertLessEqual(int(status_field(reader, "Threads") or 1), 1)
        run.signal(LETHAL)

    def test_standard_input_is_spooled_in_the_data_folder(self):
        with open(self.quick_scan(PAGES), "rb") as file:
            run = self.start("-", stdin=file)
            self.assertTrue(run.wait_for_pages(1))
            spools = []
            for entry in pathlib.Path(f"/proc/{run.pid}/fd").iterdir():
                if int(entry.name) <= 2:  # this test's own files
                    continue
                target = os.readlink(entry)
                self.assertNotIn("memfd:", target)
                self.assertFalse(target.startswith("/dev/shm"), target)
                if "(deleted)" in target and target.startswith("/"):
                    spools.append(target)
            self.assertTrue(spools)
            for spool in spools:
                self.assertTrue(spool.startswith(str(self.data)), spool)
            self.assert_code(run.finish(), ENDED_WELL)

    def test_a_reader_is_the_first_to_be_killed_when_memory_ends(self):
        run = self.start(self.quick_scan(PAGES))
        self.assertTrue(run.wait_for_pages(1))
        mine = int(pathlib.Path(f"/proc/{run.pid}/oom_score_adj").read_text())
        for reader in run.readers():
            self.assertGreater(int(pathlib.Path(f"/proc/{reader}/oom_score_adj").read_text()), mine)
        run.signal(LETHAL)

    def test_every_child_of_the_command_is_a_reader(self):
        run = self.start(self.quick_scan(PAGES))
        self.assertTrue(run.wait_for_pages(1))
        for child in children_of(run.pid, ""):
            fields = process_fields(child)
            self.assertTrue(fields is None or fields[0] == "civicum-reader"[:15], fields)
        run.signal(LETHAL)
