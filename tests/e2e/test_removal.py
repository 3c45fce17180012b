# SPDX-License-Identifier: GPL-3.0-or-later
"""A document that is removed is in no file of the store any more: not its name, its text, its words, its fields, its
original; searched for byte by byte in the raw files."""
import json
import sqlite3
import subprocess

from harness import BAD_USAGE, ENDED_WELL, UNAVAILABLE, Case, wait_for
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
        self.assert_code(self.begin("docs", "list").finish(), ENDED_WELL)  # the last to use it empties the log
        self.assertEqual([], self.there())


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

    def test_a_session_that_reads_for_long_is_said_and_does_not_hold_up_the_others(self):
        document = self.read_documents()
        reader = subprocess.Popen(["psql", "-qAt", self.store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(reader.wait)
        self.addCleanup(reader.stdin.close)
        reader.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*)>0 FROM civicum.pages;\n")
        reader.stdin.flush()
        self.assertEqual("t\n", reader.stdout.readline())
        run = self.begin("docs", "remove", document, store=self.store).finish()
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("another session reads them for long", run.err)
        self.assertEqual(1, len(json.loads(self.command("docs", "list", "--json", store=self.store))["documents"]))
