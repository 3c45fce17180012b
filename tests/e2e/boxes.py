# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory limits around a test's processes, readers that leak on purpose, and neighbours that take memory."""
import mmap
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

import harness

MIB = 1 << 20
LEAK = struct.Struct("<qq")


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
    """A cgroup with a limit of memory and swap; programs go in by its prefix."""

    def __init__(self, case, limit):
        version, parent = own_memory_cgroup()
        if version != 1:
            case.skipTest(parent if version is None else "boxes of cgroup v2 are made in the virtual machine (tests/vm)")
        self.folder = parent / f"civicum-e2e-box-{os.getpid()}-{next(harness.NUMBERS)}"
        try:
            self.folder.mkdir()
        except OSError as refused:
            case.skipTest(f"no cgroup may be made here: {refused}")
        case.addCleanup(self.remove)
        for file in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"):
            if (self.folder / file).exists():
                (self.folder / file).write_text(str(limit))
        self.prefix = ["sh", "-c", f'echo 0 > {self.folder}/cgroup.procs && exec "$@"', "sh"]

    def remove(self):
        """Once everything in it has ended, cages included."""
        def is_removed():
            for folder, _, _ in os.walk(self.folder, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:  # a process is still in it
                    pass
            return not self.folder.exists()
        harness.wait_for(is_removed, f"{self.folder} is empty")


class LeakingReaders:
    """A civicum of its own whose readers leak when told."""

    def __init__(self, case):
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang-14")
        if compiler is None:
            case.skipTest("no C compiler")
        folder = case.folder / "leaking"
        folder.mkdir()
        library, wish = folder / "leaking.so", folder / "wish"
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, harness.ROOT / "tests/make/leaking.c"], check=True)
        wish.write_bytes(LEAK.pack(0, 0))
        with open(wish, "r+b") as file:
            self.wish = mmap.mmap(file.fileno(), LEAK.size)
        self.program = folder / "civicum"
        shutil.copy(harness.PROGRAM, self.program)
        reader = folder / "civicum-reader"
        reader.write_text(f"#!/bin/sh\nexport LEAKING={wish} LD_PRELOAD={library}\nexec {harness.PROGRAM.parent}/civicum-reader \"$@\"\n")
        reader.chmod(0o755)
        # `exec` takes the program's place: its first word is ours.
        self.prefix = ["sh", "-c", f'shift; exec {self.program} "$@"', "sh"]

    def leak(self, pid, bytes_per_second):
        self.wish[:] = LEAK.pack(bytes_per_second // 100, pid)


class Neighbour:
    """A process that holds so many bytes, all of them touched, until it is ended."""

    def __init__(self, case, size, prefix=()):
        words = [*prefix, sys.executable, "-c",
                 "import sys; held = bytearray(b'x') * int(sys.argv[1]); print('ready', flush=True); sys.stdin.read()", str(size)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        case.addCleanup(self.end)
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
