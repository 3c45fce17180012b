# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory limits around processes, readers that leak on purpose, and neighbours that take memory: for tests and bench/survive."""
import itertools
import mmap
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMBERS = itertools.count(1)
REMOVAL_SECONDS_MAX = 60

MIB = 1 << 20
LEAK = struct.Struct("<qq")


class NotHere(Exception):
    """This machine cannot do it; says why."""


def own_memory_cgroup():
    """Version and folder of the cgroup that holds this process; (None, why) where it has none."""
    lines = pathlib.Path("/proc/self/cgroup").read_text().splitlines()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return 1, pathlib.Path("/sys/fs/cgroup/memory" + path)
    folder = pathlib.Path("/sys/fs/cgroup" + lines[-1].split("::", 1)[-1])
    controllers = folder / "cgroup.controllers"
    if controllers.exists() and "memory" in controllers.read_text().split():
        return 2, folder
    return None, "no memory controller in any cgroup tree"


class Box:
    """A cgroup with a limit of memory and swap; programs go in by its prefix. To be removed by whoever made it."""

    def __init__(self, limit):
        version, parent = own_memory_cgroup()
        if version != 1:
            raise NotHere(parent if version is None else "boxes are made of cgroup v1")
        self.folder = parent / f"civicum-box-{os.getpid()}-{next(NUMBERS)}"
        try:
            self.folder.mkdir()
        except OSError as refused:
            raise NotHere(f"no cgroup may be made here: {refused}") from refused
        for file in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"):
            if (self.folder / file).exists():
                (self.folder / file).write_text(str(limit))
        self.prefix = ["sh", "-c", f'echo 0 > {self.folder}/cgroup.procs && exec "$@"', "sh"]

    def remove(self):
        """Once everything in it has ended, cages included."""
        end = time.monotonic() + REMOVAL_SECONDS_MAX
        while self.folder.exists():
            for folder, _, _ in os.walk(self.folder, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:  # a process is still in it
                    pass
            if time.monotonic() > end:
                raise AssertionError(f"after {REMOVAL_SECONDS_MAX} s a process is still in {self.folder}")
            time.sleep(0.01)

    def kills(self):
        """By memory, of whatever is or was in it."""
        return int((self.folder / "memory.oom_control").read_text().split()[-1])


class LeakingReaders:
    """A civicum of its own, in `folder`, whose readers leak when told."""

    def __init__(self, folder, program):
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang-14")
        if compiler is None:
            raise NotHere("no C compiler")
        folder.mkdir()
        library, wish = folder / "leaking.so", folder / "wish"
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, ROOT / "tests/make/leaking.c"], check=True)
        wish.write_bytes(LEAK.pack(0, 0))
        with open(wish, "r+b") as file:
            self.wish = mmap.mmap(file.fileno(), LEAK.size)
        self.program = folder / "civicum"
        shutil.copy(program, self.program)
        reader = folder / "civicum-reader"
        reader.write_text(f"#!/bin/sh\nexport LEAKING={wish} LD_PRELOAD={library}\nexec {program.parent}/civicum-reader \"$@\"\n")
        reader.chmod(0o755)
        # `exec` takes the program's place: its first word is ours.
        self.prefix = ["sh", "-c", f'shift; exec {self.program} "$@"', "sh"]

    def leak(self, pid, bytes_per_second):
        self.wish[:] = LEAK.pack(bytes_per_second // 100, pid)


class Neighbour:
    """A process that holds so many bytes, all of them touched, until it is ended."""

    def __init__(self, size, prefix=()):
        words = [*prefix, sys.executable, "-c",
                 "import sys; held = bytearray(b'x') * int(sys.argv[1]); print('ready', flush=True); sys.stdin.read()", str(size)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            raise AssertionError("the neighbour got no memory")

    def is_alive(self):
        return self.process.poll() is None

    def end(self):
        if self.is_alive():
            self.process.stdin.close()
            self.process.wait()
        self.process.stdout.close()


def settle(seconds):
    """What must not happen is given this long to happen."""
    time.sleep(seconds)
