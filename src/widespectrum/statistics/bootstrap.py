"""The clustered bootstrap as linear algebra: a draw is a vector of integer weights.

Prompts are the unit of resampling, because the same prompt appears under every generator. A draw is
a count per prompt, w, and all draws are the columns of one matrix W (see `draws`), so that

* every mean, share, F1, ratio, slope or kappa is a function of sums over rows, and all sums of all
  draws are one matrix product, ``(sums per cluster) @ W``, however many rows there are;
* the AUROC of a draw is a quadratic form over its two class totals (see `staircase`).

The first column of W is the sample itself (all ones), so estimates and draws take one path. The
same W serves every scorer, so that any two statistics are paired draw by draw (see `replicates`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from widespectrum.statistics import staircase
from widespectrum.statistics.arrays import Bools, Floats, Ints, mask, matrix
from widespectrum.statistics.classification import (
    ONE_CLASS,
    cells,
    refuse_other_than,
    weighted_f1_of_cells,
)
from widespectrum.statistics.draws import ClusterDraws
from widespectrum.statistics.replicates import DENOMINATOR_ZERO, Replicates, divide
from widespectrum.statistics.results import NO_ROWS
from widespectrum.statistics.staircase import EXACT

_SUMS = 2**23
"""Sums held at a time; 64 MiB."""


class ClusterBootstrap:
    """Draws of clusters with replacement, the same for everything that is computed with it.

    Methods take columns ``(n,)`` or ``(n, k)``, one row per observation and one column per
    statistic wanted, and a mask ``where`` of as many columns (or one) that says which rows a column
    uses: a generator, a dimension, the prompts a scorer could read whole. Other rows are never
    looked at.

    Args:
        clusters: ``(n,)`` labels, text or integers; rows of one label are drawn together.
        draws: how many.
        seed: the same seed, labels and number of draws give the same draws, in any row order.
        jackknife: also compute every statistic with one cluster left out, as BCa intervals need; it
            costs as much as one more draw per cluster.

    Raises:
        BadInput: not one label per row, or one missing; fewer than one draw.
    """

    def __init__(
        self, clusters: ArrayLike, draws: int = 10_000, seed: int = 0, *, jackknife: bool = False
    ) -> None:
        self._draws = ClusterDraws(clusters, draws, seed, jackknife)
        self.n_rows = len(self._draws.cluster_of_row)

    @property
    def labels(self) -> NDArray[Any]:
        """The distinct labels, sorted, ``(C,)``."""
        return self._draws.labels

    @property
    def cluster_of_row(self) -> Ints:
        """Each row's place in `labels`, ``(n,)``."""
        return self._draws.cluster_of_row

    def means(self, values: ArrayLike, where: ArrayLike | None = None) -> Replicates:
        """Mean of each column: of scores, of credits (an accuracy), of flags (a share)."""
        columns = matrix(values, self.n_rows, "values", mask(where, self.n_rows))
        return self.of_sums(divide, columns, 1.0, where=where, undefined_when=NO_ROWS)

    def ratios(
        self, numerator: ArrayLike, denominator: ArrayLike, where: ArrayLike | None = None
    ) -> Replicates:
        """Sum of `numerator` over sum of `denominator`, per column."""
        used = mask(where, self.n_rows)
        above = matrix(numerator, self.n_rows, "numerator", used)
        below = matrix(denominator, self.n_rows, "denominator", used)
        return self.of_sums(divide, above, below, where=used, undefined_when=DENOMINATOR_ZERO)

    def deviations(self, values: ArrayLike, where: ArrayLike | None = None) -> Replicates:
        """Standard deviation of each column, n - 1 in the denominator."""
        used = mask(where, self.n_rows)
        columns = matrix(values, self.n_rows, "values", used)
        # No shift changes a deviation, and one close to the mean keeps the digits of the squares.
        columns = columns - divide(
            np.where(used, columns, 0).sum(axis=0), np.maximum(used.sum(axis=0), 1).astype(float)
        )
        return self.of_sums(
            _deviation,
            columns**2,
            columns,
            1.0,
            where=where,
            undefined_when="fewer than two rows, or all of them equal",
        )

    def weighted_f1(
        self, choice: ArrayLike, truth: ArrayLike, where: ArrayLike | None = None
    ) -> Replicates:
        """Weighted F1 of each column (see `classification.weighted_f1`).

        Args:
            choice: ``(n,)`` or ``(n, k)`` of 1, 0, 1/2.
            truth: ``(n,)`` or ``(n, k)`` of 1, 0.
            where: rows each column uses.
        """
        used = mask(where, self.n_rows)
        picks = np.where(used, matrix(choice, self.n_rows, "choice", used), 0)
        rights = np.where(used, matrix(truth, self.n_rows, "truth", used), 0)
        return self.of_sums(
            weighted_f1_of_cells, *cells(picks, rights), where=used, undefined_when=NO_ROWS
        )

    def auroc(
        self, margin: ArrayLike, truth: ArrayLike, where: ArrayLike | None = None
    ) -> Replicates:
        """AUROC of each column (see `classification.auroc`); undefined where a class is missing.

        Args:
            margin: ``(n,)`` or ``(n, k)``.
            truth: ``(n,)`` or ``(n, k)`` of 1, 0.
            where: rows each column uses.
        """
        used = mask(where, self.n_rows)
        margins = matrix(margin, self.n_rows, "margin", used)
        rights = np.where(used, matrix(truth, self.n_rows, "truth", used), 0)
        refuse_other_than((1, 0), rights, "truth")
        margins, rights, used = np.broadcast_arrays(margins, rights, used)
        positive, negative = used & (rights == 1), used & (rights == 0)
        of_positives, of_negatives = self._draws.sums(
            positive.astype(np.float64), negative.astype(np.float64)
        )
        pairs = of_positives.astype(np.float64) * of_negatives
        runs = [
            staircase.climb(margins[rows, k], positive[rows, k], self.cluster_of_row[rows])
            for k, rows in enumerate(used.T)
        ]
        wins = np.empty_like(pairs)
        exact = pairs.max(axis=1, initial=0) < EXACT
        for place, weights in self._draws.blocks():
            double = weights if exact.all() else weights.astype(np.float64)
            for k, steps in enumerate(runs):
                wins[k, place] = staircase.wins(steps, weights if exact[k] else double)
        return self._replicates(divide(wins, pairs), used, ONE_CLASS)

    def of_sums(
        self,
        function: Callable[..., Floats],
        *columns: ArrayLike,
        where: ArrayLike | None = None,
        undefined_when: str,
    ) -> Replicates:
        """Any statistic that is a function of sums over rows, one per column.

        Args:
            function: from the sums, in the order of `columns`, to the statistic, elementwise over
                draws; NaN where it does not exist.
            columns: what is summed: ``(n,)``, ``(n, k)``, or one number for every row.
            where: rows each column uses.
            undefined_when: what makes `function` return NaN, in words for a table.
        """
        used = mask(where, self.n_rows)
        addends = [
            matrix(
                np.full(self.n_rows, column) if np.ndim(column) == 0 else column,
                self.n_rows,
                "columns",
                used,
            )
            for column in columns
        ]
        used, *addends = np.broadcast_arrays(used, *addends)
        width = self._draws.width
        values = np.empty((used.shape[1], width))
        step = max(1, _SUMS // (width * len(addends)))
        for start in range(0, len(values), step):
            part = slice(start, start + step)
            sums = self._draws.sums(*(np.where(used[:, part], a[:, part], 0) for a in addends))
            # One statistic at a time: its few vectors stay in the processor's cache.
            for row, ingredients in enumerate(zip(*sums, strict=True), start):
                values[row] = function(*(one.astype(np.float64) for one in ingredients))
        return self._replicates(values, used, undefined_when)

    def weights(self) -> Ints:
        """Every draw as counts per cluster, ``(draws, n_clusters)``, clusters as in `labels`."""
        columns = [weights.astype(np.int64) for _, weights in self._draws.blocks()]
        return np.concatenate(columns, axis=1)[:, 1 : 1 + self._draws.draws].T

    def _replicates(self, values: Floats, used: Bools, undefined_when: str) -> Replicates:
        present = self._draws.per_cluster(used.astype(np.float64)) > 0
        return Replicates(
            values=values,
            n=used.sum(axis=0),
            n_clusters=present.sum(axis=0),
            draws=self._draws.draws,
            undefined_when=undefined_when,
            source=self,
        )


def _deviation(squares: Floats, sums: Floats, counts: Floats) -> Floats:
    """Standard deviation from sums of squares, values and ones; NaN where there is no spread."""
    around = squares - divide(sums, counts) * sums
    # Equal values leave a rounding error instead of 0, which must not become a tiny unit.
    spread = (counts >= 2) & (around > 1e-12 * squares)
    return np.sqrt(divide(np.where(spread, around, np.nan), counts - 1))
