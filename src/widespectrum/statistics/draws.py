"""What a bootstrap draw is: a count per cluster, and hence a column of one matrix.

Drawing C clusters out of C with replacement gives each cluster a multinomial count. The counts of
all draws are the columns of W, and the sums over rows that any draw would see are the matrix
product of the sums per cluster with W. No row is ever copied.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Floats, codes
from widespectrum.statistics.staircase import EXACT, Weights

_BLOCK = 2**22
"""Weights made at a time; 16 MiB."""
_KEPT = 2**25
"""Weights kept for the next statistic; 128 MiB. More are made again from the seed each time."""
_PICKS = 2**18
"""Clusters picked at a time: few enough to stay in the processor's cache while being counted."""


class ClusterDraws:
    """The matrix W, ``(C, width)``: a column of ones (the sample), the draws, the jackknife.

    Args:
        clusters: ``(n,)`` labels; rows of one label are drawn together.
        draws: how many.
        seed: of the draws.
        jackknife: whether C columns follow that leave one cluster out each.
    """

    def __init__(self, clusters: ArrayLike, draws: int, seed: int, jackknife: bool) -> None:
        if draws < 1:
            raise BadInput(f"must be at least 1, is {draws}", field="draws")
        self.draws = draws
        self.seed = seed
        self.labels, self.cluster_of_row = codes(clusters)
        self.n_clusters = len(self.labels)
        self.width = 1 + draws + (self.n_clusters if jackknife else 0)
        self._kept: list[Weights] = []
        # Rows in the order of their clusters, and where each cluster starts: sums by one reduceat.
        self._by_cluster = np.argsort(self.cluster_of_row, kind="stable")
        self._starts = np.flatnonzero(
            np.diff(self.cluster_of_row[self._by_cluster], prepend=np.int64(-1))
        )

    def per_cluster(self, columns: Floats) -> Floats:
        """Sums of `columns`, ``(n, k)``, over the rows of each cluster, ``(C, k)``."""
        if len(columns) == 0:
            return np.zeros((0, columns.shape[1]))
        return np.add.reduceat(columns[self._by_cluster], self._starts, axis=0)

    def sums(self, *columns: Floats) -> list[Weights]:
        """Sums of each of `columns`, ``(n, k)``, over the rows of every draw, ``(k, width)``.

        In float32 where that is exact, as it is for counts and credits: twice as fast, half as big.
        """
        factors = [self._narrow(self.per_cluster(each).T) for each in columns]
        products: list[list[Weights]] = [[] for _ in factors]
        for _, weights in self.blocks():
            for factor, product in zip(factors, products, strict=True):
                product.append(factor @ weights.astype(factor.dtype, copy=False))
        return [p[0] if len(p) == 1 else np.concatenate(p, axis=1) for p in products]

    def blocks(self) -> Iterator[tuple[slice, Weights]]:
        """W by blocks of columns, each with its place."""
        step = max(1, _BLOCK // max(1, self.n_clusters))
        places = [
            slice(start, min(start + step, self.width)) for start in range(0, self.width, step)
        ]
        if self._kept:
            yield from zip(places, self._kept, strict=True)
            return
        keep = self.n_clusters * self.width <= _KEPT
        random = np.random.default_rng(self.seed)
        made = []
        for place in places:
            block = self._block(random, place)
            if keep:
                made.append(block)
            yield place, block
        self._kept = made

    def _block(self, random: np.random.Generator, place: slice) -> Weights:
        """The columns at `place`; called from left to right, as `random` moves on."""
        clusters = self.n_clusters
        block = np.ones((clusters, place.stop - place.start), dtype=np.float32)
        if clusters == 0:
            return block
        step = max(1, _PICKS // clusters)
        last = min(1 + self.draws, place.stop)
        for start in range(max(1, place.start), last, step):
            stop = min(start + step, last)
            picks = random.integers(clusters, size=(stop - start, clusters))
            # The d-th draw fills the bins d * C ... d * C + C - 1, so one count serves them all.
            picks += clusters * np.arange(stop - start)[:, None]
            counts = np.bincount(picks.ravel(), minlength=picks.size).reshape(picks.shape)
            block[:, start - place.start : stop - place.start] = counts.T
        for column in range(max(1 + self.draws, place.start), place.stop):
            block[column - 1 - self.draws, column - place.start] = 0
        return block

    def _narrow(self, sums: Floats) -> Weights:
        """`sums` in float32 if no draw's sum can leave the numbers that it holds exactly."""
        largest = np.abs(sums).max(initial=0) * self.n_clusters
        if largest < EXACT and (2 * sums == np.rint(2 * sums)).all():
            return sums.astype(np.float32)
        return sums
