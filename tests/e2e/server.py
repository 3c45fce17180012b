# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL server of one test's own, where the shared one will not do: other rules of who may come in, a disk of
its own. It runs as an unprivileged user, on a unix socket, and is gone with the test."""
import os
import pathlib
import shutil
import subprocess
import tempfile

SERVER_USER, SERVER_GROUP = "nobody", "nogroup"


class Server:
    def __init__(self, case, who="local all all trust", prefix=()):
        """`who`: pg_hba.conf. Its superuser is called as the system user that it runs as."""
        case.need_root()
        case.need_tool("setpriv", "psql")
        programs = os.environ.get("CIVICUM_TEST_POSTGRES_BIN")
        if not programs:
            case.skipTest("no PostgreSQL server (CIVICUM_TEST_POSTGRES is not set)")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="civicum-pg-"))
        case.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o711)
        shutil.chown(self.folder, SERVER_USER, SERVER_GROUP)
        self.programs = pathlib.Path(programs)
        self.as_server = [*prefix, "setpriv", f"--reuid={SERVER_USER}", f"--regid={SERVER_GROUP}", "--clear-groups"]
        self.run(self.programs / "initdb", "-D", self.folder / "data", "-U", SERVER_USER, "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync")
        self.start()
        case.addCleanup(self.stop)
        self.admit("local all all trust")
        self.admit(f"local all {SERVER_USER} peer\n{who}")

    def run(self, *words, **options):
        return subprocess.run([*self.as_server, *words], cwd=self.folder, check=True, capture_output=True, text=True,
                              **options)

    def control(self, *words):
        # The server would hold the pipe of a captured output open.
        subprocess.run([*self.as_server, self.programs / "pg_ctl", "-D", self.folder / "data", "-l",
                        self.folder / "server.log", "-w", "-t", "60", *words], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        self.control("start", "-o", f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off")

    def stop(self):
        if (self.folder / "data/postmaster.pid").exists():
            self.control("stop", "-m", "immediate")

    def admit(self, rules):
        (self.folder / "data/pg_hba.conf").write_text(rules + "\n")
        self.control("reload")

    def ask(self, *statements, database="postgres"):
        """As its superuser, one statement after the other; the rows as text."""
        commands = [word for statement in statements for word in ("-c", statement)]
        return self.run("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-d", database, *commands).stdout

    def url(self, user, database, password=""):
        secret = f":{password}" if password else ""
        return f"postgres://{user}{secret}@/{database}?host={self.folder}"
