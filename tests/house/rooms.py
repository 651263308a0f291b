#!/usr/bin/env python3
"""Compares every #include of the program with the table of rooms in docs/architecture.md.

usage: rooms.py [PROJECT]

The table is the one whose first column is headed "room". Its columns "may include" and "libraries" name, in
backticks, rooms and headers of other projects. A file belongs to the room whose folder is the longest that holds
it. Reported are: an include of another room that the table does not allow, a library's header outside the rooms
that have it, a row of the table that nothing uses, a file outside all rooms, and a circle of rooms.
"""
import os
import pathlib
import re
import sys

SOURCE_FOLDERS = ("base", "rules", "reports", "analyzer", "runtime-check", "evidence", "cli", "include")
GENERATED = {"version.h": "base", "run_functions.def": "runtime-check/shared"}  # written by CMake
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def read_table(path):
    """{room: (rooms that it may include, prefixes of library headers)}"""
    rooms, columns = {}, None
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "room":
            columns = cells
        elif columns and line.startswith("|") and not set(line.strip()) <= set("|-: "):
            row = dict(zip(columns, cells))
            room = names(row["room"])[0].rstrip("/")
            rooms[room] = ([r.rstrip("/") for r in names(row["may include"])], names(row["libraries"]))
        elif columns and not line.startswith("|"):
            break
    return rooms


def room_of(path, rooms):
    holding = [room for room in rooms if path.startswith(room + "/")]
    return max(holding, key=len, default=None)


def sources(project):
    for folder in SOURCE_FOLDERS:
        for at, _, files in os.walk(os.path.join(project, folder)):
            for name in sorted(files):
                if name.endswith((".c", ".h", ".def")):
                    yield os.path.relpath(os.path.join(at, name), project)


def includes(project, file):
    """(path in the project, or None; the name as written) of each include"""
    text = pathlib.Path(project, file).read_text(encoding="utf-8")
    for own, other in INCLUDE.findall(text):
        if own:
            near = os.path.normpath(os.path.join(os.path.dirname(file), own))
            yield (near if os.path.exists(os.path.join(project, near)) and "/" not in own else own), own
        else:
            yield None, other


def find_circle(arrows):
    done, path = set(), []

    def visit(room):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return None
        path.append(room)
        for below in sorted(arrows.get(room, ())):
            circle = visit(below)
            if circle:
                return circle
        path.pop()
        done.add(room)
        return None

    for room in sorted(arrows):
        circle = visit(room)
        if circle:
            return circle
    return None


def check(project):
    rooms = read_table(os.path.join(project, "docs", "architecture.md"))
    if not rooms:
        return ["docs/architecture.md has no table of rooms"]
    problems, arrows, used = [], {room: set() for room in rooms}, set()
    libraries = {prefix for _, headers in rooms.values() for prefix in headers}
    for file in sources(project):
        room = room_of(file, rooms)
        if not room:
            problems.append(f"{file}: stands in no room")
            continue
        for path, name in includes(project, file):
            if path is None:
                for prefix in libraries:
                    if name.startswith(prefix):
                        used.add((room, prefix))
                        if prefix not in rooms[room][1]:
                            problems.append(f"{file}: {room} must not include <{name}>")
                continue
            to = GENERATED.get(name) or room_of(path, rooms)
            if not to or not (name in GENERATED or os.path.exists(os.path.join(project, path))):
                problems.append(f'{file}: "{name}" is not a path from the top of the project')
            elif to != room:
                arrows[room].add(to)
                if to not in rooms[room][0]:
                    problems.append(f'{file}: {room} must not include {to} ("{name}")')
    for room, (allowed, headers) in rooms.items():
        problems += [f"{room}: no file includes {to}; take it out of the table"
                     for to in allowed if to not in arrows[room]]
        problems += [f"{room}: no file includes <{prefix}>; take it out of the table"
                     for prefix in headers if (room, prefix) not in used]
    circle = find_circle(arrows)
    if circle:
        problems.append("rooms in a circle: " + " → ".join(circle))
    return problems


def main():
    problems = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
