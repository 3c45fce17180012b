# SPDX-License-Identifier: GPL-3.0-or-later
"""run.py [--program BIN] [--filter TEXT] [--only sanitizer] [--results FILE] [--list]

Runs the end-to-end tests: one line each, "ok|FAIL|skip NAME seconds reason", and a closing count.
FILE gets a line "passed|failed|skipped NAME" for each. Ends with 1 where one failed or none ran.
"""
import argparse
import os
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
WORDS = {"ok": "passed", "FAIL": "failed", "skip": "skipped"}


class Report(unittest.TestResult):
    def __init__(self, results):
        super().__init__()
        self.results = results
        self.counts = {"ok": 0, "FAIL": 0, "skip": 0}
        self.group_is_told = set()

    def startTest(self, test):
        super().startTest(test)
        self.begin = time.monotonic()

    def _line(self, word, test, reason=""):
        name = name_of(test)
        self.counts[word] += 1
        seconds = time.monotonic() - getattr(self, "begin", time.monotonic())
        print(f"{word:4} {name} ({seconds:.1f} s){': ' + reason if reason else ''}", flush=True)
        if self.results:
            self.results.write(f"{WORDS[word]} e2e {name}\n")
            self.results.flush()

    def addSuccess(self, test):
        self._line("ok", test)

    def addSkip(self, test, reason):
        self._line("skip", test, reason)

    def addFailure(self, test, error):
        self._line("FAIL", test, self._exc_info_to_string(error, test).strip().replace("\n", "\n     "))

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error:
            self._line("FAIL", test, f"{subtest._message} {self._exc_info_to_string(error, test).strip()}")


def name_of(test):
    method = getattr(test, "_testMethodName", None)
    if method is None:  # a failed set-up, a module that does not import
        return str(test)
    return f"{type(test).__name__} {method.removeprefix('test_').replace('_', ' ')}"


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def is_for_sanitizer(test):
    return getattr(getattr(test, getattr(test, "_testMethodName", ""), None), "sanitizer", False)


def choose(tests, options):
    for test in tests:
        if options.filter and options.filter not in name_of(test):
            continue
        if options.only == "sanitizer" and not is_for_sanitizer(test):
            continue
        yield test


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--filter", help="a part of the test's name as it is printed")
    parser.add_argument("--only", choices=["sanitizer"], help="the tests that a sanitizer's build runs")
    parser.add_argument("--results")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.program:
        os.environ["CIVICUM_PROGRAM"] = os.path.abspath(options.program)
    if options.only == "sanitizer":
        os.environ.setdefault("CIVICUM_E2E_SLOWDOWN", "6")
    sys.path.insert(0, str(HERE))
    tests = list(choose(flatten(unittest.defaultTestLoader.discover(str(HERE), "test_*.py")), options))
    if options.list:
        print("\n".join(name_of(test) for test in tests))
        return 0
    with open(options.results or os.devnull, "a", encoding="utf-8") as results:
        report = Report(results)
        unittest.TestSuite(tests).run(report)
    counts = report.counts
    print(f"{counts['ok']} ok, {counts['FAIL']} failed, {counts['skip']} skipped")
    return 1 if counts["FAIL"] or not counts["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
