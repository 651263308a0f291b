#!/usr/bin/env python3
"""Drops, empties, cuts and renames each file of a small project in turn: a scan then finds the same, or does not end with 0.

    lost-input.py BLOCKSCAN

The project has what real ones have: two units that hold callbacks, headers of its own and of a library, a response file that
enables a call, a header that every unit is forced to include, a generated source and header, a precompiled header, and a
sysroot. The findings are suppressed as old ones are (--fail-on never), so that the whole project ends with 0: whatever is lost must
show by something else.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

UV = """#ifndef UV_H
#define UV_H
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
#endif
"""
FILES = {
    "src/main.c": """#include "app.h"
#include "version.h"
static void on_tick(uv_timer_t *timer) {
  (void)timer;
  work(VERSION);
}
void start(uv_timer_t *timer) { uv_timer_start(timer, on_tick, 0, 1); }
""",
    "src/work.c": """#include "app.h"
void work(int version) {
  if (version > LIMIT) save();
#ifdef SLOW
  sleep(1);
#endif
}
""",
    "src/other.c": """#include "app.h"
static void on_other(uv_timer_t *timer) {
  (void)timer;
  parse();
}
void other(uv_timer_t *timer) { uv_timer_start(timer, on_other, 0, 1); }
""",
    "src/app.h": """#ifndef APP_H
#define APP_H
#include <unistd.h>
#include <uv.h>
void work(int version);
void save(void);
void parse(void);
#endif
""",
    "src/pre.h": "#ifndef PRE_H\n#define PRE_H\n#define LIMIT 3\n#endif\n",
    "src/pre.h.gch": "gpch of a compiler\n",
    "build/config.h": "#ifndef CONFIG_H\n#define CONFIG_H\n#define save save_to_disk\n#endif\n",
    "build/version.h": "#ifndef VERSION_H\n#define VERSION_H\n#define VERSION 4\n#endif\n",
    "build/gen/parser.c": '#include "app.h"\nvoid parse(void) { sleep(2); }\nvoid save(void) { fsync(1); }\n',
    "build/flags.rsp": "-DSLOW\n-Isrc\n-Ibuild\n",
    "sysroot/usr/include/unistd.h": """#ifndef UNISTD_H
#define UNISTD_H
unsigned int sleep(unsigned int seconds);
int fsync(int fd);
#endif
""",
    "sysroot/usr/include/uv.h": UV,
}
UNITS = ["src/main.c", "src/work.c", "src/other.c", "build/gen/parser.c"]


def make(folder):
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    command = "cc --sysroot=sysroot -include build/config.h -include src/pre.h @build/flags.rsp -c "
    entries = [{"directory": folder, "file": unit, "command": command + unit} for unit in UNITS]
    with open(f"{folder}/compile_commands.json", "w", encoding="utf-8") as file:
        json.dump(entries, file, indent=1)


def scan(blockscan, folder, *options):
    """The exit code, and the findings as they stand in the report."""
    command = [blockscan, "scan", "-q", "-j2", "--fail-on", "never", "--output", "json=report.json", *options, "compile_commands.json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    try:
        with open(f"{folder}/report.json", encoding="utf-8") as file:
            findings = json.dumps(json.load(file)["findings"], sort_keys=True)
    except OSError:
        findings = None
    if os.path.exists(f"{folder}/report.json"):
        os.unlink(f"{folder}/report.json")
    return run.returncode, findings, run.stderr


def rename(path):
    os.rename(path, path + ".old")


def cut(path):
    os.truncate(path, os.path.getsize(path) // 2)


def losses(folder):
    """What can be lost: (what, how to lose it)."""
    for name in sorted(FILES):
        for way, action in (("dropped", os.unlink), ("emptied", lambda p: os.truncate(p, 0)), ("cut", cut), ("renamed", rename)):
            yield f"{name} {way}", lambda place, name=name, action=action: action(os.path.join(place, name))
    for name in ("sysroot", "build", "build/gen", "src"):
        yield f"{name}/ dropped", lambda place, name=name: shutil.rmtree(os.path.join(place, name))
        yield f"{name}/ renamed", lambda place, name=name: rename(os.path.join(place, name))
    for way, action in (("dropped", os.unlink), ("emptied", lambda p: os.truncate(p, 0)), ("cut", cut), ("renamed", rename)):
        yield f"the database {way}", lambda place, action=action: action(os.path.join(place, "compile_commands.json"))


def main():
    blockscan = os.path.abspath(sys.argv[1])
    failed = total = 0
    with tempfile.TemporaryDirectory(prefix="blockscan-lost.") as top:
        whole = os.path.join(top, "p")
        make(whole)
        code, findings, said = scan(blockscan, whole, "--no-cache")
        if code != 0 or len(json.loads(findings)) != 3:
            print(f"the whole project: exit code {code}, {findings}\n{said}")
            return 1
        for cached in (False, True):
            for what, lose in losses(whole):
                shutil.rmtree(whole)
                make(whole)
                cache = ["--cache-dir", f"{top}/cache"] if cached else ["--no-cache"]
                if cached:
                    scan(blockscan, whole, *cache)
                lose(whole)
                code, found, said = scan(blockscan, whole, *cache)
                total += 1
                if code == 0 and found != findings:
                    failed += 1
                    print(f"{what}{', cached' if cached else ''}: exit code 0, and other findings: {found}\n{said}")
    print(f"{total - failed} of {total} losses show")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
