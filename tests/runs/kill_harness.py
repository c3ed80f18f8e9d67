"""A child process that works on a run, to be killed. Not a test: `test_kill.py` starts it.

Importing takes longer than the work, so one warmed process forks the workers. They are real
processes, and SIGKILL is a real SIGKILL. Nothing here touches a data frame before the fork: the
threads of the data frame library would not survive it.

``kill_harness.py FOLDER SEED``: an undisturbed run in FOLDER/calm, two workers at once in
FOLDER/two, and runs in FOLDER/killed-N whose workers are killed twice each before one may finish,
until twenty kills have met a worker at work. Prints what happened as JSON.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from run_toys import ToyMaker, ToyScorer, choices, prompts_of, ratings, toy_plan

from widespectrum.runs import Run, work

PAIRS = 24
KILLS = 20
KILLS_PER_RUN = 2


class SlowMaker(ToyMaker):
    """Slow enough that kills fall into every stage."""

    def make(self, requests):
        time.sleep(0.003 * len(requests))
        return super().make(requests)


class SlowScorer(ToyScorer):
    def score(self, images, prompts, pairs):
        time.sleep(0.0005 * len(pairs))
        return super().score(images, prompts, pairs)


def plan():
    payloads = {(3, "anti"): {"refuse": "unsafe"}, (11, "original"): {"explode": True}}
    scorers = [
        SlowScorer("first", raises=[prompts_of(5)[1]]),
        SlowScorer("second", nan=[prompts_of(6)[0]]),
    ]
    scored = toy_plan(PAIRS, maker=SlowMaker(), scorers=scorers, payloads=payloads, unit_size=8)
    return scored | ratings(PAIRS) | choices(PAIRS)


def start(folder: Path) -> int:
    """Fork a worker on the run in `folder`; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        for _ in work(Run.create(folder, identity={"toy": 1}, settings={}), plan()):
            pass
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def finish(child: int) -> None:
    status = os.waitpid(child, 0)[1]
    if status != 0:
        sys.exit(f"a worker ended with {status}")


def kill(child: int) -> bool:
    """Whether it was still at work."""
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(folder: Path, seed: int) -> None:
    dice = random.Random(seed)
    began = time.monotonic()
    finish(start(folder / "calm"))
    duration = time.monotonic() - began

    workers = [start(folder / "two") for _ in range(2)]
    for worker in workers:
        finish(worker)

    files: list[int] = []  # in the run's folder at each kill
    runs = 0
    while len(files) < KILLS:
        run, left = folder / f"killed-{runs}", duration
        runs += 1
        for _ in range(KILLS_PER_RUN):
            moment = dice.uniform(0, left)
            worker = start(run)
            time.sleep(moment)
            if not kill(worker):
                duration *= 0.9  # it was done before: the machine has become faster
                break
            files.append(sum(1 for path in run.rglob("*") if path.is_file()))
            left -= moment / 2  # part of the work is done now
        finish(start(run))
    print(json.dumps({"duration": duration, "runs": runs, "files": files}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
