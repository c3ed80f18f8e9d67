"""Bootstrapped numbers that can be computed with: k statistics, each on the same draws.

Two statistics computed on the same draws are paired draw by draw. So their difference, ratio or
average is again a bootstrapped statistic, and a paired comparison is a minus sign::

    gap = bootstrap.auroc(margin_a, truth) - bootstrap.auroc(margin_b, truth)
    gap.intervals()

Inside, an undefined value is NaN; `intervals` turns it into ``None`` with a reason and counts the
draws concerned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Floats, Ints
from widespectrum.statistics.results import NO_ROWS, Estimate, Interval

ONE_CLUSTER = "a single cluster: there is nothing to resample"
DENOMINATOR_ZERO = "the denominator is zero"


@dataclass(frozen=True, eq=False)
class Replicates:
    """k statistics of one kind, on the sample and on every draw of one bootstrap."""

    values: Floats
    """``(k, 1 + draws + left_out)``: the estimate, the draws, and where the bootstrap was asked for
    a jackknife the estimates with one cluster left out. NaN where undefined."""
    n: Ints
    """``(k,)`` rows behind each estimate; the smaller number where two were combined."""
    n_clusters: Ints
    """``(k,)`` clusters those rows form."""
    draws: int
    undefined_when: str
    """What makes a value of this kind undefined, although there are rows."""
    source: object = field(repr=False)
    """The bootstrap that drew; only replicates of one source correspond draw by draw."""

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, columns: slice | NDArray[np.bool_] | NDArray[np.int64]) -> Replicates:
        """Some of the k statistics: by slice, mask or indices."""
        return replace(
            self,
            values=self.values[columns],
            n=self.n[columns],
            n_clusters=self.n_clusters[columns],
        )

    @property
    def estimates(self) -> Floats:
        """``(k,)`` the statistics on the sample."""
        return self.values[:, 0]

    @property
    def drawn(self) -> Floats:
        """``(k, draws)`` the statistics on the draws."""
        return self.values[:, 1 : 1 + self.draws]

    @property
    def left_out(self) -> Floats:
        """``(k, clusters)`` the statistics with one cluster left out, or ``(k, 0)``."""
        return self.values[:, 1 + self.draws :]

    def __add__(self, other: Replicates | float) -> Replicates:
        return self._combine(other, np.add)

    def __sub__(self, other: Replicates | float) -> Replicates:
        return self._combine(other, np.subtract)

    def __mul__(self, other: Replicates | float) -> Replicates:
        return self._combine(other, np.multiply)

    def __truediv__(self, other: Replicates | float) -> Replicates:
        quotient = self._combine(other, divide)
        return replace(quotient, undefined_when=_either(quotient.undefined_when, DENOMINATOR_ZERO))

    def average(self) -> Replicates:
        """The plain mean over the k statistics, as one: the macro-average over generators, say.

        Undefined, and so is every draw, in which one of them is: select the defined ones first.
        """
        if len(self) == 0:
            raise BadInput("there are no statistics to average", "Select at least one.")
        return replace(
            self,
            values=self.values.mean(axis=0, keepdims=True),
            n=self.n.sum(keepdims=True),
            n_clusters=self.n_clusters.max(keepdims=True),
        )

    def intervals(
        self, level: float = 0.95, method: Literal["percentile", "bca"] = "percentile"
    ) -> tuple[Interval, ...]:
        """An `Interval` per statistic.

        Undefined, with a reason, where the estimate is; with a single cluster; and where more than
        half of the draws are undefined, for then the others no longer stand for the sample.

        Args:
            level: the coverage aimed at, in (0, 1).
            method: ``percentile``, the quantiles of the defined draws; or ``bca``, whose quantiles
                are moved by the bias and skewness found (Efron 1987, "Better bootstrap confidence
                intervals"), and which needs a bootstrap made with ``jackknife=True``.

        Raises:
            BadInput: a level outside (0, 1), or ``bca`` without a jackknife.
        """
        if not 0 < level < 1:
            raise BadInput(f"must lie between 0 and 1, is {level}", field="level")
        defined = self.draws - np.isnan(self.drawn).sum(axis=1)
        shares = np.tile([(1 - level) / 2, (1 + level) / 2], (len(self), 1))
        if method == "bca":
            shares = self._corrected(shares, defined)
        ends = _quantiles(self.drawn, defined, shares)
        return tuple(
            Interval(
                estimate=None if np.isnan(self.estimates[row]) else float(self.estimates[row]),
                low=None if reason else float(ends[row, 0]),
                high=None if reason else float(ends[row, 1]),
                n=int(self.n[row]),
                n_clusters=int(self.n_clusters[row]),
                level=level,
                draws=self.draws,
                undefined_draws=self.draws - int(defined[row]),
                reason=reason,
            )
            for row, reason in enumerate(self._reasons(defined))
        )

    def p_values(self, null: float = 0.0) -> tuple[Estimate, ...]:
        """Two-sided bootstrap p-value of each statistic against `null`, in (0, 1].

        Twice the share of defined draws on the far side of `null`: one minus the level at which
        the percentile interval just touches it. Draws at `null` count for both sides, and one is
        added to count and total, so that no p is 0.
        """
        defined = (~np.isnan(self.drawn)).sum(axis=1)
        below = (self.drawn <= null).sum(axis=1)
        above = (self.drawn >= null).sum(axis=1)
        p = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (defined + 1))
        return tuple(
            Estimate(None if reason else float(p[row]), int(self.n[row]), reason)
            for row, reason in enumerate(self._reasons(defined))
        )

    def _reasons(self, defined: Ints) -> list[str]:
        """Why each interval is undefined; empty where it is not."""
        return [self._reason(row, 1 - defined[row] / self.draws) for row in range(len(self))]

    def _reason(self, row: int, lost: float) -> str:
        if self.n[row] == 0:
            return NO_ROWS
        if np.isnan(self.estimates[row]):
            return self.undefined_when
        if self.n_clusters[row] < 2:
            return ONE_CLUSTER
        if lost > 0.5:
            return f"undefined in {lost:.0%} of the draws: {self.undefined_when}"
        return ""

    def _corrected(self, shares: Floats, defined: Ints) -> Floats:
        """The quantiles that BCa reads instead of `shares`, ``(k, 2)``.

        z0 is the normal quantile of the draws' share below the estimate, a the acceleration from
        the skewness of the jackknife; alpha becomes Phi(z0 + (z0 + z) / (1 - a (z0 + z))).
        """
        from scipy.special import ndtr, ndtri

        if self.left_out.shape[1] == 0:
            raise BadInput(
                "bca needs the estimates with one cluster left out",
                "Make the bootstrap with jackknife=True.",
                field="method",
            )
        below = (self.drawn < self.estimates[:, None]).sum(axis=1)
        equal = (self.drawn == self.estimates[:, None]).sum(axis=1)
        bias = ndtri(divide(below + equal / 2, defined))[:, None]
        pull = np.nan_to_num(self.left_out.mean(axis=1, keepdims=True) - self.left_out)
        skewness = (pull**3).sum(axis=1) / np.maximum((pull**2).sum(axis=1) ** 1.5, 1e-300)
        z = bias + ndtri(shares)
        return np.asarray(ndtr(bias + z / (1 - skewness[:, None] / 6 * z)))

    def _combine(
        self, other: Replicates | float, operation: Callable[[Floats, Floats], Floats]
    ) -> Replicates:
        if not isinstance(other, Replicates):
            return replace(self, values=operation(self.values, np.asarray(other, dtype=np.float64)))
        if other.source is not self.source:
            raise BadInput(
                "these replicates come from two bootstraps, whose draws do not correspond",
                "Compute both with one ClusterBootstrap, with masks where their rows differ.",
            )
        if len(self) != len(other) and 1 not in (len(self), len(other)):
            raise BadInput(f"{len(self)} statistics cannot be combined with {len(other)}")
        return replace(
            self,
            values=operation(self.values, other.values),
            n=np.minimum(self.n, other.n),
            n_clusters=np.minimum(self.n_clusters, other.n_clusters),
            undefined_when=_either(self.undefined_when, other.undefined_when),
        )


def divide(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Elementwise quotient, NaN where the denominator is 0."""
    above, below = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    nan = np.full(above.shape, np.nan)
    return np.asarray(np.divide(above, below, out=nan, where=below != 0))


def _quantiles(drawn: Floats, defined: Ints, shares: Floats) -> Floats:
    """Quantiles of the `defined` values of each row, linear between neighbours, ``(k, 2)``."""
    # NaN sorts last, so a row's defined values are the first ones of the sorted row.
    place = np.nan_to_num(shares) * np.maximum(defined - 1, 0)[:, None]
    below, above = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    needed = np.unique([below, above])
    # Rows without NaN need the same few order statistics, which come cheaper than a full sort.
    few = len(needed) <= 8
    ordered = np.partition(drawn, needed, axis=1) if few else np.sort(drawn, axis=1)
    low = np.take_along_axis(ordered, below, axis=1)
    high = np.take_along_axis(ordered, above, axis=1)
    return np.asarray(low + (high - low) * (place - below))


def _either(one: str, other: str) -> str:
    """Two reasons as one, each named once."""
    reasons = dict.fromkeys(reason for reason in (*one.split(" or "), other) if reason)
    return " or ".join(reasons)
