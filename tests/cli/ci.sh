# What docs/ci.md offers: the YAML files parse and fit together, and the commands in them do what they say.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
action=$BLOCKSCAN_SOURCE/.github/actions/blockscan examples=$BLOCKSCAN_SOURCE/examples/ci
mkdir bin work
ln -s "$BLOCKSCAN" bin/blockscan
export PATH="$TMP/bin:$PATH"

python3 - "$action/action.yml" "$examples/github.yml" "$examples/gitlab.yml" "$examples/Jenkinsfile" <<'END' || fail "the files"
import re, sys, yaml

action, github, gitlab = (yaml.safe_load(open(name)) for name in sys.argv[1:4])
inputs, steps = set(action["inputs"]), action["runs"]["steps"]
assert action["runs"]["using"] == "composite" and all(i["description"] for i in action["inputs"].values())
ids = {step["id"] for step in steps if "id" in step}
for step in steps:
    assert ("run" in step) != ("uses" in step) and ("run" not in step or step["shell"] == "bash"), step
    # an expression in a script would run what somebody wrote into a pull request
    assert "${{" not in step.get("run", ""), step
text = open(sys.argv[1]).read()
assert set(re.findall(r"inputs\.([a-z-]+)", text)) == inputs
assert set(re.findall(r"steps\.([a-z-]+)\.", text)) <= ids
assert {o["value"] for o in action["outputs"].values()} == {"${{ steps.scan.outputs.exit-code }}", "${{ steps.scan.outputs.reports }}"}

[job] = github["jobs"].values()
[use] = [step for step in job["steps"] if "blockscan" in step.get("uses", "")]
assert set(use["with"]) <= inputs and ".github/actions/blockscan@" in use["uses"]
assert set(github["permissions"]) == {"contents", "pull-requests", "security-events"}
assert set(github[True]) == {"pull_request", "push"}  # YAML 1.1 reads "on" as true

template = gitlab[".blockscan"]
assert template["artifacts"]["reports"] == {"codequality": "gl-code-quality-report.json", "junit": "blockscan.xml"}
open("gitlab.sh", "w").write("\n".join(template["script"]) + "\n")
jenkins = open(sys.argv[4]).read()
assert jenkins.count("{") == jenkins.count("}") and jenkins.count("(") == jenkins.count(")")
[scan] = re.findall(r"sh '(blockscan scan .*)'", jenkins)
open("jenkins.sh", "w").write(scan + "\n")
END

cat >work/main.c <<'END'
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { (void)timer; sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
mkdir work/build
echo '[{"directory": "..", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >work/build/compile_commands.json

# act CODE VARIABLE=VALUE...: the steps of the action.
act() {
  wanted=$1
  shift
  rm -rf temp output summary
  mkdir temp
  env GITHUB_PATH="$TMP/path" "$action/install.sh" || fail "install.sh"
  [ ! -e path ] || fail "install.sh installs a second blockscan"
  env GITHUB_WORKSPACE="$TMP/work" RUNNER_TEMP="$TMP/temp" GITHUB_OUTPUT="$TMP/output" GITHUB_STEP_SUMMARY="$TMP/summary" \
    "$@" "$action/scan.sh" >log 2>err || { cat err; fail "scan.sh $*"; }
  grep -qx "exit-code=$wanted" output || { cat output err; fail "$*: not exit code $wanted"; }
}
act 1 SARIF=true
grep -q '^::error file=main.c,line=4,.*sleep' log || { cat log; fail "the annotation"; }
grep -q '^## blockscan: 1 error$' summary || { cat summary; fail "the summary"; }
grep -qx "reports=$TMP/temp/blockscan-reports" output || fail "the folder of reports"
python3 "$BLOCKSCAN_SOURCE/tests/formats/check_sarif.py" temp/blockscan-reports/blockscan.sarif work || fail "the SARIF file"
jq -e '.findings | length == 1' temp/blockscan-reports/blockscan.json >/dev/null || fail "the JSON file"
act 0 FAIL_ON=never ARGS="--notes --max-paths 3" DATABASE=build/compile_commands.json
[ ! -e temp/blockscan-reports/blockscan.sarif ] || fail "SARIF that nobody asked for"
act 2 DATABASE=nothing.json
echo '#include "not-there.h"' >>work/main.c
act 3 SARIF=true
grep -q '^::warning file=main.c,title=blockscan is incomplete::1 of 1 units did not parse.*not-there.h' log || { cat log; fail "the broken unit"; }
sed -i '/not-there/d; s/sleep(1);//' work/main.c
act 0 FAIL_ON=note
[ ! -s log ] || fail "an annotation of nothing"
git -C work init -q
git -C work -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m empty
if blockscan scan --help | grep -q -- --new-from-rev; then
  git -C work add main.c
  git -C work -c user.name=a -c user.email=a@example.org commit -q -m clean
  sed -i 's/(void)timer;/(void)timer; usleep(9000);/' work/main.c
  act 1 NEW_FROM_REV=HEAD
  grep -q '^::warning file=main.c,line=4,.*usleep' log || { cat log; fail "the new finding"; }
  grep -q '^## blockscan: 1 new warning$' summary || { cat summary; fail "the summary of what is new"; }
fi

# GitLab's and Jenkins' commands, in a project with a finding.
sed -i 's/(void)timer;.*}$/(void)timer; sleep(1); }/' work/main.c
cd work
code=0
BLOCKSCAN_DATABASE=build/compile_commands.json BLOCKSCAN_FAIL_ON=error BLOCKSCAN_ARGS=--notes sh ../gitlab.sh >../log || code=$?
[ "$code" = 1 ] || fail "gitlab.yml: exit code $code"
jq -e '.[0] | .check_name == "sleep.sleep" and .location.path == "main.c"' gl-code-quality-report.json >/dev/null || fail "code quality"
xmllint --noout blockscan.xml || fail "JUnit"
[ -s blockscan.html ] || fail "the page"
sh ../jenkins.sh >../log || fail "Jenkinsfile"
python3 "$BLOCKSCAN_SOURCE/tests/formats/check_sarif.py" blockscan.sarif . || fail "Jenkins' SARIF file"
# The pattern of Jenkins' parser for GCC (analysis-model, Gcc4CompilerParser) reads the text.
python3 - ../log <<'END' || fail "the text as GCC's"
import re, sys
lines = [re.match(r"(.+?):(\d+):(?:(\d+):)? (warning|.*error): (.*)$", line) for line in open(sys.argv[1])]
assert [m.groups() for m in lines if m] == [("main.c", "4", "56", "error", "sleep() sleeps for whole seconds [sleep.sleep]")], lines
END
