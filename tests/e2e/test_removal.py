# SPDX-License-Identifier: GPL-3.0-or-later
"""A document that is removed is in no file of the store any more: not its name, its text, its words, its fields, its
original; searched for byte by byte in the raw files."""
import json
import os
import select
import signal
import sqlite3
import subprocess

from harness import BAD_USAGE, ENDED_WELL, OUTPUT_CLOSED, UNAVAILABLE, WITH_FINDINGS, Case, wait_for
from server import Server
import pdf

# What only this document has: its name, a word of its text and that word's stem, a field's value, the end of its file.
NEEDLES = NAME, WORD, STEM, RUT, MARK = ["zorzalfichero.pdf", "Quebrantahuesos", "quebrantahues", "12.345.678-5",
                                         "ruiseñor4711"]


class RemovalTests:
    """`raw()` answers all bytes of the store's files."""

    def read_documents(self):
        lines = ["Acta de la comisión", f"Se oyó a {WORD}, RUT {RUT}, en la sesión ordinaria."]
        source = self.folder / NAME
        source.write_bytes(pdf.text_document([lines]) + f"% {MARK}\n".encode())
        self.command("add", source, self.text(3), store=self.store)
        self.command("worker", "--until-idle", store=self.store)
        [hit] = json.loads(self.command("docs", "search", WORD, "--json", store=self.store))["hits"]
        return str(hit["document"])

    def there(self):
        raw = self.raw()
        return [needle for needle in NEEDLES if needle.encode() in raw]

    def test_a_removed_document_is_in_no_file(self):
        document = self.read_documents()
        self.sample()
        self.settle()
        self.assertEqual(NEEDLES, self.there())
        error = self.begin("docs", "remove", document, "99", store=self.store).finish()
        self.assert_code(error, BAD_USAGE)
        self.assertIn("no document 99", error.err)
        self.settle()
        self.assertEqual([], self.there())
        self.assertEqual("", self.command("docs", "search", WORD, store=self.store))
        self.assertIn("page 1", self.command("docs", "search", "licitación", store=self.store))
        self.assertIn("is whole", self.command("store", "check", store=self.store))

    def test_an_export_that_nobody_reads_to_its_end_leaves_no_copy(self):
        document = self.read_documents()
        read_end, write_end = os.pipe()
        os.close(read_end)
        run = self.begin("docs", "export", store=self.store, stdout=write_end).finish()
        os.close(write_end)
        self.assert_code(run, OUTPUT_CLOSED)
        self.command("docs", "remove", document, store=self.store)
        self.settle()
        self.assertEqual([], self.there())
        self.assertEqual([], [path for path in self.data.rglob("*") if WORD.encode() in path.name.encode()])
        self.assertEqual([], list(self.data.glob("civicum-*")))

    def test_a_document_that_is_removed_while_others_are_exported_is_left_out(self):
        for seed in range(5):
            self.command("add", self.text(40, seed=seed), store=self.store)
        self.command("worker", "--until-idle", store=self.store)
        # The pipe takes less than the first record: the others are looked at only once it is read.
        export = self.begin("docs", "export", store=self.store, stdout=subprocess.PIPE)
        wait_for(lambda: select.select([export.process.stdout], [], [], 0)[0], "the first record")
        self.command("docs", "remove", "4", store=self.store)
        lines = export.process.stdout.read().splitlines()
        export.process.stdout.close()
        self.assert_code(export.finish(), ENDED_WELL)
        self.assertEqual(4, len([json.loads(line) for line in lines]))
        self.assertIn("document 4", export.err)
        self.assertIn("removed meanwhile", export.err)

    def assert_finished_by_a_worker(self):
        self.assertIn("not out of the database's files yet",
                      self.command("store", "check", store=self.store, code=WITH_FINDINGS))
        self.command("worker", "--until-idle", store=self.store)
        self.settle()
        self.assertEqual([], self.there())
        self.assertIn("is whole", self.command("store", "check", store=self.store))


class RemovalOnSqlite(RemovalTests, Case):
    store = None

    def sample(self):
        pass

    def settle(self):
        pass

    def raw(self):
        return b"\n".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())

    def test_a_worker_that_looks_on_holds_nothing_back(self):
        document = self.read_documents()
        worker = self.begin("worker")
        wait_for(lambda: (self.data / "wake.sock").exists(), "the worker is there")
        self.command("docs", "remove", document)
        self.assertTrue(worker.is_alive())
        self.assertEqual([], self.there())

    def test_a_reader_that_holds_the_log_is_said(self):
        document = self.read_documents()
        reader = sqlite3.connect(self.data / "civicum.sqlite", isolation_level=None)
        self.addCleanup(reader.close)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM pages").fetchone()
        run = self.begin("docs", "remove", document).finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("another process reads the store", run.err)
        reader.execute("COMMIT")
        reader.close()
        self.assert_finished_by_a_worker()


class RemovalOnPostgres(RemovalTests, Case):
    def setUp(self):
        super().setUp()
        self.server = Server(self)
        self.server.ask("CREATE ROLE ana LOGIN", "CREATE DATABASE archivo OWNER ana")
        self.store = self.server.url("ana", "archivo")
        self.command("docs", "list", store=self.store)
        # What is compressed could not be found, whether it is there or not.
        self.server.ask("ALTER TABLE civicum.pages ALTER COLUMN outcome SET STORAGE EXTERNAL",
                        "ALTER TABLE civicum.search_pages ALTER COLUMN words SET STORAGE EXTERNAL", database="archivo")

    def sample(self):
        """As the server does in time: what it samples stays when the rows have gone."""
        self.server.ask("ANALYZE", database="archivo")

    def settle(self):
        self.server.ask("CHECKPOINT")

    def raw(self):
        """All but the server's log of changes, which it reuses in its own time."""
        data = self.server.folder / "data"
        return b"\n".join(path.read_bytes() for path in data.rglob("*")
                          if path.is_file() and "pg_wal" not in path.parts)

    def begin_to_read(self, question):
        """A session that reads for long: it has asked this, and its transaction is open."""
        reader = subprocess.Popen(["psql", "-qAt", self.store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(reader.stdout.close)
        self.addCleanup(reader.wait)
        self.addCleanup(reader.stdin.close)
        reader.stdin.write(f"BEGIN ISOLATION LEVEL REPEATABLE READ; {question};\n")
        reader.stdin.flush()
        self.assertEqual("t\n", reader.stdout.readline())
        return reader

    def end_reading(self, reader):
        reader.stdin.close()
        reader.wait()

    def test_a_session_that_sees_the_time_before_is_said_and_a_worker_finishes(self):
        document = self.read_documents()
        reader = self.begin_to_read("SELECT true")
        run = self.begin("docs", "remove", document, store=self.store).finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("another session reads them for long", run.err)
        self.end_reading(reader)
        self.assert_finished_by_a_worker()

    def test_a_removal_that_is_killed_is_finished_by_a_worker(self):
        document = self.read_documents()
        reader = self.begin_to_read("SELECT count(*)>0 FROM civicum.pages")
        run = self.begin("docs", "remove", document, store=self.store)
        wait_for(lambda: json.loads(self.command("docs", "list", "--json", store=self.store))["documents"][0]["id"] != int(document),
                 "the document is gone")
        run.signal(signal.SIGKILL)
        run.finish()
        self.end_reading(reader)
        self.assert_finished_by_a_worker()

    def test_a_session_that_reads_for_long_is_said_and_does_not_hold_up_the_others(self):
        document = self.read_documents()
        self.begin_to_read("SELECT count(*)>0 FROM civicum.pages")
        run = self.begin("docs", "remove", document, store=self.store).finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("another session reads them for long", run.err)
        self.assertEqual(1, len(json.loads(self.command("docs", "list", "--json", store=self.store))["documents"]))
