"""Stopping as soon as the answer is clear: bets on a mean, and the interval that holds at any time.

Looking at ordinary intervals again and again until one of them excludes zero finds a difference
where there is none, sooner or later. A bet does not have this flaw. Whoever believes that the mean
of differences d in [-1, 1] exceeds m stakes a fraction f of the wealth on every one::

    W_n(m) = mean over f of  prod_i  [ 1 + f (d_i - m) / (1 + m) ]

If the mean is m or less, W is a non-negative supermartingale that starts at 1, and by Ville's
inequality the chance that it *ever* reaches 1/alpha is at most alpha, however often one looks and
whatever one stops for. The values of m that wealth does not reject form a confidence sequence: an
interval that holds at all times together (Waudby-Smith & Ramdas 2024, "Estimating means of bounded
random variables by betting"; the mixture over fractions is Cover's, 1991). No distribution is
assumed, only that differences are bounded and that each has the same mean given the earlier ones.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Floats, vector
from widespectrum.statistics.results import NO_ROWS, Interval

FRACTIONS = (np.arange(40) + 0.5) / 40
"""What is staked: all fractions between none and all of it, evenly."""

_HALVINGS = 60


def wealth(differences: ArrayLike, mean: float) -> Floats:
    """The wealth after each difference of a gambler who starts with 1 and bets on more than `mean`.

    To bet on less, turn the signs of both.

    Args:
        differences: ``(n,)`` in [-1, 1], in the order in which they were seen.
        mean: m, in (-1, 1).

    Raises:
        BadInput: a value is not finite or out of range.
    """
    rows = _bounded(differences)
    if not -1 < mean < 1:
        raise BadInput(f"must lie between -1 and 1, is {mean}", field="mean")
    gains = np.log1p(FRACTIONS * (rows[:, None] - mean) / (1 + mean))
    return np.asarray(np.exp(np.cumsum(gains, axis=0)).mean(axis=1))


def confidence_sequence(differences: ArrayLike, level: float = 0.95) -> Interval:
    """Interval of the mean that may be looked at after every difference; see the module.

    Each end is a bet of its own at half of 1 - `level`. It is wider than an interval for a number
    of rows that was fixed beforehand: that is the price of looking.

    Args:
        differences: ``(n,)`` in [-1, 1].
        level: chance that the interval holds at all times, in (0, 1).

    Raises:
        BadInput: a value is not finite or out of range, or a level outside (0, 1).
    """
    rows = _bounded(differences)
    if not 0 < level < 1:
        raise BadInput(f"must lie between 0 and 1, is {level}", field="level")
    n = len(rows)
    if n == 0:
        return Interval(None, None, None, 0, 0, level, reason=NO_ROWS)
    wanted = math.log(2 / (1 - level))
    low, high = _rejected_below(rows, wanted), -_rejected_below(-rows, wanted)
    return Interval(float(rows.mean()), low, high, n, n, level)


def _rejected_below(rows: Floats, wanted: float) -> float:
    """The largest mean against which wealth reaches exp(`wanted`); -1 if there is none.

    Every factor falls as the mean rises, and so does wealth: halving finds the place.
    """
    values, counts = np.unique(rows, return_counts=True)

    def reaches(mean: float) -> bool:
        gains = counts @ np.log1p(FRACTIONS * (values[:, None] - mean) / (1 + mean))
        most = float(gains.max())
        return most + math.log(float(np.exp(gains - most).mean())) >= wanted

    below, above = -1.0, float(rows.mean())
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        if middle <= -1.0:
            break
        below, above = (middle, above) if reaches(middle) else (below, middle)
    return below


def _bounded(differences: ArrayLike) -> Floats:
    rows = vector(differences, "differences")
    if np.abs(rows).max(initial=0) > 1:
        raise BadInput("must lie between -1 and 1", "Divide by the largest.", field="differences")
    return rows
