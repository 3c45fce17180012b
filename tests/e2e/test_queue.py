# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents handed in and read from the store's queue: by one worker, by several, by workers that die."""
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time

from harness import AS_NOBODY, BAD_USAGE, ENDED_WELL, INTERRUPTED, UNAVAILABLE, WITH_FINDINGS, Case, dice, wait_for

PAGES = 24


class OnSqlite:
    """A new SQLite store in this test's data folder."""

    def make_store(self):
        return None

    def ask(self, sql):
        with sqlite3.connect(f"file:{self.data}/civicum.sqlite?mode=ro", uri=True, timeout=10) as store:
            return store.execute(sql).fetchall()


class OnPostgres:
    """A new database on the tests' server."""

    def make_store(self):
        return self.postgres()

    def ask(self, sql):
        answer = subprocess.run(["psql", "-qAtF", "\t", self.store, "-c", "SET search_path TO civicum", "-c", sql],
                                check=True, capture_output=True, text=True)
        return [tuple(line.split("\t")) for line in answer.stdout.splitlines()]


class StoreCase(Case):
    """On a new store of its backend."""

    def setUp(self):
        super().setUp()
        self.store = self.make_store()

    def on_store(self, *words, **options):
        return self.command(*words, store=self.store, **options)

    def worker(self, *words, data=None):
        return self.begin("worker", "--jobs", "1", *words, store=self.store, data=data)

    def documents(self):
        return json.loads(self.on_store("docs", "list", "--json"))["documents"]

    def jobs(self):
        return json.loads(self.on_store("jobs", "list", "--json"))["jobs"]

    def count_pages(self):
        return int(self.ask("SELECT count(*) FROM pages")[0][0])

    def assert_all_read(self, pages):
        """Nothing open, nothing held, every page of every document there exactly once."""
        self.assertEqual([], self.jobs())
        self.assertEqual(0, int(self.ask("SELECT count(*) FROM job_leases")[0][0]))
        for document in self.documents():
            self.assertEqual("done", document["state"], document)
            self.assertEqual(document["pages_in"], document["pages_read"], document)
        self.assertEqual(pages, self.count_pages())


class QueueTests:
    def test_what_is_handed_in_is_read_and_exported_as_read_would(self):
        source = self.text(3)
        added = json.loads(self.on_store("add", source, "--json"))["documents"]
        self.assertEqual([True], [document["is_new"] for document in added])
        self.assertEqual("received", self.documents()[0]["state"])
        self.on_store("worker", "--until-idle")
        self.on_store("docs", "wait")
        self.assert_all_read(3)
        exported = [json.loads(line) for line in self.on_store("docs", "export").splitlines()]
        self.assert_code(self.read(source, data=self.folder / "other"), ENDED_WELL)
        record = self.record(source.stem)
        self.assertEqual([page["text"] for page in record["pages"]], [page["text"] for page in exported[0]["pages"]])
        self.assertEqual(record["fields"], exported[0]["fields"])
        self.assertEqual(record["summary"], exported[0]["summary"])
        self.assertIn(record["pages"][1]["text"], self.on_store("docs", "text", "1", "--page", "2"))

    def test_content_that_is_there_is_not_taken_twice(self):
        source = self.text(3)
        self.on_store("add", source)
        again = json.loads(self.on_store("add", self.copy(source, "otro.pdf"), "--json"))["documents"]
        self.assertEqual([(1, False)], [(document["id"], document["is_new"]) for document in again])
        self.assertEqual(1, len(self.jobs()))
        self.on_store("worker", "--until-idle")
        self.on_store("add", source)
        self.assertEqual([], self.jobs())
        other = json.loads(self.on_store("add", source, "--dpi", "150", "--json"))["documents"]
        self.assertEqual([(2, True)], [(document["id"], document["is_new"]) for document in other])

    def test_what_is_no_document_fails_visibly(self):
        garbage = self.folder / "carta.pdf"
        garbage.write_bytes(b"%PDF-1.4 nothing more")
        self.on_store("add", garbage)
        self.on_store("worker", "--until-idle")
        self.on_store("docs", "wait", code=WITH_FINDINGS)
        self.assertEqual("failed", self.documents()[0]["state"])
        record = json.loads(self.on_store("docs", "export"))
        self.assertEqual((0, "carta.pdf"), (record["pages_in"], record["file"]))
        self.assertIn("error", record)

    def test_killed_workers_lose_and_repeat_no_page(self):
        source = self.quick_scan(PAGES)
        self.on_store("add", source, self.text(40))
        throw = dice()
        for _ in range(6):
            kept = self.count_pages()
            worker = self.worker("--until-idle")
            wait_for(lambda: self.count_pages() > kept or not worker.is_alive(), "a page")
            time.sleep(throw.random() * 0.3)  # at any moment of a page
            worker.signal(signal.SIGKILL)
            worker.finish()
        self.on_store("worker", "--until-idle")
        self.assert_all_read(PAGES + 40)
        record = next(record for record in map(json.loads, self.on_store("docs", "export", "1").splitlines()))
        self.assert_every_page_read(record, PAGES)

    test_killed_workers_lose_and_repeat_no_page.sanitizer = True

    def test_a_worker_that_is_told_to_stop_gives_back_what_it_holds(self):
        self.on_store("add", self.quick_scan(PAGES))
        worker = self.worker()
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        worker.signal(signal.SIGTERM)
        self.assert_code(worker.finish(seconds=15), ENDED_WELL)
        self.assertEqual([], [job for job in self.jobs() if job["state"] == "running"])
        self.assertEqual(0, int(self.ask("SELECT count(*) FROM workers")[0][0]))
        worker = self.worker()
        wait_for(lambda: self.count_pages() >= 5, "five pages")
        worker.signal(signal.SIGINT)
        self.assert_code(worker.finish(seconds=15), INTERRUPTED)
        self.on_store("worker", "--until-idle")
        self.assert_all_read(PAGES)

    def test_an_idle_worker_hears_of_new_documents_at_once(self):
        self.on_store("docs", "list")  # makes the store
        worker = self.worker()
        wait_for(lambda: int(self.ask("SELECT count(*) FROM workers")[0][0]) == 1, "the worker is there")
        begin = time.monotonic()
        self.on_store("add", self.text(3))
        self.on_store("docs", "wait", "1")
        self.assertLess(time.monotonic() - begin, 15, "it looks by itself after 30 s only")
        self.assertTrue(worker.is_alive())

    def test_jobs_are_cancelled_and_begun_anew(self):
        self.on_store("add", self.text(3))
        [job] = self.jobs()
        self.on_store("jobs", "cancel", str(job["id"]))
        self.on_store("worker", "--until-idle")
        self.assertEqual("cancelled", self.jobs()[0]["state"])
        [document] = self.documents()
        self.assertEqual(("failed", "cancelled"), (document["state"], document["error"]["reason"]))
        self.on_store("docs", "wait", code=WITH_FINDINGS)
        shown = json.loads(self.on_store("jobs", "retry", str(job["id"]), "--json"))["jobs"]
        self.assertEqual("queued", shown[0]["state"])
        self.assertEqual("received", self.documents()[0]["state"])
        self.on_store("worker", "--until-idle")
        self.assert_all_read(3)
        self.on_store("jobs", "show", str(job["id"]), code=BAD_USAGE)

    def test_a_document_whose_end_is_cancelled_has_failed_and_is_read_on(self):
        self.on_store("add", self.quick_scan(PAGES))
        self.worker()
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        [finish] = [job for job in self.jobs() if job["kind"] == "finish"]
        self.on_store("jobs", "cancel", str(finish["id"]))
        [document] = self.documents()
        self.assertEqual(("failed", "cancelled"), (document["state"], document["error"]["reason"]))
        self.on_store("docs", "wait", code=WITH_FINDINGS)
        self.on_store("add", self.quick_scan(PAGES))
        self.on_store("docs", "wait", "--timeout", "60")
        self.assertEqual(["done"], [document["state"] for document in self.documents()])
        self.assertEqual(PAGES, self.count_pages())

    def test_pages_whose_jobs_were_given_up_are_read_when_these_are_begun_anew(self):
        self.on_store("add", self.quick_scan(PAGES))
        worker = self.worker()
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        waiting = [str(job["id"]) for job in self.jobs() if job["state"] == "queued" and "page" in job]
        self.on_store("jobs", "cancel", *waiting)
        self.on_store("docs", "wait", code=WITH_FINDINGS)
        [document] = self.documents()
        self.assertEqual("done_with_gaps", document["state"])
        self.assertEqual(document["pages_in"], document["pages_read"] + document["gaps"])
        self.on_store("jobs", "retry", *waiting)
        self.on_store("docs", "wait", "--timeout", "60")
        self.assert_all_read(PAGES)
        worker.signal(signal.SIGTERM)

    def test_a_document_whose_jobs_are_all_begun_anew_ends_when_its_pages_have(self):
        self.on_store("add", self.quick_scan(PAGES))
        worker = self.worker()
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        worker.signal(signal.SIGTERM)
        worker.finish()
        everything = [str(job["id"]) for job in self.jobs()]
        self.on_store("jobs", "cancel", *everything)
        self.on_store("jobs", "retry", *reversed(everything))
        self.worker("--until-idle").finish()
        self.on_store("docs", "wait", "1")
        self.assert_all_read(PAGES)
        self.assertIn("is whole", self.on_store("store", "check"))

    def test_a_removed_document_leaves_nothing(self):
        source = self.text(3)
        self.on_store("add", source)
        self.on_store("worker", "--until-idle")
        self.assertIn("original", self.on_store("docs", "remove", "1"))
        self.assertEqual([], self.documents())
        self.assertEqual(0, self.count_pages())
        self.on_store("docs", "show", "1", code=BAD_USAGE)
        self.assertTrue(json.loads(self.on_store("add", source, "--json"))["documents"][0]["is_new"])
        self.on_store("worker", "--until-idle")
        self.assert_all_read(3)

    def test_a_document_with_a_removed_ones_number_is_read_itself(self):
        self.on_store("docs", "list")  # makes the store
        self.worker()
        for source in (self.text(3, seed=1), self.text(2, seed=2)):
            [added] = json.loads(self.on_store("add", source, "--json"))["documents"]
            self.on_store("docs", "wait", str(added["id"]))
            exported = json.loads(self.on_store("docs", "export", str(added["id"])))
            self.assertEqual(self.texts_of(source), [page["text"] for page in exported["pages"]])
            self.on_store("docs", "remove", str(added["id"]))

    def texts_of(self, source):
        self.assert_code(self.read(source, data=self.folder / "other"), ENDED_WELL)
        return [page["text"] for page in self.record(source.stem)["pages"]]

    def test_a_document_removed_while_it_is_read_ends_its_reading(self):
        self.on_store("add", self.quick_scan(PAGES), self.text(3))
        worker = self.worker("--until-idle")
        wait_for(lambda: self.count_pages() >= 2, "two pages")
        self.on_store("docs", "remove", "1")
        self.assert_code(worker.finish(seconds=60), ENDED_WELL)
        self.assert_all_read(3)

    def test_pages_are_found_by_their_words(self):
        source = self.text(3)
        self.on_store("add", source)
        self.on_store("worker", "--until-idle")
        self.assert_code(self.read(self.quick_scan(2), *(["--store", self.store] if self.store else [])), ENDED_WELL)
        hits = json.loads(self.on_store("docs", "search", "licitaciones publicas", "--json"))["hits"]
        self.assertEqual({(1, 1), (1, 2), (1, 3)}, {(hit["document"], hit["page"]) for hit in hits})
        self.assertIn("licitación", hits[0]["snippet"].replace("[", "").replace("]", ""))
        self.assertIn("page 2", self.on_store("docs", "search", '"oficio N° 1002"'))
        self.assertEqual("", self.on_store("docs", "search", "licitación -veredas"))
        for broken in ('"unclosed', "-", "*", "a OR (", "'; DROP TABLE pages; --"):
            run = self.begin("docs", "search", "--", broken, store=self.store).finish()
            self.assertIn(run.code, (ENDED_WELL, BAD_USAGE), broken)
            for word in ("syntax", "SQL", "fts5", "tsquery"):
                self.assertNotIn(word, run.err.replace(broken, ""))
        self.on_store("docs", "remove", "1")
        self.assertEqual("", self.on_store("docs", "search", "veredas"))

    def test_nothing_to_add_is_bad_usage(self):
        self.on_store("add", self.folder / "none.pdf", code=BAD_USAGE)
        empty = self.folder / "empty.pdf"
        empty.touch()
        self.on_store("add", empty, code=BAD_USAGE)
        self.on_store("docs", code=BAD_USAGE)

    def test_waiting_ends_at_its_time(self):
        self.on_store("add", self.text(3))
        self.on_store("docs", "wait", "--timeout", "1", code=UNAVAILABLE)


class QueueOnSqlite(OnSqlite, QueueTests, StoreCase):
    def test_one_worker_owns_a_sqlite_store(self):
        self.on_store("add", self.quick_scan(PAGES))
        first = self.worker()
        wait_for(lambda: self.count_pages() >= 1, "a page")
        second = self.worker("--until-idle")
        wait_for(lambda: "waiting" in self.said_by(second), "the second says that it waits")
        first.signal(signal.SIGKILL)
        self.assert_code(second.finish(), ENDED_WELL)
        self.assert_all_read(PAGES)

    def test_its_owner_says_how_things_stand(self):
        self.on_store("add", self.quick_scan(PAGES))
        worker = self.worker()
        wait_for(lambda: self.count_pages() >= 1, "a page")
        status = self.ask_status()
        self.assertEqual(worker.pid, status["pid"])
        self.assertEqual([1], [document["id"] for document in status["documents"]])
        self.assertLessEqual({reader["pid"] for reader in status["readers"]}, set(worker.readers()))
        for _ in range(50):  # whoever goes without taking the line harms nobody
            self.connect_to_status().close()
        self.on_store("docs", "wait")
        wait_for(lambda: self.ask_status()["documents"] == [], "nothing in hand")

    def connect_to_status(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(os.fspath(self.data / "status.sock"))
        return connection

    def ask_status(self):
        with self.connect_to_status() as connection, connection.makefile() as lines:
            return json.loads(lines.read())

    def test_removed_text_is_not_in_the_file_any_more(self):
        self.on_store("add", self.text(3))
        self.on_store("worker", "--until-idle")
        files = list(self.data.glob("civicum.sqlite*"))
        self.assertTrue(any(b"mejoramiento" in path.read_bytes() for path in files), "it was there")
        self.on_store("docs", "remove", "1")
        for path in self.data.glob("civicum.sqlite*"):
            self.assertNotIn(b"mejoramiento", path.read_bytes(), path)
        self.assertEqual([], self.originals())

    def originals(self):
        return [path for path in (self.data / "blobs").glob("*/*") if path.is_file()]

    def test_a_damaged_original_is_said_and_healed_by_handing_it_in_again(self):
        source = self.text(3)
        self.on_store("add", source)
        [original] = self.originals()
        original.write_bytes(bytes(original.stat().st_size))
        self.assertIn("its bytes are not those", self.on_store("store", "check", code=WITH_FINDINGS))
        worker = self.worker()
        wait_for(lambda: "the original is damaged" in self.said_by(worker), "the worker says so")
        self.assertEqual("received", self.documents()[0]["state"])
        self.on_store("add", source)
        self.on_store("docs", "wait", "--timeout", "60")
        self.assert_all_read(3)

    def test_a_copy_whose_originals_are_missing_says_so(self):
        self.on_store("add", self.text(3))
        [original] = self.originals()
        original.unlink()
        copied = self.begin("store", "copy", f"sqlite:{self.data}/civicum.sqlite", f"sqlite:{self.folder}/copy.sqlite").finish()
        self.assert_code(copied, WITH_FINDINGS)
        self.assertIn("1 originals are missing", copied.err)

    def test_a_store_whose_originals_are_gone_says_so_and_goes_on_when_told(self):
        self.on_store("add", self.text(3))
        self.on_store("worker", "--until-idle")
        (self.data / "blobs").rename(self.folder / "elsewhere")
        run = self.begin("add", self.text(4)).finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("bring it back, or go on without them by civicum store init", run.err)
        self.assertIn("expediente", self.on_store("docs", "text", "1"))
        self.on_store("store", "init")
        self.on_store("add", self.text(4))
        self.on_store("worker", "--until-idle")
        self.assertIn("it is missing", self.on_store("store", "check", code=WITH_FINDINGS))
        self.on_store("docs", "remove", "1")
        self.assertIn("is whole", self.on_store("store", "check"))

    def test_nobody_else_may_read_the_store(self):
        self.on_store("add", self.text(3))
        modes = [(self.data / name).stat().st_mode & 0o777 for name in ("civicum.sqlite", "blobs")]
        self.assertEqual([0o600, 0o700], modes)


class QueueOnPostgres(OnPostgres, QueueTests, StoreCase):
    def test_workers_share_a_store_and_take_over_from_one_that_dies(self):
        self.on_store("add", self.quick_scan(2 * PAGES), self.quick_scan(PAGES, seed=1))
        first = self.worker(data=self.folder / "first")
        second = self.worker("--until-idle", data=self.folder / "second")
        holders = "SELECT count(DISTINCT worker) FROM job_leases"
        wait_for(lambda: int(self.ask(holders)[0][0]) == 2, "both hold jobs")
        first.signal(signal.SIGKILL)
        killed = time.monotonic()
        wait_for(lambda: int(self.ask(f"SELECT count(*) FROM job_leases WHERE worker LIKE '%:{first.pid}:%'")[0][0]) == 0,
                 "the dead worker's jobs are taken back")
        self.assertLess(time.monotonic() - killed, 10, "long before the lease of 30 s ends")
        self.assert_code(second.finish(), ENDED_WELL)
        self.assert_all_read(3 * PAGES)

    def test_a_worker_outlives_its_connections(self):
        self.on_store("add", self.quick_scan(PAGES))
        worker = self.worker("--until-idle")
        for kept in (2, 6, 10):
            wait_for(lambda: self.count_pages() >= kept or not worker.is_alive(), f"{kept} pages")
            self.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE datname=current_database() AND pid<>pg_backend_pid()")
        self.assert_code(worker.finish(), ENDED_WELL)
        self.assertIn("trying again", worker.err)
        self.assert_all_read(PAGES)

    def test_workers_outlive_a_killed_backend_and_a_killed_server(self):
        self.need_root()  # the server runs as somebody else
        self.on_store("add", self.quick_scan(PAGES))
        workers = [self.worker("--until-idle", data=self.folder / name) for name in ("first", "second")]
        wait_for(lambda: self.count_pages() >= 3, "three pages")
        [(backend,)] = self.ask("SELECT pid FROM pg_stat_activity WHERE application_name='civicum' "
                                "AND datname=current_database() LIMIT 1")
        os.kill(int(backend), signal.SIGKILL)  # the server ends every session and recovers
        wait_for(lambda: self.can_ask() and self.count_pages() >= 8, "eight pages, after the recovery")
        self.restart_server()
        for worker in workers:
            self.assert_code(worker.finish(), ENDED_WELL)
            self.assertIn("trying again", worker.err)
        self.assert_all_read(PAGES)
        self.assertIn("is whole", self.on_store("store", "check"))

    def can_ask(self):
        try:
            self.ask("SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    def restart_server(self):
        """kill -9 of the server, and its start on the same files."""
        data, programs = os.environ["CIVICUM_TEST_POSTGRES_DATA"], os.environ["CIVICUM_TEST_POSTGRES_BIN"]
        with open(f"{data}/postmaster.pid", encoding="ascii") as file:
            os.kill(int(file.readline()), signal.SIGKILL)
        start = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", f"{programs}/pg_ctl", "-D", data,
                 "-l", f"{data}/../server.log", "-w", "-t", "60", "start", "-o", os.environ["CIVICUM_TEST_POSTGRES_OPTIONS"]]
        wait_for(lambda: subprocess.run(start, cwd="/", capture_output=True).returncode == 0, "the server is back")

    def test_a_store_is_copied_there_and_back_with_its_open_work(self):
        self.data.mkdir()
        here, there = f"sqlite:{self.data}/civicum.sqlite", f"sqlite:{self.folder}/back/civicum.sqlite"
        self.command("add", self.text(3), store=here)
        self.command("worker", "--until-idle", store=here)
        self.command("add", self.quick_scan(6), store=here)
        self.command("store", "copy", here, self.store)
        self.on_store("worker", "--until-idle")
        self.assert_all_read(9)
        (self.folder / "back").mkdir()
        self.command("store", "copy", self.store, there)
        exports = [self.command("docs", "export", store=place) for place in (self.store, there)]
        self.assertEqual(*exports)
        self.assertEqual(2, len(exports[0].splitlines()))
        finds = [self.command("docs", "search", "licitación", store=place) for place in (self.store, there)]
        self.assertEqual(*finds)
        self.assertIn("page 1", finds[0])
        for place in (self.store, there):
            self.assertIn("is whole", self.command("store", "check", store=place))
        self.command("store", "copy", here, self.store, code=BAD_USAGE)
        self.assertEqual(3, json.loads(self.command("add", self.text(4), "--json", store=there))["documents"][0]["id"])

    def test_originals_may_lie_in_a_shared_folder(self):
        place = f"dir:{self.folder}/originals"
        self.on_store("add", self.text(3), "--blobs", place)
        self.assertEqual(0, int(self.ask("SELECT count(*) FROM blob_parts")[0][0]))
        run = self.worker("--until-idle").finish()
        self.assert_code(run, BAD_USAGE)
        self.assertIn("name it with --blobs", run.err)
        originals, away = self.folder / "originals", self.folder / "elsewhere"
        originals.rename(away)
        originals.mkdir()  # as a mount point is whose file system is not there
        run = self.worker("--until-idle", "--blobs", place).finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("is it mounted?", run.err)
        originals.rmdir()
        away.rename(originals)
        self.on_store("worker", "--until-idle", "--blobs", place)
        self.assert_all_read(3)

    def test_an_original_that_may_not_be_removed_stops_nobody_and_goes_in_time(self):
        self.need_root()
        originals = self.folder / "originals"
        place = ["--blobs", f"dir:{originals}"]
        self.on_store("add", self.text(3), self.text(4), *place)
        self.folder.chmod(0o755)
        theirs = self.folder / "theirs"
        theirs.mkdir()
        theirs.chmod(0o777)
        removed = self.begin("docs", "remove", "1", *place, data=theirs, store=self.store, **AS_NOBODY).finish()
        self.assert_code(removed, BAD_USAGE)
        self.assertIn("cannot remove", removed.err)
        worker = self.begin("worker", "--until-idle", *place, data=theirs, store=self.store, **AS_NOBODY).finish()
        self.assert_code(worker, ENDED_WELL)
        self.assertIn("whoever may has to remove it", worker.err)
        self.assert_all_read(4)
        self.on_store("worker", "--until-idle", *place)
        self.assertEqual(1, len([path for path in originals.glob("*/*") if path.is_file()]))
        self.assertIn("is whole", self.on_store("store", "check", *place))

    def test_a_worker_waits_for_the_folder_of_the_originals(self):
        originals, away = self.folder / "originals", self.folder / "elsewhere"
        place = f"dir:{originals}"
        self.on_store("store", "init")
        worker = self.worker("--blobs", place)
        wait_for(lambda: self.ask("SELECT 1 FROM workers"), "it is there")
        worker.signal(signal.SIGSTOP)
        self.on_store("add", self.text(3), "--blobs", place)
        originals.rename(away)
        originals.mkdir()  # as a mount point is whose file system is not there
        worker.signal(signal.SIGCONT)
        wait_for(lambda: "is it mounted?; trying again" in self.said_by(worker), "it says so")
        originals.rmdir()
        away.rename(originals)
        self.on_store("docs", "wait", "--timeout", "60")
        self.assert_all_read(3)

