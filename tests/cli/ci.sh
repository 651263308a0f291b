# What docs/ci.md offers: the YAML files parse and fit together, and the commands in them do what they say.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
examples=$BLOCKSCAN_SOURCE/examples/ci
mkdir bin work github-place
ln -s "$BLOCKSCAN" bin/blockscan
export PATH="$TMP/bin:$PATH"

PYTHONDONTWRITEBYTECODE=1 python3 "$BLOCKSCAN_SOURCE/tests/ci/github.py" "$BLOCKSCAN" "$BLOCKSCAN_SOURCE" "$TMP/github-place" || fail "the GitHub actions"

python3 - "$BLOCKSCAN_SOURCE/templates/blockscan.yml" "$examples/gitlab.yml" "$examples/Jenkinsfile" "$BLOCKSCAN_SOURCE/CMakeLists.txt" <<'END' || fail "the files"
import re, sys, yaml

text = open(sys.argv[1]).read()
spec, template = yaml.safe_load_all(text)
inputs, [(name, job)] = spec["spec"]["inputs"], template.items()
used = set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", text))
assert used == set(inputs), used ^ set(inputs)
assert name == "$[[ inputs.job-name ]]" and inputs["job-name"]["default"] == "blockscan"
[include] = yaml.safe_load(open(sys.argv[2]))["include"]
assert set(include["inputs"]) <= set(inputs)
version = re.search(r"^  VERSION ([\d.]+)$", open(sys.argv[4]).read(), re.M).group(1)
assert inputs["version"]["default"] == version and include["component"].endswith("/blockscan@" + version) and "@" + version in text
assert job["artifacts"]["reports"] == {"codequality": "gl-code-quality-report.json", "junit": "blockscan.xml"}
assert job["artifacts"]["when"] == "always" and job["cache"]["paths"] == [".blockscan-ci/"]
# an input stands in a script only where it is one
assert [line for line in job["before_script"] + job["script"] if "$[[" in line] == ["$[[ inputs.build ]]"]
open("gitlab.sh", "w").write("set -e\n" + "\n".join(job["script"]) + "\n")
open("gitlab-before.sh", "w").write("set -e\n" + job["before_script"][0] + "\n")
jenkins = open(sys.argv[3]).read()
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

# GitLab's and Jenkins' commands, in a project with a finding.
sed -i 's/(void)timer;.*}$/(void)timer; sleep(1); }/' work/main.c
cd work
git init -q
commit() { git -c user.name=a -c user.email=a@example.org commit -q "$@"; }
git add . && commit -m one
# pipeline CODE VARIABLE=VALUE...: the job's script.
pipeline() {
  wanted=$1 code=0
  shift
  rm -f gl-code-quality-report.json blockscan.xml blockscan.html
  env BLOCKSCAN_DATABASE=build/compile_commands.json BLOCKSCAN_FAIL_ON=error BLOCKSCAN_ARGS=--notes BLOCKSCAN_NEW_ONLY=true \
    CI_PROJECT_ID=1 "$@" sh ../gitlab.sh >../log 2>&1 || code=$?
  [ "$code" = "$wanted" ] || { cat ../log; fail "GitLab with $*: exit code $code, not $wanted"; }
}
env sh ../gitlab-before.sh || fail "GitLab's before_script"
pipeline 1
jq -e '.[0] | .check_name == "sleep.sleep" and .location.path == "main.c"' gl-code-quality-report.json >/dev/null || fail "code quality"
xmllint --noout blockscan.xml || fail "JUnit"
[ -s blockscan.html ] || fail "the page"
# A merge request: what was there before fails nothing, and is in the code quality report all the same.
pipeline 0 CI_MERGE_REQUEST_DIFF_BASE_SHA="$(git rev-parse HEAD)"
jq -e 'length == 1' gl-code-quality-report.json >/dev/null || fail "code quality of a merge request"
pipeline 1 CI_MERGE_REQUEST_DIFF_BASE_SHA="$(git rev-parse HEAD)" BLOCKSCAN_NEW_ONLY=false
pipeline 2 CI_MERGE_REQUEST_DIFF_BASE_SHA=0000000000000000000000000000000000000000
sed -i 's|sleep(1);|sleep(1); // blockscan: ignore[*] -- trust me\n|' main.c
pipeline 0
pipeline 1 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=2
git checkout -q main.c
mkdir .blockscan-ci
touch .blockscan-ci/cache
git add -f .blockscan-ci
code=0
sh ../gitlab-before.sh >/dev/null || code=$?
[ "$code" = 2 ] || fail "a cache that a change brings"
git reset -q --hard
sh ../jenkins.sh >../log || fail "Jenkinsfile"
python3 "$BLOCKSCAN_SOURCE/tests/formats/check_sarif.py" blockscan.sarif . || fail "Jenkins' SARIF file"
# The pattern of Jenkins' parser for GCC (analysis-model, Gcc4CompilerParser) reads the text.
python3 - ../log <<'END' || fail "the text as GCC's"
import re, sys
lines = [re.match(r"(.+?):(\d+):(?:(\d+):)? (warning|.*error): (.*)$", line) for line in open(sys.argv[1])]
assert [m.groups() for m in lines if m] == [("main.c", "4", "56", "error", "sleep() sleeps for whole seconds [sleep.sleep]")], lines
END
