#!/usr/bin/env python3
"""Compiles the offload example of every loop pack.

    offload.py FOLDER

FOLDER holds the packs. Each advice has code, and the code that the report shows must compile without a warning where
the library is installed. The audit compiles it with the headers that Debian packages, too.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

from run import compiler_flags

COMPILERS = {"c": ["cc", "-std=gnu17", "-x", "c"], "c++": ["c++", "-std=c++17", "-x", "c++"]}
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-D_GNU_SOURCE", "-fsyntax-only"]


def has_headers(compiler, flags, includes):
    text = "".join(f"#include <{name}>\n" for name in includes)
    return subprocess.run([*compiler, *flags, "-E", "-o", "/dev/null", "-"], input=text, text=True,
                          capture_output=True, check=False).returncode == 0


def compile_example(example, flags_of=compiler_flags):
    """Returns None when it is good, else what the compiler says; "missing" where the library is not installed."""
    compiler = COMPILERS[example.get("language", "c")]
    flags = flags_of(example.get("flags", ""))
    includes = [example["includes"]] if isinstance(example.get("includes"), str) else example.get("includes", [])
    if flags is None or not shutil.which(compiler[0]):
        return "missing"
    flags = [re.sub("^-I", "-isystem", flag) for flag in flags]  # warnings are asked of the example, not of headers
    if not has_headers(compiler, flags, includes):
        return "missing"
    text = "".join(f"#include <{name}>\n" for name in includes) + "\n".join(example["code"]) + "\n"
    done = subprocess.run([*compiler, *flags, *WARNINGS, "-"], input=text, text=True, capture_output=True, check=False)
    return None if done.returncode == 0 else done.stderr


def read_packs(folder):
    return [(path, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(pathlib.Path(folder).glob("*.json"))]


def main():
    compiled = problems = 0
    for path, pack in read_packs(sys.argv[1]):
        is_python = "python" in pack.get("recorder", {})  # its advice is a line of Python
        if "offload_advice" in pack and "offload_example" not in pack and not is_python:
            problems += 1
            print(f"{path}: offload_advice without an offload_example")
        if "offload_example" not in pack:
            continue
        said = compile_example(pack["offload_example"])
        if said == "missing":
            print(f"{pack['name']}: not installed, left out")
        elif said:
            problems += 1
            print(f"{path}: its example does not compile:\n{said}")
        else:
            compiled += 1
    print(f"{compiled} examples compiled, {problems} problems")
    return 1 if problems or compiled == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
