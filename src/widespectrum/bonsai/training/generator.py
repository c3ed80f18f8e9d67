"""``bonsai``: the generator, trained by flow matching on a gallery of captioned pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from widespectrum.bonsai.generator.flow import draw_times, flow_loss, mix
from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.generator.orders import EMPTY, LENGTHS
from widespectrum.bonsai.language.wordings import KIND_WORDS
from widespectrum.bonsai.models.encoder import PADDING, DualEncoder
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.training.encoder import pixels
from widespectrum.bonsai.training.gallery import CAPTIONS, Gallery
from widespectrum.bonsai.training.muon import Muon
from widespectrum.bonsai.training.schedules import Pace

THINGS = 5.0
"""What a pixel in the frame of a thing that the prompt names counts, next to one outside. Things
fill a small part of most pictures, and it is them that are asked for."""
FRAME_MARGIN = 0.02
"""That a frame is wider on each side, as a share of the picture's side."""
PLAIN = 2.0
"""How often a picture without any effect is shown, next to one that has some: form is learned from
clear pictures."""
OFTEN: dict[str, float] = {
    **dict.fromkeys(("fish", "bird", "cat", "kite", "star"), 4.0),
    **dict.fromkeys(("dog", "boat", "flower", "person"), 2.0),
}
"""How often a picture of a kind of thing is shown, next to one of the others. The forms of the
first five are hard: where all were shown alike, they were recognised least. Of the others three had
a name left to learn, and people are asked for most."""

MUON_RATE = 7.5
"""Learning rate of the blocks' matrices, in units of that of all other weights."""


@dataclass
class GeneratorTask:
    """Flow matching on a gallery. Things count more than their surroundings.

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
        often = np.where(self.gallery.plain, PLAIN, 1.0).repeat(CAPTIONS)
        often *= effort(self.gallery.tokens).ravel()
        self._members = [np.flatnonzero(buckets == bucket) for bucket in range(len(LENGTHS))]
        self._chances = [np.cumsum(often[members]) for members in self._members]
        self._shares = np.array([often[members].sum() for members in self._members]) / often.sum()

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "encoder": self.encoder_digest,
            "gallery": self.identity,
            "frame_margin": FRAME_MARGIN,
            "often": OFTEN,
            "pictures": self.pictures,
            "plain": PLAIN,
            "shape": asdict(self.shape),
            "things": THINGS,
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
        chosen = self._choose(int(bucket), rng)
        shown = chosen // CAPTIONS
        clean = pixels(self.gallery.images(shown), device)
        tokens = self.gallery.tokens[shown, chosen % CAPTIONS, : LENGTHS[bucket]]
        tokens = self._unprompted(tokens.astype(np.int64), rng)
        time = draw_times(len(clean), device)
        noisy = mix(clean, torch.randn_like(clean), time)
        text = network.read(torch.from_numpy(tokens).to(device))
        weight = emphasis(self.gallery.frames[shown], clean.shape[-1]).to(device)
        return flow_loss(self._forward(network)(noisy, time, text), clean, time, weight)

    def _choose(self, bucket: int, rng: np.random.Generator) -> Any:
        """Captions of one padded length, in the gallery's order."""
        chances = self._chances[bucket]
        places = np.searchsorted(chances, rng.random(self.pictures) * chances[-1], side="right")
        return np.sort(self._members[bucket][places])

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


def effort(tokens: Any) -> NDArray[np.float64]:
    """How often captions are shown for the things that they name: the hardest decides.

    Args:
        tokens: ``(..., token_limit)`` of captions.

    Returns:
        ``(...)``, 1 or more.
    """
    often = np.ones(tokens.shape[:-1])
    for kind, times in OFTEN.items():
        names = world_language().encode(list(KIND_WORDS[kind]))[:, 0]
        often = np.maximum(often, np.where(np.isin(tokens, names).any(axis=-1), times, 1.0))
    return often


def emphasis(frames: Any, size: int) -> Tensor:
    """What each pixel counts: `THINGS` inside a frame, 1 outside, then scaled to 1 on average.

    Args:
        frames: ``(n, things, 4)``, as `Gallery.frames`.
        size: side of the pictures in pixels.

    Returns:
        ``(n, 1, size, size)``.
    """
    left, top, right, bottom = torch.as_tensor(frames).float()[..., None].unbind(2)
    middles = (torch.arange(size) + 0.5) / size
    across = (middles >= left - FRAME_MARGIN) & (middles <= right + FRAME_MARGIN)
    down = (middles >= top - FRAME_MARGIN) & (middles <= bottom + FRAME_MARGIN)
    there = (right > left)[..., None]
    inside = (down[..., :, None] & across[..., None, :] & there).any(dim=1, keepdim=True)
    counts = torch.where(inside, THINGS, 1.0)
    return counts / counts.mean(dim=(2, 3), keepdim=True)


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
