"""``bonsai``: the generator, trained by flow matching on a gallery of captioned pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from widespectrum.bonsai.generator.flow import draw_times, flow_loss, mix
from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.generator.orders import EMPTY, LENGTHS
from widespectrum.bonsai.models.encoder import PADDING, DualEncoder
from widespectrum.bonsai.training.encoder import pixels
from widespectrum.bonsai.training.gallery import CAPTIONS, Gallery
from widespectrum.bonsai.training.muon import Muon
from widespectrum.bonsai.training.schedules import Pace

MUON_RATE = 7.5
"""Learning rate of the blocks' matrices, in units of that of all other weights."""


@dataclass
class GeneratorTask:
    """Flow matching on a gallery.

    A batch holds captions of one padded length, chosen as often as the gallery has such captions:
    little arithmetic is spent on padding, and there are few shapes to compile for.
    """

    shape: GeneratorShape
    encoder: DualEncoder
    """Its text half is what the generator begins to read with."""
    encoder_digest: str
    """Identity of its weights."""
    gallery: Gallery
    identity: dict[str, Any]
    """Of the gallery."""
    pictures: int = 64
    """Per batch."""
    unprompted: float = 0.1
    """How often the prompt is replaced by the empty one, for guidance without a classifier."""
    compiled: bool = False
    """Whether the network is compiled. Changes rounding and speed, nothing else."""
    name: str = "generator"
    _network: Callable[..., Tensor] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        lengths = (self.gallery.tokens != PADDING).sum(axis=-1).ravel()
        buckets = np.searchsorted(LENGTHS, lengths)
        self._members = [np.flatnonzero(buckets == bucket) for bucket in range(len(LENGTHS))]
        self._shares = np.array([len(members) for members in self._members]) / len(lengths)

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "encoder": self.encoder_digest,
            "gallery": self.identity,
            "pictures": self.pictures,
            "shape": asdict(self.shape),
            "unprompted": self.unprompted,
        }

    def build(self) -> nn.Module:
        """A generator that reads as the encoder does; all else is random."""
        network = GeneratorNetwork(self.shape)
        network.reader.copy_from(self.encoder)
        return network

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Flow-matching loss of a batch."""
        assert isinstance(network, GeneratorNetwork)
        bucket = rng.choice(len(LENGTHS), p=self._shares)
        chosen = np.sort(rng.choice(self._members[bucket], self.pictures))
        clean = pixels(self.gallery.images(chosen // CAPTIONS), device)
        tokens = self.gallery.tokens[chosen // CAPTIONS, chosen % CAPTIONS, : LENGTHS[bucket]]
        tokens = self._unprompted(tokens.astype(np.int64), rng)
        time = draw_times(len(clean), device)
        noisy = mix(clean, torch.randn_like(clean), time)
        text = network.read(torch.from_numpy(tokens).to(device))
        return flow_loss(self._forward(network)(noisy, time, text), clean, time)

    def _unprompted(self, tokens: Any, rng: np.random.Generator) -> Any:
        """The prompts, some of them replaced by the empty one."""
        dropped = rng.random(len(tokens)) < self.unprompted
        tokens[dropped] = PADDING
        tokens[dropped, 0] = EMPTY
        return tokens

    def _forward(self, network: GeneratorNetwork) -> Callable[..., Tensor]:
        if not self.compiled:
            return network
        if self._network is None:
            # One program per padded length; a program for all lengths would be slower.
            self._network = torch.compile(network.forward, dynamic=False)
        return self._network


def optimisers(network: nn.Module, schedule: Pace) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, AdamW for everything else."""
    learned = {n: p for n, p in network.named_parameters() if p.requires_grad}
    matrices = [p for n, p in learned.items() if n.startswith("blocks.") and p.ndim == 2]
    inside = {id(matrix) for matrix in matrices}
    rest = [p for p in learned.values() if id(p) not in inside]
    rate = schedule.learning_rate
    return [
        Muon(matrices, MUON_RATE * rate),
        torch.optim.AdamW(rest, rate, (0.9, 0.98), weight_decay=schedule.weight_decay, fused=True),
    ]
