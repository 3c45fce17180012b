# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong with a store: each trouble is one sentence with what, where and what to do, and nothing is lost."""
import errno
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess

from harness import AS_NOBODY, BAD_USAGE, ENDED_WELL, UNAVAILABLE, Case, wait_for
from server import Server

# What only whoever wrote the program would understand.
INTERNALS = ("SELECT", "INSERT", "UPDATE ", "DELETE", "PRAGMA", "sqlite3", "SQLSTATE", "LOCATION", "prepared statement",
             "database disk image", "SQL logic")


class TroubleCase(Case):
    def commands(self, *names):
        """Those that touch documents, of every kind; `names`: only these."""
        source = self.copy(self.text(3), "oficio.pdf")
        source.chmod(0o644)
        every = [["read", source, "--out", self.out], ["add", source], ["worker", "--until-idle"], ["docs", "list"],
                 ["docs", "search", "licitación"], ["docs", "export"], ["docs", "remove", "1"], ["jobs", "list"],
                 ["jobs", "cancel", "1"], ["store", "check"], ["store", "init"]]
        return [words for words in every if not names or words[0] in names or f"{words[0]} {words[1]}" in names]

    def assert_said(self, run, code, *parts):
        """It ended with this code and one sentence, which has these parts and no internals."""
        self.assert_code(run, code)
        said = run.err.strip()
        self.assertEqual(1, len(said.splitlines()), said)
        for part in parts:
            self.assertIn(str(part), said)
        for word in INTERNALS:
            self.assertNotIn(word, said)

    def assert_each_says(self, commands, code, *parts, **options):
        for words in commands:
            with self.subTest(" ".join(map(str, words[:2]))):
                self.assert_said(self.begin(*words, **options).finish(), code, *parts)

    def small_disk(self, mount, megabytes):
        """A file system of its own at `mount`, seen by whoever is begun with the prefix that is returned, and by us
        below the folder that is."""
        self.need_root()
        self.need_tool("unshare", "nsenter")
        mount.mkdir(exist_ok=True)
        script = f'mount -t tmpfs -o size={megabytes}m,mode=777 none "$0" && echo mounted && exec sleep infinity'
        holder = subprocess.Popen(["unshare", "-m", "sh", "-c", script, mount], stdout=subprocess.PIPE)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.kill)
        if holder.stdout.readline() != b"mounted\n":
            self.skipTest("no file system may be mounted here")
        return ["nsenter", f"--mount=/proc/{holder.pid}/ns/mnt"], pathlib.Path(f"/proc/{holder.pid}/root{mount}")

    def fill(self, disk):
        """Until not one byte more fits; make_room() undoes it."""
        with open(disk / "filler", "wb", buffering=0) as filler:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError as error:
                    self.assertEqual(errno.ENOSPC, error.errno)

    def make_room(self, disk):
        (disk / "filler").unlink()

    def pages_read(self, **options):
        documents = json.loads(self.command("docs", "list", "--json", **options))["documents"]
        return sum(document["pages_read"] for document in documents)

    def assert_whole(self, pages, **options):
        """Once the trouble is over: everything handed in is read, and the store is whole."""
        self.command("worker", "--until-idle", **options)
        documents = json.loads(self.command("docs", "list", "--json", **options))["documents"]
        self.assertEqual({"done"}, {document["state"] for document in documents})
        self.assertEqual(pages, self.pages_read(**options))
        self.assertIn("is whole", self.command("store", "check", **options))


class TroubleOnSqlite(TroubleCase):
    def setUp(self):
        super().setUp()
        self.file = self.data / "civicum.sqlite"

    def make_store(self):
        """With one document that has been read and one that waits."""
        self.command("add", self.text(3))
        self.command("worker", "--until-idle")
        self.command("add", self.quick_scan(2))

    def give_to_nobody(self, folder_mode=0o755, file_mode=0o644):
        """The store, for an unprivileged user, whose modes count."""
        self.need_root()
        self.folder.chmod(0o777)  # for results
        for path in [self.data, *self.data.rglob("*")]:
            shutil.chown(path, "nobody", "nogroup")
        self.data.chmod(folder_mode)
        for path in self.data.glob("civicum.sqlite*"):
            path.chmod(file_mode)

    def test_a_data_folder_without_permission_is_said(self):
        self.make_store()
        self.give_to_nobody(folder_mode=0o555)
        self.assert_each_says(self.commands(), BAD_USAGE, self.data, "cannot write", **AS_NOBODY)

    def test_a_data_folder_that_cannot_be_made_is_said(self):
        self.need_root()
        self.folder.chmod(0o777)
        closed = self.folder / "closed"
        closed.mkdir(mode=0o700)
        self.assert_each_says(self.commands(), BAD_USAGE, closed / "none", "Permission denied", **AS_NOBODY,
                              data=closed / "none")

    def test_a_read_only_file_is_said_by_who_writes(self):
        self.make_store()
        self.give_to_nobody(file_mode=0o444)
        self.assert_each_says(self.commands("add", "worker", "docs remove", "read", "jobs cancel"), BAD_USAGE, self.file,
                              "cannot be written", **AS_NOBODY)
        self.assertIn("done", self.command("docs", "list", **AS_NOBODY))
        self.give_to_nobody()
        self.assert_whole(5, **AS_NOBODY)

    def test_what_is_no_database_is_said(self):
        self.data.mkdir()
        self.file.write_bytes(b"not a database\n" * 1000)
        self.assert_each_says(self.commands(), UNAVAILABLE, self.file, "is not a SQLite database", "move", "away")
        self.assertEqual(b"not a database\n" * 1000, self.file.read_bytes())

    def test_a_damaged_file_is_said(self):
        self.make_store()
        with sqlite3.connect(self.file) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        size = self.file.stat().st_size
        with open(self.file, "r+b") as file:
            for at in range(4096, size, 4096):  # every page but the first
                file.seek(at)
                file.write(os.urandom(2048))
        self.assert_each_says(self.commands("read", "add", "worker", "docs", "jobs"), UNAVAILABLE, self.file, "is damaged")

    def test_a_newer_schema_is_said(self):
        self.make_store()
        with sqlite3.connect(self.file) as store:
            store.execute("PRAGMA user_version=99")
        store.close()
        self.assert_each_says(self.commands(), UNAVAILABLE, self.file, "newer civicum", "update civicum")

    def test_a_file_that_another_process_locks_is_said(self):
        self.make_store()
        holder = sqlite3.connect(self.file, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        self.assert_each_says(self.commands("add"), UNAVAILABLE, self.file, "locked by another process")
        worker = self.begin("worker", "--until-idle")
        wait_for(lambda: "trying again" in self.said_by(worker), "the worker says that it waits")
        holder.execute("ROLLBACK")
        self.assert_code(worker.finish(), ENDED_WELL)
        self.assert_whole(5)

    def test_a_full_disk_is_said_and_nothing_is_lost(self):
        here, disk = self.small_disk(self.data, 24)
        self.command("add", self.text(3), prefix=here)
        self.command("worker", "--until-idle", prefix=here)
        self.fill(disk)
        commands = self.commands("add", "docs list", "docs search", "docs remove", "jobs", "read")
        self.assert_each_says(commands, UNAVAILABLE, "is full; make room there", prefix=here)
        self.make_room(disk)
        self.command("add", self.text(4), prefix=here)
        self.assert_whole(7, prefix=here)

    def test_what_was_added_before_the_disk_was_full_is_told(self):
        here, _ = self.small_disk(self.data, 16)
        large = self.folder / "grande.pdf"
        large.write_bytes(b"%PDF-1.4\n" + os.urandom(24 << 20))
        run = self.begin("add", self.text(3), large, "--json", prefix=here).finish()
        self.assert_said(run, UNAVAILABLE, self.data / "blobs", "make room there")
        self.assertEqual(1, len(json.loads(run.out)["documents"]))
        self.assert_whole(3, prefix=here)

    def test_a_full_disk_for_originals_is_said_and_leaves_no_part_of_one(self):
        here, disk = self.small_disk(self.folder / "originals", 1)
        blobs = ["--blobs", f"dir:{self.folder}/originals"]
        self.fill(disk)
        run = self.begin("add", self.text(3), *blobs, prefix=here).finish()
        self.assert_said(run, UNAVAILABLE, self.folder / "originals", "No space left on device; make room there")
        self.assertEqual([], [path for path in disk.rglob("*") if path.is_file() and path.name != "filler"])
        self.assertEqual([], json.loads(self.command("jobs", "list", "--json"))["jobs"])
        self.assertEqual([], json.loads(self.command("docs", "list", "--json"))["documents"])
        self.make_room(disk)
        self.command("add", self.text(3), *blobs, prefix=here)
        self.command("worker", "--until-idle", *blobs, prefix=here)
        self.assertIn("is whole", self.command("store", "check", *blobs, prefix=here))

    def test_a_worker_waits_for_room_on_its_disk_and_goes_on(self):
        here, disk = self.small_disk(self.data, 24)
        self.command("add", self.quick_scan(24), prefix=here)
        worker = self.begin("worker", "--jobs", "1", "--until-idle", prefix=here)
        wait_for(lambda: self.pages_read(prefix=here) >= 2, "two pages")
        self.fill(disk)
        wait_for(lambda: "trying again" in self.said_by(worker), "the worker says that it waits")
        self.make_room(disk)
        self.assert_code(worker.finish(), ENDED_WELL)
        self.assertIn("is full; make room there; trying again", worker.err)
        self.assert_whole(24, prefix=here)


class TroubleOnPostgres(TroubleCase):
    def test_a_server_that_is_not_there_is_said(self):
        url = f"postgres:///civicum?host={self.folder}"
        self.assert_each_says(self.commands(), UNAVAILABLE, self.folder, "No such file", store=url)

    def test_a_wrong_password_is_said_and_not_shown(self):
        server = Server(self, who="local all all scram-sha-256")
        server.ask("CREATE ROLE ana LOGIN PASSWORD 'correcta'", "CREATE DATABASE archivo OWNER ana")
        for password in ("", "geheim"):
            self.assert_each_says(self.commands("read", "add", "worker", "docs list", "jobs list", "store check"),
                                  UNAVAILABLE, "password", "archivo", store=server.url("ana", "archivo", password))
        self.command("docs", "list", store=server.url("ana", "archivo", "correcta"))

    def test_missing_rights_are_said(self):
        url = self.postgres()
        self.command("add", self.text(3), store=url)
        self.administer(url, "CREATE ROLE lectora LOGIN")
        self.addCleanup(self.administer, url, "DROP OWNED BY lectora", "DROP ROLE lectora")
        as_reader = url.replace("user=civicum", "user=lectora")
        commands = self.commands("read", "add", "worker", "docs list", "docs remove", "jobs list", "store check")
        self.assert_each_says(commands, BAD_USAGE, "permission denied", "own the schema civicum", store=as_reader)
        self.administer(url, "GRANT USAGE ON SCHEMA civicum TO lectora",
                        "GRANT SELECT ON ALL TABLES IN SCHEMA civicum TO lectora")
        self.assertIn("received", self.command("docs", "list", store=as_reader))
        self.assert_each_says(self.commands("add", "docs remove", "jobs cancel"), BAD_USAGE,
                              "permission denied for", "own the schema civicum", store=as_reader)
        self.assert_whole(3, store=url)

    def test_a_removal_that_the_servers_files_do_not_follow_is_said(self):
        url = self.postgres()
        self.command("add", self.text(3), store=url)
        self.administer(url, "CREATE ROLE copista LOGIN", "GRANT USAGE ON SCHEMA civicum TO copista",
                        "GRANT ALL ON ALL TABLES IN SCHEMA civicum TO copista")
        self.addCleanup(self.administer, url, "DROP OWNED BY copista", "DROP ROLE copista")
        run = self.begin("docs", "remove", "1", store=url.replace("user=civicum", "user=copista")).finish()
        self.assert_said(run, BAD_USAGE, "only the owner of its tables")
        self.assertEqual([], json.loads(self.command("docs", "list", "--json", store=url))["documents"])

    def test_a_server_that_takes_no_writes_is_said(self):
        url = self.postgres()
        self.command("add", self.text(3), store=url)
        name = url.split("/")[3].split("?")[0]
        self.administer(url, f"ALTER DATABASE {name} SET default_transaction_read_only=on")
        self.assertIn("received", self.command("docs", "list", store=url))
        self.assert_each_says(self.commands("read", "add", "worker", "docs remove", "jobs cancel"), BAD_USAGE,
                              "nothing can be written", "name the primary", store=url)
        self.administer(url, "SET default_transaction_read_only=off", f"ALTER DATABASE {name} RESET ALL")
        self.assert_whole(3, store=url)

    def test_a_newer_schema_is_said(self):
        url = self.postgres()
        self.command("docs", "list", store=url)
        self.administer(url, "UPDATE civicum.schema_version SET version=99")
        self.assert_each_says(self.commands(), UNAVAILABLE, "newer civicum", "update civicum", store=url)

    def test_a_schema_that_is_not_whole_is_said(self):
        url = self.postgres()
        self.command("docs", "list", store=url)
        self.administer(url, "DROP TABLE civicum.documents CASCADE")
        self.assert_each_says(self.commands("read", "add", "worker", "docs list"), UNAVAILABLE, "documents",
                              "not as civicum made it", store=url)

    def test_a_server_that_stops_in_the_middle_is_said(self):
        server = Server(self)
        server.ask("CREATE ROLE ana LOGIN", "CREATE DATABASE archivo OWNER ana")
        url = server.url("ana", "archivo")
        self.command("add", self.text(3), store=url)
        waiting = self.begin("docs", "wait", store=url)
        wait_for(lambda: server.ask("SELECT 1 FROM pg_stat_activity WHERE application_name='civicum'"), "it waits")
        server.control("stop", "-m", "fast")
        self.assert_said(waiting.finish(), UNAVAILABLE, "archivo", "connection")
        server.start()
        self.assert_whole(3, store=url)

    def test_a_worker_waits_for_room_on_the_servers_disk_and_goes_on(self):
        here, disk = self.small_disk(self.folder / "disk", 32)
        server = Server(self, prefix=here)
        self.folder.chmod(0o755)
        server.run("mkdir", "-m", "700", self.folder / "disk/space")
        server.ask("CREATE ROLE ana LOGIN", f"CREATE TABLESPACE small LOCATION '{self.folder}/disk/space'",
                   "CREATE DATABASE archivo OWNER ana TABLESPACE small")
        url = server.url("ana", "archivo")
        self.command("add", self.quick_scan(24), store=url)
        worker = self.begin("worker", "--jobs", "1", "--until-idle", store=url)
        wait_for(lambda: self.pages_read(store=url) >= 2, "two pages")
        self.fill(disk)
        wait_for(lambda: "trying again" in self.said_by(worker), "the worker says that it waits")
        run = self.begin("add", self.text(40), store=url).finish()
        self.assert_said(run, UNAVAILABLE, "archivo", "disk is full: make room there")
        self.make_room(disk)
        self.assert_code(worker.finish(), ENDED_WELL)
        self.assertIn("disk is full: make room there; trying again", worker.err)
        self.assert_whole(24, store=url)

    def administer(self, url, *statements):
        commands = [word for statement in statements for word in ("-c", statement)]
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url, *commands], check=True, capture_output=True)
