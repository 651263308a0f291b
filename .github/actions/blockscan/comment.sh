#!/bin/sh
# The one comment of blockscan on a pull request: known by its mark, written anew each time. Without findings none is begun; one that is
# there says so.
set -eu
mark='<!-- blockscan -->'
comments=repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments
ours=$(gh api --paginate "$comments" --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$mark\"))) | .id" | head -n 1)
if [ -z "$ours" ] && [ "${FINDINGS:-0}" = 0 ]; then exit 0; fi

# GitHub takes 65,536 characters. A report from a stranger calls nobody: its @ stand for themselves.
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  printf '%s\n' "$mark"
  head -c 65000 "$REPORT" | sed 's/@/\&#64;/g'
} >"$body"
if [ -n "$ours" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$ours" --field "body=@$body" --silent
else
  gh api --method POST "$comments" --field "body=@$body" --silent
fi
