#!/usr/bin/env python3
"""Compares the rules with the real headers of the libraries that Debian packages.

    audit.py BLOCKSCAN [--write FILE] [--library NAME] [--no-fetch]

Each function that a rule names must be declared in its library's headers, and have as many parameters as the rule's
conditions count. Where it is so in C, a call is made from the header's own prototype and scanned: it must be known as
the rule's function. The result is a table by library (docs/rules-audit.md). Needs python3-clang-19 and Debian's
package lists; fetches the headers into ~/.cache/blockscan-headers. Not part of the test suite.
"""

import argparse
import glob
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import headers
import offload

HEAD = """# The rules against the headers

`./dev rules-audit` made this page. It parses the headers of each library that Debian 12 packages and looks for every function that a
rule names: *confirmed* ones are declared there, with at least as many parameters as the rule's conditions count. *Scanned* are those for which
a call, made from the header's own prototype, was found as that rule's function. Libraries without a Debian package are listed without figures.

"""


def flag_name(text):
    return [word.strip("<>") for word in text.split()]


def highest_argument(rule):
    numbers = [int(n) for text in rule["unless"] + rule["only_if"] for n in re.findall(r"argument (\d+)", text)]
    return max(numbers + [rule.get("timeout", {}).get("argument", -1)])


def find_library():
    found = sorted(glob.glob("/usr/lib/llvm-*/lib/libclang-[0-9]*.so*") + glob.glob("/usr/lib/llvm-*/lib/libclang.so*"))
    return found[-1] if found else None


def parameters(cursors):
    return max(len(list(c.get_arguments())) if c.get_arguments() else
               len([x for x in c.get_children() if x.kind.name == "PARM_DECL"]) for c in cursors)


def is_variadic(cursors):
    return any(c.type.kind.name == "FUNCTIONPROTO" and c.type.is_function_variadic() for c in cursors)


def lookup(declared, name):
    """The declarations of a name: as it stands, or in a base class or an inline namespace under its last words."""
    if name in declared.functions:
        return declared.functions[name], ""
    if "::" in name:
        last = name.split("::")[-1]
        same = [key for key in declared.functions if key.split("::")[-1] == last and
                (key.split("::")[0] == name.split("::")[0] or "::" not in name.rsplit("::", 1)[0])]
        if same:
            return declared.functions[same[0]], f"declared as {same[0]}"
    return None, "a macro" if name in declared.macros else "not declared"


def judge(rule, name, declared):
    """None when it is confirmed, else the reason why not."""
    found, note = lookup(declared, name)
    if not found:
        return note
    needed = highest_argument(rule)
    if needed >= parameters(found) and not is_variadic(found):
        return f"has {parameters(found)} parameters, the rule asks for number {needed + 1}"
    return None


def call_of(name, cursor):
    """A call by the header's own prototype: each argument a variable of its type."""
    variables, words = [], []
    for i, argument in enumerate(cursor.get_arguments()):
        spelling = argument.type.spelling
        if argument.type.get_canonical().kind.name in ("CONSTANTARRAY", "INCOMPLETEARRAY"):
            spelling = "void *"
        if "(" in spelling or "[" in spelling or "va_list" in spelling:
            spelling = "void *"
        variables.append(f"extern __typeof__({spelling}) audit_{name}_{i};")
        words.append(f"audit_{name}_{i}")
    return variables, f"{name}({', '.join(words)});"


def scan_calls(blockscan, library, names):
    """The functions among these whose call by the header's prototype is seen as a known one's."""
    text = "".join(f"#include <{h}>\n" for h in library["headers"])
    text += "struct uv_timer_s;\nint uv_timer_start(struct uv_timer_s *, void (*)(struct uv_timer_s *), unsigned long, unsigned long);\n"
    for number, (name, cursor) in enumerate(names):
        variables, call = call_of(name, cursor)
        text += "\n".join(variables) + f"\nstatic void audit_{number}(struct uv_timer_s *t) {{ (void)t; {call} }}\n"
    text += "void audit(struct uv_timer_s *t);\nvoid audit(struct uv_timer_s *t) {\n"
    text += "".join(f"  uv_timer_start(t, audit_{n}, 1, 0);\n" for n in range(len(names))) + "}\n"
    with tempfile.TemporaryDirectory(prefix="blockscan-audit.") as folder:
        path = pathlib.Path(folder)
        (path / "calls.c").write_text(text, encoding="utf-8")
        arguments = ["cc"] + headers.compiler_flags(library["flags"])[2:] + ["-c", "calls.c"]
        (path / "compile_commands.json").write_text(
            json.dumps([{"directory": folder, "file": "calls.c", "arguments": arguments}]), encoding="utf-8")
        subprocess.run([blockscan, "scan", "-q", "--no-cache", "--root", folder, "--max-broken", "9",
                        "--output", f"json={folder}/out.json", str(path / "compile_commands.json")],
                       capture_output=True, check=False)
        out = path / "out.json"
        found = json.loads(out.read_text(encoding="utf-8"))["findings"] if out.exists() else []
    return {f["sink"]["api"] for f in found}


def by_library(rules):
    libraries = {}
    for rule in rules:
        entry = libraries.setdefault(rule["file"], {"file": rule["file"], "rules": [], **rule["library"]})
        entry["rules"].append(rule)
    for entry in libraries.values():
        entry["packages"] = entry["packages"].split()
        entry["headers"] = flag_name(entry["headers"])
        entry["name"] = entry["name"] or entry["file"][:-5]
        entry["language"] = "c++" if any(r.get("examples", {}).get("language") == "c++" for r in entry["rules"]) else "c"
    return sorted(libraries.values(), key=lambda entry: entry["file"])


def advised(rules):
    """The functions that advice names: "uv_queue_work()", "boost::asio::post()"."""
    texts = {text for rule in rules for text in rule["advice"].values()}
    return {name for text in texts for name in re.findall(r"(?<![\w:])([A-Za-z_][\w:]*\w)\(", text)}


def audit_library(index, library, blockscan, known):
    declared = headers.Declarations(index, library["headers"], library["flags"], library["language"])
    known |= set(declared.functions) | declared.macros | {name.split("::")[-1] for name in declared.functions}
    row = {"name": library["name"], "file": library["file"], "functions": 0, "confirmed": 0, "scanned": 0, "not": []}
    callable_ = []
    for rule in library["rules"]:
        for name in rule["functions"]:
            row["functions"] += 1
            reason = judge(rule, name, declared)
            if reason:
                row["not"].append((name, reason))
                continue
            row["confirmed"] += 1
            cursor = declared.functions.get(name, [None])[0]
            if library["language"] == "c" and cursor is not None and not rule["only_if"]:
                callable_.append((name, cursor))
    if callable_ and blockscan:
        row["scanned"] = len(scan_calls(blockscan, library, callable_) & {name for name, _ in callable_})
    return row


def table(rows, unpackaged, strangers):
    functions = sum(row["functions"] for row in rows)
    confirmed = sum(row["confirmed"] for row in rows)
    text = HEAD + f"{len(rows)} files, {functions} functions, {confirmed} confirmed ({100 * confirmed / max(functions, 1):.1f}%), "
    text += f"{sum(row['scanned'] for row in rows)} scanned by the header's prototype.\n\n"
    text += "| library | rules in | functions | confirmed | scanned |\n|---|---|---|---|---|\n"
    for row in rows:
        text += f"| {row['name']} | {row['file']} | {row['functions']} | {row['confirmed']} | {row['scanned']} |\n"
    text += "\n## Not confirmed\n\n"
    for row in rows:
        reasons = {}
        for name, reason in row["not"]:
            reasons.setdefault(reason, []).append(f"`{name}`")
        for reason, names in sorted(reasons.items()):
            text += f"- {row['name']}, {reason}: {', '.join(names)}\n"
    text += "\n## Functions that advice names and no header declares\n\n"
    text += ", ".join(f"`{name}`" for name in strangers) + "\n"
    text += "\n## Without a package in Debian 12\n\n"
    return text + "".join(f"- {entry['name']}: {sum(len(r['functions']) for r in entry['rules'])} functions\n" for entry in unpackaged)


LOOPS = pathlib.Path(__file__).resolve().parents[2] / "rules/loops"


def packs_with_code():
    packs = [pack for _, pack in offload.read_packs(LOOPS)]
    return [pack for pack in packs if "offload_example" in pack]


def code_of_packs():
    """What compiling the code of each pack against Debian's headers says, by the pack's name."""
    return {pack["name"]: offload.compile_example(pack["offload_example"], headers.library_flags) for pack in packs_with_code()}


def code_table(said):
    compiled = sorted(name for name, problem in said.items() if problem is None)
    missing = sorted(name for name, problem in said.items() if problem == "missing")
    text = "\n## Code that takes work off a loop\n\n"
    text += f"Compiled with the headers of Debian 12, {len(compiled)} of {len(said)}: {', '.join(compiled)}.\n"
    return text + f"\nWithout headers there, or made by a configure script: {', '.join(missing)}.\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("blockscan")
    parser.add_argument("--write", help="write the page to this file")
    parser.add_argument("--library", help="only files whose name holds this")
    parser.add_argument("--no-scan", action="store_true", help="look at the declarations only")
    parser.add_argument("--no-fetch", action="store_true", help="use the headers that are there")
    options = parser.parse_args()
    import clang.cindex  # noqa: PLC0415
    if find_library():
        clang.cindex.Config.set_library_file(find_library())
    listed = subprocess.run([options.blockscan, "rules", "list", "--json"], capture_output=True, text=True, check=True)
    libraries = [entry for entry in by_library(json.loads(listed.stdout))
                 if not options.library or options.library in entry["file"]]
    packaged = [entry for entry in libraries if entry["packages"] and entry["headers"]]
    if not options.no_fetch:
        of_packs = {name for pack in packs_with_code() for name in pack["offload_example"].get("packages", "").split()}
        headers.fetch(sorted({name for entry in packaged for name in entry["packages"]} | of_packs))
    index = clang.cindex.Index.create()
    known = set()
    rows = [audit_library(index, entry, None if options.no_scan else options.blockscan, known) for entry in packaged]
    strangers = sorted(name for name in advised([rule for entry in packaged for rule in entry["rules"]])
                       if name not in known and name.split("::")[-1] not in known)
    code = code_of_packs()
    text = table(rows, [entry for entry in libraries if entry not in packaged], strangers) + code_table(code)
    broken = {name: said for name, said in code.items() if said not in (None, "missing")}
    for name, said in broken.items():
        print(f"{name}: its example does not compile:\n{said}", file=sys.stderr)
    if options.write:
        pathlib.Path(options.write).write_text(text, encoding="utf-8")
    else:
        print(text)
    functions, confirmed = sum(r["functions"] for r in rows), sum(r["confirmed"] for r in rows)
    print(f"{confirmed} of {functions} functions confirmed", file=sys.stderr)
    return 0 if confirmed >= 0.95 * functions and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
