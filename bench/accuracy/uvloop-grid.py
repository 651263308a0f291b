#!/usr/bin/python3
"""The grid's program for uvloop: TRUTH-FILE SEED REPEATS [KINDS [DURATIONS]], as those in C (plan.c), in one language more.

Callbacks of asyncio over uvloop (python3-uvloop) sleep, compute, or wait in poll; each is measured by itself."""
import asyncio
import random
import select
import sys
import time

import uvloop

WARM_UP = 60


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def poll(seconds):
    select.poll().poll(seconds * 1000)


KINDS = {"nanosleep": time.sleep, "spin": spin, "poll-timer": poll}


def make_plan(draw, repeats, kinds, durations):
    stalls = [(kind, ms) for _ in range(repeats) for kind in KINDS if not kinds or kind in kinds for ms in durations]
    draw.shuffle(stalls)
    plan = [("-", 0)] * WARM_UP
    for stall in stalls:
        plan += [("-", 0)] * draw.randint(1, 3) + [stall]
    return plan + [("-", 0)] * 5


def main():
    path, seed, repeats, *rest = sys.argv[1:]
    kinds = [k for k in (rest[0] if rest else "").split(",") if k]
    durations = [int(ms) for ms in (rest[1] if len(rest) > 1 else "8,12,15,20,50,300,1000").split(",")]
    draw = random.Random(int(seed))
    plan = make_plan(draw, int(repeats), kinds, durations)
    truth = []
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)

    def run(step):
        kind, ms = plan[step]
        begin = time.monotonic_ns()
        if kind == "-":
            spin(draw.random() * 0.0005)
        else:
            KINDS[kind](ms / 1000)
        truth.append((begin, time.monotonic_ns(), "run", kind, ms, 0, step, ""))
        if step + 1 < len(plan):
            loop.call_later(draw.randint(1, 5) / 1000, run, step + 1)
        else:
            loop.stop()

    for _ in range(draw.randint(5, 45)):
        select.poll().poll(2)
    loop.call_soon(run, 0)
    loop.run_forever()
    with open(path, "w", encoding="utf-8") as file:
        print(time.time_ns() - time.monotonic_ns(), file=file)
        for row in truth:
            print(*row, sep="\t", file=file)


main()
