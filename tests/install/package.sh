# package.sh BUILD_FOLDER: the Debian package and the tarball that cpack makes hold a program that works where they are unpacked; lintian has
# nothing to say of the first, and `uninstall` takes away what an installation has put somewhere.
set -eu
build=$1
unset BLOCKSCAN_RULES
command -v dpkg-deb >/dev/null || exit 77
(cd "$build" && cpack -G "DEB;TGZ" -B "$TMP/packages") >"$TMP/log" 2>&1 || { cat "$TMP/log"; exit 1; }
mkdir "$TMP/deb" "$TMP/tar"
dpkg-deb -x "$TMP"/packages/blockscan_*.deb "$TMP/deb"
tar -xzf "$TMP"/packages/blockscan-*.tar.gz -C "$TMP/tar" --strip-components=1
for program in "$TMP/deb/usr/bin/blockscan" "$TMP/tar/bin/blockscan"; do
  env -i PATH=/usr/bin:/bin "$program" explain fsync | grep -q disk.fsync || { echo "$program does not know its rules"; exit 1; }
  # Started without a loop: that is said, and the library was found.
  env -i PATH=/usr/bin:/bin "$program" record -o "$TMP/stalls.db" -- /bin/true >"$TMP/out" 2>&1 || { cat "$TMP/out"; exit 1; }
done
dpkg-deb -f "$TMP"/packages/blockscan_*.deb Depends | grep -q 'libclang-common-[0-9]*-dev.*libsqlite3-0' || exit 1
if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error,warning "$TMP"/packages/blockscan_*.deb || exit 1
fi

DESTDIR=$TMP/root cmake --install "$build" --prefix /usr >/dev/null
[ -x "$TMP/root/usr/bin/blockscan" ]
DESTDIR=$TMP/root cmake -P "$build/uninstall.cmake" >"$TMP/out" 2>&1 || { cat "$TMP/out"; exit 1; }
left=$(find "$TMP/root" ! -type d)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
[ ! -e "$TMP/root/usr/share/blockscan" ] || { echo "left behind: share/blockscan"; exit 1; }
