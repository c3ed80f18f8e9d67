"""Correlation over a handful of models, honestly: few points make exact p and wide intervals.

A point per model means n of six or ten, where the t distribution is a guess, one model can make the
whole line, and the interval spans most of [-1, 1]. So every correlation comes with its exact
permutation p, its interval, and the range it takes when any one model is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Floats, vectors

EXACT_UP_TO = 9
"""Up to so many points all n! orders are tried; 9! is 362,880."""


@dataclass(frozen=True)
class Correlation:
    """A correlation with everything needed to doubt it. ``None`` is undefined, see `reason`."""

    kind: Literal["pearson", "spearman"]
    coefficient: float | None
    p: float | None
    """Two-sided, from the t distribution with n - 2 degrees of freedom."""
    p_exact: float | None
    """Two-sided: the share of all n! pairings at least as far from 0. ``None`` also if n is above
    `EXACT_UP_TO`."""
    low: float | None
    high: float | None
    """Interval by Fisher's z; ``None`` also below four points, and at a coefficient of 1 or -1."""
    leave_one_out: tuple[float, float] | None
    """Smallest and largest coefficient when one point is left out; ``None`` where one of those is
    undefined."""
    n: int
    level: float = 0.95
    reason: str = ""


def pearson(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Correlation:
    """Pearson's r; standard error of Fisher's z is 1 / sqrt(n - 3).

    Args:
        x: ``(n,)``.
        y: ``(n,)``.
        level: coverage aimed at by the interval, in (0, 1).

    Raises:
        BadInput: lengths differ, a value is not finite, or the level is outside (0, 1).
    """
    one, other = vectors(x=x, y=y)
    return _correlation("pearson", one, other, level)


def spearman(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Correlation:
    """Spearman's rho, Pearson's r of the ranks (ties share their mean rank).

    The standard error of Fisher's z is sqrt((1 + rho^2 / 2) / (n - 3)) (Bonett & Wright 2000).

    Args:
        x: ``(n,)``.
        y: ``(n,)``.
        level: coverage aimed at by the interval, in (0, 1).

    Raises:
        BadInput: lengths differ, a value is not finite, or the level is outside (0, 1).
    """
    from scipy.stats import rankdata

    one, other = vectors(x=x, y=y)
    return _correlation("spearman", rankdata(one), rankdata(other), level)


def _correlation(
    kind: Literal["pearson", "spearman"], x: Floats, y: Floats, level: float
) -> Correlation:
    from scipy.special import ndtri
    from scipy.stats import t as student

    if not 0 < level < 1:
        raise BadInput(f"must lie between 0 and 1, is {level}", field="level")
    n = len(x)
    if n < 3:
        return _undefined(kind, n, level, "a correlation needs three points")
    r = _coefficient(x, y)
    if r is None:
        return _undefined(kind, n, level, "one of the two does not vary")
    low = high = None
    if n > 3 and abs(r) < 1:
        error = np.sqrt((1 if kind == "pearson" else 1 + r**2 / 2) / (n - 3))
        reach = ndtri((1 + level) / 2) * error
        low, high = (float(np.tanh(np.arctanh(r) + side * reach)) for side in (-1, 1))
    with np.errstate(divide="ignore"):
        t = abs(r) * np.sqrt(np.float64(n - 2) / (1 - r**2))
    without = [_coefficient(np.delete(x, row), np.delete(y, row)) for row in range(n)]
    defined = [one for one in without if one is not None]
    return Correlation(
        kind=kind,
        coefficient=r,
        p=float(2 * student.sf(t, n - 2)),
        p_exact=_exact_p(x, y, r) if n <= EXACT_UP_TO else None,
        low=low,
        high=high,
        leave_one_out=(min(defined), max(defined)) if len(defined) == n else None,
        n=n,
        level=level,
    )


def _undefined(
    kind: Literal["pearson", "spearman"], n: int, level: float, reason: str
) -> Correlation:
    return Correlation(kind, None, None, None, None, None, None, n, level, reason)


def _coefficient(x: Floats, y: Floats) -> float | None:
    """Pearson's r, or nothing where one side is constant."""
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    a, b = x - x.mean(), y - y.mean()
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))


def _exact_p(x: Floats, y: Floats, r: float) -> float:
    """Share of all pairings of x and y whose |r| is at least that found.

    Not twice the smaller tail, as some libraries have it: with so few points the two tails differ.
    """
    orders = np.array(list(permutations(range(len(x)))), dtype=np.int8)
    a, b = x - x.mean(), y - y.mean()
    shuffled = b[orders] @ a / np.sqrt((a @ a) * (b @ b))
    return float((np.abs(shuffled) >= abs(r) - 1e-12).mean())
