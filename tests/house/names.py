#!/usr/bin/env python3
"""Checks that files which documents and comments name are there.

usage: names.py [PROJECT]

In Markdown: where a link leads, its heading included, and paths in backticks. What begins with a folder of the
project must be there everywhere; in the documents for developers each path must, or the end of one
(`check/order.c`, `fields.c`). In comments of the program: what begins with a folder of the program, and names of
sources outside quotation marks. NAME stands for any name, like a star.
"""
import fnmatch
import os
import pathlib
import re
import sys

DEVELOPERS = ("HACKING.md", "docs/architecture.md", "docs/adding-*.md")
HISTORY = ("CHANGELOG.md",)  # names what was there
ROOMS = ("base", "rules", "reports", "analyzer", "runtime-check", "evidence", "cli", "include")
MADE = ("build", ".git")  # by a build
SOURCE = re.compile(r"[\w.*-]+\.(c|h|def|py|sh|js)")
COMMENTED = re.compile(r"(?<![\w./-])([\w-]+)(/[\w*-]+)+\.(c|h|def|md|py|json)(?![\w/*-]|\.\w)")
BARE = re.compile(r"(?<![\w./*-])[\w*]{3,}\.c\b(?!\.)")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


class Tree:
    def __init__(self, project):
        self.project = pathlib.Path(project)
        self.files, self.folders = set(), set()
        for at, folders, files in os.walk(project):
            folders[:] = [name for name in folders if name not in MADE and not name.startswith("node_modules")]
            here = os.path.relpath(at, project)
            self.folders.add(here)
            self.files |= {os.path.normpath(os.path.join(here, name)) for name in files}
        self.tops = {name for name in self.folders if "/" not in name}
        rooms = {name.rpartition("/")[2] for name in self.folders if name.split("/")[0] in ROOMS}
        self.commented = (self.tops | rooms) - {"include"}  # most projects have one
        self.headers = self.foreign_headers()

    def foreign_headers(self):
        """Headers of libraries, and those that CMake writes: names of files that are not the project's."""
        sources = (self.project / name for name in self.files if name.endswith((".c", ".h")))
        return {name for source in sources for name in
                re.findall(r'#\s*include\s+[<"]([^>"]+)[>"]', source.read_text(encoding="utf-8", errors="replace"))}

    def has(self, path):
        pattern = os.path.normpath(path).replace("NAME", "*")
        if "*" not in pattern:
            return pattern in self.files or pattern in self.folders
        return any(fnmatch.fnmatch(name, pattern) for name in self.files | self.folders)

    def has_end(self, path):
        return self.has(path) or self.has("*/" + path) or any(name.startswith(path) for name in self.headers)


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def anchor(heading):
    """As GitHub makes it."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")


def anchors(text):
    return {anchor(heading) for heading in re.findall(r"^#+\s+(.*)$", text, re.M)}


def check_link(tree, name, target):
    path, _, heading = target.partition("#")
    file = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
    if not tree.has(file):
        return f"leads to {target}, which is not there"
    if heading and file.endswith(".md"):
        if heading not in anchors((tree.project / file).read_text(encoding="utf-8")):
            return f"leads to {target}, and {file} has no such heading"
    return None


def is_path(word):
    return re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", word) and ("/" in word or SOURCE.fullmatch(word))


def check_word(tree, name, word):
    if not is_path(word) or word.startswith(".blockscan"):
        return None
    near = os.path.normpath(os.path.join(os.path.dirname(name), word))
    if tree.has(word) or tree.has(near):
        return None
    top, slash, _ = word.rstrip("/").partition("/")
    means_ours = top not in MADE if matches(name, DEVELOPERS) else slash and top in tree.tops
    return f"names {word}, which is not there" if means_ours and not tree.has_end(word) else None


def check_document(tree, name):
    text = (tree.project / name).read_text(encoding="utf-8")
    text = re.sub(r"^(```|~~~).*?^\1", lambda block: "\n" * block.group().count("\n"), text, flags=re.M | re.S)
    for number, line in enumerate(text.splitlines(), 1):
        links = [target for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)) if ":" not in target]
        problems = [check_link(tree, name, target) for target in links]
        problems += [check_word(tree, name, word) for word in re.findall(r"`([^`]+)`", line)]
        yield from (f"{name}:{number}: {problem}" for problem in problems if problem)


def check_comments(tree, name):
    text = (tree.project / name).read_text(encoding="utf-8")
    for comment in COMMENT.finditer(text):
        unquoted = re.sub(r'"[^"]*"', lambda quoted: re.sub(".", " ", quoted.group()), comment.group())
        ours = [word for word in COMMENTED.finditer(comment.group()) if word.group(1) in tree.commented]
        for word in [*ours, *BARE.finditer(unquoted)]:
            if not tree.has_end(word.group()):
                number = text.count("\n", 0, comment.start() + word.start()) + 1
                yield f"{name}:{number}: names {word.group()}, which is not there"


def check(project):
    tree = Tree(project)
    for name in sorted(tree.files):
        if name.endswith(".md") and not matches(name, HISTORY):
            yield from check_document(tree, name)
        elif name.split("/")[0] in ROOMS and name.endswith((".c", ".h", ".def")):
            yield from check_comments(tree, name)


def main():
    problems = list(check(sys.argv[1] if len(sys.argv) > 1 else "."))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
