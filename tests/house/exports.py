#!/usr/bin/env python3
"""Finds functions and objects that a room exports and only their own file uses: they should be static.

usage: exports.py NM PROJECT ARCHIVE…

NM lists what each object file of the archives defines and asks for. What tests or main.c name counts as used. The
shared library's file is an "archive" of its object files as well: what hooks.def lists is exported to the program.
"""
import pathlib
import re
import subprocess
import sys

DEFINED = set("TDRBVWG")
# Made by sanitizers and the compiler, not written by us.
FOREIGN = re.compile(r"^(_|\.)|^(main)$")


def symbols(nm, archives):
    """(file, name, is it defined there) of each external symbol"""
    out = subprocess.run([nm, "-A", "--extern-only", *archives], check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        where, _, rest = line.rpartition(":")
        fields = rest.split()
        if len(fields) < 2 or FOREIGN.match(fields[-1]):
            continue
        yield where, fields[-1], fields[-2] in DEFINED


def words(project, folder):
    found = set()
    for path in pathlib.Path(project, folder).rglob("*.[ch]"):
        found |= set(re.findall(r"\w+", path.read_text(encoding="utf-8", errors="replace")))
    return found


def main():
    nm, project, archives = sys.argv[1], sys.argv[2], sys.argv[3:]
    defined, asked = {}, set()
    for where, name, is_defined in symbols(nm, archives):
        if is_defined:
            defined[name] = where
        else:
            asked.add(name)
    outside = words(project, "tests") | set(
        re.findall(r"\w+", pathlib.Path(project, "cli", "main.c").read_text(encoding="utf-8")))
    alone = sorted(name for name in defined if name not in asked and name not in outside)
    for name in alone:
        print(f"{defined[name]}: only this file uses {name}: make it static, or take it out")
    if len(defined) < 100:
        print(f"only {len(defined)} symbols were found: is {nm} the right one?")
    return 1 if alone or len(defined) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
