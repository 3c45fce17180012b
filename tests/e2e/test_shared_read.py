# SPDX-License-Identifier: GPL-3.0-or-later
"""`civicum read` where others work on the same store: it hands its documents in, waits, and writes the results."""
import json
import os
import signal
import time

from harness import ENDED_WELL, INTERRUPTED, UNAVAILABLE, WITH_FINDINGS, wait_for
from test_queue import OnPostgres, OnSqlite, StoreCase

PAGES = 16


class SharedTests:
    def place(self):
        return ["--store", self.store] if self.store else []

    def wait_for_worker(self):
        wait_for(lambda: self.has_worker(), "the worker is there")

    def has_worker(self):
        try:
            return int(self.ask("SELECT count(*) FROM workers")[0][0]) == 1
        except Exception:  # the store is being made just now
            return False

    def test_a_worker_reads_what_read_hands_in(self):
        worker = self.worker()
        self.wait_for_worker()
        source = self.quick_scan(PAGES)
        self.assert_code(self.read(source, self.text(3), *self.place(), "--pdf"), ENDED_WELL)
        self.assert_every_page_read(self.record(source.stem), PAGES)
        self.assertTrue((self.out / f"{source.stem}.pdf").stat().st_size > 0)
        self.assertTrue((self.out / f"{source.stem}.md").exists())
        self.assertTrue(worker.is_alive())
        self.assertEqual([], self.jobs())

    def test_what_a_killed_worker_leaves_is_read_here(self):
        worker = self.worker()
        self.wait_for_worker()
        run = self.start(self.quick_scan(PAGES), *self.place())
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        worker.signal(signal.SIGKILL)
        self.assert_code(run.finish(), ENDED_WELL)
        self.assert_every_page_read(self.record(self.quick_scan(PAGES).stem), PAGES)

    def test_what_was_not_read_well_enough_is_read_again(self):
        self.worker()
        self.wait_for_worker()
        source = self.copy(self.text(1), "roto.pdf")
        source.write_bytes(b"%PDF-1.4 nothing more")
        documents, run = self.read_json(source, self.text(2), *self.place())
        self.assertEqual(["failed", "done"], sorted((one["state"] for one in documents), reverse=True))
        again, run = self.read_json(source, self.text(2), *self.place(), out=self.folder / "otra")
        self.assertEqual([(one["file"], one["state"]) for one in documents], [(one["file"], one["state"]) for one in again])
        self.assertIn("error", self.record("roto", self.folder / "otra"))

    def test_a_document_that_is_removed_costs_only_itself(self):
        self.worker()
        self.wait_for_worker()
        run = self.start(self.quick_scan(PAGES), self.quick_scan(PAGES + 1), "--json", *self.place(), "--jobs", "1")
        wait_for(lambda: int(self.ask("SELECT count(*) FROM documents")[0][0]) == 2, "both are handed in")
        files = dict(self.ask("SELECT id, file FROM documents"))
        removed = max(files)
        self.on_store("docs", "remove", str(removed))
        self.on_store("add", self.text(1))
        self.assertNotIn(removed, dict(self.ask("SELECT id, file FROM documents")), "its number is not given again")
        run.finish()
        self.assert_code(run, WITH_FINDINGS)
        outcomes = {one["file"]: one for one in json.loads(run.out)["documents"]}
        self.assertEqual("removed", outcomes.pop(files[removed])["error"]["reason"])
        self.assertEqual(["done"], [one["state"] for one in outcomes.values()])

    def test_a_worker_that_lacks_its_language_gives_everything_back(self):
        self.on_store("add", self.text(1), "--lang", "xyz")
        for _ in range(3):
            self.assert_code(self.worker("--until-idle", "--lang", "xyz").finish(), UNAVAILABLE)
        [job] = self.jobs()
        self.assertEqual(("queued", 0), (job["state"], job["kills"]))

    def test_what_is_interrupted_stays_in_the_queue(self):
        source = self.quick_scan(2 * PAGES)
        worker = self.worker()
        self.wait_for_worker()
        run = self.start(source, *self.place(), "--jobs", "1")
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        run.signal(signal.SIGINT)
        self.assert_code(run.finish(), INTERRUPTED)
        self.assertIn("stay in the queue", run.err)
        self.on_store("docs", "wait")
        self.assert_code(self.read(source, *self.place()), ENDED_WELL)
        self.assert_every_page_read(self.record(source.stem), 2 * PAGES)
        worker.signal(signal.SIGTERM)

    def test_encrypted_documents_wait_with_their_password(self):
        self.need_tool("qpdf")
        secret = self.folder / "cifrado.pdf"
        os.spawnlp(os.P_WAIT, "qpdf", "qpdf", "--encrypt", "clave secreta", "dueño", "256", "--",
                   os.fspath(self.text(3)), os.fspath(secret))
        self.on_store("add", secret)
        self.worker("--until-idle").finish()
        self.on_store("docs", "wait", code=WITH_FINDINGS)
        self.on_store("add", secret, "--password", "clave secreta")
        self.assertNotIn("clave", self.on_store("jobs", "list", "--json"))
        self.assert_code(self.worker("--until-idle").finish(), ENDED_WELL)
        self.on_store("docs", "wait", "1")
        self.assertEqual(3, self.documents()[0]["pages_read"])

    def test_a_worker_reads_languages_in_turn_and_leaves_those_it_lacks(self):
        for lang in ("xyz", "eng", "spa"):
            self.on_store("add", self.text(2, seed=len(lang)), "--lang", lang)
        run = self.worker("--until-idle").finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("'xyz'", run.err)
        documents = self.documents()
        self.assertEqual(["received", "done", "done"], [document["state"] for document in documents])

    def test_a_language_that_is_missing_does_not_end_a_worker(self):
        self.on_store("add", self.text(2), "--lang", "xyz")
        worker = self.worker()
        wait_for(lambda: "'xyz'" in self.said_by(worker), "the worker says so")
        self.on_store("add", self.text(2))
        self.on_store("docs", "wait", "2")
        self.assertTrue(worker.is_alive())

    def test_a_language_of_its_own_is_all_a_worker_reads(self):
        for lang in ("eng", "spa"):
            self.on_store("add", self.text(2), "--lang", lang)
        self.assert_code(self.worker("--until-idle", "--lang", "spa").finish(), ENDED_WELL)
        documents = self.documents()
        self.assertEqual(["received", "done"], [document["state"] for document in documents])


class SharedOnSqlite(OnSqlite, SharedTests, StoreCase):
    def test_a_cancelled_document_is_said(self):
        self.worker("--lang", "eng")  # owns the folder and reads nothing of ours
        self.wait_for_worker()
        run = self.start(self.text(2), "--json", *self.place(), "--lang", "spa")
        jobs = wait_for(lambda: self.jobs(), "a job")
        self.on_store("jobs", "cancel", str(jobs[0]["id"]))
        run.finish()
        self.assertEqual("cancelled", json.loads(run.out)["documents"][0]["error"]["reason"], run.err)


class SharedOnPostgres(OnPostgres, SharedTests, StoreCase):
    def count_writes(self):
        """How often each page was written."""
        return {(document, page): int(count) for document, page, count in
                self.ask("SELECT document, page_index, count(*) FROM written GROUP BY 1, 2")}

    def test_two_that_read_the_same_read_each_page_once(self):
        self.on_store("docs", "list")
        self.ask("CREATE TABLE written(document BIGINT, page_index BIGINT); "
                 "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN INSERT INTO written VALUES(new.document, new.page_index); RETURN new; END $$; "
                 "CREATE TRIGGER note BEFORE INSERT OR UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION note()")
        source = self.quick_scan(2 * PAGES)
        runs = [self.start(source, *self.place(), "--jobs", "1", data=self.folder / name, out=self.folder / name / "out")
                for name in ("una", "otra")]
        for run, name in zip(runs, ("una", "otra")):
            self.assert_code(run.finish(), ENDED_WELL)
            self.assert_every_page_read(self.record(source.stem, self.folder / name / "out"), 2 * PAGES)
        writes = self.count_writes()
        self.assertEqual(2 * PAGES, len(writes))
        self.assertEqual({1}, set(writes.values()))

    def test_what_somebody_waits_for_goes_before_the_archive(self):
        self.on_store("add", *(self.quick_scan(PAGES + more) for more in range(1, 5)))
        self.worker()
        wait_for(lambda: self.count_pages() >= 1, "the archive is begun")
        begin = time.monotonic()
        self.assert_code(self.read(self.text(3), *self.place(), "--jobs", "1"), ENDED_WELL)
        states = [one["state"] for one in self.documents()]
        self.assertNotEqual(["done"] * 4, states[:4], f"after {time.monotonic() - begin:.1f} s")
