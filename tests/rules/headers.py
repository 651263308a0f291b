"""The declarations in the real headers of the libraries that the rules are about.

Debian's development packages, with what they depend on, are unpacked below ~/.cache/blockscan-headers (nothing is
installed), and clang says which functions a library's headers declare, with their prototypes. Used by audit.py.
"""

import os
import pathlib
import re
import subprocess
import sys

CACHE = pathlib.Path(os.environ.get("BLOCKSCAN_HEADERS", pathlib.Path.home() / ".cache/blockscan-headers"))
ROOT = CACHE / "root"
PARTS = ["./usr/include", "./usr/lib/*/include", "./usr/lib/*/*/include", "./usr/lib/*/pkgconfig",
         "./usr/share/pkgconfig", "./usr/share/nginx/src"]


def closure(packages):
    """The development packages that these need, themselves included."""
    asked = subprocess.run(["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
                            "--no-breaks", "--no-replaces", "--no-enhances", *packages],
                           capture_output=True, text=True, check=False).stdout
    names = {line.split(":")[0] for line in asked.splitlines() if re.match(r"[a-z0-9]", line)}
    return sorted(name for name in names if re.search(r"-dev$|-headers$|^libstdc|^linux-libc", name))


def packaged(names):
    """Those that the package lists know: `apt-get download` gives up where it knows one not."""
    known = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True).stdout.split()
    for name in sorted(set(names) - set(known)):
        print(f"not in the package lists: {name}", file=sys.stderr)
    return sorted(set(names) & set(known))


def fetch(packages):
    """Downloads and unpacks what is not there yet."""
    debs = CACHE / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    ROOT.mkdir(exist_ok=True)
    known = {path.name.split("_")[0] for path in debs.glob("*.deb")}
    packages = packaged(packages)
    if set(packages) <= known:
        return
    missing = [name for name in sorted(set(closure(packages)) | set(packages)) if name not in known]
    subprocess.run(["apt-get", "download", "-q", *missing], cwd=debs, check=False, stdout=subprocess.DEVNULL)
    for path in debs.glob("*.deb"):
        if path.name.split("_")[0] in known:
            continue
        tar = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(path)], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", str(ROOT), "--wildcards", *PARTS], stdin=tar.stdout, check=False,
                       stderr=subprocess.DEVNULL)
        tar.wait()


def pkg_config(name, seen=None):
    """The compiler flags of a package file below the root. pkg-config itself gives up where a package that is only
    needed for linking is missing."""
    seen = set() if seen is None else seen
    folders = ("usr/lib/x86_64-linux-gnu/pkgconfig", "usr/share/pkgconfig", "usr/lib/pkgconfig")
    found = [ROOT / folder / f"{name}.pc" for folder in folders if (ROOT / folder / f"{name}.pc").exists()]
    if not found or name in seen:
        return []
    seen.add(name)
    variables, flags, needs = {}, [], []
    expand = lambda text: re.sub(r"\$\{(\w+)\}", lambda m: variables.get(m.group(1), ""), text)
    for line in found[0].read_text(encoding="utf-8").splitlines():
        if re.match(r"\w+=", line):
            key, value = line.split("=", 1)
            variables[key] = expand(value.strip())
        elif line.startswith("Cflags:"):
            flags = expand(line[7:]).split()
        elif re.match(r"Requires(\.private)?:", line):
            needs += re.findall(r"[A-Za-z][\w.+-]*", re.sub(r"[<>=]+\s*[\w.]+", "", expand(line.split(":", 1)[1])))
    flags = [re.sub(r"^-I/usr", f"-I{ROOT}/usr", flag) for flag in flags]
    for need in needs:
        flags += pkg_config(need, seen)
    return flags


def compiler_flags(text, language="c"):
    """Flags of a rule file, with paths below the unpacked root."""
    include = ROOT / "usr/include"
    flags = ["-x", "c++" if language == "c++" else "c", "-std=gnu++17" if language == "c++" else "-std=gnu17",
             "-w", "-D_GNU_SOURCE", "-ferror-limit=0"]
    for word in text.split():
        if word.startswith("pkg:"):
            flags += pkg_config(word[4:])
        else:
            flags.append(re.sub(r"^-I/usr", f"-I{ROOT}/usr", word))
    return flags + ["-isystem", str(include), "-isystem", str(include / "x86_64-linux-gnu")]


def library_flags(text):
    """Those of an example, as a compiler takes them that has headers of its own."""
    flags = []
    for word in text.split():
        flags += pkg_config(word[4:]) if word.startswith("pkg:") else [re.sub(r"^-I/usr", f"-I{ROOT}/usr", word)]
    include = ROOT / "usr/include"
    return [*flags, "-idirafter", str(include), "-idirafter", str(include / "x86_64-linux-gnu")]


class Declarations:
    """What the headers of one library declare: functions by qualified name, and names of macros."""

    def __init__(self, index, headers, flags, language):
        import clang.cindex  # noqa: PLC0415, only the audit needs it
        self.kinds = clang.cindex.CursorKind
        self.functions, self.macros, self.errors = {}, set(), []
        text = "".join(f"#include <{header}>\n" for header in headers)
        name = "library.cc" if language == "c++" else "library.c"
        unit = index.parse(name, args=compiler_flags(flags, language), unsaved_files=[(name, text)],
                           options=clang.cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD |
                           clang.cindex.TranslationUnit.PARSE_SKIP_FUNCTION_BODIES)
        self.errors = [d.spelling for d in unit.diagnostics if d.severity >= 3]
        for cursor in unit.cursor.get_children():
            self.visit(cursor, "")

    def visit(self, cursor, scope):
        kinds = self.kinds
        if cursor.kind == kinds.MACRO_DEFINITION:
            self.macros.add(cursor.spelling)
        elif cursor.kind in (kinds.FUNCTION_DECL, kinds.CXX_METHOD, kinds.CONSTRUCTOR, kinds.FUNCTION_TEMPLATE):
            name = re.sub(r"<.*", "", cursor.spelling) if "operator" not in cursor.spelling else cursor.spelling
            self.functions.setdefault(scope + name, []).append(cursor)
        elif cursor.kind in (kinds.NAMESPACE, kinds.CLASS_DECL, kinds.STRUCT_DECL, kinds.CLASS_TEMPLATE,
                             kinds.LINKAGE_SPEC, kinds.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION):
            if cursor.kind in (kinds.STRUCT_DECL, kinds.LINKAGE_SPEC) and not scope and not cursor.spelling:
                inner = ""
            elif cursor.spelling.startswith("__cxx11") or cursor.spelling in ("_V2", "__1"):
                inner = scope
            else:
                inner = scope + (cursor.spelling + "::" if cursor.spelling and cursor.kind != kinds.LINKAGE_SPEC else "")
            for child in cursor.get_children():
                self.visit(child, inner)
