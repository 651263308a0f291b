#!/bin/sh
# The open pull request that the other run was for, by what GitHub says of that run, and the number of findings in its report. A branch that
# has moved on since has a run of its own.
set -eu
number=$(gh api --method GET "repos/$GITHUB_REPOSITORY/pulls" --raw-field state=open --raw-field "head=$OWNER:$BRANCH" \
  --jq '.[] | "\(.number) \(.head.sha)"' | awk -v sha="$SHA" '$2 == sha { print $1; exit }')
# shellcheck disable=SC2153 # two names
findings=$(jq '[.findings[] | select(.suppressed == null and .severity != "note" and .confidence != "possible"
  and (.change // "new") == "new")] | length' "$FINDINGS") || findings=1
case $findings in '' | *[!0-9]*) findings=1 ;; esac
{
  echo "number=$number"
  echo "findings=$findings"
} >>"$GITHUB_OUTPUT"
if [ -z "$number" ]; then echo "no open pull request is at $SHA: nothing to comment on"; fi
