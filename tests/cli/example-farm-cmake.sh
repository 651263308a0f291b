# examples/farm with CMake and Ninja: an object's rule writes its facts too, and their report is that of a scan, byte for byte.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
command -v cmake >/dev/null && command -v ninja >/dev/null || exit 77
mkdir "$TMP/examples" "$TMP/cmake"
cp -r "$BLOCKSCAN_SOURCE/examples/farm" "$TMP/examples/"
cp "$BLOCKSCAN_SOURCE/cmake/BlockscanFacts.cmake" "$TMP/cmake/"
cd "$TMP/examples/farm"
cmake -S . -B build -G Ninja -DBLOCKSCAN_PROGRAM="$BLOCKSCAN" >log 2>&1 || { cat log >&2; fail "cmake"; }
cmake --build build --target blocking >log 2>&1 || { cat log >&2; fail "the build"; }
[ "$(find build -name '*.c.o.bsf' | wc -l)" = 4 ] || fail "not a facts file for each object"
# as the build's database has them: the launcher is a part of its commands
"$BLOCKSCAN" scan -q --no-cache --root . --fail-on never --output json=scan.json build/compile_commands.json
cmp scan.json build/blocking.json || fail "another report than a scan's"
jq -e '[.findings[] | select(.severity != "note" and .confidence == "certain") | .rule] | index("dns.getaddrinfo") and index("disk.fsync")' \
  scan.json >/dev/null || fail "what blocks is not found"

# One changed unit: its facts and the report are made anew, and no other's.
touch -d '1 minute ago' build/CMakeFiles/store.dir/lib/store.c.o.bsf
sleep 0.1
sed -i 's/ && fsync(fd) == 0//' lib/store.c
cmake --build build --target blocking >log 2>&1 || { cat log >&2; fail "the second build"; }
[ "$(grep -c 'Building C object' log)" = 1 ] || { cat log >&2; fail "more than one unit was compiled"; }
! grep -qF 'disk.fsync' build/blocking.txt || fail "the report is the old one"
grep -qF 'dns.getaddrinfo' build/blocking.txt || fail "the other finding is gone"
