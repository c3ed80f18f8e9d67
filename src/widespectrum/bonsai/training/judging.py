"""``bonsai-judge``: trained from scratch on pictures and on what the world drew in them.

Cross entropy of three classes per dimension. Most levels are neutral, of original pictures nineteen
in twenty, and a judge trained on them as they are would seldom say anything else. So the rarer a
class is in its dimension, the more a picture of it counts: by the root of its share, half way from
the plain loss to one in which all classes count the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from widespectrum.bonsai.models.rater import CLASSES, Rater, RaterShape
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.bonsai.training.encoder import pixels
from widespectrum.bonsai.world import ATTRIBUTES, DIMENSION_ATTRIBUTES

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
    """Families per batch: a picture is rated next to itself in another look."""
    balance: float = BALANCE
    name: str = "judge"

    def __post_init__(self) -> None:
        self._truth = dimension_classes(self.corpus.levels)
        self._weights = torch.from_numpy(class_weights(self._truth, self.balance))

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "balance": self.balance,
            "corpus": self.identity,
            "families": self.families,
            "shape": asdict(self.shape),
        }

    def build(self) -> nn.Module:
        """A judge with random weights."""
        return Rater(self.shape)

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Weighted cross entropy of a batch of families."""
        assert isinstance(network, Rater)
        chosen = np.sort(rng.choice(len(self.corpus), self.families, replace=False))
        logits = network(pixels(self.corpus.images[chosen], device))
        truth = torch.from_numpy(self._truth[chosen]).flatten(0, 1).to(device)
        return rating_loss(logits, truth, self._weights.to(device))


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
