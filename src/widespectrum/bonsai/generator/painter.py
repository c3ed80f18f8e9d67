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
from widespectrum.bonsai.generator.orders import Order, Sampler
from widespectrum.bonsai.generator.sampling import sample
from widespectrum.bonsai.generator.text import Text
from widespectrum.bonsai.models.encoder import PADDING, to_pixels

if TYPE_CHECKING:
    from widespectrum.contracts import Image

BATCH = 8
"""A larger one is hardly faster on processors, and this one wastes little on a single picture."""


@dataclass(frozen=True)
class Painter:
    """A network and how it is asked."""

    network: GeneratorNetwork
    sampler: Sampler
    batch: int = BATCH
    """Pictures painted at a time. Another number may change a picture's last bits."""
    precision: str = "float32"
    """``float32``, or ``bfloat16`` where the hardware computes in it."""

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
            return sample(self.network, self.sampler, noise, text, against, start, strength)

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
