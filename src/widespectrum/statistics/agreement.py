"""Do two raters, or many, agree beyond what their habits alone would give?

Both coefficients are one minus observed over expected disagreement, and both are functions of sums
over rows (of confusion cells, of coincidences), so the bootstrap gives their intervals. Where the
expected disagreement vanishes, because only one class was ever used, they are undefined: such
raters agree, but their ratings cannot show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Bools, Floats, vectors
from widespectrum.statistics.bootstrap import ClusterBootstrap
from widespectrum.statistics.replicates import Replicates, divide
from widespectrum.statistics.results import NO_ROWS, Estimate

Weighting = Literal["unweighted", "quadratic"]

ONE_CLASS_USED = "only one class was used, so no disagreement was to be expected"


def cohen_kappa(
    first: ArrayLike, second: ArrayLike, classes: Sequence[float], weighting: Weighting
) -> Estimate:
    """Cohen's kappa, 1 - sum w_ij O_ij / sum w_ij E_ij, in [-1, 1] (Cohen 1960, 1968).

    O are the observed shares of the cells, E those expected from the margins, and w_ij is 1 off the
    diagonal (unweighted) or (i - j)^2 (quadratic; a common factor cancels), i and j being places in
    `classes`.

    Args:
        first: ``(n,)`` classes by one rater.
        second: ``(n,)`` classes by the other.
        classes: every class there is, in order; for verdicts original, tie, anti: ``(0, -1, 1)``.
        weighting: whether being two classes off is worse than one.

    Raises:
        BadInput: a rating is none of `classes`, or lengths differ.
    """
    cells = _confusion(first, second, classes)
    kappa = float(_kappa(weighting, *cells.sum(axis=0)))
    return _estimate(kappa, len(cells))


def bootstrapped_kappa(
    bootstrap: ClusterBootstrap,
    first: ArrayLike,
    second: ArrayLike,
    classes: Sequence[float],
    weighting: Weighting,
) -> Replicates:
    """`cohen_kappa` on every draw of `bootstrap`, whose rows are those of the ratings."""
    cells = _confusion(first, second, classes)
    return bootstrap.of_sums(
        lambda *sums: _kappa(weighting, *sums), *cells.T, undefined_when=ONE_CLASS_USED
    )


def krippendorff_alpha(ratings: ArrayLike, classes: Sequence[float]) -> Estimate:
    """Krippendorff's alpha for ordinal ratings by any number of raters, at most 1.

    alpha = 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck over classes c < k, with o the coincidences
    (each unit's m ratings paired, weighted 1 / (m - 1)), n_c their margins, n their total, and
    d_ck = (n_c / 2 + n_k / 2 + sum of the n between)^2 (Krippendorff 2011, "Computing
    Krippendorff's alpha-reliability"). Units with fewer than two ratings say nothing and are not
    counted.

    Args:
        ratings: ``(units, raters)``; NaN where a rater did not rate.
        classes: every class there is, from the lowest to the highest.

    Raises:
        BadInput: a rating is none of `classes`.
    """
    coincidences, rated = _coincidences(ratings, classes)
    return _estimate(float(_alpha(*coincidences.sum(axis=0))), int(rated.sum()))


def bootstrapped_alpha(
    bootstrap: ClusterBootstrap, ratings: ArrayLike, classes: Sequence[float]
) -> Replicates:
    """`krippendorff_alpha` on every draw of `bootstrap`, whose rows are the units."""
    coincidences, rated = _coincidences(ratings, classes)
    return bootstrap.of_sums(_alpha, *coincidences.T, where=rated, undefined_when=ONE_CLASS_USED)


def _estimate(value: float, n: int) -> Estimate:
    if n == 0:
        return Estimate(None, 0, NO_ROWS)
    if np.isnan(value):
        return Estimate(None, n, ONE_CLASS_USED)
    return Estimate(value, n)


def _places(ratings: Floats, classes: Sequence[float]) -> Floats:
    """Where each rating is one of `classes`, ``(..., K)`` of 0 and 1; all 0 where it is NaN."""
    hits = np.equal(ratings[..., None], np.asarray(classes, dtype=np.float64))
    strange = ~hits.any(axis=-1) & ~np.isnan(ratings)
    if strange.any():
        place = np.argwhere(strange)[0]
        raise BadInput(
            f"is {ratings[tuple(place)]:g}, none of the classes {', '.join(map(str, classes))}",
            row=int(place[0]) + 1,
            field="ratings",
        )
    return np.asarray(hits, dtype=np.float64)


def _confusion(first: ArrayLike, second: ArrayLike, classes: Sequence[float]) -> Floats:
    """The cell of each row, ``(n, K * K)`` of 0 and 1."""
    one, other = (_places(rating, classes) for rating in vectors(first=first, second=second))
    k = len(classes)
    return np.asarray(one[:, :, None] * other[:, None, :]).reshape(len(one), k * k)


def _kappa(weighting: Weighting, *cells: Floats) -> Floats:
    """Kappa from the sums of the K * K cells, elementwise."""
    k = round(len(cells) ** 0.5)
    observed = np.asarray(cells).reshape(k, k, -1)
    expected = (
        observed.sum(axis=1)[:, None]
        * observed.sum(axis=0)[None]
        / np.maximum(observed.sum(axis=(0, 1)), 1)
    )
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))[..., None]
    cost = (apart > 0) if weighting == "unweighted" else apart**2
    ratio = divide((cost * observed).sum(axis=(0, 1)), (cost * expected).sum(axis=(0, 1)))
    return np.asarray(1 - ratio).reshape(np.shape(cells[0]))


def _coincidences(ratings: ArrayLike, classes: Sequence[float]) -> tuple[Floats, Bools]:
    """Each unit's coincidences, ``(units, K * K)``, and whether it has at least two ratings."""
    table = np.asarray(ratings, dtype=np.float64)
    if table.ndim != 2:
        raise BadInput(f"needs units x raters, has shape {table.shape}", field="ratings")
    counts = _places(table, classes).sum(axis=1)
    m = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(classes))
    rated = m >= 2
    k = len(classes)
    return (pairs / np.maximum(m - 1, 1)[:, None, None]).reshape(len(table), k * k), rated


def _alpha(*cells: Floats) -> Floats:
    """Ordinal alpha from the sums of the K * K coincidences, elementwise."""
    k = round(len(cells) ** 0.5)
    observed = np.asarray(cells).reshape(k, k, -1)
    margins = observed.sum(axis=1)
    below = (
        np.cumsum(margins, axis=0) - margins / 2
    )  # so that differences are half + between + half
    distance = (below[:, None] - below[None]) ** 2
    expected = (margins[:, None] * margins[None] * distance).sum(axis=(0, 1))
    found = (observed * distance).sum(axis=(0, 1))
    ratio = divide((margins.sum(axis=0) - 1) * found, expected)
    return np.asarray(1 - ratio).reshape(np.shape(cells[0]))
