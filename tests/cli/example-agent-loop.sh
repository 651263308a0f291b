# The example of fifty agents: the tool that waits for a command is named by the scan and by every long stall; the fixed one by neither.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
for fixed in OFF ON; do
  cmake -S "$BLOCKSCAN_SOURCE/examples/agent-loop" -B "$fixed" -G Ninja -DFIXED=$fixed -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
  cmake --build "$fixed" >/dev/null
done
code=0
"$BLOCKSCAN" scan -q --no-cache --output json=report.json OFF/compile_commands.json || code=$?
[ "$code" = 1 ] || fail "exit code $code, not 1"
holds '[.findings[] | select(.severity == "error") | .sink.api] | sort == ["pclose", "popen"]'
holds '[.findings[] | select(.severity == "error") | .entries[].path | map(.function) | index("act") and index("run_command")] | all'
"$BLOCKSCAN" scan -q --no-cache ON/compile_commands.json >out || fail "the fixed one has findings: $(cat out)"

model=$BLOCKSCAN_SOURCE/examples/agent-loop/model.py
python3 "$model" "$BLOCKSCAN" record -q --threshold 20ms -o stalls.db --output json=report.json -- OFF/agent-loop >out 2>err ||
  fail "exit code $?"
grep -q "50 sessions of 4 steps" out || fail "the sessions did not end: $(cat out)"
# Nearly every command is in a stall of its callback.
holds '[.stalls[].calls[] | select(.api == "fread") | .calls] | add >= 40'
holds '[.calls[] | select(.api == "fread") | .stack | map(.function) | index("run_command")] | any'
python3 "$model" "$BLOCKSCAN" record -q --threshold 20ms -o fixed.db --output json=report.json -- ON/agent-loop >out 2>err || fail "exit code $?"
# Starting a program is quick; waiting for it is what is gone.
holds '[.stalls[].calls[].api] | index("fread") == null and index("pclose") == null'
