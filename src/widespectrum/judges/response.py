"""The response matrix of a judge: lower one dimension by a known effect, see which ratings fall.

A judge that sees what it is asked for lowers the rating of that dimension and leaves the others.
Row: the dimension that was lowered; column: the dimension that was rated; cell: the mean change of
the expected rating, on the scale 0 to 2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.errors import BadInput
from widespectrum.judges.conformance import dimensions_of
from widespectrum.judges.metrics import expected_rating
from widespectrum.statistics import Interval, student

if TYPE_CHECKING:
    from widespectrum.contracts import Image, Judge
    from widespectrum.judges.trials import Trial

_AT_ONCE = 16


@dataclass(frozen=True)
class Response:
    """How the ratings answer when one dimension is lowered."""

    lowered: str
    trials: int
    changes: dict[str, Interval]
    """Per rated dimension: the mean change, with a 95% interval over pictures."""
    fell: float
    """Share of the trials in which the lowered dimension's own rating fell at all."""

    @property
    def own(self) -> Interval:
        """The change of the dimension that was lowered."""
        return self.changes[self.lowered]

    @property
    def falls(self) -> bool | None:
        """Whether its interval lies below 0; ``None`` where there is none."""
        return None if self.own.high is None else self.own.high < 0

    @property
    def others(self) -> dict[str, float]:
        """The changes of all other dimensions."""
        return {
            name: change.estimate
            for name, change in self.changes.items()
            if name != self.lowered and change.estimate is not None
        }

    @property
    def spill(self) -> float | None:
        """Mean size of the others' changes: what should be 0."""
        sizes = [abs(change) for change in self.others.values()]
        return float(np.mean(sizes)) if sizes else None

    @property
    def foremost(self) -> bool:
        """Whether no other dimension falls as far as its own."""
        return all(change > (self.own.estimate or 0.0) for change in self.others.values())


@dataclass(frozen=True)
class ResponseMatrix:
    """All responses of one judge."""

    judge: str
    dimensions: tuple[str, ...]
    """The rated ones: columns."""
    responses: tuple[Response, ...]
    """One per dimension that was lowered and is rated: rows, in the order of columns."""

    @property
    def matrix(self) -> NDArray[np.float64]:
        """``(rows, columns)`` mean changes."""
        return np.array(
            [[row.changes[name].estimate for name in self.dimensions] for row in self.responses],
            dtype=np.float64,
        )

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return {
            "judge": self.judge,
            "dimensions": list(self.dimensions),
            "responses": [
                {
                    "lowered": row.lowered,
                    "trials": row.trials,
                    "fell": row.fell,
                    "falls": row.falls,
                    "foremost": row.foremost,
                    "spill": row.spill,
                    "changes": {name: asdict(each) for name, each in row.changes.items()},
                }
                for row in self.responses
            ],
        }


def response_matrix(
    judge: Judge, trials: Iterable[Trial], dimensions: Sequence[str] | None = None
) -> ResponseMatrix:
    """Rate pictures before and after one effect each.

    Args:
        judge: any.
        trials: `darkroom_trials`, `world_trials`, or your own. Originals are rated once.
        dimensions: what to rate; by default what the judge says it rates. Trials that lower
            another dimension are passed over.

    Raises:
        BadInput: no trial lowers a dimension that is rated.
    """
    rated = tuple(dimensions_of(judge) if dimensions is None else dimensions)
    before: dict[str, NDArray[np.float64]] = {}
    moved: dict[str, dict[str, list[NDArray[np.float64]]]] = defaultdict(lambda: defaultdict(list))
    usable = (trial for trial in trials if trial.dimension in rated)
    for batch in _batches(usable):
        new = {trial.picture: trial.original for trial in batch if trial.picture not in before}
        before.update(zip(new, _expected(judge, list(new.values()), rated), strict=True))
        for trial, after in zip(
            batch, _expected(judge, [trial.anti for trial in batch], rated), strict=True
        ):
            moved[trial.dimension][trial.picture].append(after - before[trial.picture])
    if not moved:
        raise BadInput(
            f"no trial lowers one of the dimensions {', '.join(rated)}",
            "Try other effects, or the other world.",
        )
    rows = [_response(name, rated, moved[name]) for name in rated if name in moved]
    return ResponseMatrix(judge.name, rated, tuple(rows))


def _expected(
    judge: Judge, images: Sequence[Image], dimensions: Sequence[str]
) -> NDArray[np.float64]:
    if not images:
        return np.empty((0, len(dimensions)))
    return expected_rating(judge.rate(images, dimensions))


def _response(
    lowered: str, rated: Sequence[str], moved: dict[str, list[NDArray[np.float64]]]
) -> Response:
    """Trials of one picture are averaged first: pictures are what is independent."""
    pictures = np.array([np.mean(changes, axis=0) for changes in moved.values()])
    trials = np.concatenate([np.array(changes) for changes in moved.values()])
    own = trials[:, rated.index(lowered)]
    return Response(
        lowered,
        len(trials),
        {name: student(pictures[:, place]) for place, name in enumerate(rated)},
        float((own < 0).mean()),
    )


def _batches(trials: Iterable[Trial]) -> Iterator[list[Trial]]:
    stream = iter(trials)
    while batch := list(islice(stream, _AT_ONCE)):
        yield batch
