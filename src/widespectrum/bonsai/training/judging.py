"""``bonsai-judge``: trained from scratch on pictures and on what the world drew in them.

While it learns it also names every effect and the mood, a hundred answers beside the eleven that
are wanted. A rating follows from the effects, and says much less of what there is to be seen.

Cross entropy of three classes per dimension. Most levels are neutral, of original pictures nineteen
in twenty, and a judge trained on them as they are would seldom say anything else. So the rarer a
class is in its dimension, the more a picture of it counts: by the root of its share, half way from
the plain loss to one in which all classes count the same. Weights make a judge overstate what is
rare; what ships is corrected for them, so that its probabilities are those of the world.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from widespectrum.bonsai.models.convolutions import Gathering
from widespectrum.bonsai.models.rater import CLASSES, Rater, RaterShape
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.bonsai.training.encoder import pixels
from widespectrum.bonsai.world import ATTRIBUTES, DIMENSION_ATTRIBUTES

NAMING = 0.2
"""What naming counts, the sum over all marks, next to rating, the mean over dimensions."""
RARE = -4.0
"""Logit of a mark at the beginning: each is in about one picture of a hundred."""

BALANCE = 0.5
"""Power of a class's share that its loss is divided by: 0 is the plain loss, 1 full balance."""

Classes: TypeAlias = NDArray[np.int64]


@dataclass
class JudgeTask:
    """Training of a judge on a corpus."""

    shape: RaterShape
    corpus: Corpus
    identity: dict[str, Any]
    """Of the corpus."""
    families: int = 24
    """Families per batch: a picture is rated next to itself in another look. Mirrored by chance,
    each picture is two."""
    balance: float = BALANCE
    name: str = "judge"

    def __post_init__(self) -> None:
        self._truth = dimension_classes(self.corpus.levels)
        self.weights = torch.from_numpy(class_weights(self._truth, self.balance))

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "balance": self.balance,
            "corpus": self.identity,
            "families": self.families,
            "naming": NAMING,
            "shape": asdict(self.shape),
        }

    def build(self) -> nn.Module:
        """A judge with random weights, and what it names marks with."""
        return NamingRater(self.shape, self.corpus.marks.shape[-1])

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Weighted cross entropy of the ratings of a batch, and cross entropy of its marks."""
        assert isinstance(network, NamingRater)
        chosen = np.sort(rng.choice(len(self.corpus), self.families, replace=False))
        rated, named = network(pixels(mirrored(self.corpus.images[chosen], rng), device))
        truth = torch.from_numpy(self._truth[chosen]).flatten(0, 1).to(device)
        marks = torch.from_numpy(self.corpus.marks[chosen]).flatten(0, 1).to(device).float()
        surprise = functional.binary_cross_entropy_with_logits(named, marks, reduction="none")
        rating = rating_loss(rated, truth, self.weights.to(device))
        return rating + NAMING * surprise.sum(dim=-1).mean()


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


def calibrated(rater: Rater, weights: Tensor) -> Rater:
    """A copy of a rater that was trained with class weights, corrected for them.

    The weighted loss is least where a class has the probability times its weight, up to a factor.
    So the logarithm of the weight comes off each logit.

    Args:
        rater: stays as it is.
        weights: ``(dimensions, 3)``, of the loss.
    """
    corrected = copy.deepcopy(rater)
    with torch.no_grad():
        corrected.bias.sub_(weights.to(corrected.bias).log())
    return corrected


def mirrored(images: Any, rng: np.random.Generator) -> Any:
    """Every picture of families mirrored by chance, ``(n, variants, ...)`` -> the same.

    No level depends on what is left and what is right.
    """
    chance = rng.random(images.shape[:2]) < 0.5
    return np.where(chance[..., None, None, None], images[:, :, :, ::-1], images)


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


def class_weights(truth: Classes, balance: float) -> NDArray[np.float32]:
    """What a class counts in its dimension, ``(dimensions, 3)``, 1 on average over the pictures."""
    flat = truth.reshape(-1, truth.shape[-1])
    shares = np.stack([(flat == each).mean(axis=0) for each in range(CLASSES)], axis=-1)
    raw = np.maximum(shares, 1e-3) ** -balance
    weights: NDArray[np.float32] = raw / (raw * shares).sum(axis=-1, keepdims=True)
    return weights.astype(np.float32)


def rating_loss(logits: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross entropy, averaged over pictures and dimensions.

    Args:
        logits: ``(n, dimensions, 3)``.
        truth: ``(n, dimensions)`` of 0, 1, 2.
        weights: ``(dimensions, 3)``.
    """
    surprise = functional.cross_entropy(logits.mT, truth, reduction="none")
    places = torch.arange(len(weights), device=weights.device).expand_as(truth)
    return (surprise * weights[places, truth]).mean()
