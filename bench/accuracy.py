#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores recognised text against the corpus's truth.

    accuracy.py CORPUS [--list scans.tsv] [--pages] LABEL=FOLDER …

A FOLDER holds, per document NAME.pdf of the list, either NAME.json (a record of `civicum read`), or
NAME.txt (pages parted by form feeds, as ocrmypdf's --sidecar writes), or per page TRUTH.txt (p00.txt …).
A missing page counts as empty text, so it is wholly wrong, never left out.

Per page: CER (Levenshtein distance over white-space-normalised text, per character of truth), words missing
(truth words absent from the result wherever they stand), digits missed (truth's digit runs of two and more).
The corpus has two truths per page, in drawing order and in reading order; each figure takes the better one.
"""
import argparse
import collections
import csv
import json
import pathlib
import re
import statistics
import sys


def levenshtein(a, b):
    """Edit distance by bit-parallel dynamic programming (Myers 1999, Hyyrö's form): one integer per column."""
    if not a:
        return len(b)
    places = collections.defaultdict(int)
    for index, char in enumerate(a):
        places[char] |= 1 << index
    mask = (1 << len(a)) - 1
    last = 1 << (len(a) - 1)
    plus, minus, distance = mask, 0, len(a)
    for char in b:
        match = places.get(char, 0)
        vertical = match | minus
        horizontal = (((match & plus) + plus) ^ plus) | match
        up = minus | ~(horizontal | plus) & mask
        down = plus & horizontal
        if up & last:
            distance += 1
        elif down & last:
            distance -= 1
        up = (up << 1 | 1) & mask
        down = (down << 1) & mask
        plus = down | ~(vertical | up) & mask
        minus = up & vertical
    return distance


def normalise(text):
    return ' '.join(text.split())


def missing_share(wanted, found):
    """How many of the wanted are not among the found, and how many were wanted."""
    lack = collections.Counter(wanted) - collections.Counter(found)
    return sum(lack.values()), len(wanted)


def digit_runs(text):
    return re.findall(r'\d{2,}', text)


def score_page(text, truths):
    """{cer, words, digits}: each against the truth it fits best; digits is (missed, wanted)."""
    text = normalise(text)
    scores = []
    for truth in map(normalise, truths):
        words_missed, word_count = missing_share(truth.split(), text.split())
        digits = missing_share(digit_runs(truth), digit_runs(text))
        cer = levenshtein(truth, text) / max(len(truth), 1)
        scores.append((cer, words_missed / max(word_count, 1), digits))
    return {
        'cer': min(s[0] for s in scores),
        'words': min(s[1] for s in scores),
        'digits': min((s[2] for s in scores), key=lambda d: d[0] / max(d[1], 1)),
    }


def read_text(path):
    return path.read_text(encoding='utf-8', errors='replace')


class Results:
    """A folder of results, whichever of the three forms it has."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.documents = {}

    def page(self, name, page, truth):
        single = self.folder / f'{truth}.txt'
        if single.exists():
            return read_text(single)
        if name not in self.documents:
            self.documents[name] = self.document(name)
        return self.documents[name].get(page, '')

    def document(self, name):
        for record in sorted(self.folder.rglob(f'{name}.json')):
            pages = json.loads(read_text(record)).get('pages', [])
            return {p['page']: p.get('text') or '' for p in pages}
        for sidecar in sorted(self.folder.rglob(f'{name}.txt')):
            return dict(enumerate(read_text(sidecar).split('\f'), start=1))
        return {}


def truths_of(corpus, name):
    paths = [corpus / 'truth' / f'{name}.txt', corpus / 'truth' / f'{name}.flow.txt']
    return [read_text(p) for p in paths if p.exists()]


def score_folder(corpus, rows, results):
    scores = {}
    for row in rows:
        truths = truths_of(corpus, row['truth'])
        if truths:
            name = pathlib.PurePath(row['file']).stem
            page = int(row['page'])
            scores[f'{name} {page} {row["truth"]}'] = score_page(results.page(name, page, row['truth']), truths)
    return scores


def summarise(scores):
    pages = list(scores.values())
    missed = sum(p['digits'][0] for p in pages)
    wanted = sum(p['digits'][1] for p in pages)
    return {
        'pages': len(pages),
        'cer_mean': 100 * statistics.mean(p['cer'] for p in pages),
        'cer_median': 100 * statistics.median(p['cer'] for p in pages),
        'words_missing': 100 * statistics.mean(p['words'] for p in pages),
        'digits_missed': missed,
        'digits': wanted,
    }


def print_pages(all_scores):
    labels = list(all_scores)
    print('page'.ljust(24) + ''.join(f'{label[:18]:>20}' for label in labels) + '   (CER % / words missing %)')
    for key in next(iter(all_scores.values())):
        cells = (all_scores[label][key] for label in labels)
        print(key.ljust(24) + ''.join(f'{100 * c["cer"]:12.2f} /{100 * c["words"]:6.2f}' for c in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('corpus', type=pathlib.Path)
    parser.add_argument('results', nargs='+', metavar='LABEL=FOLDER')
    parser.add_argument('--list', default='scans.tsv', help='the list of pages in CORPUS (default: scans.tsv)')
    parser.add_argument('--pages', action='store_true', help='also print every page')
    parser.add_argument('--json', action='store_true', help='print the figures as JSON')
    options = parser.parse_args()
    with open(options.corpus / options.list, encoding='utf-8', newline='') as stream:
        rows = list(csv.DictReader(stream, delimiter='\t'))
    all_scores = {}
    for result in options.results:
        label, _, folder = result.rpartition('=')
        all_scores[label or folder] = score_folder(options.corpus, rows, Results(folder))
    summaries = {label: summarise(scores) for label, scores in all_scores.items()}
    if options.json:
        json.dump(summaries, sys.stdout, indent=1)
        print()
        return
    if options.pages:
        print_pages(all_scores)
    print(f'{"":16}{"pages":>6}{"CER mean":>10}{"median":>8}{"words missing":>15}{"digits missed":>15}')
    for label, s in summaries.items():
        print(f'{label:16}{s["pages"]:6}{s["cer_mean"]:10.2f}{s["cer_median"]:8.2f}{s["words_missing"]:15.2f}'
              f'{s["digits_missed"]:9}/{s["digits"]}')


if __name__ == '__main__':
    main()
