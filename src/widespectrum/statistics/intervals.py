"""Intervals by formula: a proportion, a difference of paired proportions, a mean of a few repeats.

All of independent rows. Where rows share prompts, the clustered bootstrap is the right interval, or
these on one mean per prompt.
"""

from __future__ import annotations

from dataclasses import replace

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


def of_share(interval: Interval) -> Interval:
    """The interval of a share of rows that are 0 or 1, where the bootstrap's would be too narrow.

    Rows that all agree agree in every draw: the bootstrap's interval of a share of 0 or 1 has no
    width, however few rows there were, and close to 0 and 1 it has too little. So the ends are
    Wilson's where rows are independent. Where rows share clusters they stay as they were, but at 0
    and 1, where they are Wilson's with one trial per cluster: rows of one prompt that agree may
    well be one observation. An interval without ends stays without.

    Args:
        interval: a bootstrapped mean of zeros and ones.
    """
    share = interval.estimate
    if share is None or interval.low is None:
        return interval
    trials = interval.n_clusters
    if trials < interval.n and 0 < share < 1:
        return interval
    ends = wilson(round(share * trials), trials, interval.level)
    return replace(interval, low=ends.low, high=ends.high)


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


def bonett_price(differences: ArrayLike, level: float = 0.95) -> Interval:
    """Interval of the mean of independent differences in [-1, 1], such as paired verdicts.

    Bonett & Price (2012), "Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data": one discordant pair is added on each side. So the interval
    keeps a width where all pairs agree, in which case a bootstrap or plain Wald interval has none.
    For differences that are not -1, 0 or 1 (means over the repeats of a prompt) the same two
    observations are added. The estimate is the plain mean.

    Args:
        differences: ``(n,)``.
        level: coverage aimed at, in (0, 1).

    Raises:
        BadInput: a value is not finite or outside [-1, 1], or a level outside (0, 1).
    """
    from scipy.special import ndtri

    rows = vector(differences, "differences")
    if not 0 < level < 1:
        raise BadInput(f"must lie between 0 and 1, is {level}", field="level")
    if np.abs(rows).max(initial=0) > 1:
        raise BadInput("must lie between -1 and 1", field="differences")
    n = len(rows)
    if n == 0:
        return Interval(None, None, None, 0, 0, level, reason=NO_ROWS)
    added = np.concatenate([rows, [-1.0, 1.0]])
    reach = float(ndtri((1 + level) / 2) * added.std() / np.sqrt(n + 2))
    middle = float(added.mean())
    low, high = max(-1.0, middle - reach), min(1.0, middle + reach)
    return Interval(float(rows.mean()), low, high, n, n, level)
