"""How near a judge's ratings are to the truth: arrays in, one record out.

Ratings are on the scale low 0, neutral 1, high 2. A judge's rating is the expected value of its
three probabilities, between 0 and 2; its answer is that value, rounded. So the paper's table 6 has
it: the most probable class gives other figures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from widespectrum.errors import BadInput
from widespectrum.statistics import cohen_kappa

CLASSES = (0, 1, 2)
NEUTRAL = 1

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quality:
    """How good ratings are. Every figure but the errors is between 0 (kappa: -1) and 1, 1 best."""

    n: int
    """Ratings that were compared."""
    mae: float
    """Mean distance of the expected value from the truth, 0 to 2."""
    balanced_mae: float
    """The same within each class of the truth, averaged over the classes that occur: the paper's
    WMAE. Always answering neutral gives 2/3 where all three occur."""
    accuracy: float
    """Share of right answers."""
    balanced_accuracy: float
    """The same within each class, averaged."""
    weighted_f1: float
    """F1 of each class, weighted by its share of the truth: the paper's F1."""
    macro_f1: float
    """F1 of each class that occurs in the truth, averaged."""
    kappa: float | None
    """Cohen's, with quadratic weights; ``None`` where only one class was ever used."""


def expected_rating(probabilities: ArrayLike) -> Floats:
    """Probabilities ``(..., 3)`` -> expected value ``(...)`` between 0 and 2."""
    return np.asarray(probabilities, dtype=np.float64) @ np.arange(3.0)


def answered(expected: ArrayLike) -> NDArray[np.int64]:
    """The class that an expected value rounds to; a half goes to the even class, 0 or 2."""
    return np.rint(np.asarray(expected, dtype=np.float64)).astype(np.int64)


def quality(expected: ArrayLike, truth: ArrayLike) -> Quality:
    """How near expected ratings are to the true classes.

    Args:
        expected: ``(n,)`` values from 0 to 2.
        truth: ``(n,)`` of 0, 1, 2.

    Raises:
        BadInput: nothing to compare, different lengths, or a value that is no rating.
    """
    given, right = _checked(expected, truth)
    said = answered(given)
    error = np.abs(given - right)
    present = [each for each in CLASSES if (right == each).any()]
    shares = [float((right == each).mean()) for each in present]
    f1 = [_f1(said == each, right == each) for each in present]

    def per_class(measure: Callable[[Any], float]) -> float:
        return float(np.mean([measure(right == each) for each in present]))

    return Quality(
        n=len(right),
        mae=float(error.mean()),
        balanced_mae=per_class(lambda rows: error[rows].mean()),
        accuracy=float((said == right).mean()),
        balanced_accuracy=per_class(lambda rows: (said == right)[rows].mean()),
        weighted_f1=float(np.dot(shares, f1)),
        macro_f1=float(np.mean(f1)),
        kappa=cohen_kappa(said, right, CLASSES, "quadratic").value,
    )


def majority(truth: ArrayLike) -> int:
    """The most frequent class; of equals the one nearest to neutral."""
    counts = np.bincount(np.asarray(truth, dtype=np.int64), minlength=len(CLASSES))
    return max(CLASSES, key=lambda each: (counts[each], -abs(each - NEUTRAL)))


def _checked(expected: ArrayLike, truth: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    given = np.asarray(expected, dtype=np.float64).ravel()
    right = np.asarray(truth).ravel()
    if len(given) != len(right) or not len(given):
        raise BadInput(
            f"{len(given)} ratings and {len(right)} true classes cannot be compared",
            "Give one true class for every rating, and at least one.",
        )
    if not (np.isfinite(given).all() and given.min() >= 0 and given.max() <= 2):
        raise BadInput("a rating is outside 0 to 2", "Give expected values of 0, 1 and 2.")
    if not np.isin(right, CLASSES).all():
        raise BadInput("a true class is none of 0, 1, 2", "Bring the truth to three classes.")
    return given, right.astype(np.int64)


def _f1(said: NDArray[np.bool_], right: NDArray[np.bool_]) -> float:
    hits = int((said & right).sum())
    wrong = int((said ^ right).sum())
    return 2 * hits / (2 * hits + wrong) if hits or wrong else 0.0
