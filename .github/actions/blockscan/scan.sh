#!/bin/sh
# The scan of the action: annotations on stdout, a step summary, reports in a folder. Its own result is an output, so that the steps
# behind it see the reports of a scan with findings.
set -eu
reports=${RUNNER_TEMP:-/tmp}/blockscan-reports
mkdir -p "$reports"

# A pull request from a fork: what it says of itself is not believed (docs/security.md).
untrusted=
if [ "${FORK:-}" = true ]; then
  untrusted=--untrusted
  : "${NEW_FROM_REV:=${GITHUB_BASE_REF:+origin/$GITHUB_BASE_REF}}"
fi

# scan OPTION...: the same scan each time; the cache makes the second one cheap.
scan() {
  # shellcheck disable=SC2086 # ARGS is a list of words
  blockscan scan -q $untrusted --root "$GITHUB_WORKSPACE" ${ARGS:-} "$@" ${DATABASE:+"$DATABASE"}
}

cd "$GITHUB_WORKSPACE"
if [ "${SARIF:-}" = true ]; then
  # Code scanning compares by itself: it gets everything.
  scan --fail-on never --output sarif="$reports/blockscan.sarif" || [ $? = 3 ]
fi
code=0
scan --fail-on "${FAIL_ON:-warning}" ${NEW_FROM_REV:+--new-from-rev "$NEW_FROM_REV"} --output github \
  --output markdown="$reports/blockscan.md" --output json="$reports/blockscan.json" || code=$?
if [ -e "$reports/blockscan.md" ]; then cat "$reports/blockscan.md" >>"$GITHUB_STEP_SUMMARY"; fi
{
  echo "exit-code=$code"
  echo "reports=$reports"
} >>"$GITHUB_OUTPUT"
