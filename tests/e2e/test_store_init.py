# SPDX-License-Identifier: GPL-3.0-or-later
"""civicum store init on PostgreSQL: makes role, database and schema where it may, else says how they are made."""
import pwd
import subprocess
from urllib.parse import quote

from harness import ENDED_WELL, REFUSED, UNAVAILABLE, Case
from server import Server

# A system user who is nobody to the server.
STRANGER = pwd.getpwnam("games")
AS_STRANGER = {"user": STRANGER.pw_uid, "group": STRANGER.pw_gid, "extra_groups": []}


class StoreInit(Case):
    def init(self, url, code=ENDED_WELL, **options):
        self.folder.chmod(0o777)
        data = self.folder / f"data-of-{options.get('user', 0)}"
        run = self.begin("store", "init", url, data=data, **options).finish()
        self.assert_code(run, code)
        return run

    def commands_of(self, run):
        """What is to be run before civicum store init is run again."""
        lines = run.err.splitlines()
        self.assertTrue(lines[0].endswith("with:"), lines)
        self.assertIn("civicum store init ", lines[-1])
        return [line.strip() for line in lines[1:-1]]

    def obey(self, commands):
        for command in commands:
            if command.startswith("sudo "):
                self.need_tool("sudo")
            subprocess.run(command, shell=True, check=True, cwd="/")

    def test_a_role_that_may_makes_its_database(self):
        server = Server(self)
        server.ask("CREATE ROLE ana LOGIN CREATEDB")
        url = server.url("ana", "archivo")
        run = self.init(url, **AS_STRANGER)
        self.assertEqual(["made the database archivo", f"the store postgres:///archivo?host={server.folder} is ready"],
                         run.out.splitlines())
        self.assertEqual("UTF8|C|ana", server.ask("SELECT pg_encoding_to_char(encoding), datcollate, datdba::regrole "
                                                  "FROM pg_database WHERE datname='archivo'").strip())
        self.assertNotIn("made", self.init(url).out)

    def test_root_makes_role_and_database_as_the_servers_user(self):
        server = Server(self)
        run = self.init(server.url("ana", "archivo"))
        self.assertIn("made the role ana\nmade the database archivo\n", run.out)
        self.command("add", self.text(3), store=server.url("ana", "archivo"))

    def test_the_role_has_the_urls_password_which_is_not_shown(self):
        server = Server(self, who="local all all scram-sha-256")
        server.ask("ALTER SYSTEM SET log_statement='all'", "SELECT pg_reload_conf()")
        run = self.init(server.url("ana", "archivo", "geheim"))
        self.command("docs", "list", store=server.url("ana", "archivo", "geheim"))
        self.assertNotIn("geheim", run.out + run.err)
        log = (server.folder / "server.log").read_text()
        self.assertIn("CREATE ROLE", log)
        self.assertNotIn("geheim", log)
        wrong = self.init(server.url("ana", "archivo", "falsch"), UNAVAILABLE)
        self.assertIn("has the role's password", wrong.err)
        self.assertNotIn("falsch", wrong.err)

    def test_who_may_nothing_is_told_the_commands_whatever_the_names(self):
        server = Server(self)
        for role, database in (("ana", "archivo"), ("d'Or \"x\"", "$(mi) archivo's=\\"), ("-U", "-x")):
            url = server.url(quote(role, safe=""), quote(database, safe=""), "geheim" if role == "ana" else "")
            run = self.init(url, UNAVAILABLE, **AS_STRANGER)
            self.assertNotIn("geheim", run.err)
            commands = self.commands_of(run)
            self.assertEqual(2, len(commands), commands)
            self.obey(command.replace(" --pwprompt", "") for command in commands)
            self.assertIn("is ready", self.init(url, **AS_STRANGER).out)

    def test_only_the_database_is_asked_for_where_the_role_is_there(self):
        server = Server(self)
        server.ask("CREATE ROLE ana LOGIN")
        run = self.init(server.url("ana", "archivo"), UNAVAILABLE, **AS_STRANGER)
        [command] = self.commands_of(run)
        self.assertIn("createdb", command)
        self.obey([command])
        self.init(server.url("ana", "archivo"), **AS_STRANGER)

    def test_a_schema_that_the_role_may_not_make_is_made_for_it(self):
        server = Server(self)
        for role in ("ana", "berta"):
            server.ask(f"CREATE ROLE {role} LOGIN", f"CREATE DATABASE {role}")
        run = self.init(server.url("ana", "ana"), UNAVAILABLE, **AS_STRANGER)
        self.assertIn("may not make the schema civicum", run.err)
        self.obey(self.commands_of(run))
        self.init(server.url("ana", "ana"), **AS_STRANGER)
        self.assertIn("made the schema civicum in the database berta", self.init(server.url("berta", "berta")).out)

    def test_a_role_that_the_server_takes_from_another_system_user_is_said(self):
        server = Server(self, who="local all all peer")
        url = server.url(STRANGER.pw_name, "archivo")
        run = self.init(url, UNAVAILABLE)
        self.assertIn("made the role games\nmade the database archivo\n", run.out)
        self.assertIn("pg_hba.conf", run.err)
        self.assertEqual(f"  runuser -u games -- civicum store init '{url}'", run.err.splitlines()[-1])
        self.assertIn("is ready", self.init(url, **AS_STRANGER).out)

    def test_a_standby_is_said(self):
        server = Server(self)
        server.ask("CREATE ROLE ana LOGIN", "CREATE DATABASE archivo OWNER ana")
        server.control("stop", "-m", "fast")
        server.run("touch", server.folder / "data/standby.signal")
        server.start()
        run = self.init(server.url("ana", "archivo"), 2)
        self.assertIn("name the primary", run.err)
        run = self.init(server.url("ana", "otro"), UNAVAILABLE, **AS_STRANGER)
        self.assertIn("does not exist", run.err)

    def test_a_server_on_another_host_is_refused_first(self):
        self.assertIn("sovereignty", self.init("postgres://ana@192.168.1.7/archivo", REFUSED).err)
