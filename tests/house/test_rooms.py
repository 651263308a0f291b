#!/usr/bin/env python3
"""The check of rooms on small projects: what it must report, and what it must let pass."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rooms

TABLE = """
| room | subject | may include | libraries |
|---|---|---|---|
| `base/` | strings | nothing | |
| `rules/` | rules | `base` | `yaml.h` |
| `cli/` | verbs | `base` `rules` | |

Other text.
"""
GOOD = {
    "base/a.h": "",
    "rules/r.h": '#include "base/a.h"\n',
    "rules/r.c": "#include <yaml.h>\n#include <stdio.h>\n",
    "cli/c.c": '#include "rules/r.h"\n#include "base/a.h"\n',
}


def problems(files, table=TABLE):
    with tempfile.TemporaryDirectory() as project:
        for name, text in {"docs/architecture.md": table, **files}.items():
            path = os.path.join(project, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return rooms.check(project)


class Rooms(unittest.TestCase):
    def test_what_the_table_allows_passes(self):
        self.assertEqual(problems(GOOD), [])

    def test_an_arrow_up_is_reported(self):
        found = problems({**GOOD, "base/b.c": '#include "cli/c.h"\n', "cli/c.h": ""})
        self.assertIn('base/b.c: base must not include cli ("cli/c.h")', found)
        self.assertTrue(any("circle" in line for line in found))

    def test_a_library_elsewhere_is_reported(self):
        self.assertEqual(problems({**GOOD, "cli/d.c": "#include <yaml.h>\n"}),
                         ["cli/d.c: cli must not include <yaml.h>"])

    def test_an_arrow_that_nothing_uses_is_reported(self):
        without = {**GOOD, "cli/c.c": '#include "base/a.h"\n'}
        self.assertEqual(problems(without), ["cli: no file includes rules; take it out of the table"])

    def test_a_path_from_elsewhere_is_reported(self):
        found = problems({**GOOD, "cli/e.c": '#include "a.h"\n'})
        self.assertEqual(found, ['cli/e.c: "a.h" is not a path from the top of the project'])

    def test_a_file_in_no_room_is_reported(self):
        self.assertEqual(problems({**GOOD, "evidence/x.c": ""}), ["evidence/x.c: stands in no room"])


if __name__ == "__main__":
    unittest.main()
