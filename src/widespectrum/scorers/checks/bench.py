"""The bench on which a scorer is checked: it asks, and watches over what it hands out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.conformance import Broken, attempt
from widespectrum.scorers.pixels import pixel_digest

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, IntArray, Scorer

TOLERANCE = 0.01
"""A hundredth of the spread of scores: half precision stays below it, neighbours do not."""
_ROUNDING = 1e-6
"""A few steps of float32, relative to the largest score."""


@dataclass
class Bench:
    """A scorer and what it is shown."""

    scorer: Scorer
    images: list[Image]
    prompts: list[str]
    again: Callable[[], Scorer] | None
    tolerance: float
    jitter: float = 0.0
    """How far scores were seen to move when the same pairs were asked in another order."""
    prompt_aware: bool | None = None
    """Set by the check that finds it out."""
    seen: list[FloatArray] = field(default_factory=list)
    """Every finite score that came back."""
    damage: list[str] = field(default_factory=list)
    """What the scorer did to its inputs."""
    fingerprint: object = field(init=False)
    """The scorer's fingerprint before it was asked anything."""

    def __post_init__(self) -> None:
        self.fingerprint = getattr(self.scorer, "fingerprint", None)

    @cached_property
    def grid(self) -> IntArray:
        """Every image under every prompt, image by image."""
        sides = np.meshgrid(range(len(self.images)), range(len(self.prompts)), indexing="ij")
        return np.stack(sides, axis=-1).reshape(-1, 2).astype(np.int64)

    @cached_property
    def base(self) -> FloatArray:
        """The scores of the grid in one call. Whether they are finite is not said.

        Raises:
            Broken: as `call`.
        """
        return self.call(self.images, self.prompts, self.grid)

    @property
    def allowed(self) -> float:
        """How far a score may move without being another score."""
        return self.tolerance * float(self.base.std()) + self.rounding

    @property
    def rounding(self) -> float:
        """What single precision cannot tell apart in scores of this size."""
        return _ROUNDING * float(np.abs(self.base).max())

    def ask(self, images: Sequence[Image], prompts: Sequence[str], pairs: Any) -> FloatArray:
        """Finite scores of `pairs`.

        Raises:
            Broken: as `call`, or a score is not finite.
        """
        scores = self.call(images, prompts, pairs)
        bad = np.flatnonzero(~np.isfinite(scores))
        if len(bad):
            image, prompt = np.asarray(pairs)[bad[0]]
            raise Broken(
                f"the score is {scores[bad[0]]} for {len(bad)} of {len(scores)} pairs, first for "
                f"image {image} ({images[image].width} x {images[image].height}) under "
                f"{shortened(prompts[prompt])}"
            )
        return scores

    def call(self, images: Sequence[Image], prompts: Sequence[str], pairs: Any) -> FloatArray:
        """Whatever the scorer gives for `pairs`, if it is an array as the contract says.

        The scorer gets copies, so that one that damages its inputs is caught doing it, and only it.

        Raises:
            Broken: the scorer raised, or returned something else.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        given = ([image.copy() for image in images], list(prompts), pairs.copy())
        scores = attempt(lambda: self.scorer.score(*given))
        self._watch(given, images, prompts, pairs)
        if not isinstance(scores, np.ndarray):
            raise Broken(f"score() returned a {type(scores).__name__}, not a NumPy array")
        if scores.shape != (len(pairs),):
            raise Broken(f"score() returned shape {scores.shape} for {len(pairs)} pairs")
        if scores.dtype != np.float32:
            raise Broken(f"score() returned {scores.dtype}, not float32")
        self.seen.append(scores[np.isfinite(scores)])
        return scores

    def compare(self, scores: NDArray[Any], wanted: NDArray[Any], when: str) -> float:
        """By how much scores that should be equal differ at most.

        Raises:
            Broken: by more than is allowed.
        """
        moved = float(np.abs(scores.astype(np.float64) - wanted).max(initial=0.0))
        if moved > self.allowed:
            raise Broken(f"scores move by up to {moved:.3g} {when} (allowed: {self.allowed:.3g})")
        return moved

    def _watch(
        self,
        given: tuple[list[Image], list[str], IntArray],
        images: Sequence[Image],
        prompts: Sequence[str],
        pairs: IntArray,
    ) -> None:
        now, texts, indices = given
        if len(now) != len(images) or any(map(_differ, now, images)):
            self.damage.append("the images")
        if texts != list(prompts):
            self.damage.append("the list of prompts")
        if not np.array_equal(indices, pairs):
            self.damage.append("the array of pairs")


def shortened(text: str) -> str:
    """A text as details show it: quoted, in one line, not too long."""
    return repr(text if len(text) <= 60 else text[:60] + " ...")


def _differ(image: Image, original: Image) -> bool:
    return image.size != original.size or pixel_digest(image) != pixel_digest(original)
