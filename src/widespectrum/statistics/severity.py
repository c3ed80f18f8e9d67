"""Does a score follow the severity of an effect, step by step and in the right direction?

A *series* is one photograph under one effect at several severities, so everything but the severity
is the same within it. Each series is summed up by a few numbers, and the series are then averaged
with clusters of photographs, because several effects on one photograph are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Bools, Floats, Ints, codes, vectors
from widespectrum.statistics.bootstrap import ClusterBootstrap
from widespectrum.statistics.replicates import divide
from widespectrum.statistics.results import Interval


@dataclass(frozen=True)
class Response:
    """How a score responds to severity, over all series. Intervals are clustered by photograph."""

    spearman: Interval
    """Mean over series of Spearman's correlation of score and severity, in [-1, 1]. Series whose
    score never changes have none; they are counted in `flat`."""
    slope: Interval
    """Score per unit of severity: least squares with one intercept per series."""
    right_steps: Interval
    """Share of steps to the next severity in which the score moves the expected way; a step
    without change counts half."""
    series: int
    """Series that entered."""
    flat: int
    """Of them, those whose score never changes."""
    dropped: int
    """Series left out because they have fewer than two severities."""


def response(
    score: ArrayLike,
    severity: ArrayLike,
    series: ArrayLike,
    photo: ArrayLike,
    *,
    rising: bool,
    draws: int = 10_000,
    seed: int = 0,
) -> Response:
    """Summaries of monotone response.

    Args:
        score: ``(n,)``.
        severity: ``(n,)``, each at most once within a series.
        series: ``(n,)`` labels: which photograph under which effect.
        photo: ``(n,)`` labels: which photograph, the cluster. A series belongs to one photograph.
        rising: whether the score should rise with severity (as under the anti prompt) or fall.
        draws: bootstrap draws.
        seed: of the draws.

    Raises:
        BadInput: shapes do not fit, a series has a severity twice or belongs to two photographs.
    """
    scores, severities = vectors(score=score, severity=severity)
    labels, group = codes(series, "series")
    photos, photo_of_row = codes(photo, "photo")
    if not len(group) == len(photo_of_row) == len(scores):
        raise BadInput(
            f"{len(scores)} scores, {len(group)} series labels, {len(photo_of_row)} photo labels",
            "Give one of each per row.",
        )
    order = np.lexsort((severities, group))
    scores, severities, group = scores[order], severities[order], group[order]
    photo_of_row = photo_of_row[order]
    same = group[1:] == group[:-1]
    _refuse_repeats(labels, group, severities, photo_of_row, same)

    size = np.bincount(group, minlength=len(labels))
    kept = size >= 2

    def total(rows: Floats, groups: Ints = group) -> Floats:
        return np.bincount(groups, weights=rows, minlength=len(labels)).astype(np.float64)

    def centred(rows: Floats) -> Floats:
        return rows - (total(rows) / np.maximum(size, 1))[group]

    s, x = centred(scores), centred(severities)
    ranked, placed = (
        centred(_ranks_within(group, scores)),
        centred(_ranks_within(group, severities)),
    )
    spread = np.sqrt(total(ranked**2) * total(placed**2))
    correlation = divide(total(ranked * placed), spread)
    moves = np.sign(np.diff(scores))[same] * (1 if rising else -1)
    right = total((1 + moves) / 2, group[1:][same])
    steps = np.maximum(size - 1, 0).astype(np.float64)

    first = np.searchsorted(group, np.arange(len(labels)))
    bootstrap = ClusterBootstrap(photos[photo_of_row[first]][kept], draws, seed)
    varies = ~np.isnan(correlation[kept])
    (spearman,) = bootstrap.means(correlation[kept], varies).intervals()
    (slope,) = bootstrap.ratios(total(s * x)[kept], total(x * x)[kept]).intervals()
    (right_steps,) = bootstrap.ratios(right[kept], steps[kept]).intervals()
    return Response(
        spearman,
        slope,
        right_steps,
        series=int(kept.sum()),
        flat=int((~varies).sum()),
        dropped=int((~kept).sum()),
    )


def _ranks_within(group: Ints, values: Floats) -> Floats:
    """Rank of each value within its group, equal values sharing their mean rank."""
    order = np.lexsort((values, group))
    rises = np.ones(len(values), dtype=bool)
    rises[1:] = (np.diff(values[order]) != 0) | (np.diff(group[order]) != 0)
    level = np.cumsum(rises) - 1
    places = np.bincount(level, weights=np.arange(len(values))) / np.bincount(level)
    ranks = np.empty(len(values))
    ranks[order] = places[level]
    return ranks


def _refuse_repeats(
    labels: NDArray[Any], group: Ints, severity: Floats, photo: Ints, same: Bools
) -> None:
    """Raises BadInput unless a series is one photograph's, with each severity once."""
    moved = same & (photo[1:] != photo[:-1])
    if moved.any():
        raise BadInput(
            f"series {labels[group[int(moved.argmax())]]} belongs to two photographs",
            "Let the series name the photograph and the effect.",
            field="photo",
        )
    twice = same & (severity[1:] == severity[:-1])
    if twice.any():
        row = int(twice.argmax())
        raise BadInput(
            f"series {labels[group[row]]} has severity {severity[row]:g} twice",
            "Let the series name the photograph and the effect; average repeated scores first.",
            field="severity",
        )
