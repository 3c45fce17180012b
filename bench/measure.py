# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and says what it and all its descendants cost: wall and CPU seconds, peak PSS.

PSS (/proc/PID/smaps_rollup) counts a page shared by n processes as 1/n in each, so the sum over a
tree is what the tree really holds. Sampling costs time of its own: runs that are timed are not
sampled (sample_seconds None), runs that are sampled are not timed.
"""
import dataclasses
import os
import pathlib
import platform
import re
import statistics
import subprocess
import threading
import time


@dataclasses.dataclass
class Cost:
    wall: float
    cpu: float
    code: int
    peak_pss_mb: float = 0
    parent_pss_mb: float = 0
    processes: int = 0


def parents():
    table = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                text = pathlib.Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            table[int(entry)] = int(text[text.rindex(")") + 2:].split()[1])
    return table


def tree_of(root):
    table, found, grown = parents(), {root}, True
    while grown:
        more = {pid for pid, parent in table.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return found


def pss_kb(pid):
    try:
        match = re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(match.group(1)) if match else 0


class Sampler(threading.Thread):
    def __init__(self, root, seconds):
        super().__init__(daemon=True)
        self.root, self.seconds, self.done = root, seconds, threading.Event()
        self.peak_kb = self.parent_kb = self.processes = 0

    def run(self):
        while not self.done.wait(self.seconds):
            sizes = {pid: pss_kb(pid) for pid in tree_of(self.root)}
            self.peak_kb = max(self.peak_kb, sum(sizes.values()))
            self.parent_kb = max(self.parent_kb, sizes.get(self.root, 0))
            self.processes = max(self.processes, len(sizes))


def run(command, sample_seconds=None, env=None, stdout=subprocess.DEVNULL):
    """Waits for `command` and returns its Cost. Its own output is dropped unless asked for."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})})
    sampler = Sampler(process.pid, sample_seconds) if sample_seconds else None
    if sampler:
        sampler.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    cost = Cost(wall, usage.ru_utime + usage.ru_stime, process.returncode)
    if sampler:
        sampler.done.set()
        sampler.join()
        cost.peak_pss_mb, cost.parent_pss_mb = sampler.peak_kb / 1024, sampler.parent_kb / 1024
        cost.processes = sampler.processes
    return cost


def median_cost(costs):
    def of(field):
        return statistics.median(getattr(cost, field) for cost in costs)
    return Cost(of("wall"), of("cpu"), max(cost.code for cost in costs), of("peak_pss_mb"), of("parent_pss_mb"),
                int(of("processes")))


def spread(costs):
    walls = sorted(cost.wall for cost in costs)
    return f"{walls[0]:.1f}–{walls[-1]:.1f} s"


def version_of(*command):
    try:
        run_ = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "absent"
    lines = (run_.stdout + run_.stderr).strip().splitlines()
    return lines[0].strip() if lines else "?"


def machine_facts(program):
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    system = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    return [("processor", f"{cpu.group(1) if cpu else '?'}, {len(os.sched_getaffinity(0))} cores used"),
            ("memory", f"{int(memory.group(1)) / 1024 / 1024:.0f} GiB"),
            ("system", f"{system.group(1) if system else '?'}, Linux {platform.release()}"),
            ("civicum", version_of(str(program), "--version")),
            ("tesseract", version_of("tesseract", "--version")),
            ("poppler-utils", version_of("pdftotext", "-v")),
            ("ocrmypdf", version_of("ocrmypdf", "--version"))]
