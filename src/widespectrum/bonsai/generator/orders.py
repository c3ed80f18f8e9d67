"""What a generator can be asked for: pictures, and how the flow is followed to them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from widespectrum.bonsai.language.vocabulary import NULL, SPECIALS
from widespectrum.errors import BadInput

LENGTHS = (16, 24, 32, 48, 72)
"""Prompts are filled up to one of these lengths: few shapes to compile for, and little padding."""

EMPTY = SPECIALS.index(NULL)
"""The token of the empty prompt, alone."""

METHODS = ("multistep", "euler", "heun")

BEND = 1.5
"""Times are evenly spaced numbers to this power: steps are shorter near noise, where it is decided
what there will be to see."""


def padded_length(words: int) -> int:
    """The smallest of `LENGTHS` that holds so many words; the longest for all beyond."""
    return next((length for length in LENGTHS if words <= length), LENGTHS[-1])


@dataclass(frozen=True)
class Order:
    """One picture to paint."""

    tokens: tuple[int, ...]
    """Of the prompt, without padding."""
    seed: int
    """Of the noise; 0 or more."""
    against: tuple[int, ...] = (EMPTY,)
    """Tokens of what guidance leads away from: the empty prompt, or a negative one."""
    start: Any = None
    """``(size, size, 3)`` bytes of the picture to begin with, or ``None``."""
    strength: float = 1.0
    """How far from the start, in (0, 1]; 1 forgets it."""

    @property
    def kind(self) -> tuple[int, int, float, bool]:
        """Orders of one kind can be painted together: they have the same shapes and times."""
        return (
            padded_length(len(self.tokens)),
            1 if self.against == (EMPTY,) else padded_length(len(self.against)),
            self.strength,
            self.start is not None,
        )


@dataclass(frozen=True)
class Sampler:
    """How the flow is followed.

    Ten steps of the default method end about as near to where the flow leads as twenty of Euler's,
    evenly spaced (``benchmarks/bonsai_steps.py``).

    Raises:
        BadInput: a value is out of range; the message names it.
    """

    steps: int = 10
    """From noise to picture. Heun's method asks the network twice in every step but the last."""
    guidance: float = 2.0
    """How far to go from the answer without the prompt to the answer under it; 1 is no guidance."""
    method: str = METHODS[0]
    """One of `METHODS`: multistep is Adams and Bashforth's of second order, which goes on from a
    step as that one and the step before it tell, as in arXiv 2204.13902."""

    def __post_init__(self) -> None:
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or self.steps < 1:
            raise BadInput(f"is {self.steps!r}", "Take at least one step.", field="steps")
        number = isinstance(self.guidance, int | float) and not isinstance(self.guidance, bool)
        if not (number and math.isfinite(self.guidance) and self.guidance >= 0):
            raise BadInput(
                f"is {self.guidance!r}", "Give 0 or more; 1 is no guidance.", field="guidance"
            )
        if self.method not in METHODS:
            raise BadInput(
                f"is {self.method!r}", f"Give one of {', '.join(METHODS)}.", field="method"
            )

    @property
    def answers(self) -> int:
        """How often the network is asked under the prompt, from noise to picture."""
        return 2 * self.steps - 1 if self.method == "heun" else self.steps

    def times(self, strength: float = 1.0) -> list[float]:
        """Times from where the flow is entered to 1, closest at noise; see `BEND`.

        Args:
            strength: in (0, 1]: how much of the way from noise to picture is gone. The part that
                is gone takes as many steps as it does on the whole way, or one more.
        """
        entered = (1.0 - strength) ** (1 / BEND)
        count = max(1, math.ceil(self.steps * (1 - entered) - 1e-9))
        places = [entered + (1 - entered) * step / count for step in range(1, count)]
        return [1.0 - strength, *(place**BEND for place in places), 1.0]
