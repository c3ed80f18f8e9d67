"""``bonsai-judge``: trained from scratch on pictures and on what the world drew in them.

While it learns it also names every effect and the mood, a hundred answers beside the eleven that
are wanted. A rating follows from the effects, and says much less of what there is to be seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from widespectrum.bonsai.models.convolutions import Gathering
from widespectrum.bonsai.models.rater import PLANES, Rater, RaterShape
from widespectrum.bonsai.training.encoder import pixels
from widespectrum.bonsai.training.muon import Muon
from widespectrum.bonsai.training.rated import RatedPictures
from widespectrum.bonsai.training.schedules import Pace
from widespectrum.bonsai.world import ATTRIBUTES, DIMENSION_ATTRIBUTES

NAMING = 0.2
"""What naming counts at first, the sum over all marks, next to rating, the mean over dimensions."""
NAMING_LATER = 0.05
"""What it counts when most is learned, and ratings are what is left to be had.

Tried beside `NAMING` from one checkpoint, for a few hundred steps with the rate falling to zero:
the ratings of fresh pictures ended better.
"""
RARE = -4.0
"""Logit of a mark at the beginning: each is in about one picture of a hundred."""
MUON_RATE = 15.0
"""Learning rate of the convolutions' filters, in units of that of all other weights."""

Classes: TypeAlias = NDArray[np.int64]


@dataclass
class JudgeTask:
    """Training of a judge on rated pictures. Mirrored by chance, each of them is two."""

    shape: RaterShape
    rated: RatedPictures
    identity: dict[str, Any]
    """Of the pictures."""
    pictures: int = 96
    """Per batch."""
    naming: float = NAMING
    """See `NAMING`."""
    name: str = "judge"

    def __post_init__(self) -> None:
        self._truth = dimension_classes(self.rated.levels)

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "naming": self.naming,
            "pictures": self.pictures,
            "rated": self.identity,
            "shape": asdict(self.shape),
        }

    def build(self) -> nn.Module:
        """A judge with random weights, and what it names marks with."""
        return NamingRater(self.shape, self.rated.marks.shape[-1])

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Cross entropy of the ratings of a batch, and of its marks."""
        assert isinstance(network, NamingRater)
        chosen = np.sort(rng.integers(len(self.rated), size=self.pictures))
        images = mirrored(self.rated.pictures.take(chosen), rng)
        rated, named = network(pixels(images, device))
        truth = torch.from_numpy(self._truth[chosen]).to(device)
        marks = torch.from_numpy(self.rated.marks[chosen]).to(device).float()
        surprise = functional.binary_cross_entropy_with_logits(named, marks, reduction="none")
        rating = functional.cross_entropy(rated.mT, truth)
        return rating + self.naming * surprise.sum(dim=-1).mean()


class NamingRater(nn.Module):
    """A rater that also says which effects it sees. What ships is the rater alone.

    Args:
        shape: of the rater.
        marks: how many can be named.
    """

    def __init__(self, shape: RaterShape, marks: int) -> None:
        super().__init__()
        width = shape.width
        self.rater = Rater(shape)
        self.looks = Gathering(width, marks)
        self.finds = nn.Parameter(torch.randn(marks, 2 * width) * (2 * width) ** -0.5)
        self.rare = nn.Parameter(torch.full((marks,), RARE))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """``(n, 3, size, size)`` -> ratings ``(n, dimensions, 3)`` and marks ``(n, marks)``."""
        cells, told = self.rater.see(pixels)
        with torch.autocast(cells.device.type, enabled=False):
            named = (self.looks.beside(cells, told) * self.finds).sum(dim=-1) + self.rare
        return self.rater.rate(cells, told), named


def optimisers(network: nn.Module, schedule: Pace) -> list[torch.optim.Optimizer]:
    """Muon for the convolutions' filters, but those that see pixels; AdamW for everything else."""
    weights = list(network.parameters())
    filters = [each for each in weights if each.ndim == 4 and each.shape[1] > PLANES]
    inside = {id(each) for each in filters}
    rest = [each for each in weights if id(each) not in inside]
    rate = schedule.learning_rate
    return [
        Muon(filters, MUON_RATE * rate, weight_decay=schedule.weight_decay),
        torch.optim.AdamW(rest, rate, (0.9, 0.98), weight_decay=schedule.weight_decay),
    ]


def mirrored(images: Any, rng: np.random.Generator) -> Any:
    """Every picture mirrored by chance, ``(n, size, size, 3)`` -> the same.

    No level depends on what is left and what is right.
    """
    chance = rng.random(len(images)) < 0.5
    return np.where(chance[:, None, None, None], images[:, :, ::-1], images)


def dimension_classes(levels: Any) -> Classes:
    """Levels of attributes -> classes of dimensions: 0, 1, 2.

    As `widespectrum.bonsai.world.truth`: a dimension of two attributes is low if either is, and
    high only if neither is low.

    Args:
        levels: ``(..., attributes)`` of -1, 0, 1.

    Returns:
        ``(..., dimensions)``.
    """
    columns = []
    for attributes in DIMENSION_ATTRIBUTES.values():
        own = levels[..., [ATTRIBUTES.index(each) for each in attributes]].astype(np.int64)
        columns.append(np.where(own.min(-1) < 0, -1, own.max(-1)))
    return np.stack(columns, axis=-1) + 1
