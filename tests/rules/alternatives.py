#!/usr/bin/env python3
"""Writes docs/alternatives.md: what to call instead, by blocking call and loop library.

    alternatives.py BLOCKSCAN [--write FILE]

Made from the rules' advice and from the code that the loop packs show for taking work off a loop.
"""

import argparse
import json
import pathlib
import subprocess

HEAD = """# What to call instead

`./dev alternatives` made this page from the rules; `blockscan explain FUNCTION` says the same for one function. Where a loop has no
line of its own, the line *any* is meant. How work leaves each loop stands at the end, as code that a test compiles.

"""


def own_first(advice):
    return [loop for loop in advice if loop != "any"] + (["any"] if "any" in advice else [])


def section(file, rules):
    title = rules[0]["library"]["name"] or file[:-5]
    text = f"## {title}\n\n"
    for rule in rules:
        names = ", ".join(f"`{name}`" for name in rule["functions"][:6])
        more = len(rule["functions"]) - 6
        text += f"**{rule['id']}** ({rule['severity']}, {rule['latency']}): {names}{f' and {more} more' if more > 0 else ''}\n\n"
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
        code = pack.get("offload_example", {}).get("code")
        if code:
            text += "```c\n" + "\n".join([code] if isinstance(code, str) else code) + "\n```\n\n"
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
    folder = pathlib.Path(__file__).resolve().parents[2] / "rules/loops"
    text = HEAD + "".join(section(file, files[file]) for file in sorted(files)) + offloads(folder)
    text = text.rstrip("\n") + "\n"
    if options.write:
        pathlib.Path(options.write).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
