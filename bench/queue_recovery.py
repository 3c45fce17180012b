#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench/queue_recovery.py [--rounds 5] [--program BIN]

How long work lies still after a kill -9, or after a worker froze: from the signal until somebody goes
on with it. Prints one line of JSON: figures and their seconds, a list each.
"""
import argparse
import contextlib
import json
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))
from queue_chaos import Chaos, children_of, documents, kill, wait_for

SHORT_LEASE_SECONDS = 5
LEASE_SECONDS = 30
HOLDERS = "SELECT DISTINCT worker FROM job_leases"


class Recovery:
    def __init__(self, program):
        self.chaos = Chaos(program, 0)
        self.processes = []
        self.count = 0
        # One job each, so that a second worker has nothing to do until the first is gone.
        self.letter = documents.scan_pdf(self.chaos.work / "carta.pdf", 4)
        # Pages of some milliseconds, so that the next one says when reading went on.
        self.long = documents.text_pdf(self.chaos.work / "largo.pdf", 2000)

    @contextlib.contextmanager
    def store(self, kind, source):
        self.count += 1
        store = self.chaos.open_store(kind, f"recovery_{self.count}")
        self.chaos.civicum("add", source, *store.words)
        try:
            yield store
        finally:
            for process in self.processes:
                kill(process.pid, signal.SIGKILL)
                process.wait()
            self.processes = []
            store.remove()

    def worker(self, store, *words):
        process = subprocess.Popen([self.chaos.program, "worker", "--jobs", "1", *words, *store.worker_words(len(self.processes), False)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def holder(self, store):
        """The process that holds the store's leases."""
        holders = [worker.split(":")[1] for worker, in store.ask(HOLDERS)]
        return int(holders[0]) if holders else None

    def pages(self, store):
        return int(store.ask("SELECT count(*) FROM pages")[0][0])

    def at_work(self, store, *words):
        worker = self.worker(store, *words)
        wait_for(lambda: self.holder(store) == worker.pid and self.pages(store) > 0, "a page", 60)
        return worker

    def taken_over(self, store, begin, seconds=60):
        """From `begin` until the work is another process's."""
        first = self.processes[0].pid
        wait_for(lambda: self.holder(store) not in (None, first), "another worker goes on", seconds)
        return time.monotonic() - begin

    def reader(self, kind):
        """All of a worker's readers, also the one that is held ready: until another has read pages."""
        with self.store(kind, self.long) as store:
            worker = self.at_work(store)
            begin = time.monotonic()
            for reader in children_of(worker.pid):
                kill(reader, signal.SIGKILL)
            kept = self.pages(store)  # one that was read before may come yet
            wait_for(lambda: self.pages(store) > kept + 1, "the next pages", 30)
            return time.monotonic() - begin

    def killed_beside_another(self):
        with self.store("postgres", self.letter) as store:
            worker = self.at_work(store)
            self.worker(store)
            wait_for(lambda: len(store.ask("SELECT id FROM workers")) == 2, "both workers", 30)
            time.sleep(1.2)  # a connection that was just made believes nobody's death
            begin = time.monotonic()
            worker.kill()
            return self.taken_over(store, begin)

    def frozen_beside_another(self, lease):
        with self.store("postgres", self.letter) as store:
            words = ("--lease", str(lease)) if lease != LEASE_SECONDS else ()
            worker = self.at_work(store, *words)
            self.worker(store, *words)
            wait_for(lambda: len(store.ask("SELECT id FROM workers")) == 2, "both workers", 30)
            begin = time.monotonic()
            kill(worker.pid, signal.SIGSTOP)
            return self.taken_over(store, begin, lease + 30) - lease

    def killed_before_another(self, is_waiting):
        with self.store("sqlite", self.letter) as store:
            worker = self.at_work(store)
            if is_waiting:
                self.worker(store)
                time.sleep(0.5)  # it waits for the folder by now
            begin = time.monotonic()
            worker.kill()
            if not is_waiting:
                worker.wait()
                self.worker(store)
            return self.taken_over(store, begin)

    def figures(self, rounds):
        return {"reader_sqlite": [self.reader("sqlite") for _ in range(rounds)],
                "reader_postgres": [self.reader("postgres") for _ in range(rounds)],
                "worker_postgres": [self.killed_beside_another() for _ in range(rounds)],
                "worker_sqlite_waiting": [self.killed_before_another(True) for _ in range(rounds)],
                "worker_sqlite_started": [self.killed_before_another(False) for _ in range(rounds)],
                "frozen_short_over_lease": [self.frozen_beside_another(SHORT_LEASE_SECONDS) for _ in range(rounds)],
                "frozen_over_lease": [self.frozen_beside_another(LEASE_SECONDS)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/civicum")
    options = parser.parse_args()
    recovery = Recovery(options.program)
    try:
        print(json.dumps(recovery.figures(options.rounds)))
    finally:
        recovery.chaos.close()


if __name__ == "__main__":
    main()
