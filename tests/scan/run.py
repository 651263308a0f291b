#!/usr/bin/env python3
"""Scans annotated programs and compares what is reported with what their comments announce.

    run.py BLOCKSCAN [--update] [PROGRAM...]      a program is a file, or a folder of several files

The first comment of a file says what the test is about. Then, anywhere in comments:

    // flags: -DX pkg:glib-2.0          compiler flags; pkg: asks pkg-config; twice for two variants of the unit
    // output: a.dir/main.o             the unit's "output" in the compile database
    // expect: SEVERITY RULE [certain|likely|possible] [suppressed] [entries: f, g] [path: f > g] [loop: NAME] [role: NAME] [why: TEXT] [bound: MS]
                                        on the line of the blocking call; several are parted by "; "
    // expect+1: ...                    the same for the next line (any offset, + or -)
    // expect-none                      nothing at all is reported for this line, not even a possible finding;
                                        on a line without code: for this whole file
    // expect-ledger: TEXT              a sentence of the ledger contains TEXT

It is strict both ways: a certain or likely finding that is not announced fails, and so does a broken unit. --update rewrites the
annotations from the report and nothing else. known-failures.txt lists programs that may fail.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = (".c", ".cc")
KEYS = ("entries", "path", "loop", "role", "why", "bound")
ANNOTATION = re.compile(r"\s*// expect(?P<offset>[+-]\d+)?: (?P<text>.*)$")
NONE = re.compile(r"// expect-none\b")
LEDGER = re.compile(r"// expect-ledger: (.*)$")
DIRECTIVE = re.compile(r"// (flags|output): (.*)$")


class Expectation:
    """One announced finding."""

    def __init__(self, file, line, text):
        self.file, self.line, self.text = file, line, text.strip()
        head, self.details = split_details(self.text)
        words = head.split()
        if len(words) < 2 or words[0] not in ("note", "warning", "error"):
            raise ValueError(f"{file}:{line}: expected 'SEVERITY RULE …' in \"{self.text}\"")
        self.severity, self.rule = words[:2]
        self.suppressed = "suppressed" in words[2:]
        confidences = [w for w in words[2:] if w != "suppressed"]
        self.confidence = confidences[0] if confidences else None
        if self.confidence not in (None, "certain", "likely", "possible") or len(confidences) > 1:
            raise ValueError(f"{file}:{line}: unknown word in \"{self.text}\"")

    def is_about(self, finding):
        sink = finding["sink"]
        return (sink["file"], sink["line"], finding["rule"]) == (self.file, self.line, self.rule)

    def complaints(self, finding):
        """What is reported otherwise than announced."""
        if finding["severity"] != self.severity:
            yield f"severity is {finding['severity']}, announced {self.severity}"
        allowed = [self.confidence] if self.confidence else ["certain", "likely"]
        if finding["confidence"] not in allowed:
            yield f"confidence is {finding['confidence']}, announced {' or '.join(allowed)}"
        if bool(finding.get("suppressed")) != self.suppressed:
            yield f"suppressed is {bool(finding.get('suppressed'))}, announced {self.suppressed}"
        if "entries" in self.details:
            announced = sorted(name.strip() for name in self.details["entries"].split(","))
            found = sorted({e["function"] for e in finding["entries"]})
            if found != announced:
                yield f"entries are {', '.join(found)}; announced {', '.join(announced)}"
        why = finding.get("why", "")
        if self.details.get("why", why) != why:
            yield f"the reason is \"{why}\", announced \"{self.details['why']}\""
        bound = bound_of(finding)
        if self.details.get("bound", bound) != bound:
            yield f"the bound is {bound}, announced {self.details['bound']}"
        if why and finding["confidence"] == "certain":
            yield f"certain, and yet: {why}"
        if not any(self.fits(entry) for entry in finding["entries"]):
            shown = "; ".join(describe_entry(entry) for entry in finding["entries"])
            yield f"no entry is as announced; there are: {shown}"

    def fits(self, entry):
        wanted = self.details
        return (
            ("path" not in wanted or [p.strip() for p in wanted["path"].split(" > ")] == path_of(entry))
            and wanted.get("loop") in (None, entry["loop"])
            and wanted.get("role") in (None, entry.get("role"))
        )


def split_details(text):
    """("error sleep.sleep", {"path": "a > b"}) from "error sleep.sleep path: a > b"."""
    parts = re.split(rf"\b({'|'.join(KEYS)}): ", text)
    return parts[0], {key: value.strip() for key, value in zip(parts[1::2], parts[2::2])}


def bound_of(finding):
    return f"{finding['bound_ms']:g}" if "bound_ms" in finding else "none"


def path_of(entry):
    return [step["function"] for step in entry["path"]]


def describe_entry(entry):
    return f"path: {' > '.join(path_of(entry))} loop: {entry['loop']} role: {entry.get('role')}"


class Program:
    """The files of one test and what their comments announce."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)
        self.folder = path if os.path.isdir(path) else os.path.dirname(path)
        names = sorted(os.listdir(path)) if os.path.isdir(path) else [self.name]
        self.files = [n for n in names if os.path.isfile(os.path.join(self.folder, n))]
        self.expectations, self.ledger, self.units = [], [], []
        self.silent_lines, self.silent_files = set(), set()
        for name in self.files:
            if name.endswith((".c", ".cc", ".h")):
                self.read(name)

    def read(self, name):
        variants, output = [], None
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for number, line in enumerate(lines, 1):
            if match := ANNOTATION.search(line):
                at = number + int(match["offset"] or 0)
                self.expectations += [Expectation(name, at, text) for text in match["text"].split("; ")]
            if match := LEDGER.search(line):
                self.ledger.append(match[1].strip())
            if match := DIRECTIVE.search(line):
                if match[1] == "flags":
                    variants.append(match[2])
                else:
                    output = match[2].strip()
            if NONE.search(line):
                if line.lstrip().startswith("//"):
                    self.silent_files.add(name)
                else:
                    self.silent_lines.add((name, number))
        if name.endswith(SOURCES):
            self.units += [(name, variant, output) for variant in variants or [""]]

    def write_database(self, folder):
        for name in self.files:
            shutil.copy(os.path.join(self.folder, name), folder)
        entries = []
        for name, variant, output in self.units:
            compiler = ["c++", "-std=c++17"] if name.endswith(".cc") else ["cc", "-std=gnu17", "-D_GNU_SOURCE"]
            arguments = compiler + flags(variant) + ["-c", name]
            entry = {"directory": folder, "file": name, "arguments": arguments}
            if output:
                entry["output"] = output
            entries.append(entry)
        with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
            json.dump(entries, file, indent=1)

    def complaints(self, report):
        for unit in report["ledger"]["broken_units"]:
            yield f"{unit['file']}: broken unit: {unit.get('first_error', '')}"
        left = list(report["findings"])
        for wanted in self.expectations:
            found = [f for f in left if wanted.is_about(f)]
            if not found:
                yield f"{wanted.file}:{wanted.line}: announced but not reported: {wanted.text}"
                continue
            left.remove(found[0])
            for complaint in wanted.complaints(found[0]):
                yield f"{wanted.file}:{wanted.line}: {wanted.rule}: {complaint}"
        for finding in left:
            if self.is_unwelcome(finding):
                yield f"{place_of(finding)}: reported but not announced: {describe(finding)}"
        notes = report["ledger"].get("notes", [])
        for text in self.ledger:
            if not any(text in note for note in notes):
                yield f"no note of the ledger has \"{text}\"; there are: {notes}"

    def is_unwelcome(self, finding):
        place = (finding["sink"]["file"], finding["sink"]["line"])
        if place[0] in self.silent_files or place in self.silent_lines:
            return True
        return finding["confidence"] != "possible"

    def update(self, report):
        """Writes the announced findings anew; a line that announced details keeps announcing those."""
        details = {}
        for old in self.expectations:
            details.setdefault((old.file, old.line), set()).update(old.details)
        found = {}
        for finding in report["findings"]:
            place = (finding["sink"]["file"], finding["sink"]["line"])
            if finding["confidence"] != "possible" or place in details:
                found.setdefault(place, []).append(annotation(finding, details.get(place, set(KEYS) - {"entries", "why", "bound"})))
        for name in {name for name, _, _ in self.units}:
            self.rewrite(name, {line: texts for (file, line), texts in found.items() if file == name})

    def rewrite(self, name, found):
        path = os.path.join(self.folder, name)
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        out = []
        for number, line in enumerate(lines, 1):
            match = ANNOTATION.search(line)
            offset = int(match["offset"] or 0) if match else 0
            code = line[: match.start()] if match else line
            texts = found.pop(number + offset, None) if match or not offset else None
            if texts:
                mark = f"// expect{match['offset'] or '' if match else ''}: {'; '.join(sorted(texts))}"
                out.append(f"{code} {mark}" if code.strip() else f"{code}{mark}")
            elif code.strip() or not match:
                out.append(code)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(out) + "\n")


def annotation(finding, details):
    entry = finding["entries"][0] if finding["entries"] else {"path": [], "loop": "", "role": ""}
    words = [finding["severity"], finding["rule"], finding["confidence"]]
    words += ["suppressed"] if finding.get("suppressed") else []
    if "entries" in details:
        words.append("entries: " + ", ".join(sorted({e["function"] for e in finding["entries"]})))
    if "path" in details:
        words.append("path: " + " > ".join(path_of(entry)))
    words += [f"{key}: {entry.get(key, '')}" for key in ("loop", "role") if key in details]
    words += [f"why: {finding['why']}"] if "why" in details and "why" in finding else []
    words += [f"bound: {bound_of(finding)}"] if "bound" in details else []
    return " ".join(words)


def place_of(finding):
    return f"{finding['sink']['file']}:{finding['sink']['line']}"


def describe(finding):
    entries = "; ".join(describe_entry(e) for e in finding["entries"])
    return f"{finding['severity']} {finding['rule']} {finding['confidence']} ({finding['message']}) {entries}"


def flags(text):
    result = []
    for word in shlex.split(text):
        if word.startswith("pkg:"):
            result += shlex.split(subprocess.check_output(["pkg-config", "--cflags", word[4:]], text=True))
        else:
            result.append(word)
    return result


def scan(blockscan, program):
    """The report of a scan, and what was wrong with the run itself."""
    with tempfile.TemporaryDirectory(prefix="blockscan-scan.") as folder:
        program.write_database(folder)
        command = [blockscan, "scan", "--no-cache", "-q", "-j", "1", "--output", "json=report.json", "compile_commands.json"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50, check=False)
        try:
            with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
                report = json.load(file)
        except (OSError, ValueError) as error:
            return None, [f"no report ({error}); exit code {run.returncode}", run.stdout, run.stderr]
    failing = any(
        f["severity"] != "note" and f["confidence"] != "possible" and not f.get("suppressed") for f in report["findings"]
    )
    nothing_checked = not report.get("project", {}).get("entry_points") and not report["findings"]
    expected = 3 if report["ledger"]["broken_units"] or nothing_checked else int(failing)
    if run.returncode != expected:
        return report, [f"exit code {run.returncode}, expected {expected}", run.stderr]
    return report, []


def known_failures():
    with open(os.path.join(HERE, "known-failures.txt"), encoding="utf-8") as file:
        rows = (line.split("#")[0].strip() for line in file)
        return dict(row.split(None, 1) if " " in row else (row, "") for row in rows if row)


def check(blockscan, path, update):
    """True when the program is reported as announced, or is known to fail and does."""
    program = Program(path)
    report, problems = scan(blockscan, program)
    if update and report:
        program.update(report)
        return True
    if report:
        problems += program.complaints(report)
    if not (program.expectations or program.silent_files or program.silent_lines or program.ledger):
        problems.append("the program announces nothing: add expect or expect-none")
    known = known_failures().get(program.name)
    if known is not None:
        print(f"{program.name}: known failure ({known})" if problems else f"{program.name}: known failure passes; take it off the list")
        return bool(problems)
    for problem in problems:
        print(f"{program.name}: {problem}")
    return not problems


def all_programs():
    for name in sorted(os.listdir(HERE)):
        path = os.path.join(HERE, name)
        if name.endswith(SOURCES) or os.path.isfile(os.path.join(path, "main.c")):
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("blockscan")
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--update", action="store_true", help="rewrite the annotations from the report")
    options = parser.parse_args()
    blockscan = os.path.abspath(options.blockscan)
    programs = [os.path.abspath(p) for p in options.programs] or list(all_programs())
    failed = [p for p in programs if not check(blockscan, p, options.update)]
    if len(programs) > 1:
        print(f"{len(programs) - len(failed)} of {len(programs)} programs as announced")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
