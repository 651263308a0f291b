#!/usr/bin/env python3
"""Checks what each source file owes its reader: a comment at its top that says why it exists, and lines that fit.

usage: files.py [PROJECT]
"""
import pathlib
import sys

FOLDERS = ("base", "rules", "reports", "analyzer", "runtime-check", "evidence", "cli", "include")
COLUMNS = 110


def check(project):
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(project, folder).rglob("*")):
            if path.suffix not in (".c", ".h", ".def"):
                continue
            text, name = path.read_text(encoding="utf-8"), path.relative_to(project)
            if not text.startswith("/*"):
                yield f"{name}: opens without a comment that says why it exists"
            if path.suffix == ".def":
                continue  # rows of tables
            for number, line in enumerate(text.splitlines(), 1):
                if len(line) > COLUMNS:
                    yield f"{name}:{number}: {len(line)} columns, more than {COLUMNS}"


def main():
    problems = list(check(sys.argv[1] if len(sys.argv) > 1 else "."))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
