"""The contracts every model fulfils: batches in, arrays out, order kept.

A contract is a `Protocol`, never a base class: anything with the right attributes and one method is
a scorer, a generator, a judge or a chooser. Facts about a model are fields that tools can read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image as _pil

    Image: TypeAlias = _pil.Image
    FloatArray: TypeAlias = NDArray[np.float32]
    IntArray: TypeAlias = NDArray[np.int64]

VARIANTS = ("original", "anti")
"""The two variants of everything: prompts (p_o, p_a) and images (I_o, I_a)."""

SCORE_NAMES = ("io_po", "io_pa", "ia_po", "ia_pa")
"""The four scores of a pair: image variant first, prompt variant second."""


@dataclass(frozen=True)
class ScorerFacts:
    """What is known about a scorer, as data. Unknown is ``None``, never a guess."""

    prompt_aware: bool
    """False for a prompt-blind scorer, whose score ignores the prompt."""
    range: tuple[float, float] | None = None
    """Smallest and largest possible score, if bounded."""
    unit: str = "score"
    token_limit: int | None = None
    """Prompts are cut after so many tokens; ``None`` if the whole prompt is read."""
    instruction: str | None = None
    """Text the scorer is told before it sees image and prompt (VLM rewards)."""
    optimised_for: str = "unknown"
    """What it was trained towards: human preference, contrastive matching, nothing ..."""
    preferences: str = "unknown"
    """Whose preferences: annotator pool, as far as it is known."""
    closed_vocabulary: bool = False
    """True where it knows only the words of its own world, and refuses a prompt that has none."""
    differentiable: bool = False
    licence: str = "unknown"


@runtime_checkable
class Scorer(Protocol):
    """(image, prompt) -> float, in batches.

    `score` gets every unique image and every unique prompt once, and index pairs that say which
    combinations are wanted, so that a dual encoder encodes 2 + 2 inputs for the four scores of a
    pair instead of 4 + 4.
    """

    name: str
    fingerprint: str
    """Identity of weights and settings; results are cached under it."""
    facts: ScorerFacts

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Tokens each prompt would need uncut, ``(n_prompts,)``."""
        ...

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of ``pairs``, ``(n, 2)`` indices (image, prompt) -> ``(n,)`` float32."""
        ...


@runtime_checkable
class Prepares(Protocol):
    """What a scorer may offer besides, so that pictures are decoded and resized ahead of it.

    The engine calls `prepare` in workers while the network computes, and shares the result among
    scorers whose `prepare` is equal; the scorer takes it up by `widespectrum.encodings.prepared`.
    """

    @property
    def prepare(self) -> Callable[[Image], NDArray[Any]]:
        """Picture -> array, the same for the same picture.

        A frozen dataclass that is callable: its values are its identity.
        """
        ...

    def known(self, images: Sequence[Image]) -> Sequence[bool]:
        """Whose encodings are known already, so that they need not be prepared."""
        ...


@dataclass(frozen=True)
class GenerationRequest:
    """One image to make."""

    prompt: str
    seed: int | None = None
    """``None`` where the model takes no seed; tables then say that it is unknown."""
    negative_prompt: str | None = None
    start_image: Image | None = None
    strength: float | None = None
    """How far from the start image, in (0, 1]; 1 forgets it."""
    variant: str | None = None
    """Which variant of a prompt pair it is, for a generator that is told to treat them unalike
    (the paper's own settings do). Any other generator ignores it."""


@dataclass(frozen=True)
class Failure:
    """A request that could not be answered: a row of the failures table, never a placeholder."""

    kind: str
    """One of the error kinds (`widespectrum.errors`)."""
    reason: str
    attempts: int = 1


@runtime_checkable
class Generator(Protocol):
    """(prompt, seed, ...) -> image, in batches; one failure never loses the batch."""

    name: str
    fingerprint: str

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image | Failure]:
        """One image or `Failure` per request, in order."""
        ...


@runtime_checkable
class Judge(Protocol):
    """image -> rating per dimension; it never sees the prompt."""

    name: str
    fingerprint: str

    def rate(self, images: Sequence[Image], dimensions: Sequence[str]) -> FloatArray:
        """Probabilities of low, neutral, high: ``(n_images, n_dimensions, 3)``, rows sum to 1."""
        ...


@dataclass(frozen=True)
class Contest:
    """Two images and the prompt they are held against."""

    first: Image
    second: Image
    prompt: str


@dataclass(frozen=True)
class Choice:
    """A chooser's verdict: 0 the first image, 1 the second, -1 a tie."""

    verdict: int
    confidence: float | None = None
    details: dict[str, Any] = field(default_factory=dict)


@runtime_checkable
class Chooser(Protocol):
    """(image, image, prompt) -> which follows the prompt better, or a tie."""

    name: str

    @property
    def fingerprint(self) -> str:
        """Identity of all that decides; an attribute, or a property that may ask for weights."""
        ...

    def choose(self, contests: Sequence[Contest]) -> list[Choice | Failure]:
        """One choice or `Failure` per contest, in order."""
        ...
