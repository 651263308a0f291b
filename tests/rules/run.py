#!/usr/bin/env python3
"""Scans the two examples of every rule.

    run.py BLOCKSCAN [GLOB] [--rules FILE]

The first example of a rule must give a finding of that rule, certain or likely; the second none. All examples are
programs of their own in one compile database, so that one scan answers for all. GLOB picks rules by id.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SUFFIX = {"c": ".c", "c++": ".cc"}
COMPILER = {"c": ["cc", "-std=gnu17"], "c++": ["c++", "-std=c++17"]}


def compiler_flags(text):
    """Flags as they are, "pkg:NAME" through pkg-config; None where that package is not installed."""
    flags = []
    for word in text.split():
        if not word.startswith("pkg:"):
            flags.append(word)
            continue
        asked = subprocess.run(["pkg-config", "--cflags", word[4:]], capture_output=True, text=True, check=False)
        if asked.returncode != 0:
            return None
        flags += asked.stdout.split()
    return flags


def write_examples(rules, folder):
    """Writes the programs and their database; returns the file names by (rule, which) and the rules left out."""
    files, database, skipped = {}, [], []
    for rule in rules:
        examples = rule["examples"]
        flags = compiler_flags(examples["flags"])
        if flags is None:
            skipped.append(rule["id"])
            continue
        for which in ("blocks", "silent"):
            name = f"{rule['id']}-{which}{SUFFIX[examples['language']]}"
            (folder / name).write_text(examples[which], encoding="utf-8")
            arguments = COMPILER[examples["language"]] + ["-D_GNU_SOURCE"] + flags
            output = f"{rule['id']}-{which}.p/example.o"
            database.append({"directory": str(folder), "file": name, "output": output,
                             "arguments": arguments + ["-c", name, "-o", output]})
            files[name] = (rule["id"], which)
    (folder / "compile_commands.json").write_text(json.dumps(database, indent=1), encoding="utf-8")
    return files, skipped


def scan(binary, folder, rule_files):
    command = [binary, "scan", "--no-cache", "-q", "--root", str(folder), "--max-broken", "100000",
               "--output", f"json={folder}/out.json", str(folder / "compile_commands.json")]
    for path in rule_files:
        command += ["--rules", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}\nended with code {done.returncode}\n{done.stderr}")
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))


def judge(report, files, rules):
    """The problems, by rule id. `possible` counts for rules that never say more."""
    found = {name: [] for name in files}
    vague = {rule["id"] for rule in rules if rule["confidence"] == "possible"}
    problems = []
    for unit in report["ledger"]["broken_units"]:
        problems.append(f"{unit['file']}: does not compile: {unit.get('first_error', '')}")
    for finding in report["findings"]:
        if finding["sink"]["file"] in found and (finding["confidence"] != "possible" or finding["rule"] in vague):
            found[finding["sink"]["file"]].append(finding["rule"])
    for name, (rule, which) in sorted(files.items()):
        if which == "blocks" and rule not in found[name]:
            problems.append(f"{name}: expected a finding of {rule}; got {', '.join(found[name]) or 'none'}")
        if which == "silent" and rule in found[name]:
            problems.append(f"{name}: expected no finding of {rule}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("glob", nargs="?", default="*")
    parser.add_argument("--rules", action="append", default=[], help="a file of rules beside the bundled ones")
    parser.add_argument("--keep", action="store_true", help="keep the folder and print its name")
    options = parser.parse_args()
    command = [options.binary, "rules", "list", "--json"]
    for path in options.rules:
        command += ["--rules", path]
    rules = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    rules = [rule for rule in rules if fnmatch.fnmatch(rule["id"], options.glob)]
    problems = [f"{rule['id']}: has no examples" for rule in rules if "examples" not in rule]
    rules = [rule for rule in rules if "examples" in rule]
    with tempfile.TemporaryDirectory(prefix="blockscan-rules.") as folder:
        path = pathlib.Path(os.path.realpath(folder))
        files, skipped = write_examples(rules, path)
        problems += judge(scan(options.binary, path, options.rules), files, rules)
        if options.keep:
            kept = tempfile.mkdtemp(prefix="blockscan-rules-kept.")
            subprocess.run(["cp", "-r", f"{path}/.", kept], check=True)
            print(f"kept in {kept}")
    for problem in problems:
        print(problem)
    note = f"; left out, not installed: {', '.join(skipped)}" if skipped else ""
    print(f"{len(rules)} rules, {len(problems)} problems{note}")
    return 1 if problems or not rules else 0


if __name__ == "__main__":
    sys.exit(main())
