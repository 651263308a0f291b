#!/usr/bin/env python3
"""Writes docs/alternatives.md: what to call instead, by blocking call and loop library.

    alternatives.py BLOCKSCAN [--write FILE]

Made from the rules' advice and from the code that the loop packs show for taking work off a loop.
"""

import argparse
import json
import pathlib
import re
import subprocess

HEAD = """# What to call instead

`./dev alternatives` made this page from the rules; `blockscan explain FUNCTION` says the same for one function. Where a loop has no
line of its own, the line *any* is meant. How work leaves each loop stands at the end, as code that a test compiles. *A pair* is a program
of `examples/suspects` that blocks in such a call, and its twin that does not.

"""


ROOT = pathlib.Path(__file__).resolve().parents[2]
# The pair for a rule none of whose functions is in one: by what its id speaks of, else by its category.
FAMILIES = {"image|picture|pixbuf|cairo|freetype|jpeg|webp|rsvg|frame|draw": "image", "pdf|poppler|djvu|ghostscript|spectre": "pdf",
            r"json|xml|yaml|\.text$": "json", "redis|memcached": "redis", "sqlite|gdbm|leveldb|rocksdb|lmdb|tdb|ldb": "sqlite", "aws|s3|cloud": "cloud"}
PAIRS = {"sleep": "sleep", "dns": "dns", "network": "http", "database": "postgresql", "disk": "file", "process": "subprocess", "lock": "lock",
         "cpu": "hash"}


def called_by_pairs():
    """Each name that a suspect calls, with the suspect."""
    called = {}
    for path in sorted((ROOT / "examples/suspects").glob("*.c")):
        text = path.read_text(encoding="utf-8")
        work = text[text.index("bool suspect_work"):] if "bool suspect_work" in text else ""
        for name in re.findall(r"\b(\w+)\(", work):
            called.setdefault(name, path.stem)
    return called


def pair_of(rule, called):
    own = [called[name] for name in rule["functions"] if name in called]
    family = [stem for words, stem in FAMILIES.items() if re.search(words, rule["id"])] if rule["category"] in ("cpu", "database") else []
    stem = (own + family + [PAIRS.get(rule["category"])])[0]
    return f" · [a pair](../examples/suspects/{stem}.c)" if stem else ""


def own_first(advice):
    return [loop for loop in advice if loop != "any"] + (["any"] if "any" in advice else [])


def section(file, rules, called):
    title = rules[0]["library"]["name"] or file[:-5]
    text = f"## {title}\n\n"
    for rule in rules:
        names = ", ".join(f"`{name}`" for name in rule["functions"][:6])
        more = len(rule["functions"]) - 6
        text += f"**{rule['id']}** ({rule['severity']}, {rule['latency']}): {names}{f' and {more} more' if more > 0 else ''}{pair_of(rule, called)}\n\n"
        seen = set()
        for loop in own_first(rule["advice"]):
            said = rule["advice"][loop]
            if loop != "any" and said == rule["advice"].get("any") or (loop, said) in seen:
                continue
            seen.add((loop, said))
            text += f"- {loop}: {said}\n"
        text += "\n"
    return text


def offloads(folder):
    text = "## Taking work off a loop\n\n"
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        pack = json.loads(path.read_text(encoding="utf-8"))
        if "offload_advice" not in pack:
            continue
        text += f"**{pack['title']}**: {pack['offload_advice']}\n\n"
        example = pack.get("offload_example", {})
        code = example.get("code")
        if code:
            text += f"```{'cpp' if example.get('language') == 'c++' else 'c'}\n" + "\n".join([code] if isinstance(code, str) else code) + "\n```\n\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("blockscan")
    parser.add_argument("--write")
    options = parser.parse_args()
    listed = subprocess.run([options.blockscan, "rules", "list", "--json"], capture_output=True, text=True, check=True)
    files = {}
    for rule in json.loads(listed.stdout):
        files.setdefault(rule["file"], []).append(rule)
    folder, called = ROOT / "rules/loops", called_by_pairs()
    text = HEAD + "".join(section(file, files[file], called) for file in sorted(files)) + offloads(folder)
    text = text.rstrip("\n") + "\n"
    if options.write:
        pathlib.Path(options.write).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
