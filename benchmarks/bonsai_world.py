"""How fast Bonsai's world is: scenes sampled, captioned and drawn per second, on one core.

Run ``python benchmarks/bonsai_world.py``. It reports processor time, which a busy machine changes
little, beside wall time; and, for comparison, the least that any picture of this world costs: one
canvas painted with two gradients and averaged down.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable

from widespectrum.bonsai import ORDINARY, render, sample_examples, sample_scenes
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.raster import painted, to_bytes

WANTED = 400
"""Scenes per second on one core."""


def measure(name: str, count: int, work: Callable[[], object]) -> float:
    """Run, print and return the number per second of processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{name:44s} {count / processor:9.0f} /s processor {count / wall:9.0f} /s wall")
    return count / processor


def bare(pen: Pen) -> None:
    """The least picture: a sky and a ground."""
    pen.gradient(0, 0.6, (110, 180, 240), (230, 240, 250))
    pen.gradient(0.6, 1, (150, 210, 100), (90, 160, 70))


def main() -> None:
    """Measure and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    training = list(sample_scenes(count, 0))
    ordinary = list(sample_scenes(count, 0, recipe=ORDINARY))
    for scene in training[:50]:
        render(scene)
    measure(
        "two gradients, averaged down", count, lambda: [to_bytes(painted(bare)) for _ in training]
    )
    measure("sample and caption", count, lambda: list(sample_examples(count, 1)))
    measure("draw ordinary scenes", count, lambda: [render(scene) for scene in ordinary])
    speed = measure("draw training scenes", count, lambda: [render(scene) for scene in training])
    verdict = "fast enough" if speed >= WANTED else "TOO SLOW"
    print(f"{verdict}: {speed:.0f} training scenes per second, {WANTED} wanted")


if __name__ == "__main__":
    main()
