"""Does it answer at all: one finite number per pair, twice the same."""

from __future__ import annotations

import numpy as np

from widespectrum.conformance import Broken
from widespectrum.scorers.checks.bench import Bench, shortened


def answers(bench: Bench) -> str:
    """A float32 for every image under every prompt."""
    return f"{len(bench.base)} pairs scored"


def is_finite(bench: Bench) -> str:
    """No NaN, no infinity."""
    bad = np.flatnonzero(~np.isfinite(bench.base))
    if len(bad):
        image, prompt = bench.grid[bad[0]]
        raise Broken(
            f"the score is {bench.base[bad[0]]} for {len(bad)} of {len(bench.base)} pairs, "
            f"first for image {image} under {shortened(bench.prompts[prompt])}"
        )
    return f"scores from {bench.base.min():.4g} to {bench.base.max():.4g}"


def is_deterministic(bench: Bench) -> str:
    """The same call twice gives the same numbers, exactly."""
    second = bench.ask(bench.images, bench.prompts, bench.grid)
    changed = int((second != bench.base).sum())
    if changed:
        raise Broken(
            f"{changed} of {len(second)} scores differ when asked again, "
            f"by up to {np.abs(second - bench.base).max():.3g}"
        )
    return "the same call twice gives the same scores"
