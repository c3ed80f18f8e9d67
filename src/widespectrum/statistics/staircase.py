"""The order of positives and negatives as a staircase, and how many pairs each draw has won.

With weights w on clusters, the concordant pairs of a draw are the quadratic form ``w' A w``, where
A[c, d] counts the pairs of a positive in cluster c and a negative in cluster d whose margins are in
the right order, equal margins counting one half. A has C x C entries, but it is a staircase: each
positive beats exactly the negatives below it in the order of the margins. So the form is a merge:
walk up the margins, keep the weight of the negatives passed, and at each positive add its weight
times that. This costs O(n) per draw where the form costs O(C^2), never holds A, and each step works
on all draws at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from widespectrum.statistics.arrays import Bools, Floats, Ints

Weights: TypeAlias = NDArray[np.floating[Any]]

EXACT = 2**23
"""Up to here float32 holds every whole and every half number."""


@dataclass(frozen=True)
class Staircase:
    """The rows in the order of their margins, as runs of one class."""

    clusters: list[int]
    """``(n,)`` cluster of each row, from the smallest margin to the largest."""
    runs: list[tuple[bool, float, int, int]]
    """Of each run: whether it is positive; the share of it that counts here, 1/2 for negatives that
    are tied with positives and stand half below and half above them; its first row and the row
    behind its last."""


def climb(margin: Floats, positive: Bools, cluster: Ints) -> Staircase:
    """The staircase of n rows.

    Args:
        margin: ``(n,)``.
        positive: ``(n,)`` the class of each row.
        cluster: ``(n,)`` its cluster, an index.
    """
    if len(margin) == 0:
        return Staircase([], [])
    # Negatives first, then a stable sort: among equal margins the negatives come first.
    order = np.argsort(positive, kind="stable")
    order = order[np.argsort(margin[order], kind="stable")]
    margin, positive, cluster = margin[order], positive[order], cluster[order]
    rises = np.flatnonzero(np.diff(margin, prepend=np.nan))
    both = np.logical_or.reduceat(positive, rises) & ~np.logical_and.reduceat(positive, rises)
    tied = np.repeat(both, np.diff(rises, append=len(margin)))
    # A run starts where the class changes, and where a level begins or ends that has both classes.
    start = np.zeros(len(margin), dtype=bool)
    start[0] = True
    start[1:] = positive[1:] != positive[:-1]
    start[rises] |= tied[rises] | tied[rises - 1]
    starts = np.flatnonzero(start)
    stops = np.append(starts[1:], len(margin))
    classes, split = positive[starts], tied[starts]
    shares = np.where(split & ~classes, 0.5, 1.0)
    # Tied negatives come twice, half before the positives of their level and half behind them.
    sequence = np.repeat(np.arange(len(starts)), 1 + (classes & split))
    sequence[1:] -= sequence[1:] == sequence[:-1]
    columns = (column[sequence].tolist() for column in (classes, shares, starts, stops))
    return Staircase(cluster.tolist(), list(zip(*columns, strict=True)))


def wins(staircase: Staircase, weights: Weights) -> Weights:
    """Weight of the pairs in the right order, ties half, for every draw, ``(draws,)``.

    Exact as long as it stays below `EXACT` in float32, or 2**52 in float64.

    Args:
        staircase: as `climb` gives it.
        weights: ``(C, draws)`` weight of each cluster.
    """
    rows, clusters = list(weights), staircase.clusters
    below, won, total, product = np.zeros((4, weights.shape[1]), dtype=weights.dtype)
    for positive, share, start, stop in staircase.runs:
        run = rows[clusters[start]]
        for cluster in clusters[start + 1 : stop]:
            run = np.add(run, rows[cluster], out=total)
        if positive:
            np.add(won, np.multiply(run, below, out=product), out=won)
        elif share == 1:
            np.add(below, run, out=below)
        else:
            np.add(below, np.multiply(run, share, out=product), out=below)
    return won
