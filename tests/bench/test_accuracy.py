"""The accuracy grid's scorer: what it must see, and what it must let pass."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest

sys.dont_write_bytecode = True

PATH = os.path.join(os.path.dirname(__file__), "..", "..", "bench", "accuracy", "run")
LOADER = importlib.machinery.SourceFileLoader("accuracy_run", PATH)
RUN = importlib.util.module_from_spec(importlib.util.spec_from_loader("accuracy_run", LOADER))
LOADER.exec_module(RUN)

MS = 1000000


def truth(begin_ms, ms, intended=None, kind="nanosleep", callback="callback_20", line=7, mixture=None):
    begin = int(begin_ms * MS)
    intended = round(ms) if intended is None else intended
    return RUN.Truth("uv", "file", begin, begin + int(ms * MS), ms, intended, callback, kind, line, mixture, None)


def report(begin_ms, ms, callback="callback_20", file="kinds.c", line=7, api="nanosleep", function="hold", parts=None):
    begin = int(begin_ms * MS)
    return RUN.Report(begin, begin + int(ms * MS), ms, callback, function, file, line, api, parts or {}, 1)


def faults(truths, reports):
    matched, false = RUN.match(truths, reports)
    return list(RUN.judge(RUN.Score(matched, false)))


class Scorer(unittest.TestCase):
    def test_right(self):
        self.assertEqual(faults([truth(0, 20), truth(30, 8), truth(50, 20)], [report(50, 20.2), report(0, 20.1)]), [])

    def test_missed(self):
        self.assertIn("not all", faults([truth(0, 20), truth(30, 20)], [report(0, 20)])[0])

    def test_short_one_reported(self):
        self.assertIn("did not happen", faults([truth(0, 20), truth(30, 8)], [report(0, 20), report(30, 11)])[0])

    def test_ordinary_work_reported(self):
        self.assertIn("did not happen", faults([truth(0, 3, intended=0, kind="-")], [report(0, 11)])[0])

    def test_reported_twice(self):
        self.assertIn("did not happen", faults([truth(0, 30)], [report(0, 15), report(16, 14)])[0])

    def test_stretched_by_the_machine(self):
        self.assertEqual(faults([truth(0, 11, intended=8)], [report(0, 11)]), [])
        self.assertEqual(faults([truth(0, 9.9, intended=8)], [report(0, 10.0)]), [])

    def test_length(self):
        self.assertIn("lengths", faults([truth(0, 20)], [report(0, 21.5)])[0])
        self.assertIn("lengths", faults([truth(0, 20)], [report(0, 20.4)])[0])

    def test_mixture(self):
        made = RUN.Mixture("poll-cpu", "encode", {"cpu": 300.0, "poll": 100.0, "nanosleep": 0.0, "waiting-for-cpu": 1.0})
        mixed = truth(0, 401, kind="mixed", callback="callback_mixed", mixture=made)

        def faults_of(api, function, **parts):
            return faults([mixed], [report(0, 401, "callback_mixed", "mixed.c", 1, api, function, parts)])

        self.assertEqual(faults_of(None, "encode", cpu=296, poll=104), [])
        self.assertIn("parts", faults_of(None, "encode", cpu=270, poll=101)[0])
        self.assertIn("parts", faults_of(None, "encode", cpu=300)[0])
        self.assertIn("lines", faults_of(None, "upload", cpu=300, poll=100)[0])
        self.assertIn("calls", faults_of("poll", "encode", cpu=300, poll=100)[0])

    def test_place(self):
        self.assertIn("lines", faults([truth(0, 20)], [report(0, 20, line=8)])[0])
        self.assertIn("lines", faults([truth(0, 20)], [report(0, 20, file="plan.c")])[0])
        self.assertIn("callbacks", faults([truth(0, 20)], [report(0, 20, callback="callback_50")])[0])
        self.assertIn("calls", faults([truth(0, 20)], [report(0, 20, api="read")])[0])
        self.assertIn("calls", faults([truth(0, 20, kind="spin")], [report(0, 20, api="read")])[0])
        self.assertEqual(faults([truth(0, 20, kind="spin")], [report(0, 20, api=None)]), [])


if __name__ == "__main__":
    unittest.main()
