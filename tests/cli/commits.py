"""A repository with more than thirty commits, each of which adds a way to a blocking call or adds none; after each,
`--new-from-rev HEAD~1` must tell exactly that. A step is (what it does, edits, what is new): of each new finding the API, the
function that calls it, and a text on the line that the report points to."""

import json
import os
import re
import subprocess
import sys

BLOCKSCAN, TOP = os.environ["BLOCKSCAN"], os.path.join(os.environ["TMP"], "repo")

UV = """
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_timer_s { void *data; } uv_timer_t;
typedef struct uv_stream_s { void *data; } uv_stream_t;
typedef struct uv_work_s { void *data; } uv_work_t;
typedef struct uv_buf_t { char *base; unsigned long len; } uv_buf_t;
typedef void (*uv_timer_cb)(uv_timer_t *);
typedef void (*uv_read_cb)(uv_stream_t *, long, const uv_buf_t *);
typedef void (*uv_work_cb)(uv_work_t *);
typedef void (*uv_after_work_cb)(uv_work_t *, int);
int uv_timer_start(uv_timer_t *, uv_timer_cb, unsigned long, unsigned long);
int uv_read_start(uv_stream_t *, void *, uv_read_cb);
int uv_queue_work(uv_loop_t *, uv_work_t *, uv_work_cb, uv_after_work_cb);
int uv_run(uv_loop_t *, int);
uv_loop_t *uv_default_loop(void);
"""

BASE = {
    "include/uv.h": UV,
    ".gitignore": "/build/\n/.blockscan/\n",
    "src/util.h": """#ifndef UTIL_H
#define UTIL_H
#include <netdb.h>
#include <sys/types.h>
#include <unistd.h>
#define PAUSE() ((void)0)
static inline int lookup(const char *host) {
  return host != 0;
}
void flush(int fd);
int load(const char *name);
int wait_child(pid_t child, int flags);
void step_a(int fd);
void step_b(int fd);
void report(void *timer);
#endif
""",
    "src/io.c": """#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include "util.h"
static int dirty;

void flush(int fd) {
  if (dirty) {
    dirty = 0;
    fsync(fd);
  }
}

int load(const char *name) {
  return name[0];
}

int wait_child(pid_t child, int flags) {
  int status;
  return waitpid(child, &status, flags);
}

void step_b(int fd) { flush(fd); }

void step_a(int fd) { step_b(fd); }

void report(void *timer) {
  (void)timer;
  system("uptime");
}
""",
    "src/server.c": """#include <uv.h>
#include "util.h"

struct conn {
  int fd;
  void (*handler)(struct conn *c);
};
static struct conn only;

static void fast(struct conn *c) { c->fd++; }

static void slow(struct conn *c) {
  c->fd--;
  sleep(1);
}

static void on_read(uv_stream_t *stream, long size, const uv_buf_t *buf) {
  (void)stream;
  (void)buf;
  lookup("a");
  if (size > 0) only.handler(&only);
}

void serve(uv_stream_t *stream) {
  only.handler = fast;
  uv_read_start(stream, 0, on_read);
}
""",
    "src/main.c": """#include <uv.h>
#include <stdlib.h>
#include "util.h"

void serve(uv_stream_t *stream);
static uv_timer_t tick, other;
static uv_stream_t input;

static void on_tick(uv_timer_t *timer) {
  (void)timer;
  step_a(1);
  PAUSE();
  wait_child(7, 1);
}

static void on_other(uv_timer_t *timer) {
  (void)timer;
  load("x");
}

int main(void) {
  serve(&input);
  uv_timer_start(&tick, on_tick, 1, 1);
  uv_timer_start(&other, on_other, 1, 1);
  return uv_run(uv_default_loop(), 0);
}
""",
}

IO_HEAD = '#include <fcntl.h>\n#include <stdlib.h>\n#include <sys/wait.h>\n#include "util.h"\n'
EXTRA = """#include <uv.h>
#include <unistd.h>
static uv_timer_t late;
static void on_late(uv_timer_t *timer) {
  (void)timer;
  sleep(3);
}
void extra(void);
void extra(void) { uv_timer_start(&late, on_late, 1, 1); }
"""
WHOLE = "void flush_all(int fd) {\n  if (dirty) {\n    dirty = 0;\n    fsync(fd);\n  }\n}\n"
PARTS = (
    "static void sync_now(int fd) {\n  dirty = 0;\n  fsync(fd);\n}\n\n"
    "void flush_all(int fd) {\n  if (dirty) sync_now(fd);\n}\n"
)


class Tree(dict):
    def edit(self, name, old, new):
        assert old in self[name], (name, old)
        self[name] = self[name].replace(old, new)

    def edit_all(self, old, new):
        for name in self:
            self[name] = self[name].replace(old, new)

    def function(self, name, file):
        """Its text, from the line of its name to the brace in the first column (or of one line)."""
        head = rf"^[^\n#]*\b{name}\([^;\n]*\) \{{"
        return re.search(rf"{head}[^\n]*\}}\n|{head}\n.*?^\}}\n", self[file], re.S | re.M).group(0)

    def move(self, name, source, target):
        text = self.function(name, source)
        self.edit(source, text, "")
        self[target] = self.get(target, IO_HEAD) + "\n" + text


def reindent(tree):
    for name in tree:
        if name.endswith(".c"):
            tree[name] = tree[name].replace("  ", "\t").replace(") {\n", ")\n{\n")


def indent_back(tree):
    for name in tree:
        if name.endswith(".c"):
            tree[name] = tree[name].replace("\t", "  ").replace(")\n{\n", ") {\n")


def swap(tree):
    text = tree.function("step_a", "src/io.c")
    tree.edit("src/io.c", text, "")
    tree.edit("src/io.c", "int wait_child(", text + "\nint wait_child(")


def split(tree):
    for name in ("step_a", "step_b", "report"):
        tree.move(name, "src/io.c", "src/steps.c")


def detour(tree):
    tree.edit("src/main.c", "static void on_tick(", "static void detour(int fd) {\n  if (fd) step_a(fd);\n}\n\nstatic void on_tick(")
    tree.edit("src/main.c", "  PAUSE();", "  PAUSE();\n  detour(2);")


def config(tree):
    tree.edit("src/disk.c", '#include "util.h"\n', '#include "util.h"\n#include <config.h>\n')
    tree.edit("src/disk.c", "  return open(name", "#ifdef HAVE_SYNC\n  sync();\n#endif\n  return open(name")


def merge(tree):
    tree.edit("src/io.c", '#include "util.h"\n', '#include "util.h"\n#include <config.h>\n')
    tree.move("load", "src/disk.c", "src/io.c")
    del tree["src/disk.c"]


def new_names(tree):
    tree.edit("src/net.c", "struct conn *c)", "struct conn *connection)")
    tree.edit("src/net.c", "c->fd", "connection->fd")


def edit(*words):
    return lambda tree: tree.edit(*words)


STEPS = [
    ("lines shift", edit("src/io.c", "static int dirty;", "/* not on the disk yet */\n\n\nstatic int dirty;"), []),
    ("a blocking call in a callback", edit("src/main.c", 'load("x");', 'load("x");\n  usleep(100000);'),
     [("usleep", "on_other", "usleep(100000)")]),
    ("reformatting", reindent, []),
    ("and back", indent_back, []),
    ("a blocking call in a function below", edit("src/io.c", "return name[0];", "return open(name, O_RDONLY);"),
     [("open", "load", "open(name")]),
    ("a new caller of an old blocking function", edit("src/server.c", "c->fd++;", "flush(c->fd++);"),
     [("fsync", "flush", "flush(c->fd++)")]),
    ("a function moves to a new file", lambda t: t.move("load", "src/io.c", "src/disk.c"), []),
    ("a file gets another name", lambda t: t.__setitem__("src/net.c", t.pop("src/server.c")), []),
    ("a macro gets a blocking body", edit("src/util.h", "PAUSE() ((void)0)", "PAUSE() usleep(10000)"),
     [("usleep", "on_tick", "PAUSE()")]),
    ("the macro is written otherwise",
     edit("src/util.h", "#define PAUSE() usleep(10000)", "#define SHORT 10\n#define PAUSE() \\\n  usleep(SHORT)"), []),
    ("a header's function blocks",
     edit("src/util.h", "return host != 0;", "struct addrinfo *found;\n  return getaddrinfo(host, 0, 0, &found);"),
     [("getaddrinfo", "lookup", "getaddrinfo(host")]),
    ("the header gets a comment", edit("src/util.h", "#define UTIL_H\n", "#define UTIL_H\n/* Helpers. */\n\n"), []),
    ("a function gets another name", lambda t: t.edit_all("flush(", "flush_all("), []),
    ("an existing function is registered",
     edit("src/main.c", "  uv_timer_start(&tick", "  uv_timer_start(&tick, (uv_timer_cb)report, 9, 9);\n  uv_timer_start(&tick"),
     [("system", "report", "(uv_timer_cb)report")]),
    ("a part of a function becomes one", edit("src/io.c", WHOLE, PARTS), []),
    ("and back again", edit("src/io.c", PARTS, WHOLE), []),
    ("a blocking call goes", edit("src/main.c", "\n  usleep(100000);", ""), []),
    ("a pointer gets a blocking function",
     edit("src/net.c", "only.handler = fast;", "only.handler = fast;\n  if (stream->data) only.handler = slow;"),
     [("sleep", "slow", "only.handler = slow")]),
    ("the same call once more, before the old one", edit("src/net.c", "c->fd--;", "sleep(2);\n  c->fd--;"),
     [("sleep", "slow", "sleep(2)")]),
    ("two functions change places", swap, []),
    ("a static function becomes external",
     edit("src/net.c", "static void slow(", "void slow(struct conn *c);\nvoid slow("), []),
    ("a flag that made a call not wait goes", edit("src/main.c", "wait_child(7, 1)", "wait_child(7, 0)"),
     [("waitpid", "wait_child", "wait_child(7, 0)")]),
    ("another caller passes the flag", edit("src/main.c", '  load("x");', '  load("x");\n  wait_child(8, 1);'), []),
    ("and then does not", edit("src/main.c", "wait_child(8, 1)", "wait_child(8, 0)"),
     [("waitpid", "wait_child", "wait_child(8, 0)")]),
    ("a file is split", split, []),
    ("a further way for a callback that has one",
     edit("src/steps.c", "{ step_b(fd); }", "{\n  step_b(fd);\n  if (fd) flush_all(fd);\n}"),
     [("fsync", "flush_all", "if (fd)")]),
    ("a helper around what is called already", detour, []),
    ("the helper from another callback", edit("src/main.c", "wait_child(8, 0);", "wait_child(8, 0);\n  detour(3);"),
     [("fsync", "flush_all", "detour(3)")]),
    ("a longer way than the old one, between old functions",
     edit("src/net.c", '  lookup("a");', '  lookup("a");\n  step_a(5);'),
     [("fsync", "flush_all", "step_a(5)")]),
    ("the shorter of two ways goes", edit("src/steps.c", "  if (fd) flush_all(fd);\n", ""), []),
    ("a blocking macro goes", edit("src/main.c", "  PAUSE();\n", ""), []),
    ("what only a header in the build folder turns on", config, [("sync", "load", "sync();")]),
    ("a new file with a callback", lambda t: t.__setitem__("src/extra.c", EXTRA), [("sleep", "on_late", "sleep(3)")]),
    ("a callback gets another name", edit("src/extra.c", "on_late", "on_later"), []),
    ("parameters get other names", new_names, []),
    ("a file goes, its function moves into another", merge, []),
]


def git(*words):
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    return subprocess.run(["git", *who, *words], cwd=TOP, check=True, capture_output=True, text=True).stdout


def put(name, text):
    path = os.path.join(TOP, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write(tree):
    for name in git("ls-files", "src").split():
        os.remove(os.path.join(TOP, name))
    for name, text in tree.items():
        put(name, text)
    put("build/generated/config.h", "#define HAVE_SYNC 1\n")
    arguments = ["cc", "-I../include", "-Igenerated", "-c"]
    rows = [
        {"directory": os.path.join(TOP, "build"), "file": f"../{name}", "arguments": [*arguments, f"../{name}"]}
        for name in sorted(tree)
        if name.endswith(".c")
    ]
    put("build/compile_commands.json", json.dumps(rows))


def scan(*words):
    command = [BLOCKSCAN, "-q", "--notes", "-o", "json", *words]
    run = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1) or run.stderr:
        sys.exit(f"{words}: exit code {run.returncode}\n{run.stderr}")
    return run.returncode, json.loads(run.stdout)


def told(report):
    """What the report says is new: the API, the function, and the text of the line it points to."""
    result = []
    for finding in report["findings"]:
        place = finding.get("anchor", finding["sink"])
        with open(os.path.join(TOP, place["file"]), encoding="utf-8") as file:
            line = file.read().split("\n")[place["line"] - 1]
        result.append((finding["sink"]["api"], finding["sink"]["function"], line.strip()))
    return sorted(result)


def matches(found, expected):
    pairs = list(zip(found, sorted(expected)))
    return len(found) == len(expected) and all(a[:2] == b[:2] and b[2] in a[2] for a, b in pairs)


def check(what, expected, dirty, committed):
    wrong = 0
    (code, report), (dirty_code, dirty_report) = committed, dirty
    found = told(report)
    if not matches(found, expected) or code != (1 if expected else 0):
        wrong = 1
        print(f"{what}: exit code {code}\n  expected {sorted(expected)}\n  found    {found}")
    if told(dirty_report) != found or dirty_code != code:
        wrong = 1
        print(f"{what}: before the commit {told(dirty_report)}, exit code {dirty_code}; then {found}")
    return wrong


def main():
    os.makedirs(TOP)
    git("init", "-q", ".")
    tree, wrong = Tree(BASE), 0
    write(tree)
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    for what, change, expected in STEPS:
        change(tree)
        write(tree)
        dirty = scan("--new-from-rev", "HEAD")
        git("add", "-A")
        git("commit", "-q", "-m", what)
        wrong += check(what, expected, dirty, scan("--new-from-rev", "HEAD~1"))
    if git("status", "--porcelain"):
        sys.exit("something is left behind in the repository")
    if len(STEPS) < 30 or wrong:
        sys.exit(f"{wrong} of {len(STEPS)} commits are told wrongly")


main()
