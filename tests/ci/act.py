"""Runs the steps of a composite action in a plain shell, as GitHub's runner does: expressions, conditions, outputs. What other actions would
do (`uses`) is only noted.

Knows what the project's actions use of the language of expressions, and fails on anything else.
"""
import os
import pathlib
import re
import subprocess

import yaml

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<sign>&&|\|\||==|!=|!|\(|\))|(?P<name>[A-Za-z_][\w.-]*)|(?P<bad>\S))")
CONSTANTS = {"true": True, "false": False, "null": None}


def as_text(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Expression:
    """A recursive descent: or, and, comparison, not, atom."""

    def __init__(self, text, contexts):
        self.tokens = [match for match in TOKEN.finditer(text) if match.group().strip()]
        self.contexts, self.at = contexts, 0
        self.value = self.either()
        assert self.at == len(self.tokens), f"cannot read the expression: {text}"

    def sign(self, *signs):
        if self.at < len(self.tokens) and self.tokens[self.at].group("sign") in signs:
            self.at += 1
            return self.tokens[self.at - 1].group("sign")
        return None

    def either(self):
        value = self.both()
        while self.sign("||"):
            other = self.both()
            value = value or other
        return value

    def both(self):
        value = self.comparison()
        while self.sign("&&"):
            other = self.comparison()
            value = value and other
        return value

    def comparison(self):
        value = self.atom()
        while sign := self.sign("==", "!="):
            other = self.atom()
            value = (as_text(value).lower() == as_text(other).lower()) == (sign == "==")
        return value

    def atom(self):
        if self.sign("!"):
            return not self.atom()
        if self.sign("("):
            value = self.either()
            assert self.sign(")"), "a parenthesis is missing"
            return value
        token = self.tokens[self.at]
        self.at += 1
        assert not token.group("bad") and not token.group("sign"), f"unexpected: {token.group()}"
        if token.group("text"):
            return token.group("text")[1:-1].replace("''", "'")
        if token.group("name") in CONSTANTS:
            return CONSTANTS[token.group("name")]
        value = self.contexts
        first, *rest = token.group("name").split(".")
        assert first in value, f"no such context: {first}"
        for part in [first, *rest]:
            value = value.get(part) if isinstance(value, dict) else None
        return value


def expand(text, contexts):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: as_text(Expression(match.group(1), contexts).value), str(text), flags=re.S)


def read_outputs(path):
    """name=value lines, as far as the project's scripts write them"""
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines())


def act(folder, inputs, github, temporary, environment):
    """Runs the action in `folder`. Returns its outputs, whether it succeeded, the names of the steps that ran, what they printed, and
    the other actions that were called with their inputs."""
    action = yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))
    given = {name: str(entry.get("default", "")) for name, entry in action["inputs"].items()}
    assert set(inputs) <= set(given), "unknown inputs"
    given.update(inputs)
    contexts = {"inputs": given, "github": github, "steps": {}, "runner": {"os": "Linux", "temp": str(temporary)}}
    base = {**environment, "GITHUB_ACTION_PATH": str(folder), "RUNNER_TEMP": str(temporary), "GITHUB_WORKSPACE": github["workspace"],
            "GITHUB_REPOSITORY": github["repository"], "GITHUB_STEP_SUMMARY": str(temporary / "summary")}
    (temporary / "summary").touch()
    ran, called, log, failed = [], [], "", False
    for number, step in enumerate(action["runs"]["steps"]):
        if failed or not Expression(str(step.get("if", "true")), contexts).value:
            continue
        ran.append(step["name"])
        if "uses" in step:
            called.append((step["uses"].split("@")[0], {key: expand(value, contexts) for key, value in step.get("with", {}).items()}))
            continue
        output = temporary / f"output-{number}"
        output.touch()
        variables = {key: expand(value, contexts) for key, value in step.get("env", {}).items()}
        assert step["shell"] == "bash"
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=github["workspace"],
                              env={**base, **variables, "GITHUB_OUTPUT": str(output)}, text=True, capture_output=True, check=False)
        log += done.stdout + done.stderr
        contexts["steps"][step.get("id", str(number))] = {"outputs": read_outputs(output)}
        failed = done.returncode != 0
    outputs = {name: expand(entry["value"], contexts) for name, entry in action.get("outputs", {}).items()}
    return {"outputs": outputs, "failed": failed, "ran": ran, "log": log, "called": dict(called),
            "summary": (temporary / "summary").read_text(encoding="utf-8"), "steps": contexts["steps"]}


def base_environment(*folders):
    path = os.pathsep.join([*(str(folder) for folder in folders), os.environ["PATH"]])
    keep = ("HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
    return {"PATH": path, **{name: os.environ[name] for name in keep if name in os.environ}}


def fake(folder, name, script):
    """A program of that name, for the steps to find first."""
    path = pathlib.Path(folder) / name
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(0o755)
