#!/bin/sh
# The scan of the action: annotations on stdout, a step summary, reports in a folder. Its own result is an output, so that the steps
# behind it see the reports of a scan with findings. The outputs are set whatever happens.
set -eu
reports=${RUNNER_TEMP:-/tmp}/blockscan-reports
code=2
findings=0

set_outputs() {
  {
    echo "exit-code=$code"
    echo "findings=$findings"
    if [ -s "$reports/blockscan.json" ]; then echo "reports=$reports"; else echo "reports="; fi
  } >>"$GITHUB_OUTPUT"
  # The last step of the action fails as the scan did.
  exit 0
}
trap set_outputs EXIT

error() { printf '::error title=blockscan::%s\n' "$1"; }

rm -rf "$reports"
mkdir -p "$reports"
cd "$GITHUB_WORKSPACE"
# In a container the checkout belongs to somebody else.
git rev-parse --git-dir >/dev/null 2>&1 || git config --global --add safe.directory "$GITHUB_WORKSPACE" || true

# The base of a pull request: the first parent of the merge that GitHub has checked out, else what the event says.
base_of_pull_request() {
  [ -n "${BASE:-}" ] || return 0
  parents=$(git cat-file -p HEAD 2>/dev/null | sed -n '/^$/q; s/^parent //p')
  if [ "$(printf '%s\n' "$parents" | grep -c .)" = 2 ]; then printf '%s\n' "$parents" | head -n 1; else printf '%s\n' "$BASE"; fi
}

# fetch_revision REVISION: brings it into a checkout that was made without history.
fetch_revision() {
  git rev-parse -q --verify "$1^{commit}" >/dev/null 2>&1 && return 0
  case $1 in
  origin/*) git fetch -q --no-tags --depth=1 origin "+refs/heads/${1#origin/}:refs/remotes/$1" ;;
  *) git fetch -q --no-tags --depth=1 origin "$1" ;;
  esac
}

case ${NEW_FROM_REV:-} in
'') NEW_FROM_REV=$(base_of_pull_request) ;;
none) NEW_FROM_REV= ;;
esac

# A pull request from a fork: what it says of itself is not believed (docs/security.md).
untrusted=
if [ "${FORK:-}" = true ]; then untrusted=--untrusted; fi

if [ -n "$NEW_FROM_REV" ] && ! fetch_revision "$NEW_FROM_REV"; then
  error "the revision $NEW_FROM_REV cannot be fetched, so what is new cannot be told"
  exit
fi

# scan OPTION...: the same scan each time; the cache makes the second one cheap.
scan() {
  # shellcheck disable=SC2086 # ARGS is a list of words
  blockscan scan -q $untrusted --root "$GITHUB_WORKSPACE" ${ARGS:-} "$@" ${DATABASE:+"$DATABASE"}
}

sarif_code=0
if [ "${SARIF:-}" = true ]; then
  # Code scanning compares by itself: it gets everything.
  scan --fail-on never --output sarif="$reports/blockscan.sarif" || sarif_code=$?
  case $sarif_code in 0 | 3) ;; *) error "the scan for code scanning failed with code $sarif_code" ;; esac
fi
code=0
scan --fail-on "${FAIL_ON:-warning}" ${NEW_FROM_REV:+--new-from-rev "$NEW_FROM_REV"} --output github \
  --output markdown="$reports/blockscan.md" --output json="$reports/blockscan.json" || code=$?
case $sarif_code in 0 | 3) ;; *) code=2 ;; esac
if [ -e "$reports/blockscan.json" ]; then
  findings=$(jq '[.findings[] | select(.suppressed == null and .severity != "note" and .confidence != "possible"
    and (.change // "new") == "new")] | length' "$reports/blockscan.json") || findings=0
fi
if [ -e "$reports/blockscan.md" ]; then cat "$reports/blockscan.md" >>"$GITHUB_STEP_SUMMARY"; fi
