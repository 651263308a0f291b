#!/usr/bin/env python3
"""The check of names on small projects: what it must report, and what it must let pass."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import names

GOOD = {
    "README.md": "# The top\n[how](docs/how.md#a-way-in) `docs/how.md` `src/theirs.c` `build/app` `make`\n",
    "docs/how.md": "## A way *in*\n[back](../README.md) [here](#a-way-in) [out](https://example.org/x) `docs/`\n",
    "HACKING.md": "`check/order.c` `order.h` `cli/NAME.c` `tests/unit/test_NAME.c` `yaml.h` `./dev`\n```\ncheck/gone.c\n```\n",
    "dev": "",
    "analyzer/check/order.c": "/* As docs/how.md says; see check/order.h, \"src/theirs.c\" and gone.h. */\n#include <yaml.h>\n",
    "analyzer/check/order.h": "",
    "cli/a.c": "int x; // check/order.c\n",
    "tests/unit/test_a.c": "",
}


def problems(**files):
    with tempfile.TemporaryDirectory() as project:
        for name, text in {**GOOD, **files}.items():
            path = os.path.join(project, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return list(names.check(project))


class Names(unittest.TestCase):
    def test_what_is_there_passes(self):
        self.assertEqual(problems(), [])

    def test_a_link_that_leads_nowhere_is_reported(self):
        self.assertEqual(problems(**{"README.md": "\n[how](docs/gone.md)\n"}),
                         ["README.md:2: leads to docs/gone.md, which is not there"])
        self.assertEqual(problems(**{"README.md": "[how](docs/how.md#gone)\n"}),
                         ["README.md:1: leads to docs/how.md#gone, and docs/how.md has no such heading"])

    def test_a_file_of_the_project_that_is_gone_is_reported(self):
        self.assertEqual(problems(**{"README.md": "`docs/gone.md` `check/gone.c`\n"}),
                         ["README.md:1: names docs/gone.md, which is not there"])

    def test_documents_for_developers_name_no_end_of_a_path_that_is_gone(self):
        self.assertEqual(problems(**{"HACKING.md": "`check/gone.c` `gone.h`\n"}),
                         ["HACKING.md:1: names check/gone.c, which is not there",
                          "HACKING.md:1: names gone.h, which is not there"])

    def test_a_comment_names_no_file_that_is_gone(self):
        self.assertEqual(problems(**{"cli/a.c": "/* see\n * check/gone.h */\n"}),
                         ["cli/a.c:2: names check/gone.h, which is not there"])
        self.assertEqual(problems(**{"cli/a.c": "/* gone.c, order*.c, \"theirs.c\", a.c */\n"}),
                         ["cli/a.c:1: names gone.c, which is not there"])

    def test_a_history_names_what_was(self):
        self.assertEqual(problems(**{"CHANGELOG.md": "`docs/gone.md`\n"}), [])


if __name__ == "__main__":
    unittest.main()
