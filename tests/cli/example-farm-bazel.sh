# examples/farm with Bazel: one action a unit, an archive a target, and a report that is that of a scan, byte for byte. What has not changed is
# not read again, and the same content is not either, wherever it was read first.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
command -v bazel >/dev/null && [ -d /usr/share/bazel/rules/cc ] || exit 77
cp -r "$BLOCKSCAN_SOURCE/examples/farm" "$TMP/farm"
mkdir "$TMP/rules" "$TMP/cache"
"$TMP/farm/install" bazel-rules "$TMP/rules"
cd "$TMP/farm"
export BLOCKSCAN
build() {
  bazel --bazelrc="$TMP/rules/bazelrc" --output_user_root="$TMP/bazel" --host_jvm_args=-Xmx512m "$@" >log 2>&1 || { cat log >&2; fail "bazel $*"; }
}
trap 'bazel --output_user_root="$TMP/bazel" shutdown >/dev/null 2>&1; chmod -R u+w "$TMP/bazel"' EXIT
build build --noshow_progress --disk_cache="$TMP/cache" :blocking
for f in app/main.server app/request.server lib/store.store lib/resolve.resolve; do
  jq -n --arg f "${f%.*}" --arg t "${f#*.}" '{directory: ".", file: "\($f).c", arguments: ["cc", "-iquote", ".",
    "-DSTORE_PATH=\"requests.log\"", "-c", "\($f).c", "-o", "./_objs/\($t)/\($f | sub(".*/"; "")).o"]}'
done | jq -s . >compile_commands.json
"$BLOCKSCAN" scan -q --no-cache --root . --fail-on never --output json=scan.json --output text=scan.txt compile_commands.json
cmp scan.json bazel-bin/blocking.json || fail "another report than a scan's"
cmp scan.txt bazel-bin/blocking.txt || fail "another text than a scan's"

# One unit changes: it is read again, and its archive and the report are made anew.
sed -i 's/ && fsync(fd) == 0//' lib/store.c
build build --noshow_progress --disk_cache="$TMP/cache" :blocking
grep -qE 'processes: .*3 linux-sandbox|processes: .*3 processwrapper-sandbox' log || { cat log >&2; fail "more than one unit was read"; }
! grep -qF disk.fsync bazel-bin/blocking.txt || fail "the report is the old one"

# It changes back: all of it is known by its content.
cp "$BLOCKSCAN_SOURCE/examples/farm/lib/store.c" lib/
build build --noshow_progress --disk_cache="$TMP/cache" :blocking
grep -qE '(disk|remote) cache hit' log || { cat log >&2; fail "the disk cache was not asked"; }
cmp scan.json bazel-bin/blocking.json || fail "another report from the cache"
