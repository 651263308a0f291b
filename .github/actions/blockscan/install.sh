#!/bin/sh
# Builds and installs the blockscan that this action belongs to, unless there is one already.
set -eu
if command -v blockscan >/dev/null; then exit 0; fi
source=$(cd "$(dirname "$0")/../../.." && pwd)
prefix=${RUNNER_TEMP:-/tmp}/blockscan
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -q
for version in 21 20 19 18 17; do
  if apt-cache show "libclang-$version-dev" >/dev/null 2>&1; then break; fi
done
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
  gcc g++ libc6-dev cmake ninja-build pkg-config "clang-$version" "libclang-$version-dev" libsqlite3-dev libjansson-dev \
  libxxhash-dev libyaml-dev libpcre2-dev libunwind-dev libdw-dev
cmake -S "$source" -B "$prefix/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF
cmake --build "$prefix/build"
cmake --install "$prefix/build" --prefix "$prefix"
echo "$prefix/bin" >>"$GITHUB_PATH"
