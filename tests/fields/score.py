#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares true fields (NAME.truth.json) with the records of `civicum read` (NAME.json).

    score.py TRUTH_DIR RECORD_DIR --like clean|scans [--show]

A field is right when kind, value, page and, for document numbers, type agree; the same value twice on a
page counts once. Invalid RUTs are not claims and do not count. Exit 1 below the thresholds, 2 without input.
"""
import argparse
import collections
import json
import pathlib
import sys

THRESHOLDS = {"clean": (0.98, 0.95), "scans": (0.97, 0.88)}  # precision, recall


def keys_of(fields):
    return {(f["kind"], f["value"], f.get("page", 1), f.get("type") or "") for f in fields if f.get("valid", True)}


def compare(truth_path, record_path, counts):
    """Counts per kind; returns the missed and the wrong keys."""
    truth = keys_of(json.loads(truth_path.read_text(encoding="utf-8"))["fields"])
    record = json.loads(record_path.read_text(encoding="utf-8")) if record_path.exists() else {}
    found = keys_of(record.get("fields", []))
    for name, keys in (("right", truth & found), ("missed", truth - found), ("wrong", found - truth)):
        for key in keys:
            counts[key[0]][name] += 1
            counts["total"][name] += 1
    return sorted(truth - found), sorted(found - truth)


def ratios(count):
    found, true = count["right"] + count["wrong"], count["right"] + count["missed"]
    return (count["right"] / found if found else 1.0), (count["right"] / true if true else 1.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("truth", type=pathlib.Path)
    parser.add_argument("records", type=pathlib.Path)
    parser.add_argument("--like", choices=THRESHOLDS, required=True)
    parser.add_argument("--show", action="store_true", help="list every missed and wrong field")
    options = parser.parse_args()
    truths = sorted(options.truth.glob("*.truth.json"))
    if not truths:
        print(f"no *.truth.json in {options.truth}: write some with make_letters.py", file=sys.stderr)
        return 2
    counts = collections.defaultdict(collections.Counter)
    for path in truths:
        name = path.name.removesuffix(".truth.json")
        missed, wrong = compare(path, options.records / f"{name}.json", counts)
        for label, keys in (("missed", missed), ("wrong", wrong)):
            for key in keys if options.show else ():
                print(f"{label:7} {name:24} {' '.join(map(str, key))}")
    print(f"{'kind':16} {'precision':>9} {'recall':>7} {'true':>6} {'found':>6}")
    for kind in sorted(counts, key=lambda k: (k == "total", k)):
        precision, recall = ratios(counts[kind])
        count = counts[kind]
        print(f"{kind:16} {precision:9.4f} {recall:7.4f} {count['right'] + count['missed']:6} "
              f"{count['right'] + count['wrong']:6}")
    precision, recall = ratios(counts["total"])
    precision_min, recall_min = THRESHOLDS[options.like]
    print(f"{len(truths)} documents; wanted: precision {precision_min}, recall {recall_min}")
    return 0 if precision >= precision_min and recall >= recall_min else 1


if __name__ == "__main__":
    sys.exit(main())
