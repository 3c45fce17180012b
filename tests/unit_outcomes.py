# SPDX-License-Identifier: GPL-3.0-or-later
"""unit_outcomes.py REPORT.xml PRESET RESULTS: CTest's JUnit report as lines of ./test's result file.

A test that printed a line "SKIPPED: why" is a skip (CTest knows by SKIP_REGULAR_EXPRESSION) and its
reason is printed; of a failed one the output is. Ends with 1 where there is no report or no test.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree


def outcome_of(case):
    output = case.findtext("system-out") or ""
    skip = re.search(r"SKIPPED:\s*(.*)", output)
    if case.get("status") == "fail" or case.find("failure") is not None:
        return "failed", output[-4000:]
    if skip or case.find("skipped") is not None:
        return "skipped", skip.group(1) if skip else "no reason given"
    return "passed", ""


def main(report, preset, results):
    try:
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"no report of the unit tests: {error}")
        return 1
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with open(results, "a", encoding="utf-8") as out:
        for case in cases:
            status, detail = outcome_of(case)
            counts[status] += 1
            name = " ".join(case.get("name", "?").split())
            out.write(f"{status} {preset} {name}\n")
            if status != "passed":
                print(f"{status:7} {name}: {detail}")
    print(f"{preset}: " + ", ".join(f"{count} {status}" for status, count in counts.items()))
    return 0 if cases else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
