#!/usr/bin/env python3
"""The runner of the annotated programs, tried on reports made by hand."""
import json
import os
import stat
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run  # pylint: disable=wrong-import-position


def finding(line, rule="sleep.sleep", **changes):
    step = {"function": "on_timer", "file": "p.c", "line": line, "how": "direct"}
    entry = {"function": "on_timer", "loop": "libuv", "role": "timer", "path": [step]}
    sink = {"function": "on_timer", "file": "p.c", "line": line, "api": "sleep"}
    base = {"rule": rule, "severity": "error", "confidence": "certain", "message": "m", "sink": sink, "entries": [entry]}
    return {**base, **changes}


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.program = os.path.join(self.folder.name, "p.c")

    def complaints(self, source, *findings, **ledger):
        with open(self.program, "w", encoding="utf-8") as file:
            file.write(source)
        report = {"findings": list(findings), "ledger": {"broken_units": [], **ledger}}
        return list(run.Program(self.program).complaints(report))

    def test_announced_and_reported(self):
        text = "sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv role: timer entries: on_timer\n"
        self.assertEqual(self.complaints(text, finding(1)), [])
        self.assertEqual(self.complaints("// expect+1: error sleep.sleep\nsleep(1);\n", finding(2)), [])

    def test_strict_both_ways(self):
        self.assertEqual(len(self.complaints("sleep(1); // expect: error sleep.sleep\n")), 1)
        self.assertEqual(len(self.complaints("sleep(1);\n", finding(1))), 1)
        self.assertEqual(len(self.complaints("sleep(1); // expect: error sleep.sleep\n", finding(1), finding(1))), 1)
        self.assertEqual(len(self.complaints("", broken_units=[{"file": "p.c", "errors": 1}])), 1)

    def test_possible_needs_no_announcement_but_expect_none_forbids_it(self):
        possible = finding(1, confidence="possible")
        self.assertEqual(self.complaints("sleep(1);\n", possible), [])
        self.assertEqual(len(self.complaints("sleep(1); // expect-none\n", possible)), 1)
        self.assertEqual(len(self.complaints("sleep(1);\n// expect-none\n", possible)), 1)
        self.assertEqual(len(self.complaints("sleep(1); // expect: error sleep.sleep\n", possible)), 1)

    def test_each_detail_is_compared(self):
        for detail in ("likely", "suppressed", "entries: other", "path: a > b", "loop: libev", "role: io"):
            self.assertEqual(len(self.complaints(f"f(); // expect: error sleep.sleep {detail}\n", finding(1))), 1, detail)
        self.assertEqual(len(self.complaints("f(); // expect: note sleep.sleep\n", finding(1))), 1)

    def test_malformed_annotation(self):
        with self.assertRaises(ValueError):
            self.complaints("f(); // expect: fatal sleep.sleep\n")
        with self.assertRaises(ValueError):
            self.complaints("f(); // expect: error sleep.sleep surely\n")

    def test_ledger(self):
        self.assertEqual(self.complaints("// expect-ledger: unused\n", notes=["p.c:1: unused comment"]), [])
        self.assertEqual(len(self.complaints("// expect-ledger: unused\n", notes=[])), 1)

    def test_update_rewrites_annotations_only(self):
        source = "// intent\na(); // expect: error old.rule loop: x\nb(); // why\n// expect+1: error old.rule\nc();\nd();\n"
        self.complaints(source)
        program = run.Program(self.program)
        program.update({"findings": [finding(2), finding(3), finding(5, "disk.sync"), finding(6, confidence="possible")]})
        with open(self.program, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(
            text,
            "// intent\na(); // expect: error sleep.sleep certain loop: libuv\n"
            "b(); // why // expect: error sleep.sleep certain path: on_timer loop: libuv role: timer\n"
            "// expect+1: error disk.sync certain\nc();\nd();\n",
        )

    def test_whole_run(self):
        fake = os.path.join(self.folder.name, "fake")
        report = {"findings": [finding(1)], "ledger": {"broken_units": []}}
        with open(fake, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\ncat >report.json <<'END'\n{json.dumps(report)}\nEND\nexit 1\n")
        os.chmod(fake, os.stat(fake).st_mode | stat.S_IXUSR)
        with open(self.program, "w", encoding="utf-8") as file:
            file.write("sleep(1); // expect: error sleep.sleep\n")
        self.assertTrue(run.check(fake, self.program, False))


if __name__ == "__main__":
    unittest.main()
