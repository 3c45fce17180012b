# SPDX-License-Identifier: GPL-3.0-or-later
"""Where documents are kept: --store and CIVICUM_STORE, SQLite and PostgreSQL, and what goes wrong there."""
import os

from harness import BAD_USAGE, ENDED_WELL, REFUSED, UNAVAILABLE, Case


class Stores(Case):
    def test_a_document_read_into_postgresql_is_found_there_again(self):
        url = self.postgres()
        source = self.quick_scan(4)
        self.assert_code(self.read(source, "--store", url), ENDED_WELL)
        first = self.record(source.stem)
        self.assert_every_page_read(first, 4)
        outcomes, run = self.read_json(source, data=self.folder / "other", env={**os.environ, "CIVICUM_STORE": url})
        self.assert_code(run, ENDED_WELL)
        self.assertEqual(4, outcomes[0]["pages_kept"])
        self.assertEqual(first["pages"], self.record(source.stem)["pages"])
        self.assertFalse((self.data / "civicum.sqlite").exists())

    def test_the_option_stands_before_the_environment(self):
        place = self.folder / "mine.sqlite"
        run = self.read(self.text(), "--store", f"sqlite:{place}",
                        env={**os.environ, "CIVICUM_STORE": "postgres://nowhere.example.org/x"})
        self.assert_code(run, ENDED_WELL)
        self.assertTrue(place.exists())

    def test_a_database_on_another_machine_is_refused(self):
        run = self.read(self.text(), "--store", "postgres://db.example.org/civicum")
        self.assert_code(run, REFUSED)
        self.assertIn("sovereignty", run.err)
        self.assertIn("db.example.org", run.err)

    def test_a_server_that_is_not_there_is_said(self):
        run = self.read(self.text(), "--store", f"postgres:///civicum?host={self.folder}")
        self.assert_code(run, UNAVAILABLE)
        self.assertIn(str(self.folder), run.err)

    def test_an_address_that_is_none_is_bad_usage(self):
        run = self.read(self.text(), "--store", "mysql://localhost/x")
        self.assert_code(run, BAD_USAGE)
        self.assertIn("expected sqlite:PATH, postgres://", run.err)

    def test_a_store_that_was_named_and_is_not_there_is_said(self):
        missing = f"sqlite:{self.folder}/typo.sqlite"
        for words in (("docs", "list"), ("jobs", "list"), ("store", "check"), ("docs", "export")):
            self.command(*words, store=missing, code=BAD_USAGE)
        self.command("store", "copy", missing, f"sqlite:{self.folder}/new.sqlite", code=BAD_USAGE)
        self.assertFalse((self.folder / "typo.sqlite").exists())

    def test_the_folder_of_a_new_store_is_made(self):
        for words in (("store", "init", f"sqlite:{self.folder}/a/b/store.sqlite"),
                      ("add", self.text(1), "--store", f"sqlite:{self.folder}/c/d/store.sqlite")):
            self.command(*words)
        self.assertIn("is whole", self.command("store", "check", store=f"sqlite:{self.folder}/c/d/store.sqlite"))

    def test_a_copy_lies_in_a_folder_of_its_own(self):
        place = f"sqlite:{self.folder}/a.sqlite"
        self.command("add", self.text(1), store=place)
        self.command("store", "copy", place, place, code=BAD_USAGE)
        run = self.begin("store", "copy", place, f"sqlite:{self.folder}/b.sqlite").finish()
        self.assert_code(run, BAD_USAGE)
        self.assertIn("each store needs a folder of its own", run.err)
        self.assert_code(self.begin("add", self.text(1), store=f"sqlite:{self.folder}/b.sqlite").finish(), BAD_USAGE)
        self.assertFalse((self.folder / "b.sqlite").exists())
        self.command("store", "copy", place, f"sqlite:{self.folder}/b/b.sqlite")
        self.assertIn("is whole", self.command("store", "check", store=f"sqlite:{self.folder}/b/b.sqlite"))
