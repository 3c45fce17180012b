# SPDX-License-Identifier: GPL-3.0-or-later
"""compile_all.py FOLDER…: every Python file below compiles (also those without the .py ending)."""
import pathlib
import sys


def is_python(path):
    if path.suffix == ".py":
        return True
    return path.suffix == "" and path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/python3")


for folder in sys.argv[1:]:
    for source in sorted(p for p in pathlib.Path(folder).rglob("*") if is_python(p)):
        compile(source.read_text(encoding="utf-8"), str(source), "exec")
