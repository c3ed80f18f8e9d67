"""Is a score the same wherever in whatever batch its pair stands?"""

from __future__ import annotations

import numpy as np

from widespectrum.conformance import Broken
from widespectrum.scorers.checks.bench import Bench

_ALONE = 6
"""So many pairs are asked alone; a large model takes its time."""


def keeps_order(bench: Bench) -> str:
    """Pairs in another order, then images and prompts in another order."""
    rng = np.random.default_rng(0)
    order = rng.permutation(len(bench.grid))
    scores = bench.ask(bench.images, bench.prompts, bench.grid[order])
    first = bench.compare(scores, bench.base[order], "when the pairs are in another order")
    # Place k now holds image images[k]: the pair (i, p) is found at the inverse permutation.
    images = rng.permutation(len(bench.images))
    prompts = rng.permutation(len(bench.prompts))
    moved = np.stack(
        [np.argsort(images)[bench.grid[:, 0]], np.argsort(prompts)[bench.grid[:, 1]]], axis=1
    )
    scores = bench.ask(
        [bench.images[i] for i in images], [bench.prompts[p] for p in prompts], moved
    )
    second = bench.compare(scores, bench.base, "when images and prompts are in another order")
    bench.jitter = max(first, second)
    return _within(bench.jitter, bench)


def ignores_neighbours(bench: Bench) -> str:
    """Single pairs alone, then each half of the images without the other."""
    chosen = np.linspace(0, len(bench.grid) - 1, _ALONE).astype(int)
    alone = np.concatenate(
        [bench.ask([bench.images[i]], [bench.prompts[p]], [[0, 0]]) for i, p in bench.grid[chosen]]
    )
    moved = bench.compare(alone, bench.base[chosen], "when a pair is scored alone")
    middle = len(bench.images) // 2
    first = bench.grid[:, 0] < middle
    for half, images, start in (
        (first, bench.images[:middle], 0),
        (~first, bench.images[middle:], middle),
    ):
        scores = bench.ask(images, bench.prompts, bench.grid[half] - [start, 0])
        other = bench.compare(scores, bench.base[half], "with other images in the batch")
        moved = max(moved, other)
    return _within(moved, bench)


def answers_repeats(bench: Bench) -> str:
    """The same pair several times in one batch."""
    repeated = np.repeat(bench.grid[:3], 2, axis=0)
    scores = bench.ask(bench.images, bench.prompts, repeated)
    bench.compare(scores[::2], scores[1::2], "between equal pairs of one batch")
    return "equal pairs in one batch get equal scores"


def answers_nothing(bench: Bench) -> str:
    """No pairs, and then no images and prompts either."""
    for images, prompts in ((bench.images, bench.prompts), ([], [])):
        try:
            bench.call(images, prompts, np.empty((0, 2), dtype=np.int64))
        except Broken as broken:
            raise Broken(f"for no pairs, {broken}") from broken
    return "no pairs, no scores"


def _within(moved: float, bench: Bench) -> str:
    return f"scores move by at most {moved:.3g} (allowed: {bench.allowed:.3g})"
