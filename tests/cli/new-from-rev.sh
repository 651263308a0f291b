# --new-from-rev tells each commit's new way to a blocking call and nothing else; tests/cli/commits.py has the commits.
set -eu
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
python3 "$BLOCKSCAN_SOURCE/tests/cli/commits.py"
