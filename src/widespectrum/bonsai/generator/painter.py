"""The painter: orders in, pictures out, in batches that do not show.

A picture is decided by its own order and by nothing else. Its noise comes from its own seed, its
prompt is filled up to a length of its own, and a batch has a fixed size, filled up by repetition,
so every matrix product has the same shape whoever else is painted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image as pil
from torch import Tensor

from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.sampling import Sampler
from widespectrum.bonsai.generator.text import EMPTY, Text, padded_length
from widespectrum.bonsai.models.encoder import PADDING, to_pixels

if TYPE_CHECKING:
    from widespectrum.contracts import Image

PRECISIONS = ("float32", "bfloat16")


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
    """How far from the start, in (0, 1]."""

    @property
    def kind(self) -> tuple[int, int, float, bool]:
        """Orders of one kind are painted together: the same shapes, the same times."""
        return (
            padded_length(len(self.tokens)),
            1 if self.against == (EMPTY,) else padded_length(len(self.against)),
            self.strength,
            self.start is not None,
        )


@dataclass(frozen=True)
class Painter:
    """A network and how it is asked."""

    network: GeneratorNetwork
    sampler: Sampler
    batch: int = 16
    """Pictures painted at a time. Part of a picture's last bits, as precision is."""
    precision: str = "float32"
    """One of `PRECISIONS`."""

    def paint(self, orders: Sequence[Order]) -> Iterator[tuple[int, Image]]:
        """Pictures with the numbers of their orders, as they are done."""
        kinds: dict[tuple[int, int, float, bool], list[int]] = {}
        for number, order in enumerate(orders):
            kinds.setdefault(order.kind, []).append(number)
        for numbers in kinds.values():
            for first in range(0, len(numbers), self.batch):
                chosen = numbers[first : first + self.batch]
                filled = [orders[number] for number in chosen]
                filled += [filled[-1]] * (self.batch - len(filled))
                pictures = to_bytes(self._sample(filled)[: len(chosen)])
                for number, picture in zip(chosen, pictures, strict=True):
                    yield number, pil.fromarray(picture)

    def _sample(self, orders: Sequence[Order]) -> Tensor:
        length, against_length, strength, started = orders[0].kind
        size, place = self.network.shape.image_size, self._place
        noise = torch.from_numpy(np.stack([draw_noise(order.seed, size) for order in orders]))
        noise = noise.to(place)
        start = to_pixels(_stack([order.start for order in orders]).to(place)) if started else None
        low = self.precision == "bfloat16"
        with torch.inference_mode(), torch.autocast(place.type, torch.bfloat16, enabled=low):
            text = self._read([order.tokens for order in orders], length)
            against = self._read([order.against for order in orders], against_length)
            return self.sampler.sample(self.network, noise, text, against, start, strength)

    def _read(self, prompts: Sequence[tuple[int, ...]], length: int) -> Text:
        tokens = np.full((len(prompts), length), PADDING, dtype=np.int64)
        for row, prompt in enumerate(prompts):
            tokens[row, : len(prompt)] = prompt
        return self.network.read(torch.from_numpy(tokens).to(self._place))

    @property
    def _place(self) -> torch.device:
        return self.network.places.device


def draw_noise(seed: int, size: int) -> Any:
    """Standard normal noise of a seed, ``(3, size, size)`` float32; the same on every machine."""
    return np.random.default_rng(seed).standard_normal((3, size, size), dtype=np.float32)


def to_bytes(pictures: Tensor) -> Any:
    """``(n, 3, size, size)`` from -1 to 1 -> ``(n, size, size, 3)`` bytes, rounded."""
    scaled = ((pictures.float() + 1) * 127.5).round().clamp(0, 255)
    return scaled.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _stack(starts: Sequence[Any]) -> Tensor:
    return torch.from_numpy(np.stack(starts))
