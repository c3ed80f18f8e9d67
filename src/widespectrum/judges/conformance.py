"""The conformance kit: does a judge keep its contract?

Whether the judge sees what is in a picture is another question: `response_matrix`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.conformance import ConformanceReport, ask_all
from widespectrum.errors import BadInput
from widespectrum.images import builtin_photographs, load_image
from widespectrum.judges.bench import TOLERANCE, Bench
from widespectrum.judges.checks import CHECKS

if TYPE_CHECKING:
    from widespectrum.contracts import Image, Judge

_PHOTOGRAPHS = 4
_LONGEST_SIDE = 256


@dataclass(frozen=True)
class JudgeReport(ConformanceReport):
    """All checks of one judge."""

    judge: str


def check_judge(
    judge: Judge,
    images: Sequence[Image] | None = None,
    dimensions: Sequence[str] | None = None,
    *,
    again: Callable[[], Judge] | None = None,
    tolerance: float = TOLERANCE,
) -> JudgeReport:
    """Put a judge through every check.

    Args:
        judge: the judge, or what claims to be one.
        images: at least two different ones of its world; by default shipped photographs.
        dimensions: at least two that it rates; by default those it says it has
            (``judge.dimensions``), else the paper's eleven.
        again: makes the judge once more; its fingerprint must come out the same.
        tolerance: how far a probability may move with its neighbours in a batch.

    Raises:
        BadInput: fewer than two images or dimensions.
        MissingExtra, MissingWeights: the judge cannot work here at all.
    """
    images = _photographs() if images is None else images
    dimensions = dimensions_of(judge) if dimensions is None else dimensions
    if len(images) < 2 or len(dimensions) < 2:
        raise BadInput(
            f"{len(images)} images and {len(dimensions)} dimensions are too few to check a judge",
            "Give at least two different ones of each.",
        )
    bench = Bench(judge, list(images), list(dimensions), again, tolerance)
    results = ask_all(CHECKS, bench)
    name = str(getattr(judge, "name", type(judge).__name__))
    return JudgeReport(results, name)


def dimensions_of(judge: Judge) -> tuple[str, ...]:
    """The dimensions that a judge says it rates, else the paper's eleven."""
    said = getattr(judge, "dimensions", None)
    return tuple(said) if said else FIXED_ORDER


def _photographs() -> list[Image]:
    shown = [load_image(photo.path) for photo in builtin_photographs()[:_PHOTOGRAPHS]]
    for image in shown:
        image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return shown
