# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests share: start civicum, watch its processes and its store, read its results.

Every test has folders of its own. Nothing waits by sleeping for an event: wait_for() asks a question
again and again until it is answered, with a bound. Processes are told apart by their parent, so
tests may run beside other civicums. Documents that several tests use are made once per run.
"""
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "make"))
import documents

PROGRAM = pathlib.Path(os.environ.get("CIVICUM_PROGRAM", ROOT / "build/release/bin/civicum"))
CORPUS = pathlib.Path(os.environ.get("CIVICUM_CORPUS", ROOT.parent / "shared/corpus"))
PAGE_SECONDS = os.environ.get("CIVICUM_E2E_PAGE_SECONDS", "15")
QUESTION_INTERVAL = 0.01
# Root may do everything.
AS_NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}
SLOWDOWN = float(os.environ.get("CIVICUM_E2E_SLOWDOWN", "1"))
ENDED_WELL, WITH_FINDINGS, BAD_USAGE, REFUSED, UNAVAILABLE, INTERRUPTED, OUTPUT_CLOSED = 0, 1, 2, 3, 4, 130, 141


def wait_for(question, what, seconds=60):
    """The first answer that is true; fails after `seconds`."""
    end = time.monotonic() + seconds * SLOWDOWN
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds * SLOWDOWN:.0f} s still not: {what}")
        time.sleep(QUESTION_INTERVAL)


def process_fields(pid):
    """name, parent and state of a process; None once it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, int(rest[1]), rest[0]


def children_of(parent, name="civicum-reader"):
    found = []
    for entry in os.listdir("/proc"):
        fields = process_fields(entry) if entry.isdigit() else None
        if fields and fields[1] == parent and fields[0].startswith(name[:15]) and fields[2] != "Z":
            found.append(int(entry))
    return sorted(found)


def is_running(pid):
    fields = process_fields(pid)
    return fields is not None and fields[2] != "Z"


def status_field(pid, field):
    """A line of /proc/PID/status; None once the process is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return line.split(":", 1)[1].strip()
    except OSError:
        return None
    return None


class Run:
    """A civicum that was started: its readers, its store, its end."""

    def __init__(self, arguments, data, **options):
        self.data = data
        self.begin = time.monotonic()
        self.files = [tempfile.TemporaryFile() for _ in range(2)]
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", self.files[0])
        options.setdefault("stderr", self.files[1])
        self.process = subprocess.Popen(arguments, start_new_session=True, **options)
        self.pid = self.process.pid
        self.peak_kb = 0

    def is_alive(self):
        self.peak_kb = max(self.peak_kb, int((status_field(self.pid, "VmHWM") or "0").split()[0]))
        return self.process.poll() is None

    def readers(self):
        return children_of(self.pid)

    def pages_kept(self):
        return pages_in_store(self.data)

    def wait_for_pages(self, count, seconds=120):
        """True once the store holds `count` pages; false where the run ended before."""
        wait_for(lambda: self.pages_kept() >= count or not self.is_alive(), f"{count} pages in the store", seconds)
        return self.is_alive()

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, seconds=300):
        wait_for(lambda: not self.is_alive(), "civicum ended", seconds)
        self.seconds = time.monotonic() - self.begin
        self.code = self.process.returncode
        texts = []
        for file in self.files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        self.out, self.err = texts
        return self

    def end(self):
        """For clean-up: nothing of this run stays behind."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        for file in self.files:
            file.close()


def pages_in_store(data):
    path = pathlib.Path(data, "civicum.sqlite")
    if not path.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as store:
            return store.execute("SELECT count(*) FROM pages").fetchone()[0]
    except sqlite3.Error:  # being created just now
        return 0


class Library:
    """Documents that are made once, on first use."""

    def __init__(self):
        self.folder = None

    def path(self, name, make, *arguments, **options):
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory(prefix="civicum-documents-")
        path = pathlib.Path(self.folder.name, name)
        if not path.exists():
            make(path, *arguments, **options)
        return path


LIBRARY = Library()
NUMBERS = itertools.count(1)


class Case(unittest.TestCase):
    sanitizer = False  # also worth its time on a sanitizer's build

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="civicum-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data, self.out = self.folder / "data", self.folder / "out"
        if not PROGRAM.exists():
            self.fail(f"no program at {PROGRAM}")

    # Starting.
    def start(self, *arguments, data=None, out=None, prefix=(), **options):
        data, out = data or self.data, out or self.out
        words = [*prefix, PROGRAM, "read", *arguments, "--data", data, "--out", out]
        run = Run([os.fspath(word) if not isinstance(word, bytes) else word for word in words], data, **options)
        self.addCleanup(run.end)
        return run

    def said_by(self, run):
        """On standard error, until now."""
        return os.pread(run.files[1].fileno(), 1 << 16, 0).decode()

    def begin(self, *words, data=None, store=None, prefix=(), **options):
        """civicum WORDS on this test's data folder, or on `store`; runs on."""
        data = data or self.data
        store = ["--store", store] if store else []
        words = [*prefix, PROGRAM, *words, "--data", data, *store]
        run = Run([os.fspath(word) for word in words], data, **options)
        self.addCleanup(run.end)
        return run

    def command(self, *words, code=ENDED_WELL, **options):
        """… and its standard output once it has ended, with this code."""
        run = self.begin(*words, **options).finish()
        self.assert_code(run, code)
        return run.out

    def read(self, *arguments, seconds=300, **options):
        return self.start(*arguments, **options).finish(seconds)

    def read_json(self, *arguments, **options):
        run = self.read(*arguments, "--json", **options)
        return json.loads(run.out)["documents"], run

    # Needs.
    def postgres(self):
        """The URL of a new, empty database."""
        query = os.environ.get("CIVICUM_TEST_POSTGRES")
        if not query:
            self.skipTest("no PostgreSQL server (CIVICUM_TEST_POSTGRES is not set)")
        self.need_tool("psql")
        name = f"e2e_{os.getpid()}_{next(NUMBERS)}"
        administer = ["psql", "-q", f"postgres:///postgres?{query}", "-c"]
        subprocess.run([*administer, f"CREATE DATABASE {name}"], check=True)
        self.addCleanup(subprocess.run, [*administer, f"DROP DATABASE {name} WITH (FORCE)"], check=True)
        return f"postgres:///{name}?{query}"

    def need_tool(self, *names):
        for name in names:
            if not shutil.which(name):
                self.skipTest(f"{name} is not installed")

    def need_root(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def corpus(self, path):
        if not (CORPUS / path).exists():
            self.skipTest("the corpus is not here (CIVICUM_CORPUS)")
        return CORPUS / path

    # Documents.
    def text(self, pages=3, name=None, seed=0):
        name = name or f"texto-{pages}-{seed}.pdf"
        return LIBRARY.path(name, documents.text_pdf, pages, seed=seed)

    def quick_scan(self, pages, seed=0):
        """Pages that need OCR, 50–200 ms each."""
        self.need_tool("pdftoppm")
        return LIBRARY.path(f"escaneo-{pages}-{seed}.pdf", documents.quick_scan_pdf, pages, seed=seed)

    def copy(self, source, name):
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return target

    # Results.
    def record(self, name, out=None):
        return json.loads((pathlib.Path(out or self.out) / f"{name}.json").read_text(encoding="utf-8"))

    def assert_code(self, run, code):
        self.assertEqual(code, run.code, f"exit code; stderr: {run.err[-2000:]}")

    def assert_complete(self, record, pages=None):
        """Pages in = pages read + gaps, and every page exactly once, in order."""
        numbers = [page["page"] for page in record["pages"]]
        gaps = [gap["page"] for gap in record["gaps"]]
        self.assertEqual(record["pages_read"], len(numbers))
        self.assertEqual(list(range(1, record["pages_in"] + 1)), sorted(numbers + gaps))
        self.assertEqual(sorted(numbers), numbers)
        if pages is not None:
            self.assertEqual(pages, record["pages_in"])

    def assert_every_page_read(self, record, pages):
        """… and each holds the number that documents.page_lines() printed on it."""
        self.assert_complete(record, pages)
        self.assertEqual([], record["gaps"])
        wrong = [page["page"] for page in record["pages"]
                 if str(1000 + page["page"]) not in page["text"].replace(" ", "")]
        self.assertLessEqual(len(wrong), pages // 50, f"pages without their own text: {wrong}")


def dice():
    """The seed is printed by the runner and can be given again with CIVICUM_E2E_SEED."""
    return random.Random(int(os.environ.get("CIVICUM_E2E_SEED", "1")))
