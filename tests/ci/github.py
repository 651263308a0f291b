#!/usr/bin/env python3
"""The GitHub actions, run step by step in a plain shell: installing, scanning, commenting, on every path.

usage: github.py BLOCKSCAN PROJECT FOLDER
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import yaml
from act import act, base_environment, fake

MAIN = """#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; BODY }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
"""
PIN = re.compile(r"[\w./-]+@[0-9a-f]{40}")


def git(folder, *arguments):
    done = subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments], cwd=folder, check=True, text=True,
                          capture_output=True)
    return done.stdout.strip()


class Place:
    """An origin, a checkout of it, and a runner."""

    def __init__(self, blockscan, project, folder):
        self.project, self.folder, self.runs = project, folder, 0
        self.action = project / ".github/actions/blockscan"
        self.bin = folder / "bin"
        self.bin.mkdir()
        (self.bin / "blockscan").symlink_to(blockscan)
        self.origin, self.work = folder / "origin", folder / "work"
        self.origin.mkdir()
        git(self.origin, "init", "-q", "-b", "main")
        git(self.origin, "config", "uploadpack.allowReachableSHA1InWant", "true")
        self.commit("", "clean")

    def commit(self, body, message, extra=""):
        (self.origin / "build").mkdir(exist_ok=True)
        (self.origin / "main.c").write_text(MAIN.replace("BODY", body) + extra, encoding="utf-8")
        (self.origin / "build/compile_commands.json").write_text(
            json.dumps([{"directory": "..", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]), encoding="utf-8")
        git(self.origin, "add", ".")
        git(self.origin, "commit", "-q", "--allow-empty", "-m", message)
        return git(self.origin, "rev-parse", "HEAD")

    def check_out(self):
        """As actions/checkout does: one commit."""
        subprocess.run(["rm", "-rf", self.work], check=True)
        git(self.folder, "clone", "-q", "--depth=1", self.origin.as_uri(), "work")

    def run(self, inputs=(), pull=None, event="push", path=None, environment=()):
        self.runs += 1
        temporary = self.folder / f"temp{self.runs}"
        temporary.mkdir()
        github = {"workspace": str(self.work), "repository": "us/program", "event_name": event, "token": "t", "job": "scan", "sha": "s",
                  "action_repository": "", "event": {"pull_request": pull} if pull else {}}
        variables = {**base_environment(*(path or [self.bin])), **dict(environment)}
        return act(self.action, dict(inputs), github, temporary, variables)


def pull_request(base, fork=False):
    return {"number": 7, "base": {"sha": base}, "head": {"repo": {"full_name": "them/program" if fork else "us/program", "fork": fork}}}


def check_files(project):
    """Everything that is not ours is pinned; no expression stands in a script; no name is left to be filled in."""
    for path in [*project.glob(".github/actions/*/action.yml"), *project.glob("examples/ci/github*.yml")]:
        text = path.read_text(encoding="utf-8")
        assert "OWNER" not in re.sub(r"OWNER:|\$OWNER", "", text) and "@REF" not in text, path
        document = yaml.safe_load(text)
        steps = document["runs"]["steps"] if "runs" in document else [s for job in document["jobs"].values() for s in job["steps"]]
        for step in steps:
            assert "${{" not in step.get("run", ""), f"{path}: an expression in a script"
            uses = step.get("uses")
            assert not uses or uses.startswith("blockscan/blockscan/") or PIN.fullmatch(uses), f"{path}: {uses} is not pinned"
        if "jobs" in document:
            assert document["permissions"] in ({}, {"contents": "read"}), f"{path}: wide permissions"
    version = re.search(r"^  VERSION ([\d.]+)$", (project / "CMakeLists.txt").read_text(encoding="utf-8"), re.M).group(1)
    action = yaml.safe_load((project / ".github/actions/blockscan/action.yml").read_text(encoding="utf-8"))
    assert action["inputs"]["version"]["default"] == version, "the action installs another version"
    for path in project.glob("examples/ci/*.yml"):
        for used in re.findall(r"blockscan@v?([\d.]+)", path.read_text(encoding="utf-8")):
            assert used == version, f"{path}: version {used}"


def check_scans(place):
    clean = git(place.origin, "rev-parse", "HEAD")
    place.check_out()
    result = place.run()
    assert not result["failed"] and result["outputs"]["exit-code"] == "0" and result["outputs"]["findings"] == "0", result
    assert list(result["called"]) == ["actions/cache/restore", "actions/cache/save", "actions/upload-artifact"], result
    assert result["called"]["actions/upload-artifact"]["path"] == result["outputs"]["reports"], result

    first = place.commit("sleep(1);", "a sleep")
    place.check_out()
    result = place.run({"upload-sarif": "true"})
    assert result["failed"] and result["outputs"]["exit-code"] == "1" and result["outputs"]["findings"] == "1", result
    assert re.search(r"^::error file=main.c,line=4,.*sleep", result["log"], re.M), result["log"]
    assert "## blockscan: 1 error\n" in result["summary"], result["summary"]
    reports = pathlib.Path(result["outputs"]["reports"])
    assert sorted(path.name for path in reports.iterdir()) == ["blockscan.json", "blockscan.md", "blockscan.sarif"], result
    assert result["called"]["github/codeql-action/upload-sarif"]["sarif_file"] == f"{reports}/blockscan.sarif", result
    assert not place.run({"fail-on": "never"})["failed"]

    # A pull request: only what is new, though the checkout has one commit; a revision can be named; everything on demand.
    place.commit("sleep(1); usleep(9000);", "a second one")
    place.check_out()
    for inputs in ({}, {"new-from-rev": first}):
        result = place.run(inputs, pull_request(first), "pull_request")
        assert result["outputs"]["findings"] == "1" and "1 new warning" in result["summary"], result
        assert "usleep" in result["log"] and "::error" not in result["log"], result["log"]
        place.check_out()
    result = place.run({"new-from-rev": "none"}, pull_request(clean), "pull_request")
    assert result["outputs"]["findings"] == "2", result
    result = place.run({}, pull_request("0" * 40), "pull_request")
    assert result["failed"] and result["outputs"]["exit-code"] == "2" and "cannot be fetched" in result["log"], result
    assert result["outputs"]["reports"] == "" and "actions/upload-artifact" not in result["called"], result


def check_merge(place):
    """The base is the first parent of GitHub's merge, not what the event said when main was older."""
    old = git(place.origin, "rev-parse", "HEAD~2")
    git(place.origin, "checkout", "-q", "-b", "topic")
    place.commit("sleep(1); usleep(9000);", "nothing more", extra="int more;\n")
    git(place.origin, "checkout", "-q", "main")
    git(place.origin, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    place.check_out()
    result = place.run({}, pull_request(old), "pull_request")
    assert result["outputs"]["exit-code"] == "0" and result["outputs"]["findings"] == "0", result


def check_fork(place):
    """Nothing that the change says of itself is believed, nothing is cached, sent or written; the report is kept."""
    base = git(place.origin, "rev-parse", "HEAD")
    place.commit("sleep(1); usleep(9000); usleep(8000); // blockscan: ignore[*] -- trust me\n", "a stranger's")
    place.check_out()
    inputs = {"comment": "true", "upload-sarif": "true"}
    result = place.run(inputs, pull_request(base, fork=True), "pull_request")
    assert result["failed"] and result["outputs"]["findings"] == "1", result
    assert list(result["called"]) == ["actions/upload-artifact"], result
    assert "Comment on the pull request" not in result["ran"], result
    result = place.run({"cache": "false"}, pull_request(base), "pull_request")
    assert result["outputs"]["findings"] == "0" and list(result["called"]) == ["actions/upload-artifact"], result


def check_failures(place):
    place.check_out()
    result = place.run({"database": "nothing.json"})
    assert result["failed"] and result["outputs"]["exit-code"] == "2" and result["outputs"]["reports"] == "", result
    (place.work / "main.c").write_text('#include "not-there.h"\n', encoding="utf-8")
    result = place.run({"upload-sarif": "true"})
    assert result["outputs"]["exit-code"] == "3" and "not-there.h" in result["log"], result
    # A program that crashes: an error, with outputs.
    crash = place.folder / "crash"
    crash.mkdir()
    fake(crash, "blockscan", 'case $1 in --version) echo blockscan 9 ;; *) kill -SEGV $$ ;; esac\n')
    result = place.run({}, path=[crash])
    assert result["failed"] and result["outputs"]["exit-code"] not in ("", "0", "1", "3"), result
    assert result["outputs"]["findings"] == "0" and result["outputs"]["reports"] == "", result


def check_comments(place):
    """One comment, known by its mark: begun with findings only, written anew, and calling nobody."""
    base = git(place.origin, "rev-parse", "HEAD~4")
    place.commit("sleep(2);", "again")
    place.check_out()
    tools, log = place.folder / "gh-bin", place.folder / "gh-log"
    tools.mkdir()
    fake(tools, "gh", f'''printf '%s\\n' "$*" >>{log}
for word; do case $word in body=@*) cp "${{word#body=@}}" {place.folder}/body ;; esac; done
case "$*" in *--paginate*) printf '%s' "$GH_COMMENTS" ;; *pulls*) printf '3 abc\\n7 {"a" * 40}\\n' ;; esac
''')

    def comment(findings, there):
        log.unlink(missing_ok=True)
        (place.folder / "body").unlink(missing_ok=True)
        result = place.run({"comment": "true", "fail-on": "never"}, pull_request(base), "pull_request",
                           path=[tools, place.bin], environment={"GH_COMMENTS": there})
        assert not result["failed"] and (result["outputs"]["findings"] != "0") == findings, result
        return log.read_text(encoding="utf-8").splitlines()[1:]

    [posted] = comment(True, "")
    assert posted.startswith("api --method POST repos/us/program/issues/7/comments "), posted
    body = (place.folder / "body").read_text(encoding="utf-8")
    assert body.startswith("<!-- blockscan -->\n## blockscan: ") and "@" not in body, body
    [patched] = comment(True, "42\n43\n")
    assert patched.startswith("api --method PATCH repos/us/program/issues/comments/42 "), patched
    place.commit("", "clean again")
    place.check_out()
    assert comment(False, "") == []
    assert len(comment(False, "42\n")) == 1

    # The second workflow, for a fork: which pull request it is says GitHub, not the report.
    report = place.folder / "report.json"
    report.write_text(json.dumps({"findings": [{"suppressed": None, "severity": "error", "confidence": "certain", "change": "new"}]}),
                      encoding="utf-8")
    (place.folder / "report.md").write_text("ping @everybody\n", encoding="utf-8")
    for sha, number in (("a" * 40, "7"), ("b" * 40, "")):
        log.unlink(missing_ok=True)
        (place.folder / "body").unlink(missing_ok=True)
        temporary = place.folder / f"second-{sha[0]}"
        temporary.mkdir()
        run = {"head_repository": {"owner": {"login": "them"}}, "head_branch": "topic", "head_sha": sha}
        github = {"workspace": str(place.work), "repository": "us/program", "token": "t", "event": {"workflow_run": run}}
        result = act(place.project / ".github/actions/comment", {"report": str(place.folder / "report.md"), "findings": str(report)},
                     github, temporary, {**base_environment(tools, place.bin), "GH_COMMENTS": ""})
        assert not result["failed"] and result["steps"]["pull"]["outputs"]["number"] == number, result
        assert (place.folder / "body").exists() == bool(number), result
        if number:
            assert (place.folder / "body").read_text(encoding="utf-8") == "<!-- blockscan -->\nping &#64;everybody\n"
            assert "head=them:topic" in log.read_text(encoding="utf-8")


def check_install(place):
    """A release's package is fetched and compared before it is installed; everything else is an error with its reason."""
    tools, log = place.folder / "install-bin", place.folder / "install-log"
    tools.mkdir()
    package = b"a package"
    for name in ("apt-get", "sudo"):
        fake(tools, name, f'echo "{name} $*" >>{log}\n' + ('exec "$@"\n' if name == "sudo" else "") +
             (f'case "$*" in *install*) ln -sf {place.bin}/blockscan {tools}/blockscan ;; esac\n' if name == "apt-get" else ""))
    fake(tools, "curl", f'''echo "curl $*" >>{log}
while [ $# -gt 1 ]; do case $1 in --output) file=$2 ;; esac; shift; done
case $1 in
*/SHA256SUMS) printf '%s  %s\\n' "$SUM" blockscan_0.2.0_debian13_amd64.deb >"$file" ;;
*debian13_amd64.deb) printf 'a package' >"$file" ;;
*) exit 22 ;;
esac
''')
    for name in ("sh", "bash", "awk", "sed", "uname", "sha256sum", "mkdir", "cp", "id", "head", "ln", "git", "jq", "rm", "cat", "grep", "env"):
        found = subprocess.run(["sh", "-c", f"command -v {name}"], text=True, capture_output=True, check=True).stdout.strip()
        if not (tools / name).exists():
            (tools / name).symlink_to(found)
    release = place.folder / "os-release"
    release.write_text('ID=debian\nVERSION_ID="13"\n', encoding="utf-8")
    good = hashlib.sha256(package).hexdigest()

    def install(expected, inputs=(), **environment):
        log.unlink(missing_ok=True)
        (tools / "blockscan").unlink(missing_ok=True)
        place.check_out()
        variables = {"PATH": str(tools), "OS_RELEASE": str(release), "SUM": good, **environment}
        result = place.run(inputs, environment=variables)
        assert ("Scan" in result["ran"]) == expected, result
        if not expected:
            assert result["failed"] and result["outputs"] == {"exit-code": "2", "findings": "0", "reports": ""}, result
        return result, log.read_text(encoding="utf-8") if log.exists() else ""

    _, calls = install(True, {"repository": "them/blockscan"})
    assert "github.com/them/blockscan/releases/download/v0.2.0/blockscan_0.2.0_debian13_amd64.deb" in calls, calls
    assert re.search(r"^apt-get install .*/blockscan-package/blockscan.deb$", calls, re.M), calls
    result, calls = install(False, SUM="0" * 64)
    assert "checksum" in result["log"] and "apt-get install" not in calls, result
    _, calls = install(True, {"sha256": good})
    assert "SHA256SUMS" not in calls, calls
    release.write_text("ID=alpine\nVERSION_ID=3\n", encoding="utf-8")
    result, _ = install(False)
    assert "has no blockscan_0.2.0_alpine3_amd64.deb" in result["log"], result
    local = place.folder / "local.deb"
    local.write_bytes(package)
    _, calls = install(True, {"package": str(local), "sha256": good})
    assert "curl" not in calls, calls
    result, _ = install(False, {"package": str(place.folder / "none.deb")})
    assert "there is no package" in result["log"], result


def main():
    blockscan, project, folder = (pathlib.Path(name).resolve() for name in sys.argv[1:4])
    os.environ.setdefault("HOME", str(folder))
    check_files(project)
    place = Place(blockscan, project, folder)
    check_scans(place)
    check_merge(place)
    check_fork(place)
    check_comments(place)
    check_failures(place)
    check_install(place)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
