"""How long and how fast a training learns.

A `Schedule` knows its end and falls to zero on the way there. A generator's training has no natural
end: its rate stays on a `Plateau`, which can be prolonged at any time, and whenever a model is
wanted, a `Descent` branches off from a checkpoint and falls to zero in a few steps (warm-up,
stable, decay: arXiv 2404.06395, section 4). The plateau goes on afterwards as if nothing had been.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol


class Pace(Protocol):
    """What the training loop asks of a schedule."""

    @property
    def steps(self) -> int:
        """The step after which the training is done."""
        ...

    @property
    def seed(self) -> int:
        """With the step, it decides data and randomness."""
        ...

    @property
    def learning_rate(self) -> float:
        """The greatest rate."""
        ...

    @property
    def weight_decay(self) -> float:
        """Per step, times the rate."""
        ...

    @property
    def largest_gradient(self) -> float:
        """Gradients are scaled down to this norm."""
        ...

    def share(self, step: int) -> float:
        """Of the greatest rate, at a step counted from 0."""
        ...

    def describe(self) -> dict[str, Any]:
        """What a resumed training must have in common with this one, as JSON values."""
        ...


@dataclass(frozen=True)
class Schedule:
    """The rate rises over `warmup` steps, then falls to zero at the end."""

    steps: int
    learning_rate: float
    seed: int = 0
    warmup: int = 100
    weight_decay: float = 0.05
    largest_gradient: float = 1.0

    def share(self, step: int) -> float:
        """See `Pace`."""
        return min(1.0, (step + 1) / self.warmup) * (1.0 - step / self.steps)

    def describe(self) -> dict[str, Any]:
        """Everything, the end too."""
        return asdict(self)


@dataclass(frozen=True)
class Plateau:
    """The rate rises over `warmup` steps and stays there."""

    steps: int
    learning_rate: float
    seed: int = 0
    warmup: int = 100
    weight_decay: float = 0.0
    largest_gradient: float = 10.0

    def share(self, step: int) -> float:
        """See `Pace`."""
        return min(1.0, (step + 1) / self.warmup)

    def describe(self) -> dict[str, Any]:
        """Everything but the end, which may be moved."""
        return {name: value for name, value in asdict(self).items() if name != "steps"}


@dataclass(frozen=True)
class Descent:
    """From a step of a plateau the rate falls to zero in a straight line."""

    plateau: Plateau
    start: int
    length: int

    @property
    def steps(self) -> int:
        """See `Pace`."""
        return self.start + self.length

    @property
    def seed(self) -> int:
        """That of the plateau."""
        return self.plateau.seed

    @property
    def learning_rate(self) -> float:
        """That of the plateau."""
        return self.plateau.learning_rate

    @property
    def weight_decay(self) -> float:
        """That of the plateau."""
        return self.plateau.weight_decay

    @property
    def largest_gradient(self) -> float:
        """That of the plateau."""
        return self.plateau.largest_gradient

    def share(self, step: int) -> float:
        """See `Pace`."""
        return self.plateau.share(step) * (1.0 - (step - self.start) / self.length)

    def describe(self) -> dict[str, Any]:
        """The plateau, and where and how the descent leaves it."""
        return {**self.plateau.describe(), "start": self.start, "length": self.length}
