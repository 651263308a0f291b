#!/usr/bin/env python3
"""What stands in a command is read, or the unit counts as broken: each of these shapes hides the flag that enables a blocking call.

    commands.py BLOCKSCAN

Every case is a folder with a.c, whose callback calls fsync(), and sleep() where SLOW is defined. All are scanned in one run. `found`: both
calls are reported, and the unit is whole. `lost`: the unit, or its entry, is named as not read whole. `plain`: what looks like a loss and is
none; the unit is whole, and only fsync() is reported.
"""
import json
import os
import subprocess
import sys
import tempfile

SOURCE = """typedef struct uv_timer_s uv_timer_t;
#ifdef __cplusplus
extern "C" {
#endif
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
unsigned sleep(unsigned seconds);
int fsync(int fd);
#ifdef __cplusplus
}
#endif
static void on_tick(uv_timer_t *timer) {
  (void)timer;
  fsync(1);
#ifdef MACRO
  sleep(1);
#endif
}
static void start(uv_timer_t *timer) { uv_timer_start(timer, on_tick, 0, 1); }
void (*keep_NAME)(uv_timer_t *) = start;
"""
SLOW = "#define SLOW\n"
CASES = []


def case(name, wanted, words, files=(), macro="SLOW", source="a.c", **entry):
    """`words` is the text of `command`, or the words of `arguments`; `files`: name -> text, bytes, or None for a link to the folder."""
    CASES.append((name, wanted, words, dict(files), macro, source, entry))


def response(name, wanted, content, words="cc @x.rsp -c a.c", **files):
    case(name, wanted, words, {"x.rsp": content, **{key.replace("_", "."): text for key, text in files.items()}})


case("plain", "plain", "cc -c a.c")
# Launchers, shells.
case("launcher", "found", "time clang-cl /DSLOW /c a.c")
case("launcher-options", "found", "ccache --config-path x clang-cl /DSLOW /c a.c")
case("launcher-script", "found", "python3 wrapper.py --log x -- clang-cl /DSLOW /c a.c")
case("launcher-alone", "found", "distcc -DSLOW -c a.c")
case("shell", "found", "sh -c 'cc -DSLOW -c a.c'")
case("shell-words", "found", ["/bin/bash", "-ec", "cc -DSLOW -c a.c"])
case("shell-folder", "found", "cd sub && cc -include slow.h -c ../a.c", {"sub/slow.h": SLOW, "slow.h": "//\n"})
case("shell-layers", "found", "cd . && " * 8 + "cc -DSLOW -c a.c")
case("shell-layers-too-many", "lost", "cd . && " * 9 + "cc -DSLOW -c a.c")
case("env-folder", "found", "env -C sub cc -include slow.h -c ../a.c", {"sub/slow.h": SLOW, "slow.h": "//\n"})
case("env-text", "found", "env -S 'cc -DSLOW' -c a.c")
case("env-path", "found", "env CPATH=inc cc -c a.c", {"inc/slow.h": SLOW, "a.c": "#if __has_include(<slow.h>)\n#include <slow.h>\n#endif\n" + SOURCE})
case("substitution", "lost", "cc $(cat flags) -c a.c", {"flags": "-DSLOW"})
case("backquotes", "lost", "cc `cat flags` -c a.c", {"flags": "-DSLOW"})
case("variable", "lost", 'cc "-DA=$B" $CFLAGS -c a.c')
case("variable-in-script", "lost", "sh -c 'cc $CFLAGS -c a.c'")
case("variable-quoted", "plain", "cc '-DA=$B' \\$C '`' -Wl,-rpath,$ORIGIN/lib -c a.c")
case("variable-no-shell", "plain", ["cc", "-DA=$B", "-c", "a.c"])
# Response and configuration files.
response("response-nested", "found", "@y.rsp\n", y_rsp="-DSLOW")
response("response-mark", "found", b"\xef\xbb\xbf-DSLOW\r\n")
response("response-utf16", "lost", "-DSLOW".encode("utf-16-le"))
response("response-zero", "lost", b"-DA\0\n-DSLOW")
response("response-blank", "lost", "\r\n \n")
response("response-long", "lost", "-DA\n" * 300000 + "-DSLOW\n")
response("response-long-enough", "found", "-DA\n" * 1000 + "-DSLOW\n")
response("response-windows", "found", "/DA=C:\\ /DSLOW", words="clang-cl @x.rsp /c a.c")
case("configuration", "found", "clang --config ./x.cfg -c a.c", {"x.cfg": "# -DA\n-DB \\\n-DSLOW"})
case("configuration-nested", "found", "clang --config=s/x.cfg -c a.c", {"s/x.cfg": "@y.cfg", "s/y.cfg": "-include <CFGDIR>/slow.h", "s/slow.h": SLOW})
case("configuration-marked", "found", "clang --config=./<CFGDIR>/x.cfg -c a.c", {"<CFGDIR>/x.cfg": "-DB -I<CFGDIR> -DSLOW"})
case("configuration-blank", "lost", "clang --config=./x.cfg -c a.c", {"x.cfg": " \n"})
response("response-of-itself", "lost", "-DSLOW @x.rsp @x.rsp @x.rsp")
case("configuration-of-itself", "lost", "clang --config=./x.cfg -c a.c", {"x.cfg": "-DSLOW @x.cfg @x.cfg @x.cfg"})
case("specs", "lost", "cc -specs=mine -c a.c", {"mine": "*cc1:\n+ -DSLOW\n"})
case("specs-gone", "lost", "cc -specs mine.specs -c a.c")
case("specs-harmless", "plain", "cc -specs=mine -c a.c", {"mine": "*link:\n+ -z now\n"})
case("specs-own", "plain", "cc --specs=nano.specs -specs=rdimon-v2m.specs -c a.c")
# Languages and sources.
case("language-none-behind", "found", "cc -x c -DSLOW -c a.weird -x none -lm", source="a.weird")
case("language-assembler-behind", "found", "cc -DSLOW -c a.c -x assembler b.s")
case("language-assembler-before", "found", "cc -DSLOW -x assembler b.s -x c -c a.c")
case("language-word", "found", "cc -DSLOW --language c -c a.weird", source="a.weird")
case("extension-windows", "found", "clang-cl /DSLOW /c a.Cpp", source="a.Cpp")
case("extension-objective-c", "found", "clang -DSLOW -c a.mi", source="a.mi")
case("sources-second-gone", "lost", "cc -DSLOW a.c sources-second-gone-b.c -o p")
case("sources-second-module", "lost", "cc -DSLOW a.c sources-second-module-b.cppm -o p", {"sources-second-module-b.cppm": "int b;\n"})
case("sources-second-named", "lost", "cc -DSLOW -x c a.c sources-second-named-b.weird -o p", {"sources-second-named-b.weird": "int b;\n"})
case("sources-other", "lost", "cc -DSLOW -c sources-other-b.c", {"sources-other-b.c": "int b;\n"})
case("source-over-link", "found", "cc -DSLOW -c link/a.c", {"link": None})
case("source-zeros", "lost", "cc -DSLOW -c a.c", {"a.c": b"\0" * 300})
# Entries.
case("both-differ", "lost", ["cc", "-c", "a.c"], command="cc -DSLOW -c a.c")
case("both-same", "found", ["cc", "-DSLOW", "-DX=a b", "-c", "a.c"], command="cc -DSLOW '-DX=a b' -c a.c")
case("word-number", "lost", ["cc", 5, "-c", "a.c"])
case("words-text", "lost", "cc -c a.c", arguments="cc -DSLOW -c a.c")
case("huge", "found", "cc " + "-DA=b " * 100000 + "-DSLOW -c a.c")
# Other drivers, and flags that define macros.
case("cl-runtime", "found", "clang-cl /MDd /c a.c", macro="_DEBUG")
case("cl-runtime-release", "plain", "clang-cl /MD /c a.c", macro="_DEBUG")
case("nvcc-list", "found", "nvcc --define-macro A,SLOW -c a.cpp", source="a.cpp")
case("nvcc-joined", "found", "nvcc -DA,SLOW -c a.cpp", source="a.cpp")
case("nvcc-folder", "found", "nvcc -Iinc -c a.cpp", {"inc/slow.h": SLOW, "a.cpp": "#include <slow.h>\n" + SOURCE}, source="a.cpp")
case("nvcc-undefined", "plain", "nvcc -DSLOW -USLOW -c a.cpp", source="a.cpp")
case("nvcc-brackets", "found", "nvcc '-DA(x,y)=1' -D 'B=\"a,c\"' -DSLOW -c a.cpp", source="a.cpp")
case("nvcc-host", "found", "nvcc -Xcompiler '-DA -DSLOW' -c a.cpp", source="a.cpp")
case("fast-math", "found", "cc -ffast-math -c a.c", macro="__FAST_MATH__")
# A map whose new folder lies in the old one is applied once. (MAP is the option of the run.)
case("mapped", "found", "cc -I@TOP@/old/inc @x.rsp -c a.c", {"x.rsp": "-I@TOP@/old/other", "../old/new/inc/one.h": SLOW,
     "../old/new/other/two.h": "//\n", "a.c": "#include <one.h>\n#include <two.h>\n" + SOURCE})
MAP = "@TOP@/old=@TOP@/old/new"


def content(text, top, name, macro):
    if isinstance(text, bytes):
        return text
    return text.replace("MACRO", macro).replace("NAME", name.replace("-", "_")).replace("@TOP@", top).encode()


def make(top):
    entries = []
    for name, _, words, files, macro, source, more in CASES:
        here = os.path.join(top, name)
        os.makedirs(here)
        for file, text in {source: SOURCE, **files}.items():
            path = os.path.join(here, file)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if text is None:
                os.symlink(".", path)
                continue
            with open(path, "wb") as out:
                out.write(content(text, top, name, macro))
        entries.append({"directory": here, "file": source, "command" if isinstance(words, str) else "arguments": words, **more})
    with open(f"{top}/compile_commands.json", "w", encoding="utf-8") as file:
        file.write(json.dumps(entries, indent=1).replace("@TOP@", top))


def judge(report, name, wanted, source):
    calls = sorted(f["sink"]["api"] for f in report["findings"] if f["sink"]["file"].startswith(f"{name}/"))
    ledger = report["ledger"]
    told = any(unit["file"] == f"{name}/{source}" for unit in ledger.get("broken_units", []))
    told = told or any(f"compiles {name}-b." in note for note in ledger.get("notes", []))
    if wanted == "lost":
        return None if told else f"nothing says that input was lost; found: {calls}"
    if told:
        return f"counts as broken: {[u['first_error'] for u in ledger['broken_units'] if u['file'].startswith(name + '/')]}"
    expected = ["fsync", "sleep"] if wanted == "found" else ["fsync"]
    return None if calls == expected else f"found {calls}, not {expected}"


def main():
    blockscan = os.path.abspath(sys.argv[1])
    failed = 0
    with tempfile.TemporaryDirectory(prefix="blockscan-commands.") as top:
        top = os.path.realpath(top)
        make(top)
        command = [blockscan, "scan", "-q", "--no-cache", "-j2", "--path-map", MAP.replace("@TOP@", top), "--output", "json=r.json",
                   "compile_commands.json"]
        run = subprocess.run(command, cwd=top, capture_output=True, text=True, timeout=300, check=False)
        if run.returncode != 3:
            print(f"exit code {run.returncode}: {run.stderr}")
            return 1
        with open(f"{top}/r.json", encoding="utf-8") as file:
            report = json.load(file)
        for name, wanted, _, _, _, source, _ in CASES:
            problem = judge(report, name, wanted, source)
            if problem:
                failed += 1
                print(f"{name}: {problem}")
    print(f"{len(CASES) - failed} of {len(CASES)} commands are read, or said to be lost")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
