"""Is a judge good? Its quality per dimension and over all, beside what an empty head would reach.

The paper's table 6 averages over all 18 annotated dimensions, though its judge is used on eleven.
Both are given. Two baselines stand beside each figure: always neutral, and always the class that is
most frequent for that dimension in this very truth, which no judge can know beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.judges.metrics import NEUTRAL, Quality, majority, quality
from widespectrum.judges.predictions import Predictions


@dataclass(frozen=True)
class Compared:
    """The quality of a judge on some ratings, and of both baselines on the same."""

    what: str
    """A dimension, or ``all``, or ``eleven``."""
    judge: Quality
    majority: Quality
    neutral: Quality


@dataclass(frozen=True)
class Validation:
    """The quality of a judge."""

    dimensions: tuple[Compared, ...]
    """One per dimension, the paper's eleven first, in their order."""
    all: Compared
    """Over every rating."""
    eleven: Compared | None
    """Over the paper's eleven dimensions; ``None`` unless all of them are there."""
    left_out: int

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return asdict(self)


def validate(predictions: Predictions) -> Validation:
    """Compare predictions with their truth.

    Raises:
        BadInput: nothing to compare, or a value that is no rating.
    """
    named = np.array(predictions.dimensions, dtype=object)
    order = _ordered(sorted(set(predictions.dimensions)))
    baseline = np.empty(len(named), dtype=np.int64)
    for dimension in order:
        rows = named == dimension
        baseline[rows] = majority(predictions.truth[rows])

    def compare(what: str, rows: NDArray[np.bool_]) -> Compared:
        truth = predictions.truth[rows]
        return Compared(
            what,
            quality(predictions.expected[rows], truth),
            quality(baseline[rows], truth),
            quality(np.full(len(truth), NEUTRAL), truth),
        )

    eleven = None
    if set(FIXED_ORDER) <= set(order):
        eleven = compare("eleven", np.isin(predictions.dimensions, FIXED_ORDER))
    return Validation(
        tuple(compare(dimension, named == dimension) for dimension in order),
        compare("all", np.ones(len(named), dtype=bool)),
        eleven,
        predictions.left_out,
    )


def _ordered(dimensions: Sequence[str]) -> list[str]:
    known = [each for each in FIXED_ORDER if each in dimensions]
    return [*known, *(each for each in dimensions if each not in FIXED_ORDER)]
