#!/usr/bin/env python3
"""Compares the rules with the real headers of the libraries that Debian packages.

    audit.py BLOCKSCAN [--write FILE] [--library NAME] [--no-fetch]

Each function that a rule names must be declared in its library's headers, and have as many parameters as the rule's
conditions count. Where it is so, a call is made from the header's own prototype and scanned twice: it must be found in a
callback of a loop, and its twin on a worker must stay silent. The result is a table by library (docs/rules-audit.md).
Needs python3-clang-19 and Debian's package lists; fetches the headers into ~/.cache/blockscan-headers. Not part of the
test suite.
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

`./dev rules-audit` made this page. It parses the headers of each library that Debian 12 packages and looks for every
function that a rule names: *confirmed* ones are declared there, with at least as many parameters as the rule's
conditions count. *Scanned* are those for which a call, made from the header's own prototype, was found in a callback of
a loop and not in its twin, which runs on a worker. Libraries without a Debian package are listed without figures.

Left out on purpose are functions that only compute a little or look at memory, though their neighbours block:
`crypto_pwhash_str_needs_rehash` parses a text, `genl_connect` opens and binds a socket of this machine's kernel.

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
    return max(len(list(c.get_arguments())) or len([x for x in c.get_children() if x.kind.name == "PARM_DECL"])
               for c in cursors)  # a template has its parameters as children only


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


def spelling_of(kind):
    """A type as a variable can have it: an array parameter is a pointer, a function or va_list anything."""
    text = kind.spelling
    strange = kind.get_canonical().kind.name in ("CONSTANTARRAY", "INCOMPLETEARRAY") or re.search(r"[(\[]|va_list", text)
    return "void *" if strange else text


def call_in_c(number, name, cursor):
    """Variables and a call by the header's own prototype."""
    variables, words = [], []
    for i, argument in enumerate(cursor.get_arguments()):
        variables.append(f"extern __typeof__({spelling_of(argument.type)}) audit_{number}_{i};")
        words.append(f"audit_{number}_{i}")
    return variables, f"{name}({', '.join(words)});"


def call_in_cxx(name, cursor):
    """The same in C++: of a method with an object, of a constructor with new; None where that takes more."""
    kind, scope = cursor.kind.name, name.rpartition("::")[0]
    if kind == "FUNCTION_TEMPLATE" or cursor.access_specifier.name in ("PRIVATE", "PROTECTED"):
        return None
    if any("<" in parent or not parent for parent in [scope]) and kind != "FUNCTION_DECL":
        return None
    values = ", ".join(f"audit_value<{argument.type.get_canonical().spelling}>()" for argument in cursor.get_arguments())
    if kind == "CONSTRUCTOR":
        return f"new {scope}({values});"
    if kind == "CXX_METHOD" and not cursor.is_static_method():
        return f"audit_value<{scope} &>().{name.rpartition('::')[2]}({values});"
    return f"{name}({values});"


LIBUV = """typedef struct uv_timer_s uv_timer_t;
typedef struct uv_work_s uv_work_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
int uv_queue_work(void *, uv_work_t *, void (*)(uv_work_t *), void (*)(uv_work_t *, int));
"""
CXX_LIBUV = 'template <class T> T &&audit_value();\nextern "C" {\n' + LIBUV + "}\n"


def pairs_of(library, names):
    """A program that makes each call in a callback of a timer, and once more in one that runs on a worker."""
    cxx = library["language"] == "c++"
    text = "".join(f"#include <{h}>\n" for h in library["headers"]) + (CXX_LIBUV if cxx else LIBUV)
    starts = ""
    for number, (name, cursor) in enumerate(names):
        variables, call = ([], call_in_cxx(name, cursor)) if cxx else call_in_c(number, name, cursor)
        if not call:
            continue
        text += "".join(line + "\n" for line in variables)
        text += f"static void audit_{number}(uv_timer_t *t) {{ (void)t; {call} }}\n"
        text += f"static void twin_{number}(uv_work_t *w) {{ (void)w; {call} }}\n"
        starts += f"  uv_timer_start(t, audit_{number}, 1, 0);\n  uv_queue_work(0, w, twin_{number}, 0);\n"
    return text + f"void audit(uv_timer_t *t, uv_work_t *w);\nvoid audit(uv_timer_t *t, uv_work_t *w) {{\n{starts}}}\n"


def scan_pairs(blockscan, library, names):
    """The numbers of the calls that are found in the callback, and of those that are found in the twin."""
    name = "calls.cc" if library["language"] == "c++" else "calls.c"
    with tempfile.TemporaryDirectory(prefix="blockscan-audit.") as folder:
        path = pathlib.Path(folder)
        (path / name).write_text(pairs_of(library, names), encoding="utf-8")
        arguments = ["cc"] + headers.compiler_flags(library["flags"], library["language"]) + ["-c", name]
        (path / "compile_commands.json").write_text(
            json.dumps([{"directory": folder, "file": name, "arguments": arguments}]), encoding="utf-8")
        subprocess.run([blockscan, "scan", "-q", "--no-cache", "--root", folder, "--max-broken", "9", "--confidence", "possible",
                        "--output", f"json={folder}/out.json", str(path / "compile_commands.json")],
                       capture_output=True, check=False)
        out = path / "out.json"
        found = json.loads(out.read_text(encoding="utf-8"))["findings"] if out.exists() else []
    places = {f["sink"]["function"].split("(")[0] for f in found}
    return [{int(place.split("_")[1]) for place in places if re.fullmatch(f"{which}_\\d+", place)} for which in ("audit", "twin")]


def scan_names(blockscan, library, names, row):
    """Counts the names whose call is found in a callback, and not on a worker; says which are not."""
    found, loud = scan_pairs(blockscan, library, names)
    row["scanned"] = len(found - loud)
    row["unseen"] = [name for number, (name, _) in enumerate(names) if number not in found]
    row["loud"] = [name for number, (name, _) in enumerate(names) if number in loud]


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
    checked = " -O1 -D_FORTIFY_SOURCE=2" if "libc6-dev" in library["packages"] else ""  # declares __read_chk
    declared = headers.Declarations(index, library["headers"], library["flags"] + checked, library["language"])
    for name in set(declared.functions) | declared.macros:
        known.setdefault(name, library["name"])
    row = {"name": library["name"], "file": library["file"], "functions": 0, "confirmed": 0, "scanned": 0, "not": [], "unseen": [],
           "loud": []}
    names = []
    for rule in library["rules"]:
        for name in rule["functions"]:
            row["functions"] += 1
            reason = judge(rule, name, declared)
            if reason:
                row["not"].append((name, reason))
                continue
            row["confirmed"] += 1
            cursor = declared.functions.get(name, [None])[0]
            if cursor is not None and name not in dict(names):
                names.append((name, cursor))
    if names and blockscan:
        scan_names(blockscan, library, names, row)
    return row


def confirm_elsewhere(rows, known):
    """A name that another library's headers declare is confirmed: rules of one subject stand together."""
    for row in rows:
        other = [name for name, reason in row["not"] if reason == "not declared" and name in known]
        row["confirmed"] += len(other)
        row["not"] = [(name, reason) for name, reason in row["not"] if name not in other]


def lists_of(rows, key):
    return "".join(f"- {row['name']}: {', '.join(f'`{name}`' for name in row[key])}\n" for row in rows if row[key])


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
    text += "\n## Confirmed, but not found in the generated callback\n\n"
    text += "Arguments of which nothing is known decide (a rule that holds for some values only), or the call takes more than its\n"
    text += "prototype tells: a template, an object that nobody can make.\n\n" + lists_of(rows, "unseen")
    text += "\n## Found in the twin that runs on a worker\n\n" + (lists_of(rows, "loud") or "None.\n")
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
    known = {}
    rows = [audit_library(index, entry, None if options.no_scan else options.blockscan, known) for entry in packaged]
    confirm_elsewhere(rows, known)
    last_words = {name.split("::")[-1] for name in known}
    strangers = sorted(name for name in advised([rule for entry in packaged for rule in entry["rules"]])
                       if name not in known and name.split("::")[-1] not in last_words)
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
