"""Aesthetic dimensions, and the concrete effects that lead to their low ends.

A dimension has a low, a neutral and a high end. *High* is what mainstream guidelines reward, not
what is better; the low end is what an anti-aesthetic prompt asks for, in the words of an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from widespectrum.aesthetics.names import Named

FIXED_ORDER = (
    "background",
    "clarity",
    "color aesthetic",
    "color brightness",
    "detail realism",
    "detail refinement",
    "emotion",
    "lighting distinction",
    "main object",
    "object pairing",
    "richness",
)
"""The paper's eleven dimensions in the order of the authors' rating lists, which carry no keys."""

Parameter = str | int | float | bool


@dataclass(frozen=True)
class DarkroomStep:
    """How the darkroom gives an effect to a real photograph, apart from the severity."""

    operation: str
    """Name of a darkroom operation, in snake_case."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict, hash=False)
    """Settings that stay fixed while the severity varies."""


@dataclass(frozen=True)
class Effect:
    """One concrete way to reach a dimension's low end."""

    key: str
    """Unique among all effects, in kebab-case: ``motion-blur``."""
    name: str
    """For tables and reports: ``motion blur``."""
    phrases: tuple[str, ...]
    """Interchangeable wordings for prompts. Each is a noun phrase without comma or full stop that
    reads well after "with", after "the picture shows", and as an item of a list."""
    darkroom: DarkroomStep | None = None
    """``None`` where image processing cannot give the effect to a real photograph."""
    people: bool = False
    """True if the effect shows only on people, and is idle talk in a picture without any."""
    conflicts: tuple[str, ...] = ()
    """Keys of effects or whole dimensions that this effect makes impossible, beyond those that its
    dimension conflicts with anyway."""


@dataclass(frozen=True)
class Dimension:
    """One aesthetic axis. Levels as judges rate them: 0 low, 1 neutral, 2 high."""

    key: str
    """The paper's key, in lower case with spaces: ``color aesthetic``."""
    title: str
    low: str
    neutral: str
    high: str
    enabled: bool
    """Whether the dimension is drawn and judged unless the user says otherwise."""
    effects: tuple[Effect, ...]
    conflicts: tuple[str, ...]
    """Keys of dimensions whose low ends pull against this one's. Always mutual."""
    antonyms: tuple[str, ...]
    """The conventional qualities, one to three words each: what a negative prompt names."""


class Dimensions(Named[Dimension]):
    """All known dimensions by key, in a fixed order, and their effects.

    Looking up an unknown dimension or effect raises `UnknownName`, which offers the nearest ones.
    """

    def __init__(self, dimensions: Iterable[Dimension]) -> None:
        super().__init__("dimension", ((dimension.key, dimension) for dimension in dimensions))
        self._homes = Named(
            "effect",
            (
                (effect.key, (dimension, effect))
                for dimension in self.values()
                for effect in dimension.effects
            ),
        )

    @property
    def enabled(self) -> tuple[str, ...]:
        """Keys of the enabled dimensions, in order."""
        return tuple(key for key, dimension in self.items() if dimension.enabled)

    def effect(self, key: str) -> Effect:
        """The effect of that key, whichever dimension it belongs to.

        Raises:
            UnknownName: no dimension has it; the message offers the nearest keys.
        """
        return self._homes[key][1]

    def dimension_of(self, effect: str) -> Dimension:
        """The dimension whose low end the effect of that key leads to.

        Raises:
            UnknownName: no dimension has it; the message offers the nearest keys.
        """
        return self._homes[effect][0]

    def compatible(self, first: str, second: str) -> bool:
        """Whether one picture can show both effects, given by their keys.

        Not if their dimensions conflict, nor if either effect names the other, or the other's
        dimension, among its conflicts.

        Raises:
            UnknownName: no dimension has one of them; the message offers the nearest keys.
        """
        (one_home, one), (other_home, other) = self._homes[first], self._homes[second]
        return not (
            other_home.key in one_home.conflicts
            or {other.key, other_home.key} & {*one.conflicts}
            or {one.key, one_home.key} & {*other.conflicts}
        )
