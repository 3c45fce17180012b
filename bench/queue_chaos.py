#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench/queue_chaos.py [--rounds 20] [--seed N] [--first 1] [--store sqlite|postgres] [--faults NAME,…] [--program BIN]

Faults at random, in rounds: documents are handed in and read by real workers while workers, readers,
database sessions and the server are killed, frozen, cut off, stalled, out of disk or lied to about
the time. Then the faults stop, one last worker runs until it is idle, and the store must hold what
an undisturbed one would: every document ended, every page once, nothing else. A trigger in the
round's own store counts how often each page is written.

A round depends on the seed and its number alone, but for what the scheduler does; where something
does not hold its whole story is told and the run ends. --first N begins with round N. Everything lies on a small tmpfs in a mount namespace of its own, so that its disk may
be full; without root there is neither, and that fault is not drawn.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "make"))
import documents

TMPFS_MB = 320
LEASE_SECONDS = 2
FINISH_SECONDS = 90
ENDED_WELL, UNAVAILABLE = 0, 4
PROXIED = ("cut_unsent", "cut_unanswered", "stall", "stall_whole")
FAULTS = {"sqlite": {"kill_worker": 5, "kill_reader": 3, "freeze": 1, "freeze_over_lease": 1, "term_worker": 1,
                     "hold_lock": 1, "disk_full": 1, "clock_jump": 1, "kill_add": 2, "freeze_add": 1, "remove": 1},
          "postgres": {"kill_worker": 4, "kill_reader": 2, "freeze": 2, "freeze_over_lease": 3, "term_worker": 1,
                       "kill_backend": 2, "terminate_backend": 2, "cancel_backend": 2, "freeze_backend": 1,
                       "kill_server": 1, "stop_server": 1, "freeze_server": 1, "cut_unsent": 6, "cut_unanswered": 6,
                       "stall": 3, "stall_whole": 3, "disk_full": 1, "clock_jump": 1, "kill_add": 2, "freeze_add": 1, "remove": 1}}
STORM_FAULTS = 12  # of a round in ten, in quick succession


class Violation(Exception):
    """Something that must hold does not."""


def wait_for(question, what, seconds):
    end = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > end:
            raise Violation(f"after {seconds} s still not: {what}")
        time.sleep(0.02)
    return answer


def unprivileged():
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


class Server:
    """A PostgreSQL server on this driver's disk: killed, started, and lied to about the time."""

    def __init__(self, folder):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not programs:
            raise SystemExit("queue_chaos: no PostgreSQL server is installed")
        self.bin, self.folder, self.data = programs[-1].parent, folder, folder / "data"
        folder.mkdir(mode=0o711)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        self.clock = Clock(folder / "clock")
        self.run("initdb", "-D", self.data, "-U", "civicum", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                 "--wal-segsize=1", check=True)
        with open(self.data / "postgresql.conf", "a", encoding="ascii") as settings:
            settings.write(f"listen_addresses=''\nunix_socket_directories='{folder}'\nmax_wal_size=16MB\nmin_wal_size=2MB\n"
                           "shared_buffers=16MB\nmax_connections=80\n")
        self.start()

    def run(self, program, *words, check=False, variables=()):
        return subprocess.run([*unprivileged(), "env", *variables, self.bin / program, *words], cwd="/", check=check,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, jumping_clock=False):
        """Once the processes of a killed server are gone; one that is there only recovers."""
        variables = [f"{name}={value}" for name, value in self.clock.environment().items()] if jumping_clock else []
        words = ["pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "60", "start"]
        wait_for(lambda: self.run(*words, variables=variables).returncode == 0 or self.is_up(), "the server starts", 90)

    def is_up(self):
        return self.run("pg_ctl", "-D", self.data, "status").returncode == 0 and self.psql("SELECT 1") is not None

    def stop(self, mode="immediate"):
        """A server one of whose processes is frozen while it recovers may not end by itself."""
        if self.run("pg_ctl", "-D", self.data, "-m", mode, "-t", "20", "stop").returncode != 0:
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-t", "60", "stop")

    def pid(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)

    def psql(self, sql, database="postgres"):
        """Rows of text; None where the server does not answer."""
        ended = subprocess.run(["psql", "-XqAtF", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "civicum", "-c", sql, database],
                               capture_output=True, text=True)
        return [tuple(line.split("\t")) for line in ended.stdout.splitlines()] if ended.returncode == 0 else None


class Clock:
    """A wall clock of its own for a program that runs in its environment, and that follows set()."""
    library = None

    @classmethod
    def build(cls, folder):
        """False where there is no compiler."""
        if not (compiler := shutil.which("cc")):
            return False
        cls.library = folder / "jumping_clock.so"
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", cls.library, ROOT / "bench/jumping_clock.c"], check=True)
        return True

    def __init__(self, path):
        self.path = path
        self.set(0)

    def set(self, seconds):
        with open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))

    def environment(self):
        return {"LD_PRELOAD": str(self.library), "JUMPING_CLOCK": str(self.path)}


class Proxy:
    """Stands before the server's socket and fails as it is told to, once, on whatever connection is next."""

    def __init__(self, folder, server_socket):
        folder.mkdir()
        self.folder, self.server_socket = folder, str(server_socket)
        self.lock = threading.Lock()
        self.plan = None  # (how, bytes left, seconds)
        self.late_until = 0.0  # when the last of what is held will have come
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, how, after_bytes, seconds=0.0):
        with self.lock:
            self.plan = [how, after_bytes, seconds]

    def disarm(self):
        with self.lock:
            is_done, self.plan = self.plan is None, None
        return is_done

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.server_socket)
            except OSError:
                client.close()
                continue
            link = Link(self, client, server)
            threading.Thread(target=link.forward, daemon=True).start()
            threading.Thread(target=link.back, daemon=True).start()

    def take_plan(self, size):
        """The plan where it falls within the next `size` bytes, how many of them still go through, and how long to hold."""
        with self.lock:
            if self.plan is None:
                return None
            how, left, seconds = self.plan
            if size < left:
                self.plan[1] -= size
                return None
            self.plan = None
            return how, left, seconds


class Link:
    """One client's connection. Bytes after the fault are gone, as those of a cable that was cut."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.is_deaf = False
        self.stalled_until = 0.0

    def forward(self):
        try:
            while data := self.client.recv(65536):
                plan = self.proxy.take_plan(len(data))
                if plan is None:
                    self.server.sendall(data)
                else:
                    self.fail(data, *plan)
        except OSError:
            pass
        self.close()

    def fail(self, data, how, left, seconds):
        if how == "cut_unsent":  # the server has a part of what was asked
            self.server.sendall(data[:left])
            raise OSError
        if how == "cut_unanswered":  # the server does as it was told, and nobody hears of it
            self.is_deaf = True
            self.server.sendall(data)
            time.sleep(0.05)
            raise OSError
        # A frozen client, or network: in the middle of a message, or before it, so that it comes late.
        left = 0 if how == "stall_whole" else left
        self.server.sendall(data[:left])
        self.stalled_until = self.proxy.late_until = time.monotonic() + seconds
        time.sleep(seconds)
        self.server.sendall(data[left:])

    def back(self):
        try:
            while data := self.server.recv(65536):
                while time.monotonic() < self.stalled_until:
                    time.sleep(0.01)
                if not self.is_deaf:
                    self.client.sendall(data)
        except OSError:
            pass
        self.close()

    def close(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class SqliteStore:
    kind = "sqlite"

    def __init__(self, chaos, name):
        self.folder = chaos.work / name
        self.folder.mkdir()
        self.words = ["--data", self.folder]
        self.path = self.folder / "civicum.sqlite"
        chaos.civicum("store", "init", *self.words)
        with self.open() as store:
            store.executescript("CREATE TABLE page_writes(document, page_index);" + "".join(
                f"CREATE TRIGGER note_{event} AFTER {event} ON pages BEGIN "
                "INSERT INTO page_writes VALUES(new.document, new.page_index); END;" for event in ("INSERT", "UPDATE"))
                + "CREATE TRIGGER forget AFTER DELETE ON documents BEGIN DELETE FROM page_writes WHERE document=old.id; END;")
        self.sources, self.rounds = [], 0

    def open(self):
        return sqlite3.connect(self.path, timeout=10, isolation_level=None)

    def ask(self, sql):
        store = self.open()
        try:
            return [tuple(map(str, row)) for row in store.execute(sql).fetchall()]
        finally:
            store.close()

    def worker_words(self, number, proxied):
        return self.words

    def remove(self):
        shutil.rmtree(self.folder)


class PostgresStore:
    kind = "postgres"

    def __init__(self, chaos, name):
        self.chaos, self.name = chaos, name
        chaos.server.psql(f"CREATE DATABASE {name}")
        self.folder = chaos.work / name
        self.folder.mkdir()
        self.words = ["--data", self.folder, "--store", self.url(chaos.server.folder)]
        chaos.civicum("store", "init", *self.words)
        self.ask("CREATE TABLE public.page_writes(document BIGINT, page_index BIGINT);"
                 "CREATE FUNCTION public.note_page() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                 "INSERT INTO public.page_writes VALUES(NEW.document, NEW.page_index); RETURN NEW; END $$;"
                 "CREATE TRIGGER note_page AFTER INSERT OR UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION public.note_page();"
                 "CREATE FUNCTION public.forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                 "DELETE FROM public.page_writes WHERE document=OLD.id; RETURN OLD; END $$;"
                 "CREATE TRIGGER forget AFTER DELETE ON documents FOR EACH ROW EXECUTE FUNCTION public.forget()")
        self.sources, self.rounds = [], 0

    def url(self, folder):
        return f"postgres:///{self.name}?host={folder}&user=civicum"

    def ask(self, sql):
        answer = self.chaos.server.psql(f"SET search_path TO civicum, public; {sql}", self.name)
        if answer is None:
            raise Violation(f"the server does not answer: {sql}")
        return answer

    def worker_words(self, number, proxied):
        """Each worker as on a machine of its own."""
        place = self.chaos.proxy.folder if proxied else self.chaos.server.folder
        return ["--data", self.folder / f"worker{number}", "--store", self.url(place)]

    def remove(self):
        self.chaos.server.psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder)


class Source:
    """A document, and the texts that an undisturbed store has of its pages; None: it is no document."""

    def __init__(self, path):
        self.path, self.sha256, self.texts = path, None, None


class Chaos:
    def __init__(self, program, seed, only_store=None):
        self.program, self.seed, self.only_store = program, seed, only_store
        self.only_faults = None
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="civicum-chaos-"))
        self.work.chmod(0o711)
        self.has_disk = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_MB}m,mode=711", "none", self.work],
                                       capture_output=True).returncode == 0 if is_alone() else False
        self.has_clock = Clock.build(self.work)
        self.server = self.proxy = None
        self.stores = {}
        self.rounds, self.faults = collections.Counter(sqlite=0, postgres=0), collections.Counter()
        self.documents = self.pages = 0
        self.sources = []

    def close(self):
        if self.server:
            self.server.stop()
        if self.has_disk:
            subprocess.run(["umount", "--lazy", self.work], check=False)
        shutil.rmtree(self.work, ignore_errors=True)

    def counts(self):
        return {"rounds": self.rounds.total(), "rounds_on": self.rounds, "documents": self.documents, "pages": self.pages,
                "faults": self.faults}

    def civicum(self, *words, code=ENDED_WELL):
        ended = subprocess.run([self.program, *words], capture_output=True, text=True, timeout=300)
        if ended.returncode != code:
            raise Violation(f"civicum {' '.join(map(str, words))} ended with {ended.returncode}: {ended.stderr[-500:]}{ended.stdout[-500:]}")
        return ended.stdout

    def make_sources(self):
        folder = self.work / "sources"
        folder.mkdir()
        for i in range(14):
            documents.text_pdf(folder / f"texto-{i}.pdf", 2 + 3 * i, paragraphs=4 + i % 8, seed=i)
        if documents.raster_tool():
            for i in range(8):
                documents.quick_scan_pdf(folder / f"escaneo-{i}.pdf", 3 + i, seed=i)
        (folder / "roto.pdf").write_bytes(b"%PDF-1.4 nothing more")
        data = ["--data", self.work / "undisturbed"]
        self.civicum("add", folder, "--quiet", *data)
        self.civicum("worker", "--until-idle", "--quiet", *data)
        kept = {document["file"]: document for document in json.loads(self.civicum("docs", "list", "--json", *data))["documents"]}
        texts = texts_of(self.civicum("docs", "export", *data))
        sources = []
        for path in sorted(folder.iterdir()):
            source = Source(path)
            document = kept[path.name]
            source.sha256 = document["sha256"]
            if document["state"] != "failed":
                source.texts = texts[path.name]
            sources.append(source)
        shutil.rmtree(self.work / "undisturbed")
        return sources

    def store_for(self, kind, name, dice):
        """A new store, or the one of the round before."""
        store = self.stores.get(kind)
        if store and (store.rounds >= 4 or len(store.sources) + 4 > len(self.sources) or dice.random() < 0.4):
            store.remove()
            store = None
        if store is None:
            store = self.stores[kind] = self.open_store(kind, name)
        store.rounds += 1
        return store

    def open_store(self, kind, name):
        if kind == "postgres" and self.server is None:
            self.server = Server(self.work / "server")
            self.proxy = Proxy(self.work / "proxy", self.work / "server" / ".s.PGSQL.5432")
        return {"sqlite": SqliteStore, "postgres": PostgresStore}[kind](self, name)

    def run(self, first, rounds):
        """True where every round held."""
        self.sources = self.make_sources()
        for number in range(first, first + rounds):
            one = Round(self, number)
            try:
                one.run()
            except (Violation, subprocess.SubprocessError, OSError, sqlite3.Error) as found:
                one.end_workers()
                one.tell_all(found)
                return False
            finally:
                one.end_workers()
        return True


def is_alone():
    return os.environ.get("CIVICUM_CHAOS_ALONE") == "1"


def texts_of(exported):
    records = [json.loads(line) for line in exported.splitlines()]
    return {record["file"]: [page["text"] for page in record["pages"]] for record in records}


class Worker:
    def __init__(self, process, log):
        self.process, self.log = process, log
        self.began = time.monotonic()
        self.is_killed = False  # … or told to end
        self.is_frozen = False


class Round:
    def __init__(self, chaos, number):
        self.chaos, self.number = chaos, number
        self.dice = random.Random(f"{chaos.seed}/{number}")
        self.begin = time.monotonic()
        self.story, self.workers, self.adds, self.logs = [], [], [], []
        self.faults = collections.Counter()
        self.removed, self.removals, self.thaws = set(), [], []
        self.count = 0

    def tell(self, line):
        self.story.append(f"{time.monotonic() - self.begin:7.3f}  {line}")

    def run(self):
        dice, chaos = self.dice, self.chaos
        kind = chaos.only_store or dice.choice(("sqlite", "postgres"))
        self.store = chaos.store_for(kind, f"round_{self.number}", dice)
        self.is_on_postgres = kind == "postgres"
        self.is_proxied = self.is_on_postgres and dice.random() < 0.5
        self.wanted = dice.randint(1, 3) if self.is_on_postgres else 1
        self.has_clock = chaos.has_clock and dice.random() < 0.15
        if self.has_clock:
            self.clock = chaos.server.clock if self.is_on_postgres else Clock(self.store.folder / "clock")
        if self.has_clock and self.is_on_postgres:
            chaos.server.stop()
            chaos.server.start(jumping_clock=True)
        new = [source for source in chaos.sources if source not in self.store.sources]
        self.fresh = dice.sample(new, min(len(new), dice.randint(1, 4)))
        self.told = {}  # file name: document
        self.tell(f"{kind}, {'new' if self.store.rounds == 1 else 'continued'} store, {self.wanted} workers"
                  f"{', proxied' if self.is_proxied else ''}{', own clock' if self.has_clock else ''}: "
                  + " ".join(source.path.name for source in self.fresh))
        self.disturb()
        self.calm()
        self.finish()
        self.check()
        if self.has_clock and self.is_on_postgres:
            chaos.server.stop()
            chaos.server.start()
        chaos.faults.update(self.faults)
        chaos.rounds[kind] += 1
        chaos.documents += len(self.fresh)
        chaos.pages += sum(len(source.texts or []) for source in self.fresh)
        print(f"round {self.number}: ok, {kind}, {time.monotonic() - self.begin:.1f} s: "
              + ", ".join(f"{name}×{count}" if count > 1 else name for name, count in self.faults.items()), flush=True)

    # Processes.
    def start(self, *words, env=None):
        self.count += 1
        log = open(self.store.folder / f"log-{self.number}-{self.count}", "w+b")
        self.logs.append(log)
        process = subprocess.Popen([self.chaos.program, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, env={**os.environ, **(env or {})})
        self.tell(f"started {process.pid} ({log.name.rsplit('/', 1)[1]}): {' '.join(map(str, words))}")
        return Worker(process, log)

    def start_worker(self, *words, proxied=None):
        proxied = self.is_proxied if proxied is None else proxied
        env = self.clock.environment() if self.has_clock and not self.is_on_postgres else None
        return self.start("worker", "--jobs", str(self.dice.randint(1, 2)), "--lease", str(LEASE_SECONDS), *words,
                          *self.store.worker_words(self.count, proxied), env=env)

    def supervise(self):
        """Replaces workers that are gone; one that went by itself had a reason, or is a finding."""
        for worker in list(self.workers):
            code = worker.process.poll()
            if code is None:
                continue
            self.workers.remove(worker)
            if worker.is_killed:
                continue
            self.tell(f"worker {worker.process.pid} ended by itself with {code}")
            self.check_own_end(worker, code)
        while len(self.workers) < self.wanted:
            self.workers.append(self.start_worker())

    def check_own_end(self, worker, code):
        """One that starts without its server, or without room on its disk, ends and says so; later it tries again."""
        is_starting = time.monotonic() - worker.began < 15 and b"trying again" not in self.said(worker.log)
        if code != UNAVAILABLE or not is_starting:
            raise Violation(f"worker {worker.process.pid} ended by itself with {code}: {self.said(worker.log)[-500:].decode()}")

    def said(self, log):
        return os.pread(log.fileno(), 1 << 20, 0)

    def end_workers(self):
        self.thaw_server()
        for one in [*self.workers, *self.adds, *self.removals]:
            if one.process.poll() is None:
                os.killpg(one.process.pid, signal.SIGKILL)
                one.process.wait()
        self.workers, self.adds, self.removals = [], [], []

    # The disturbed part.
    def disturb(self):
        weights = {name: weight for name, weight in FAULTS[self.store.kind].items()
                   if self.chaos.only_faults is None or name in self.chaos.only_faults}
        pending = list(self.fresh)
        is_storm = self.dice.random() < 0.1
        faults = STORM_FAULTS if is_storm else self.dice.randint(1, 6)
        self.supervise()
        self.add(pending)
        while faults > 0:
            time.sleep((0.02 if is_storm else self.dice.choice((0.02, 0.1, 0.3))) * self.dice.random() * 2)
            self.supervise()
            if pending and self.dice.random() < 0.4:
                self.add(pending)
            name = self.dice.choices(list(weights), list(weights.values()))[0] if self.faults["clock_jump"] or not self.has_clock else "clock_jump"
            if getattr(self, "fault_" + (name if name not in PROXIED else "proxied"))(name) is not False:
                faults -= 1
                self.faults[name] += 1
        while pending:
            self.add(pending)

    def add(self, pending):
        count = self.dice.randint(1, len(pending))
        files, pending[:count] = pending[:count], []
        words = self.store.words if not self.is_proxied or self.dice.random() < 0.5 else [*self.store.words[:2], "--store", self.store.url(self.chaos.proxy.folder)]
        self.adds.append(self.start("add", *[source.path for source in files], *words))

    def victim(self, frozen=False):
        live = [worker for worker in self.workers if worker.process.poll() is None and worker.is_frozen == frozen]
        return self.dice.choice(live) if live else None

    def fault_kill_worker(self, _):
        if (worker := self.victim()) is None:
            return False
        worker.is_killed = True
        worker.process.kill()
        self.tell(f"kill -9 of worker {worker.process.pid}")

    def fault_term_worker(self, _):
        if (worker := self.victim()) is None:
            return False
        worker.is_killed = True
        worker.process.terminate()
        self.tell(f"SIGTERM to worker {worker.process.pid}")

    def fault_kill_reader(self, _):
        worker = self.victim()
        readers = children_of(worker.process.pid) if worker else []
        if not readers:
            return False
        reader = self.dice.choice(readers)
        kill(reader, signal.SIGKILL)
        self.tell(f"kill -9 of reader {reader} of worker {worker.process.pid}")

    def freeze(self, worker, seconds):
        kill(worker.process.pid, signal.SIGSTOP)
        worker.is_frozen = True
        self.tell(f"{worker.process.pid} is frozen for {seconds:.2f} s")

        def thaw():
            if worker.is_frozen:
                worker.is_frozen = False
                kill(worker.process.pid, signal.SIGCONT)
                self.tell(f"{worker.process.pid} is thawed")
        timer = threading.Timer(seconds, thaw)
        timer.daemon = True
        timer.start()

    def fault_freeze(self, _):
        if (worker := self.victim()) is None:
            return False
        self.freeze(worker, self.dice.random() * 0.8 * LEASE_SECONDS)

    def fault_freeze_over_lease(self, _):
        if (worker := self.victim()) is None:
            return False
        self.freeze(worker, LEASE_SECONDS + 0.2 + self.dice.random() * 2)

    def fault_kill_add(self, _):
        add = self.live_add()
        if add is None:
            return False
        add.process.kill()
        add.is_killed = True
        self.tell(f"kill -9 of add {add.process.pid}")

    def fault_freeze_add(self, _):
        add = self.live_add()
        if add is None:
            return False
        self.freeze(add, self.dice.random() * 2)

    def live_add(self):
        live = [add for add in self.adds if add.process.poll() is None]
        return self.dice.choice(live) if live else None

    def fault_kill_backend(self, _):
        backend = self.backend()
        if backend is None:
            return False
        kill(backend, signal.SIGKILL)
        self.tell(f"kill -9 of backend {backend}")

    def backend(self):
        rows = self.chaos.server.psql(f"SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'civicum%' AND datname='{self.store.name}' ORDER BY pid")
        return int(self.dice.choice(rows)[0]) if rows else None

    def fault_terminate_backend(self, _):
        backend = self.backend()
        if backend is None:
            return False
        self.chaos.server.psql(f"SELECT pg_terminate_backend({backend})")
        self.tell(f"pg_terminate_backend({backend})")

    def fault_cancel_backend(self, _):
        backend = self.backend()
        if backend is None:
            return False
        self.chaos.server.psql(f"SELECT pg_cancel_backend({backend})")
        self.tell(f"pg_cancel_backend({backend})")

    def fault_freeze_backend(self, _):
        backend = self.backend()
        if backend is None:
            return False
        self.freeze_process(backend, self.dice.random() * 2 * LEASE_SECONDS)

    def fault_freeze_server(self, _):
        """Nobody can connect."""
        self.freeze_process(self.chaos.server.pid(), self.dice.random() * 7)

    def freeze_process(self, pid, seconds):
        kill(pid, signal.SIGSTOP)
        self.tell(f"{pid} of the server is frozen for {seconds:.2f} s")
        timer = threading.Timer(seconds, kill, (pid, signal.SIGCONT))
        timer.daemon = True
        timer.start()
        self.thaws.append((timer, pid))

    def fault_kill_server(self, _):
        self.chaos.server.kill()
        self.tell("kill -9 of the server")
        time.sleep(self.dice.random() * 0.5)
        self.revive_server()

    def fault_stop_server(self, _):
        self.thaw_server()
        mode = self.dice.choice(("immediate", "fast"))
        self.chaos.server.stop(mode)
        self.tell(f"{mode} stop of the server")
        time.sleep(self.dice.random() * 0.5)
        self.revive_server()

    def thaw_server(self):
        for timer, pid in self.thaws:
            timer.cancel()
            kill(pid, signal.SIGCONT)
        self.thaws = []

    def revive_server(self):
        self.thaw_server()
        self.chaos.server.start(jumping_clock=self.has_clock)
        self.tell("the server is back")

    def fault_proxied(self, how):
        if not self.is_proxied:
            return False
        after_bytes = self.dice.choice((1, 50, 500, 3000, 9000, 20000))
        after_bytes = self.dice.randint(1, 4 * after_bytes)
        seconds = LEASE_SECONDS * (0.5 + 2 * self.dice.random()) if how.startswith("stall") else 0
        self.chaos.proxy.arm(how, after_bytes, seconds)
        self.tell(f"{how} armed, after {after_bytes} bytes{f', for {seconds:.1f} s' if seconds else ''}")
        for _ in range(100):
            if self.chaos.proxy.plan is None:
                self.tell(f"{how} has happened")
                return True
            time.sleep(0.01)
        self.chaos.proxy.disarm()
        return False

    def fault_disk_full(self, _):
        if not self.chaos.has_disk:
            return False
        ballast = self.chaos.work / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                except OSError:
                    pass
        self.tell("the disk is full")
        time.sleep(0.2 + self.dice.random())
        ballast.unlink()
        self.tell("the disk has room")
        if self.is_on_postgres:
            self.check_server()

    def check_server(self):
        """A server whose disk was full may have ended."""
        self.thaw_server()
        time.sleep(0.1)
        if not self.chaos.server.is_up():
            self.revive_server()

    def fault_remove(self, _):
        """A document that was accepted, while it is read or before; perhaps not to the end. It is handed in again."""
        told = [add for add in self.adds if add.process.poll() is not None]
        there = [(name, number) for add in told for name, number in self.told_by(add).items() if name not in self.removed]
        if not there:
            return False
        name, number = self.dice.choice(there)
        self.removed.add(name)
        remove = self.start("docs", "remove", number, *self.store.words)
        self.tell(f"document {number} {name} is removed")
        if self.dice.random() < 0.3:
            time.sleep(self.dice.random() * 0.1)
            remove.process.kill()
            self.tell(f"kill -9 of remove {remove.process.pid}")
        self.removals.append(remove)

    def fault_hold_lock(self, _):
        seconds = self.dice.random() * 2
        with self.store.open() as store:
            store.execute("BEGIN IMMEDIATE")
            self.tell(f"the store is locked by somebody for {seconds:.2f} s")
            time.sleep(seconds)
            store.execute("ROLLBACK")

    def fault_clock_jump(self, _):
        if not self.has_clock:
            return False
        offset = self.dice.choice((3600, -3600, 86400, -86400, 10, -10))
        self.clock.set(offset)
        self.tell(f"the clock jumps to {offset:+} s")
        time.sleep(self.dice.random())

    # The calm after it.
    def calm(self):
        """No fault from here on; who is frozen may stay so until the others have finished."""
        if self.is_on_postgres:
            self.chaos.proxy.disarm()
            self.check_server()
        if self.has_clock:
            self.clock.set(0)
        for add in self.adds:
            if add.is_frozen:
                add.is_frozen = False
                kill(add.process.pid, signal.SIGCONT)
            try:
                code = add.process.wait(30)
            except subprocess.TimeoutExpired:
                raise Violation(f"add {add.process.pid} does not end") from None
            said = self.said(add.log).decode()
            self.told.update(self.told_by(add))
            if code not in (ENDED_WELL, UNAVAILABLE, -signal.SIGKILL) or (code == UNAVAILABLE and not self.faults):
                raise Violation(f"add ended with {code}: {said[-500:]}")
        self.tell("told: " + ", ".join(f"{name} is {number}" for name, number in self.told.items()))
        for remove in self.removals:
            remove.process.wait(30)
        self.check_told()
        for source in self.fresh:
            if source.path.name not in self.told or source.path.name in self.removed:
                self.chaos.civicum("add", source.path, *self.store.words)
                self.tell(f"handed in again: {source.path.name}")
        self.store.sources += self.fresh

    def told_by(self, add):
        lines = [line.split("  ") for line in self.said(add.log).decode().splitlines() if line.startswith("document ")]
        return {line[1]: line[0].split()[1] for line in lines}

    def check_told(self):
        there = {document["id"]: document for document in self.documents()}
        for source in self.fresh:
            number = self.told.get(source.path.name)
            if number and source.path.name not in self.removed and there.get(int(number), {}).get("sha256") != source.sha256:
                raise Violation(f"{source.path.name} was accepted as document {number} and is not there")

    def finish(self):
        """The last worker, alone or beside those that are left; then those end, too."""
        way = self.dice.choice(("beside", "alone", "alone"))
        for worker in self.workers:
            if way == "alone" and not worker.is_frozen:
                worker.is_killed = True
                worker.process.kill()
                worker.process.wait()
            elif worker.is_frozen and not self.is_on_postgres:
                worker.is_frozen = False
                kill(worker.process.pid, signal.SIGCONT)
        if not self.is_on_postgres:  # one worker owns the store
            for worker in self.workers:
                worker.is_killed = True
                worker.process.terminate()
        last = self.start_worker("--until-idle", proxied=False)
        try:
            code = last.process.wait(FINISH_SECONDS)
        except subprocess.TimeoutExpired:
            self.workers.append(last)
            raise Violation("the last worker does not come to an end") from None
        self.tell(f"the last worker ended with {code}")
        if code != ENDED_WELL:
            raise Violation(f"the last worker ended with {code}: {self.said(last.log)[-500:].decode()}")
        for worker in self.workers:
            if worker.is_frozen:
                worker.is_frozen = False
                kill(worker.process.pid, signal.SIGCONT)  # finds that everything was done without it
                time.sleep(0.2)
            worker.process.terminate()
        for worker in self.workers:
            try:
                code = worker.process.wait(30)
            except subprocess.TimeoutExpired:
                raise Violation(f"worker {worker.process.pid} does not end") from None
            if code not in (ENDED_WELL, -signal.SIGTERM) and not worker.is_killed:  # perhaps it was just starting
                self.check_own_end(worker, code)
        self.workers = []
        if self.is_proxied:  # what comes late finds that everything was done without it
            time.sleep(max(0.0, self.chaos.proxy.late_until + 0.1 - time.monotonic()))

    def documents(self):
        return json.loads(self.chaos.civicum("docs", "list", "--json", *self.store.words))["documents"]

    # What must hold.
    def check(self):
        self.check_documents()
        self.check_pages()
        for table in ("jobs", "job_leases", "job_needs"):
            if rows := self.store.ask(f"SELECT * FROM {table}"):
                raise Violation(f"left in {table}: {rows[:5]}")
        self.chaos.civicum("store", "check", *self.store.words)
        texts = texts_of(self.chaos.civicum("docs", "export", *self.store.words))
        for source in self.store.sources:
            if source.texts is not None and texts[source.path.name] != source.texts:
                raise Violation(f"{source.path.name} is not exported as from an undisturbed store")

    def check_documents(self):
        kept = {document["file"]: document for document in self.documents()}
        if len(kept) != len(self.store.sources):
            raise Violation(f"{len(self.store.sources)} documents were handed in, {len(kept)} are there")
        for source in self.store.sources:
            document = kept[source.path.name]
            wanted = "failed" if source.texts is None else "done"
            if document["state"] != wanted:
                raise Violation(f"{source.path.name} is {document['state']}, not {wanted}: {document}")
            if source.texts is not None and (document["pages_in"], document["pages_read"], document["gaps"]) != (len(source.texts), len(source.texts), 0):
                raise Violation(f"pages of {source.path.name}: {document}")

    def check_pages(self):
        pages = sum(len(source.texts or []) for source in self.store.sources)
        for what, sql in (("pages", "SELECT count(*) FROM pages"), ("page writes", "SELECT count(*) FROM page_writes"),
                          ("pages in the index", "SELECT count(*) FROM search_pages")):
            count = int(self.store.ask(sql)[0][0])
            if count != pages:
                twice = self.store.ask("SELECT document, page_index, count(*) FROM page_writes GROUP BY document, page_index HAVING count(*)>1")
                raise Violation(f"{count} {what} instead of {pages}; written more than once: {twice}")

    def tell_all(self, found):
        print(f"\nround {self.number} of seed {self.chaos.seed} FAILED: {found}\n  again: bench/queue_chaos.py --seed {self.chaos.seed} "
              f"--first {self.number} --rounds 1", flush=True)
        print("\n".join(self.story))
        for log in self.logs:
            if said := self.said(log).decode("utf-8", "replace"):
                print(f"--- {log.name}\n{said[-3000:]}")
        try:
            for table in ("documents", "jobs", "job_leases", "job_needs", "workers"):
                print(f"--- {table}\n" + "\n".join("  ".join(row) for row in self.store.ask(f"SELECT * FROM {table}")[:30]))
        except (Violation, sqlite3.Error, AttributeError) as failed:
            print(f"--- the store does not answer: {failed}")
        if self.is_on_postgres:
            print("--- the server's log\n" + "\n".join((self.chaos.server.folder / "log").read_text(errors="replace").splitlines()[-40:]))


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def children_of(parent):
    try:
        return [int(pid) for pid in pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres"))
    parser.add_argument("--faults", help="only these, parted by commas")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/civicum")
    parser.add_argument("--json", action="store_true", help="the last line is what was done, as JSON")
    options = parser.parse_args()
    if os.geteuid() == 0 and not is_alone():  # the disk that is filled is nobody else's
        os.execvpe("unshare", ["unshare", "--mount", sys.executable, *sys.argv], {**os.environ, "CIVICUM_CHAOS_ALONE": "1"})
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(1))
    chaos = Chaos(options.program, seed, options.store)
    chaos.only_faults = options.faults and options.faults.split(",")
    begin = time.monotonic()
    try:
        is_whole = chaos.run(options.first, options.rounds)
        print(f"{chaos.rounds.total()} rounds held in {time.monotonic() - begin:.0f} s: "
              + ", ".join(f"{name} {count}" for name, count in sorted(chaos.faults.items())), flush=True)
        if options.json:
            print(json.dumps({"seed": seed, "is_whole": is_whole, **chaos.counts()}))
    finally:
        chaos.close()
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
