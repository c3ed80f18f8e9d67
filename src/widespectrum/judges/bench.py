"""The bench on which a judge is checked: it asks, and watches over what it hands out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.conformance import Broken, attempt

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, Judge

TOLERANCE = 0.02
"""How far a probability may move with its neighbours: what half precision needs, and no more."""


@dataclass
class Bench:
    """A judge and what it is shown."""

    judge: Judge
    images: list[Image]
    dimensions: list[str]
    again: Callable[[], Judge] | None = None
    tolerance: float = TOLERANCE
    damage: list[str] = field(default_factory=list)
    """What the judge did to its inputs."""
    fingerprint: object = field(init=False)
    """The judge's fingerprint before it was asked anything."""

    def __post_init__(self) -> None:
        self.fingerprint = getattr(self.judge, "fingerprint", None)

    @cached_property
    def base(self) -> FloatArray:
        """The ratings of all images on all dimensions, in one call.

        Raises:
            Broken: as `ask`.
        """
        return self.ask(self.images, self.dimensions)

    def ask(self, images: Sequence[Image], dimensions: Sequence[str]) -> FloatArray:
        """What the judge says, if it is an array as the contract says.

        The judge gets copies, so that one that damages its inputs is caught doing it, and only it.

        Raises:
            Broken: the judge raised, or returned something else.
        """
        given = [image.copy() for image in images], list(dimensions)
        rated = attempt(lambda: self.judge.rate(*given))
        self._watch(given, images, dimensions)
        wanted = len(images), len(dimensions), 3
        if not isinstance(rated, np.ndarray):
            raise Broken(f"rate() returned a {type(rated).__name__}, not a NumPy array")
        if rated.shape != wanted:
            raise Broken(f"rate() returned shape {rated.shape} instead of {wanted}")
        if rated.dtype != np.float32:
            raise Broken(f"rate() returned {rated.dtype}, not float32")
        return rated

    def compare(self, rated: NDArray[Any], wanted: NDArray[Any], when: str) -> str:
        """By how much ratings that should be equal differ at most, as a sentence.

        Raises:
            Broken: by more than is allowed.
        """
        moved = float(np.abs(rated.astype(np.float64) - wanted).max(initial=0.0))
        if not moved <= self.tolerance:  # not a number is not within it either
            raise Broken(
                f"probabilities move by up to {moved:.3g} {when} (allowed: {self.tolerance:.3g})"
            )
        return f"probabilities move by at most {moved:.3g} (allowed: {self.tolerance:.3g})"

    def _watch(
        self,
        given: tuple[list[Image], list[str]],
        images: Sequence[Image],
        dimensions: Sequence[str],
    ) -> None:
        now, names = given
        if len(now) != len(images) or any(map(_differ, now, images)):
            self.damage.append("the images")
        if names != list(dimensions):
            self.damage.append("the list of dimensions")


def _differ(image: Image, original: Image) -> bool:
    same = image.size == original.size and image.mode == original.mode
    return not same or image.tobytes() != original.tobytes()
