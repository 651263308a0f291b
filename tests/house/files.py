#!/usr/bin/env python3
"""Checks what each file owes its reader: a comment at the top of a source that says why it exists, and lines that fit.
Prose in Markdown is wrapped as the source is; tables, code, headings and words that cannot be broken may be longer.

usage: files.py [PROJECT]
"""
import pathlib
import re
import sys

FOLDERS = ("base", "rules", "reports", "analyzer", "runtime-check", "evidence", "cli", "include")
DOCUMENTS = ("*.md", "docs/*.md")
GENERATED = ("docs/alternatives.md", "docs/rules-audit.md")
COLUMNS = 110


def prose(text):
    """(number, line) of what can be wrapped"""
    fenced, code, before = False, False, ""
    for number, line in enumerate(text.splitlines(), 1):
        code = line.startswith("    ") and (code or not before)
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        elif not fenced and not code and not re.match(r"\s*[|#<]", line):
            yield number, line
        before = line


def check_documents(project):
    for pattern in DOCUMENTS:
        for path in sorted(pathlib.Path(project).glob(pattern)):
            name = path.relative_to(project).as_posix()
            if name in GENERATED:
                continue
            for number, line in prose(path.read_text(encoding="utf-8")):
                if len(line) > COLUMNS and " " in line[:COLUMNS].strip():
                    yield f"{name}:{number}: {len(line)} columns, more than {COLUMNS}: wrap it"


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
    project = sys.argv[1] if len(sys.argv) > 1 else "."
    problems = [*check(project), *check_documents(project)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
