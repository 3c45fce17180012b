# SPDX-License-Identifier: GPL-3.0-or-later
"""civicum.toml: what it says, what stands before it, and which hosts a store may be on."""
import os

from harness import BAD_USAGE, ENDED_WELL, PROGRAM, REFUSED, UNAVAILABLE, Case, Run


class Configuration(Case):
    def write(self, text, name="civicum.toml"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def civicum(self, *words, **environment):
        """A command without --data and --store, in a home of its own."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CIVICUM_", "XDG_", "PG"))}
        run = Run([os.fspath(word) for word in [PROGRAM, *words]], self.data,
                  env={**clean, "HOME": os.fspath(self.folder), **environment})
        self.addCleanup(run.end)
        return run.finish()

    def assert_store(self, name, *words, **environment):
        """The command made or opened this store of the test's folder."""
        run = self.civicum("store", "init", *words, **environment)
        self.assert_code(run, ENDED_WELL)
        self.assertIn(f"the store {self.folder}/{name} is ready", run.out)

    def test_the_command_line_comes_before_the_environment_before_the_file_before_the_default(self):
        self.assert_store(".local/share/civicum/civicum.sqlite")
        self.write(f'store = "sqlite:{self.folder}/of-the-home"', ".config/civicum/civicum.toml")
        self.assert_store("of-the-home")
        self.write(f'store = "sqlite:{self.folder}/of-xdg"', "xdg/civicum/civicum.toml")
        self.assert_store("of-xdg", XDG_CONFIG_HOME=f"{self.folder}/xdg")
        named = self.write(f'data = "{self.folder}/named"')
        self.assert_store("named/civicum.sqlite", CIVICUM_CONFIG=os.fspath(named))
        self.assert_store("named/civicum.sqlite", "--config", named, CIVICUM_CONFIG="/nonexistent")
        self.assert_store("flag/civicum.sqlite", "--config", named, "--data", self.folder / "flag")
        store = f"sqlite:{self.folder}/of-the-environment"
        self.assert_store("of-the-environment", CIVICUM_STORE=store)
        self.assert_store("of-the-flag", "--store", f"sqlite:{self.folder}/of-the-flag", CIVICUM_STORE=store)

    def test_every_command_takes_it_and_stops_at_what_is_wrong_in_it(self):
        wrong = self.write('data = "/srv"\nallow_hosts = ["8.8.8.8"]\n')
        source = self.text(1)
        for words in (["read", source], ["add", source], ["worker", "--until-idle"], ["docs", "list"], ["jobs", "list"],
                      ["store", "check"]):
            run = self.civicum(*words, "--config", wrong)
            self.assert_code(run, BAD_USAGE)
            self.assertEqual(1, len(run.err.splitlines()), run.err)
            self.assertIn(f'{wrong}, line 2: allow_hosts: "8.8.8.8" is not private', run.err)
        self.assert_code(self.civicum("docs", "list", "--config", self.folder / "none.toml"), BAD_USAGE)

    def test_a_store_on_another_host_is_refused_by_every_command(self):
        source = self.text(1)
        allowed = self.write('allow_hosts = ["10.0.0.0/8"]')
        for words in (["read", source], ["add", source], ["worker", "--until-idle"], ["docs", "list"], ["jobs", "list"],
                      ["store", "check"], ["store", "init"]):
            run = self.civicum(*words, "--config", allowed, "--store", "postgres://ana:geheim@192.168.1.7/x")
            self.assert_code(run, REFUSED)
            self.assertIn("sovereignty: the host 192.168.1.7 is refused", run.err)
            self.assertNotIn("geheim", run.err)

    def in_a_network(self, *words, hosts=""):
        """With 10.9.8.7 as an address of its own, where nobody listens, and with names of its own."""
        self.need_root()
        self.need_tool("ip", "unshare")
        names = self.write(hosts, "hosts")
        script = ('ip link set lo up && ip addr add 10.9.8.7/32 dev lo && mount --bind "$0" /etc/hosts && exec "$@"')
        return self.begin(*words, prefix=["unshare", "-n", "-m", "sh", "-c", script, names]).finish()

    def test_an_allowed_private_address_is_connected_to(self):
        store = ["docs", "list", "--store", "postgres://10.9.8.7/x"]
        self.assert_code(self.in_a_network(*store), REFUSED)
        run = self.in_a_network(*store, "--config", self.write('allow_hosts = ["10.0.0.0/8"]'))
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("Connection refused", run.err)

    def test_an_allowed_name_is_resolved_once_and_to_private_addresses_only(self):
        store = ["docs", "list", "--store", "postgres://db.lan/x", "--config", self.write('allow_hosts = ["db.lan"]')]
        run = self.in_a_network(*store, hosts="10.9.8.7 db.lan\n")
        self.assert_code(run, UNAVAILABLE)
        self.assertIn("10.9.8.7", run.err)
        self.assertIn("Connection refused", run.err)
        run = self.in_a_network(*store, hosts="203.0.113.9 db.lan\n")
        self.assert_code(run, REFUSED)
        self.assertIn("203.0.113.9", run.err)
