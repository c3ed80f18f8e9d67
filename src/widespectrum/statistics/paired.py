"""Paired tests: the same prompts under two conditions, so what is tested are differences.

Which one: `sign_flip` where rows share prompts (scores, credits, differences of differences), and
`against_chance` for accuracies; `wilcoxon` for independent differences, so on one mean per prompt
(`cluster_means`); `mcnemar` for independent yes-or-no verdicts. Each gives an effect size beside
its p-value, and every p-value is two-sided.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Floats, codes, mask, matrix, vectors
from widespectrum.statistics.replicates import divide
from widespectrum.statistics.results import NO_ROWS, TestResult

EXACT_BELOW = 50
"""The signed-rank test is exact below this many differences that are not zero."""
EXACT_DISCORDANT_BELOW = 25
"""McNemar's test is exact (binomial) below this many discordant pairs."""

_SIGNS = 2**22
"""Signs held at a time."""


def sign_flip(
    differences: ArrayLike,
    clusters: ArrayLike,
    where: ArrayLike | None = None,
    *,
    draws: int = 10_000,
    seed: int = 0,
    scale: float | None = None,
) -> tuple[TestResult, ...]:
    """Is the mean difference zero? Permutation test that flips the signs of whole clusters.

    If the two conditions are exchangeable within a prompt, the prompt's differences are as likely
    as their negatives, all of them together. With s the sums per cluster, the mean under flips f in
    {-1, 1}^C is f's / n, so all flips of all columns are one matrix product. All 2^C flips are
    taken where those are no more than `draws` (an exact p), otherwise `draws` random ones, with one
    added to count and total (Phipson & Smyth 2010, "Permutation p-values should never be zero").

    Args:
        differences: ``(n,)`` or ``(n, k)``; one test per column.
        clusters: ``(n,)`` labels.
        where: rows each column uses, as many columns or one; others are never looked at.
        draws: how many random flips.
        seed: of the flips, which are the same for every column.
        scale: unit of the effect, such as a scorer's `FourScores.scale`; by default the standard
            deviation of the differences.

    Returns:
        Per column: the mean difference as statistic, the mean in units of `scale` as effect.

    Raises:
        BadInput: shapes do not fit, a value used is not finite, or `scale` is not positive.
    """
    if scale is not None and not (np.isfinite(scale) and scale > 0):
        raise BadInput(f"must be positive, is {scale}", field="scale")
    return tuple(
        _result(
            flips,
            effect=flips.mean / (scale or flips.deviation) if scale or flips.deviation else None,
            effect_name="mean difference / " + ("scale" if scale else "SD of the differences"),
            why_no_effect="the differences do not vary",
        )
        for flips in _flip(differences, clusters, where, draws, seed)
    )


def against_chance(
    credit: ArrayLike,
    clusters: ArrayLike,
    where: ArrayLike | None = None,
    *,
    chance: float = 0.5,
    draws: int = 10_000,
    seed: int = 0,
) -> tuple[TestResult, ...]:
    """Is the accuracy that of chance? `sign_flip` of credit - chance.

    Args:
        credit: ``(n,)`` or ``(n, k)`` of 1, 0 and 1/2 (see `classification.credit`).
        clusters: ``(n,)`` labels.
        where: rows each column uses.
        chance: the accuracy of a scorer that does not look.
        draws: how many random flips.
        seed: of the flips.

    Returns:
        Per column: accuracy - chance, as statistic and (a risk difference) as effect.
    """
    differences = np.asarray(credit, dtype=np.float64) - chance
    return tuple(
        _result(flips, effect=flips.mean, effect_name="risk difference", why_no_effect="")
        for flips in _flip(differences, clusters, where, draws, seed)
    )


def cluster_means(values: ArrayLike, clusters: ArrayLike) -> Floats:
    """The mean of each cluster's rows, ``(C,)``, in the order of the sorted labels."""
    _, cluster = codes(clusters)
    (column,) = matrix(values, len(cluster), "values").T
    return np.bincount(cluster, weights=column) / np.bincount(cluster)


def wilcoxon(differences: ArrayLike) -> TestResult:
    """Signed-rank test that independent differences are symmetric about zero (Wilcoxon 1945).

    Zero differences are dropped and counted, as Wilcoxon did. Below `EXACT_BELOW` remaining ones p
    is exact, ties in size included; above, from the normal approximation with tie correction.

    Args:
        differences: ``(n,)``.

    Returns:
        Statistic: the rank sum of the positive differences. Effect: the matched-pairs rank-biserial
        correlation (Kerby 2014), the favourable minus the unfavourable share of the rank sum, in
        [-1, 1]. `n` counts the differences that are not zero.
    """
    from scipy.stats import rankdata

    (every,) = vectors(differences=differences)
    kept = every[every != 0]
    n, dropped = len(kept), len(every) - len(kept)
    name = "rank-biserial correlation"
    if n == 0:
        reason = "every difference is zero" if dropped else NO_ROWS
        return TestResult(None, None, None, name, 0, dropped, "Wilcoxon signed-rank", reason)
    ranks = rankdata(np.abs(kept))
    positive = float(ranks[kept > 0].sum())
    if n < EXACT_BELOW:
        p, how = _exact_signed_rank(ranks, positive), "exact"
    else:
        p, how = _normal_signed_rank(kept), "normal approximation"
    return TestResult(
        statistic=positive,
        p=p,
        effect=2 * positive / float(ranks.sum()) - 1,
        effect_name=name,
        n=n,
        dropped=dropped,
        method=f"Wilcoxon signed-rank, {how}",
    )


def mcnemar(first: ArrayLike, second: ArrayLike) -> TestResult:
    """Do two yes-or-no verdicts on the same independent rows say yes equally often (McNemar 1947)?

    Only discordant rows tell: b where only `first` says yes, c where only `second` does. Below
    `EXACT_DISCORDANT_BELOW` of them p is exact (binomial), above from chi-squared with continuity
    correction.

    Args:
        first: ``(n,)`` booleans.
        second: ``(n,)`` booleans.

    Returns:
        Statistic: b. Effect: the risk difference (b - c) / n. `dropped` counts the concordant rows,
        which are part of n and of the effect but not of the p-value.

    Raises:
        BadInput: not booleans, or lengths differ.
    """
    from scipy.stats import binomtest, chi2

    one, other = np.asarray(first), np.asarray(second)
    if one.dtype != bool or other.dtype != bool or one.ndim != 1 or one.shape != other.shape:
        raise BadInput(
            f"verdicts must be two boolean vectors of one length, are {one.dtype} {one.shape} and "
            f"{other.dtype} {other.shape}",
            "Set aside rows on which a verdict is undecided.",
        )
    n = len(one)
    b, c = int((one & ~other).sum()), int((~one & other).sum())
    exact = b + c < EXACT_DISCORDANT_BELOW
    method = "McNemar, " + ("exact" if exact else "chi-squared with continuity correction")
    if b + c == 0:
        effect = 0.0 if n else None
        reason = "no discordant rows" if n else NO_ROWS
        return TestResult(None, None, effect, "risk difference", n, n, method, reason)
    p = binomtest(b, b + c).pvalue if exact else chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1)
    return TestResult(float(b), float(p), (b - c) / n, "risk difference", n, n - b - c, method)


class _Flips(NamedTuple):
    """The sign-flip test of one column."""

    mean: float
    deviation: float
    """Of the differences; exactly 0 where they are all the same."""
    p: float
    n: int
    method: str


def _flip(
    differences: ArrayLike, clusters: ArrayLike, where: ArrayLike | None, draws: int, seed: int
) -> list[_Flips]:
    distinct, cluster = codes(clusters)
    used = mask(where, len(cluster))
    columns = matrix(differences, len(cluster), "differences", used)
    used, columns = np.broadcast_arrays(used, np.where(used, columns, 0))
    n = used.sum(axis=0)
    means = divide(columns.sum(axis=0), n)
    squares = np.where(used, (columns - means) ** 2, 0).sum(axis=0)
    deviations = np.sqrt(divide(squares, n - 1))
    # Equal differences leave a rounding error instead of 0, which must not become a tiny unit.
    deviations[~(deviations > 1e-12 * np.abs(means))] = 0
    sums = np.zeros((len(distinct), columns.shape[1]))
    np.add.at(sums, cluster, columns)
    p, method = _flip_p_values(sums, draws, seed)
    return [
        _Flips(float(mean), float(deviation), float(share), int(rows), method)
        for mean, deviation, share, rows in zip(means, deviations, p, n, strict=True)
    ]


def _flip_p_values(sums: Floats, draws: int, seed: int) -> tuple[Floats, str]:
    """Share of sign flips whose total is at least as far from 0, per column of ``(C, k)``."""
    clusters = len(sums)
    exact = clusters < 63 and 2**clusters <= draws
    flips = 2**clusters if exact else draws
    random = np.random.default_rng(seed)
    # Rounding must not make a flip of the same size look smaller.
    reached = np.abs(sums.sum(axis=0)) - 1e-12 * np.abs(sums).sum(axis=0)
    as_far = np.zeros(sums.shape[1])
    step = max(1, _SIGNS // max(1, clusters))
    for start in range(0, flips, step):
        stop = min(start + step, flips)
        if exact:
            bits = np.arange(start, stop)[:, None] >> np.arange(clusters) & 1
        else:
            bits = random.integers(2, size=(stop - start, clusters), dtype=np.int8)
        signs = 1.0 - 2 * bits
        as_far += (np.abs(signs @ sums) >= reached).sum(axis=0)
    if exact:
        return as_far / flips, f"sign-flip by cluster, exact ({flips:,} flips)"
    return (as_far + 1) / (flips + 1), f"sign-flip by cluster, {flips:,} random flips"


def _result(
    flips: _Flips, effect: float | None, effect_name: str, why_no_effect: str
) -> TestResult:
    if flips.n == 0:
        return TestResult(None, None, None, effect_name, 0, 0, flips.method, NO_ROWS)
    return TestResult(
        statistic=flips.mean,
        p=flips.p,
        effect=effect,
        effect_name=effect_name,
        n=flips.n,
        dropped=0,
        method=flips.method,
        reason=why_no_effect if effect is None else "",
    )


def _normal_signed_rank(differences: Floats) -> float:
    from scipy.stats import wilcoxon

    return float(wilcoxon(differences, method="approx").pvalue)


def _exact_signed_rank(ranks: Floats, positive: float) -> float:
    """Two-sided p of the rank sum `positive`, when every rank is as likely to be negative."""
    doubled = np.rint(2 * ranks).astype(np.int64)  # midranks are halves
    chances = np.ones(1)
    for rank in doubled.tolist():
        chances = (np.pad(chances, (0, rank)) + np.pad(chances, (rank, 0))) / 2
    nearer = round(min(2 * positive, doubled.sum() - 2 * positive))
    return min(1.0, 2 * float(chances[: nearer + 1].sum()))
