"""Edits a generated program at random and compares each answer with one of a fresh scan.

    incremental.py BLOCKSCAN FOLDER EDITS [SEED]
"""
import os
import random
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench", "incremental"))
sys.dont_write_bytecode = True
from program import Program  # pylint: disable=wrong-import-position

CONFIGURATIONS = ("", "levels:\n  sleep.sleep: off\n", "startup: [u1_f0]\n")


def answer(blockscan, folder, *words):
    """What it prints and its exit code; stderr says what is wrong with a cache, and may differ."""
    done = subprocess.run([blockscan, *words, "--root", folder, folder], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout, done.stderr


def files_below(folder):
    return [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]


def spoil(cache, kept, rng):
    """Damages one file of the cache, or puts an old one in its place: what it says."""
    files = [f for f in files_below(cache) if not f.endswith(".gitignore")]
    if not files:
        return "nothing to spoil"
    victim = rng.choice(files)
    old = kept.get(victim)
    kind = rng.randrange(4)
    data = bytearray(open(victim, "rb").read())
    if kind == 0 and old:
        data = old
    elif kind == 1:
        data = data[: rng.randrange(len(data) + 1)]
    else:
        for _ in range(1 if kind == 2 else 64):
            if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    if old is None:
        kept[victim] = bytes(open(victim, "rb").read())
    with open(victim, "wb") as f:
        f.write(data)
    return f"{os.path.basename(victim)} {('is an old one', 'is cut short', 'has one other bit', 'has other bits')[kind]}"


def main():
    blockscan, top, edits = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    folder, cache = os.path.join(top, "program"), os.environ["XDG_CACHE_HOME"]
    shutil.rmtree(folder, ignore_errors=True)
    rng, program, kept, history = random.Random(seed), Program(folder, 6, functions=5, calls=3, seed=seed, sinks=60), {}, []
    for number in range(edits):
        done = []
        for _ in range(rng.choice((0, 1, 1, 2))):
            done.append(program.edit())
        program.write()
        if rng.random() < 0.2:
            with open(os.path.join(folder, ".blockscan.yaml"), "w", encoding="utf-8") as f:
                f.write(rng.choice(CONFIGURATIONS))
            done.append("configuration")
        if rng.random() < 0.3:
            done.append(spoil(cache, kept, rng))
        time.sleep(0.05)  # a file that was written just now is not believed to be the one that was parsed
        history.append(done)
        function = program.name(rng.choice(program.units)[0], rng.randrange(program.functions))
        for words in (["scan", "-q", "-o", "json", "--fail-on", "never"], ["why", "-q", function],
                      ["scan", "-q", "-o", "json", "--max-paths", "1"], ["why", "-q", "sleep"]):
            kept_answer, fresh = answer(blockscan, folder, *words), answer(blockscan, folder, *words, "--no-cache")
            if kept_answer[:2] != fresh[:2]:
                sys.exit(f"FAILED: edit {number} of seed {seed} ({history[-3:]}): {' '.join(words)}\n"
                         f"with what is kept: {kept_answer}\nafresh: {fresh}")
            if fresh[0] not in (0, 1) and not (fresh[0] == 2 and b"no unit" in fresh[2]):
                sys.exit(f"FAILED: edit {number} of seed {seed}: {' '.join(words)}: exit code {fresh[0]}: {fresh[2]}")
    print(f"{edits} edits, seed {seed}: the same answers")


main()
