"""A C program of many units for bench/incremental/run and tests/cli/incremental.sh: functions that call each other,
callbacks of libuv's timers, handlers in fields, and calls that block. The same numbers make the same program."""
import json
import os
import random
import re

HEADER = """#pragma once
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_timer_s {{ void *data; }} uv_timer_t;
typedef void (*uv_timer_cb)(uv_timer_t *);
int uv_timer_init(uv_loop_t *, uv_timer_t *);
int uv_timer_start(uv_timer_t *, uv_timer_cb, unsigned long, unsigned long);
uv_loop_t *uv_default_loop(void);
int uv_run(uv_loop_t *, int);
unsigned int sleep(unsigned int);
int usleep(unsigned int);
struct conn {{ int fd; }};
struct handlers {{ {fields} }};
extern struct handlers handlers;
extern int level;
static inline int clamp(int n) {{ return n < 0 ? 0 : {inline}; }}
"""


class Program:
    """Units as lists of functions, each a list of lines; `write` writes what has changed."""

    def __init__(self, folder, units, functions=25, calls=5, seed=1, sinks=3):
        self.folder, self.random = folder, random.Random(seed)
        self.handlers = max(2, units // 4)
        self.units, self.functions, self.calls, self.sinks = [], functions, calls, sinks
        self.written, self.inline = {}, "n"
        for number in range(units):
            self.add_unit(number)

    def name(self, unit, function):
        return f"u{unit}_f{function}"

    def add_unit(self, number):
        self.units.append([number, [self.body(number, f) for f in range(self.functions)], [], 0])

    def target(self, unit, function):
        """Calls go to later functions of the unit, or to any other unit."""
        if self.random.random() < 0.65 and function + 1 < self.functions:
            return self.name(unit, self.random.randrange(function + 1, self.functions))
        other = self.random.choice(self.units)[0] if self.units else unit
        return self.name(other, self.random.randrange(self.functions))

    def call(self, unit, function):
        kind = self.random.random()
        if kind < 0.05:
            return f"handlers.handler{self.random.randrange(self.handlers)}(c, n);"
        if kind < 0.35:
            return f"if (level > {self.random.randrange(100)}) {self.target(unit, function)}(c, n);"
        return f"{self.target(unit, function)}(c, n);"

    def body(self, unit, function):
        lines = [self.call(unit, function) for _ in range(self.calls)]
        if self.random.randrange(1000) < self.sinks:
            lines.append("sleep(1);")
        return lines

    def text(self, unit):
        number, functions, stores, other = unit
        bodies = [line for lines in functions + [stores] for line in lines]
        declared = sorted({name for line in bodies for name in re.findall(r"u\d+_f\d+", line)})
        out = ['#include "common.h"']
        out += [f"void {name}(struct conn *c, int n);" for name in declared]
        for index, lines in enumerate(functions):
            out += [f"void {self.name(number, index)}(struct conn *c, int n)", "{"]
            out += [f"    {line}" for line in lines] + ["}", ""]
        for index, name in enumerate(("on_timer", "on_other")):
            called = self.name(number, index * (self.functions - 1))
            out += [f"static void {name}_{number}(uv_timer_t *t)", "{", f"    {called}(t->data, clamp(level));", "}", ""]
        out += [f"void start_{number}(struct conn *c, uv_timer_t *t)", "{"]
        out += ["    uv_timer_init(uv_default_loop(), t);", f"    uv_timer_start(t, {('on_timer', 'on_other')[other]}_{number}, 10, 0);"]
        handler = number % self.handlers
        out += [f"    handlers.handler{handler} = {self.name(number, self.functions - 1)};"]
        return "\n".join(out + [f"    {line}" for line in stores] + ["}", ""])

    def header(self):
        fields = " ".join(f"void (*handler{i})(struct conn *, int);" for i in range(self.handlers))
        return HEADER.format(fields=fields, inline=self.inline)

    def put(self, name, text):
        if self.written.get(name) == text:
            return
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(text)
        self.written[name] = text

    # Edits: each changes what one person saves at a time.

    def some_unit(self):
        return self.random.choice(self.units)

    def add_call(self):
        unit = self.some_unit()
        index = self.random.randrange(self.functions)
        line = self.random.choice((self.call(unit[0], index), "sleep(2);", "usleep(level);"))
        unit[1][index].insert(self.random.randrange(len(unit[1][index]) + 1), line)

    def remove_call(self):
        lines = self.random.choice(self.some_unit()[1])
        if lines:
            lines.pop(self.random.randrange(len(lines)))

    def add_lines(self):
        self.random.choice(self.some_unit()[1]).insert(0, "/* a comment */\n")

    def change_callback(self):
        unit = self.some_unit()
        unit[3] = 1 - unit[3]

    def change_store(self):
        unit = self.some_unit()
        unit[2][:] = [f"handlers.handler{self.random.randrange(self.handlers)} = {self.target(unit[0], 0)};"]

    def append_unit(self):
        self.add_unit(max(unit[0] for unit in self.units) + 1)

    def delete_unit(self):
        if len(self.units) > 2:
            self.units.remove(self.some_unit())

    def change_header(self):
        self.inline = self.random.choice(("n", "n + 1", "(int)sleep(1)", "(n +\n  1)"))

    EDITS = (add_call, remove_call, add_lines, change_callback, change_store, append_unit, delete_unit, change_header)

    def edit(self):
        """One edit, its name."""
        edit = self.random.choice(self.EDITS)
        edit(self)
        return edit.__name__

    def file(self, unit):
        return f"u{unit[0]}.c"

    def write(self):
        """Writes what differs from what was written before."""
        os.makedirs(self.folder, exist_ok=True)
        self.put("common.h", self.header())
        main = "".join(f"void start_{u[0]}(struct conn *, uv_timer_t *);\n" for u in self.units)
        calls = "".join(f"    start_{u[0]}(&c, &t);\n" for u in self.units)
        self.put("main.c", f'#include "common.h"\nstruct handlers handlers;\nint level;\n{main}int main(void)\n{{\n    struct conn c = {{0}};\n    uv_timer_t t;\n'
                 f"{calls}    return uv_run(uv_default_loop(), 0);\n}}\n")
        for unit in self.units:
            self.put(self.file(unit), self.text(unit))
        entries = [{"directory": self.folder, "file": name, "arguments": ["cc", "-c", name]}
                   for name in ["main.c"] + [self.file(u) for u in self.units]]
        self.put("compile_commands.json", json.dumps(entries, indent=0))
