"""Intervals by formula: a proportion of independent rows, a mean of a few independent repeats.

Where rows share prompts, the clustered bootstrap is the right interval, not these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import vector
from widespectrum.statistics.results import NO_ROWS, Interval


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Wilson score interval of a proportion (Wilson 1927); undefined without rows.

    The set of proportions that a score test at 1 - `level` would not reject. Unlike the plain
    normal interval it stays inside [0, 1] and has width at 0 and n successes.

    Args:
        successes: 0 to `n`.
        n: independent trials.
        level: coverage aimed at, in (0, 1).

    Raises:
        BadInput: a count below 0 or above `n`, or a level outside (0, 1).
    """
    from scipy.stats import binomtest

    if not 0 <= successes <= n:
        raise BadInput(f"must lie between 0 and {n}, is {successes}", field="successes")
    if not 0 < level < 1:
        raise BadInput(f"must lie between 0 and 1, is {level}", field="level")
    if n == 0:
        return Interval(None, None, None, 0, 0, level, reason=NO_ROWS)
    ends = binomtest(successes, n).proportion_ci(level, method="wilson")
    return Interval(successes / n, float(ends.low), float(ends.high), n, n, level)


def student(values: ArrayLike, level: float = 0.95) -> Interval:
    """Student's t interval of the mean of independent repeats, such as trainings from other seeds.

    Exact for normal values, and honest about how few they are: with five repeats it is 2.8 standard
    errors wide on each side. Undefined without rows; with one row only the ends are.

    Args:
        values: ``(n,)``.
        level: coverage aimed at, in (0, 1).

    Raises:
        BadInput: a value is not finite, or a level outside (0, 1).
    """
    from scipy.stats import t

    repeats = vector(values, "values")
    if not 0 < level < 1:
        raise BadInput(f"must lie between 0 and 1, is {level}", field="level")
    n = len(repeats)
    if n == 0:
        return Interval(None, None, None, 0, 0, level, reason=NO_ROWS)
    mean = float(repeats.mean())
    if n == 1:
        return Interval(mean, None, None, 1, 1, level, reason="a single repeat has no spread")
    half = float(t.ppf((1 + level) / 2, n - 1) * np.std(repeats, ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half, n, n, level)
