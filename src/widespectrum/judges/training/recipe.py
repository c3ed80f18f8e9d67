"""How a judge is trained: the paper's recipe where it is published, and our choices where not."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from widespectrum.errors import BadInput


@dataclass(frozen=True)
class Recipe:
    """All that decides the outcome beside base and data.

    Published: images, epochs, rate and its cosine, weight decay, rank, projections of attention as
    targets, labels by the sign, one answer token. The others are ours; alpha and dropout are those
    of the authors' earlier, published training script.
    """

    wording: str = "plain"
    """The questions. ``paper`` reproduces; ``plain`` stands behind the picture and is cheaper."""
    size: int = 512
    """Side of the square that pictures are brought to."""
    epochs: int = 5
    batch: int = 8
    """Pictures per step; each is asked every dimension that it has a rating for."""
    learning_rate: float = 2e-5
    """At the start; it falls to zero along a half cosine."""
    weight_decay: float = 0.01
    rank: int = 32
    alpha: int = 32
    dropout: float = 0.01
    largest_gradient: float = 1.0
    """Gradients are scaled down to this norm."""
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "rank", "alpha"):
            if getattr(self, name) < 1:
                raise BadInput(f"is {getattr(self, name)}", "Give at least 1.", field=name)

    def steps(self, images: int) -> int:
        """Of the whole training."""
        return self.epochs * self.steps_per_epoch(images)

    def steps_per_epoch(self, images: int) -> int:
        """The last step of an epoch may have fewer pictures."""
        return math.ceil(images / self.batch)

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of a step, counted from 0."""
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * step / steps))

    def describe(self) -> dict[str, Any]:
        """Everything, as JSON values."""
        return asdict(self)
