#!/bin/sh
# Installs a released package of blockscan, unless there is one already. Says for the other steps whether the change is a stranger's.
set -eu
if [ "${FORK:-}" = true ]; then fork=true; else fork=false; fi
echo "fork=$fork" >>"$GITHUB_OUTPUT"

# fail TEXT: the reason, as an annotation of the workflow.
fail() {
  printf '::error title=blockscan cannot be installed::%s\n' "$1"
  exit 1
}

if command -v blockscan >/dev/null; then
  printf 'blockscan is there already: %s\n' "$(blockscan --version | head -n 1)"
  exit 0
fi

# The repository that the action was taken from: the runner lays it below _actions/OWNER/NAME/REF.
if [ -z "${REPOSITORY:-}" ]; then
  case ${GITHUB_ACTION_PATH:-} in
  */_actions/*/*/*)
    rest=${GITHUB_ACTION_PATH#*/_actions/}
    owner=${rest%%/*}
    rest=${rest#*/}
    REPOSITORY=$owner/${rest%%/*}
    ;;
  *) REPOSITORY=${GITHUB_REPOSITORY:-} ;;
  esac
fi

# One package for each release of Debian or Ubuntu: their libraries differ.
# shellcheck source=/dev/null
system=$(. "${OS_RELEASE:-/etc/os-release}" && printf '%s%s' "$ID" "${VERSION_ID:-}")
[ "$(uname -m)" = x86_64 ] || fail "there are packages for x86-64 only, and this is $(uname -m)"
command -v apt-get >/dev/null || fail "there are packages for Debian and Ubuntu only, and this is $system: install blockscan before this step"

folder=${RUNNER_TEMP:-/tmp}/blockscan-package
mkdir -p "$folder"

# download ADDRESS FILE
download() {
  curl --fail --silent --show-error --location --retry 3 --proto =https --proto-redir =https --output "$2" "$1"
}

package=$folder/blockscan.deb
case ${PACKAGE:-} in
'')
  name=blockscan_${VERSION}_${system}_amd64.deb
  releases=${GITHUB_SERVER_URL:-https://github.com}/$REPOSITORY/releases/download/v$VERSION
  download "$releases/$name" "$package" ||
    fail "$releases has no $name: run the job on debian:12, debian:13 or ubuntu-24.04, or give the input 'package'"
  if [ -z "${SHA256:-}" ]; then
    download "$releases/SHA256SUMS" "$folder/SHA256SUMS" || fail "$releases has no SHA256SUMS"
    SHA256=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
    [ -n "$SHA256" ] || fail "SHA256SUMS of $releases does not list $name"
  fi
  ;;
https://*) download "$PACKAGE" "$package" || fail "$PACKAGE cannot be had" ;;
*) cp "$PACKAGE" "$package" || fail "there is no package $PACKAGE" ;;
esac
if [ -n "${SHA256:-}" ]; then
  printf '%s  %s\n' "$SHA256" "$package" | sha256sum --check --quiet >/dev/null 2>&1 || fail "the package's checksum is not $SHA256"
fi

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -q || fail "apt-get update failed"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$package" ||
  fail "the package does not go with this system ($system)"
blockscan --version
