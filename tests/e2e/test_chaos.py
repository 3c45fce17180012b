# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at random over both stores, and how soon work goes on after one (bench/ has the long runs)."""
import os
import signal
import subprocess
import sys
import time

from harness import ENDED_WELL, PROGRAM, ROOT, SLOWDOWN, Case, process_fields, wait_for
from test_queue import OnPostgres, StoreCase

ROUNDS = os.environ.get("CIVICUM_CHAOS_ROUNDS", "4")
LEASE_SECONDS = 3
PAGES = 200  # more than two workers read while the test looks
FROZEN_PAGES = 60  # the first is at work on some when it is frozen
ROUND_SECONDS = 120


class Chaos(Case):
    def survive(self, store):
        seed = os.environ.get("CIVICUM_E2E_SEED", "1")
        words = ["--store", store, "--seed", seed, "--rounds", ROUNDS, "--program", PROGRAM]
        ended = subprocess.run([sys.executable, ROOT / "bench/queue_chaos.py", *words], capture_output=True, text=True,
                               timeout=ROUND_SECONDS * int(ROUNDS) * SLOWDOWN)
        self.assertEqual(0, ended.returncode, (ended.stdout + ended.stderr)[-6000:])
        self.assertIn(f"{ROUNDS} rounds held", ended.stdout)

    def test_faults_at_random_lose_and_repeat_nothing_on_sqlite(self):
        self.survive("sqlite")

    def test_faults_at_random_lose_and_repeat_nothing_on_postgres(self):
        self.need_tool("psql")
        if not os.environ.get("CIVICUM_TEST_POSTGRES"):
            self.skipTest("no PostgreSQL server is installed")
        self.survive("postgres")


class Recovery(OnPostgres, StoreCase):
    def two_workers(self, *words, pages):
        """The second knows of the first, which holds a job."""
        self.on_store("add", self.quick_scan(pages))
        first = self.worker(*words, data=self.folder / "first")
        wait_for(lambda: self.holder() == first.pid, "the first holds a job")
        second = self.worker("--until-idle", *words, data=self.folder / "second")
        wait_for(lambda: int(self.ask("SELECT count(*) FROM workers")[0][0]) == 2, "both are known")
        return first, second

    def holder(self):
        holders = self.ask("SELECT worker FROM job_leases LIMIT 1")
        return int(holders[0][0].split(":")[1]) if holders else None

    def is_frozen_at_work(self, worker):
        """Between two jobs it holds none: then it goes on. What it sent before it stopped is still carried out."""
        worker.signal(signal.SIGSTOP)
        wait_for(lambda: process_fields(worker.pid)[2] == "T", "it is stopped")
        busy = "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'civicum worker %' AND state='active'"
        wait_for(lambda: not self.ask(busy), "what it sent is carried out")
        held = self.ask(f"SELECT 1 FROM job_leases WHERE worker LIKE '%:{worker.pid}:%'")
        if not held:
            worker.signal(signal.SIGCONT)
        return bool(held)

    def test_a_frozen_worker_is_taken_over_from_and_repeats_nothing_when_it_is_back(self):
        first, second = self.two_workers("--lease", str(LEASE_SECONDS), pages=FROZEN_PAGES)
        wait_for(lambda: self.is_frozen_at_work(first), "the first is frozen with a job in hand")
        frozen = time.monotonic()
        self.assert_code(second.finish(), ENDED_WELL)
        self.assertLess(time.monotonic() - frozen, (LEASE_SECONDS + 10) * SLOWDOWN)
        self.assertIn("did not beat in time", second.err)
        writes = self.ask("SELECT xmin FROM pages ORDER BY page_index")
        first.signal(signal.SIGCONT)
        first.signal(signal.SIGTERM)
        self.assert_code(first.finish(seconds=15), ENDED_WELL)
        self.assertEqual(writes, self.ask("SELECT xmin FROM pages ORDER BY page_index"), "no page was written again")
        self.assert_all_read(FROZEN_PAGES)

    def test_a_worker_whose_connection_broke_is_not_buried_by_a_burst_of_news(self):
        for _ in range(5):  # where this machine is so slow that it is late for good, another try
            first, second = self.two_workers(pages=PAGES)
            wait_for(lambda: time.monotonic() - second.begin > 2, "the second believes what it sees of others")
            self.assertTrue(first.is_alive() and second.is_alive())
            first.signal(signal.SIGSTOP)
            cut = time.monotonic()
            self.ask("SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN workers w ON w.live_key=(l.classid::bigint<<32)|l.objid::bigint "
                     f"WHERE l.locktype='advisory' AND w.pid={first.pid}")
            subprocess.run(["psql", "-q", self.store], input="NOTIFY civicum_jobs; SELECT pg_sleep(0.02);\n" * 8, text=True, check=True,
                           stdout=subprocess.DEVNULL)
            was_soon = time.monotonic() - cut < 0.5
            first.signal(signal.SIGCONT)
            self.assert_code(second.finish(), ENDED_WELL)
            self.assert_all_read(PAGES)
            first.signal(signal.SIGTERM)
            first.finish(seconds=15)
            if was_soon:
                return self.assertNotIn("its worker is gone", second.err)
            self.on_store("docs", "remove", str(self.documents()[0]["id"]))
        self.skipTest("this machine is too slow for it")
