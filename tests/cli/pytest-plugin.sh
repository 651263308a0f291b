# The plugin for pytest: a marked test fails when it holds an event loop, and says where; one that does not passes, and so does one without a mark.
set -eu
/usr/bin/python3 -c 'import pytest' 2>/dev/null || exit 77
cd "$TMP"
cat >test_loop.py <<'END'
import asyncio
import time

import pytest


async def ticks(hold):
    for number in range(5):
        await asyncio.sleep(0.01)
        if number == 2:
            hold()


def save():
    time.sleep(0.3)


@pytest.mark.no_blocking(threshold=0.15)
def test_held():
    asyncio.run(ticks(save))


@pytest.mark.no_blocking(threshold="150ms")
def test_free():
    asyncio.run(ticks(lambda: None))


def test_without_a_mark():
    asyncio.run(ticks(save))


@pytest.mark.no_blocking
def test_without_a_loop():
    save()
END
status=0
PYTHONPATH="$BLOCKSCAN_SOURCE/runtime-check/pytest" /usr/bin/python3 -m pytest -q -p pytest_blockscan -p no:cacheprovider test_loop.py >out 2>&1 || status=$?
# says TEXT
says() { grep -qF -- "$1" out || { cat out; echo "does not say: $1"; exit 1; }; }
[ $status = 1 ] || { cat out; echo "exit code $status, not 1"; exit 1; }
says '2 failed, 2 passed'
says 'test_held held an event loop (threshold 150000us)'
says '> save'
says 'test_loop.py:15'
says 'no_blocking: no event loop was seen'
! grep -q 'test_free held' out || { cat out; exit 1; }
