# Stalls of a Python service have Python's lines: of a system call, of C code that holds the interpreter lock, of pure
# Python. The callback is the coroutine, the loop is asyncio, and what the interpreter is made of is nobody's own.
set -eu
. "$(dirname "$0")/record-helpers"
service=$(dirname "$0")/../runtime/python/service.py
# As many versions as there are: their structures differ.
tested=0
for python in /usr/bin/python3 $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3.* 2>/dev/null | grep -E 'python3\.(8|9|1[0-4])$'); do
  "$python" -c 'import asyncio, zlib, sys; sys.exit(sys.implementation.name != "cpython" or sys.version_info < (3, 8))' 2>"$TMP/err" || continue
  tested=$((tested + 1))
  echo "$python"
  record 0 --threshold 30ms -- "$python" "$service" sleep:100 zlib:100 python:100
  holds '.loops | map(select(.iterations > 5)) | length == 1 and .[0].library == "asyncio"'
  holds '[.stalls[] | select(.callback == "handle_block")] | length >= 3'
  for place in hold_sleep:21 hold_zlib:2[67] hold_python:4[6-8]; do
    holds "any(.stalls[]; .callback == \"handle_block\" and (\"\(.culprit.function):\(.culprit.line)\" | test(\"^$place\$\")))"
  done
  # The store says the same, and no call of the evaluator is left in such a stack.
  stored 1 "SELECT count(DISTINCT f.line) FROM frames f WHERE f.function = 'hold_sleep'"
  holds 'all(.stalls[].samples[] | select(any(.stack[]; .module == "[python]")); all(.stack[]; .function != "_PyEval_EvalFrameDefault"))'
  holds 'all(.stalls[] | select(.callback == "handle_block"); .culprit.file | endswith("service.py"))'
  says '> hold_sleep'
  [ "$tested" = 1 ] || continue
  "$BLOCKSCAN" report --runtime "$TMP/stalls.db" --output speedscope="$TMP/speedscope.json" --output html="$TMP/report.html" 2>/dev/null || true
  grep -q hold_sleep "$TMP/speedscope.json" || fail 'speedscope has no Python frames'
  grep -q hold_sleep "$TMP/report.html" || fail 'HTML has no Python frames'
done
[ "$tested" -gt 0 ] || exit 77

# Deep recursion in Python, which is none on the native stack: the innermost and the outermost frames are kept.
cat >"$TMP/deep.py" <<'END'
import asyncio, sys, time
sys.setrecursionlimit(5000)
def down(n):
    if n: return down(n - 1)
    time.sleep(0.1)
async def handler(): down(900)
async def main():
    for _ in range(5): await asyncio.sleep(0.01)
    await asyncio.create_task(handler())
    await asyncio.sleep(0.01)
asyncio.run(main())
END
record 0 --threshold 50ms -- /usr/bin/python3 "$TMP/deep.py"
holds '.stalls | length == 1'
holds '.stalls[0].culprit.function == "down" and .stalls[0].culprit.line == 5'
holds '.stalls[0].samples[0].stack | length <= 256'

# A thread that is no loop, and one that waits for the interpreter lock: nobody is taken for the other.
cat >"$TMP/threads.py" <<'END'
import asyncio, threading, time
def other():
    end = time.time() + 1
    while time.time() < end: sum(range(1000))
def block(): time.sleep(0.2)
async def handler(): block()
async def main():
    threading.Thread(target=other).start()
    for _ in range(10): await asyncio.sleep(0.01)
    await asyncio.create_task(handler())
    await asyncio.sleep(0.01)
asyncio.run(main())
END
record 0 --threshold 150ms -- /usr/bin/python3 "$TMP/threads.py"
holds 'any(.stalls[]; .culprit.function == "block" and .culprit.line == 5)'
holds 'all(.stalls[].samples[].stack[]; .function != "other")'

# Which task it was, where the program named it; the numbers that asyncio gives say nothing. A callback is of no task.
cat >"$TMP/tasks.py" <<'END'
import asyncio, time
def block(): time.sleep(0.1)
async def handler(): block()
async def main():
    for _ in range(10): await asyncio.sleep(0.01)
    for name in "upload of b\u00fccher", "resize":
        await asyncio.create_task(handler(), name=name)
        await asyncio.sleep(0.01)
    await asyncio.create_task(handler())
    await asyncio.sleep(0.01)
    asyncio.get_running_loop().call_soon(block)
    await asyncio.sleep(0.01)
asyncio.run(main())
END
record 0 --threshold 60ms -- /usr/bin/python3 "$TMP/tasks.py"
if /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
  holds '[.stalls[] | select(.culprit.function == "block" and .scope) | .scope] | sort == ["task resize", "task upload of bücher"]'
  holds '[.stalls[] | select(.culprit.function == "block" and (.scope | not))] | length == 2'
else
  holds 'all(.stalls[]; .scope | not)'
fi
